"""Figures for the claims that are confirmed by a computation and not by a proof. Standard library only.

    python3 Scripts/confirm.py NAME        NAME: logit_normal, solver_steps, equal_error, guidance, pairing,
                                          curvature, noise_left
"""

import fractions
import json
import math
import pathlib
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


def dopri5(path, x, tolerance):
    """Dormand and Prince's pair with the elementary controller: the end point and the evaluations."""
    method = json.loads((pathlib.Path(__file__).parent.parent / "tableaux/dormand_prince54.json").read_text())
    number = lambda text: float(fractions.Fraction(text))
    c, b, low = ([number(v) for v in method[key]] for key in ("c", "b", "embedded"))
    a = [[number(v) for v in row] for row in method["a"]]
    t, h, slopes, count = 0.0, 0.01, [velocity(path, 0.0, x)], 1
    while t < 1:
        h = min(h, 1 - t)
        k = slopes[:1]
        for i in range(1, len(c)):
            k.append(velocity(path, min(t + c[i] * h, 1.0), x + h * sum(w * s for w, s in zip(a[i], k))))
        count += len(c) - 1
        end = x + h * sum(w * s for w, s in zip(b, k))
        error = abs(h * sum((w - l) * s for w, l, s in zip(b, low, k))) / (tolerance * (1 + max(abs(x), abs(end))))
        if error <= 1:
            t, x, slopes = t + h, end, [k[-1]]  # the last stage is the next step's first
            if 1 - t < 1e-15:
                break
        h *= min(5, max(0.2, 0.9 * max(error, 1e-10) ** -0.2))
    return x, count


def equal_error():
    points = normal_quantiles(40)
    work = {}
    for name, path in (("ot", optimal_transport), ("vp", variance_preserving)):
        exact = [runge_kutta(path, x, 2000) for x in points]
        work[name] = []
        for digits in range(3, 9):
            ends = [dopri5(path, x, 10.0 ** -digits) for x in points]
            rms = math.sqrt(sum((x - y) ** 2 for (x, _), y in zip(ends, exact)) / len(points))
            mean = sum(count for _, count in ends) / len(points)
            work[name].append((math.log(rms), math.log(mean)))
            print(f"{name}: dopri5, tolerance 1e-{digits}: {mean:.0f} evaluations, RMS end error {rms:.1e}")
    for error in (1e-4, 1e-5, 1e-6):
        for name, points in work.items():
            for (e0, n0), (e1, n1) in zip(points, points[1:]):
                if e1 <= math.log(error) <= e0:
                    count = math.exp(n0 + (n1 - n0) * (math.log(error) - e0) / (e1 - e0))
                    print(f"{name}: {count:.0f} evaluations for an error of {error:.0e}")
                    break


def guidance():
    """End std of dx/dt = (1 - w) u + w u_c from N(0, 1), OT path, p = N(0, 4), p_c = N(0, 1)."""
    def rate(t, std):
        return (t * std * std - (1 - t)) / (t * t * std * std + (1 - t) * (1 - t))
    for w in (0, 1, 2, 3):
        steps, log = 10_000, 0.0
        for i in range(steps):
            t = (i + 0.5) / steps
            log += ((1 - w) * rate(t, 2.0) + w * rate(t, 1.0)) / steps
        precision = (1 - w) / 4 + w
        tempered = f"{precision ** -0.5:.3f}" if precision > 0 else "none"
        print(f"w = {w}: std of the samples {math.exp(log):.3f}, of p^(1-w) p_c^w {tempered}")


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
    names = {"logit_normal": logit_normal, "solver_steps": solver_steps, "equal_error": equal_error,
             "guidance": guidance, "pairing": pairing,
             "curvature": curvature, "noise_left": noise_left}
    if len(sys.argv) != 2 or sys.argv[1] not in names:
        sys.exit(__doc__)
    names[sys.argv[1]]()
