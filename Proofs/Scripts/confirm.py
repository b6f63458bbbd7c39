"""Figures for the claims that are confirmed by a computation and not by a proof. Standard library only.

    python3 Scripts/confirm.py NAME        NAME: logit_normal, solver_steps, pairing, curvature, noise_left
"""

import math
import random
import statistics
import sys

BETA_MIN, BETA_MAX = 0.1, 20.0
MODES, STD = (-2.0, 2.0), 0.5


def optimal_transport(t):
    """alpha, alpha', v, v'/2"""
    r = 1 - t
    return t, 1.0, r * r, -r


def variance_preserving(t):
    r = 1 - t
    total = r * BETA_MIN + r * r * (BETA_MAX - BETA_MIN) / 2
    beta = BETA_MIN + r * (BETA_MAX - BETA_MIN)
    alpha = math.exp(-total / 2)
    return alpha, beta * alpha / 2, -math.expm1(-total), -beta * math.exp(-total) / 2


def velocity(path, t, x):
    """The exact marginal velocity of two equal normals on a line."""
    alpha, alpha_dot, v, half = path(t)
    variance = alpha * alpha * STD * STD + v
    scores = [(x - alpha * m) / variance for m in MODES]
    logs = [-s * s * variance / 2 for s in scores]
    top = max(logs)
    weights = [math.exp(value - top) for value in logs]
    g = sum(w * s for w, s in zip(weights, scores)) / sum(weights)
    data = sum(w * (m + alpha * STD * STD * s) for w, m, s in zip(weights, MODES, scores)) / sum(weights)
    return alpha_dot * data + half * g


def euler(path, x, steps):
    for i in range(steps):
        x += velocity(path, i / steps, x) / steps
    return x


def runge_kutta(path, x, steps):
    h = 1 / steps
    for i in range(steps):
        t = i * h
        a = velocity(path, t, x)
        b = velocity(path, t + h / 2, x + h / 2 * a)
        c = velocity(path, t + h / 2, x + h / 2 * b)
        d = velocity(path, t + h, x + h * c)
        x += h / 6 * (a + 2 * b + 2 * c + d)
    return x


def normal_quantiles(count):
    normal = statistics.NormalDist()
    return [normal.inv_cdf((i + 0.5) / count) for i in range(count)]


def solver_steps():
    points = normal_quantiles(100)
    for name, path in (("ot", optimal_transport), ("vp", variance_preserving)):
        exact = [runge_kutta(path, x, 1000) for x in points]
        for steps in (5, 10, 20, 40):
            errors = [euler(path, x, steps) - y for x, y in zip(points, exact)]
            rms = math.sqrt(sum(e * e for e in errors) / len(errors))
            print(f"{name}: {steps} Euler steps, RMS end error {rms:.4f}")
        errors = [runge_kutta(path, x, 10) - y for x, y in zip(points, exact)]
        rms = math.sqrt(sum(e * e for e in errors) / len(errors))
        print(f"{name}: 10 steps of RK4 (40 evaluations), RMS end error {rms:.6f}")


def logit_normal():
    mass = math.erf(math.log(3) / math.sqrt(2))
    print(f"P(1/4 < t < 3/4) = {mass:.4f} for the logit-normal, 0.5 for the uniform")


def pairing():
    random.seed(1)
    for batch in (16, 64, 256):
        random_cost, best = 0.0, 0.0
        for _ in range(50):
            noise = [random.gauss(0, 1) for _ in range(batch)]
            data = [random.choice(MODES) + random.gauss(0, STD) for _ in range(batch)]
            random_cost += sum((a - b) ** 2 for a, b in zip(noise, data)) / batch
            best += sum((a - b) ** 2 for a, b in zip(sorted(noise), sorted(data))) / batch
        print(f"batch {batch}: random pairing {random_cost / 50:.3f}, optimal pairing {best / 50:.3f}")


def curvature():
    x0, x1 = 1.0, 2.0
    for name, path in (("ot", optimal_transport), ("vp", variance_preserving)):
        points = []
        for i in range(1001):
            alpha, _, v, _ = path(i / 1000)
            points.append(math.sqrt(v) * x0 + alpha * x1)
        chord = [points[0] + i / 1000 * (points[-1] - points[0]) for i in range(1001)]
        print(f"{name}: largest distance from uniform motion {max(abs(a - b) for a, b in zip(points, chord)):.4f}")


def noise_left():
    for t in (0.25, 0.5, 0.75, 0.9):
        left = {name: math.sqrt(path(t)[2]) for name, path in
                (("ot", optimal_transport), ("vp", variance_preserving))}
        print(f"t = {t}: noise std {left['ot']:.3f} (ot), {left['vp']:.3f} (vp)")


if __name__ == "__main__":
    names = {"logit_normal": logit_normal, "solver_steps": solver_steps, "pairing": pairing,
             "curvature": curvature, "noise_left": noise_left}
    if len(sys.argv) != 2 or sys.argv[1] not in names:
        sys.exit(__doc__)
    names[sys.argv[1]]()
