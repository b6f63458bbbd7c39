#!/usr/bin/env python3
"""Checks stored fixtures of the hard regimes by second routes: python3 Fixtures/generate/check_extremes.py

Everything is computed anew with mpmath at 60 digits and more, from definitions or from closed forms that the generator does not
use. Nothing here is used to make a fixture."""

import itertools
import json
import os
import re
import sys

import mpmath as mp

HERE = os.path.dirname(os.path.abspath(__file__))
FAILURES = []
STEPS = [sign * k for k in (1, 2, 3, 5, 7, 10, 14, 20, 30, 45) for sign in (-1, 1)] + [0]


def cases(path, pattern=""):
    with open(os.path.join(os.path.dirname(HERE), path), encoding="utf-8") as file:
        return [c for c in json.load(file)["cases"] if re.search(pattern, c["id"]) and "value" in c["expected"]]


def expect(name, checks):
    wrong = [identity for identity, good in checks if not good]
    print(("ok    " if checks and not wrong else "WRONG ") + f"{name}: {len(checks)} cases" + "".join(f"\n      {w}" for w in wrong[:5]))
    FAILURES.extend(wrong if checks else [name])


def flat(node):
    if isinstance(node, dict):
        return [v for x in node.values() for v in flat(x)]
    return [v for x in node for v in flat(x)] if isinstance(node, list) else [node]


def agrees(case, found, digits=25):
    e = case["expected"]
    pairs = list(zip(flat(e["value"]), flat(e["tail"]), flat(found)))
    return len(pairs) == len(flat(e["value"])) and all(
        abs(mp.mpf(v) + t - f) <= mp.mpf(10) ** -digits * abs(f) + mp.mpf(2) ** -1070 for v, t, f in pairs)


def schedule(path, r):
    """alpha, sigma, alpha', (sigma^2)'/2 at the request's time, by differentiating alpha and sigma^2 in closed form."""
    kind = path["kind"]
    rest = mp.mpf(r["one_minus_t"]) if "one_minus_t" in r else 1 - mp.mpf(r["t"])
    t = 1 - rest
    if kind == "ot":
        s = mp.mpf(path.get("sigma_min", 0))
        return t, 1 - (1 - s) * t, mp.mpf(1), -(1 - s) * (1 - (1 - s) * t)
    if kind == "vp":
        low, high = mp.mpf(path.get("beta_min", 0.1)), mp.mpf(path.get("beta_max", 20))
        T, beta = rest * low + rest**2 * (high - low) / 2, low * t + rest * high
        return mp.exp(-T / 2), mp.sqrt(-mp.expm1(-T)), beta * mp.exp(-T / 2) / 2, -beta * mp.exp(-T) / 2
    if kind == "cosine":
        a, s = mp.sinpi(t / 2), mp.cospi(t / 2)
        return a, s, mp.pi / 2 * s, -mp.pi / 2 * a * s
    if kind == "linear_vp":
        return t, mp.sqrt(1 - t * t), mp.mpf(1), -t
    if kind == "polynomial":
        n = mp.mpf(path["exponent"])
        a = t**n
        return a, 1 - a, n * t ** (n - 1), -n * t ** (n - 1) * (1 - a)
    if kind == "icfm":
        s = mp.mpf(path["sigma"])
        return t, mp.sqrt(rest**2 + s * s), mp.mpf(1), -rest
    if kind == "schrodinger_bridge":
        s = mp.mpf(path["sigma"])
        return t, mp.sqrt(rest**2 + s * s * t * rest), mp.mpf(1), (s * s * (1 - 2 * t) - 2 * rest) / 2
    raise ValueError(kind)


def integral(f, cuts):
    """By tanh-sinh from cut to cut, in units of the largest value met: mpmath's tolerance is absolute."""
    size = max(abs(f((1 - w) * a + w * b)) for a, b in zip(cuts, cuts[1:]) for w in (mp.mpf(1) / 4, mp.mpf(1) / 2, mp.mpf(3) / 4))
    return size * mp.quad(lambda y: f(y) / size, cuts)


def line_moments(q, a, s, x):
    """Density of x and the moments of x1 given x on one axis, by tanh-sinh and Gauss quadrature over y."""
    numbers = {k: mp.mpf(v) for k, v in q.items() if isinstance(v, (int, float))}
    if q["kind"] == "uniform_boxes":
        low, high = mp.mpf(q["lower"][0][0]), mp.mpf(q["upper"][0][0])
        density, cuts = (lambda y: 1 / (high - low)), [low, high]
    elif q["name"] == "laplace":
        m, b = numbers["location"], numbers["scale"]
        density, cuts = (lambda y: mp.exp(-abs(y - m) / b) / (2 * b)), [m + k * b for k in (-80, -20, -5, -1, 0, 1, 5, 20, 80)]
    elif q["name"] == "triangular":
        low, mode, high = numbers["lower"], numbers["mode"], numbers["upper"]
        density = lambda y: 2 / (high - low) * ((y - low) / (mode - low) if y < mode else (high - y) / (high - mode))
        cuts = [low, mode, high]
    elif q["name"] == "student_t":
        n, m, b = numbers["degrees"], numbers["location"], numbers["scale"]
        c = mp.exp(mp.loggamma((n + 1) / 2) - mp.loggamma(n / 2)) / (mp.sqrt(n * mp.pi) * b)
        density, cuts = (lambda y: c * (1 + ((y - m) / b) ** 2 / n) ** (-(n + 1) / 2)), [m + k * b for k in (-100, -9, -2, 0, 2, 9, 100)]
    else:
        p, r, low, high = numbers["a"], numbers["b"], numbers["lower"], numbers["upper"]
        c = mp.exp(mp.loggamma(p + r) - mp.loggamma(p) - mp.loggamma(r))
        mean = p / (p + r)
        std = mp.sqrt(mean * (1 - mean) / (p + r + 1))
        # w = v^k by the lower end, 1 - w = v^upper by the upper
        half, k, upper = mp.mpf(1) / 2, max(1, 4 / min(p, 1)), max(1, 4 / min(r, 1))

        def kernel(w):
            return mp.exp(-((a * (low + (high - low) * w) - x) ** 2) / (2 * s * s)) / (s * mp.sqrt(2 * mp.pi))

        def cut(lowest, highest, places):
            return [lowest] + sorted(v for v in set(places) if lowest < v < highest) + [highest]

        spots = [mean + i * std for i in STEPS] + [(x / a + i * s / a - low) / (high - low) for i in STEPS]
        out = []
        for n in range(3):
            first = integral(lambda v: k * v ** (k * p - 1) * (1 - v**k) ** (r - 1) * v ** (k * n) * kernel(v**k),
                            cut(mp.mpf(0), half ** (1 / k), [w ** (1 / k) for w in spots if w > 0]))
            second = integral(lambda v: upper * v ** (upper * r - 1) * (1 - v**upper) ** (p - 1 + n) * kernel(1 - v**upper),
                             cut(mp.mpf(0), half ** (1 / upper), [(1 - w) ** (1 / upper) for w in spots if w < 1]))
            out.append(c * (first + second))
        zeroth, first, second = out
        size = high - low
        return zeroth, low + size * first / zeroth, size * size * (second / zeroth - (first / zeroth) ** 2)
    centre = [x / a + k * s / a for k in (-40, -12, -4, 0, 4, 12, 40)]
    if len(cuts) <= 3:  # a bounded support
        cuts = sorted(set(cuts + [v for v in centre if cuts[0] < v < cuts[-1]]))
    else:
        cuts = sorted(set(centre + [v for v in cuts if centre[0] < v < centre[-1]]))

    def joint(y):
        return density(y) * mp.exp(-((a * y - x) ** 2) / (2 * s * s)) / (s * mp.sqrt(2 * mp.pi))

    zeroth = integral(joint, cuts)
    mean = integral(lambda y: y * joint(y), cuts) / zeroth
    return zeroth, mean, integral(lambda y: (y - mean) ** 2 * joint(y), cuts) / zeroth


def lines():
    """Denoisers, densities and covariances of densities on a line, by plain quadrature."""
    plan = [
        ("denoiser/small-means.json", "(laplace|student|cauchy|student-ten|triangular|beta|box)/t-0.*/(1e-|2-)", 1, 14),
        ("marginal_log_density/normalisation.json", "(beta-(2.5|8|0.5|100|1)-[0-9.]+|student-(1|3|30|1e6))/(wide|unit)", 0, 18),
        ("denoiser/beta-ends.json", "exponents.*t-0.[59]|end/(steep|small-wide|arcsine-outside)", 1, 15),
        ("posterior_covariance/beta-ends.json", "exponents-0.05.*t-0.5|end/(far|far-above|far-inside|steep)$", 2, 9),
        ("denoiser/scales.json", "(laplace|student|box|triangular)/(1e6|minus-1e12|1000|1e17|1e15|minus-1e17)", 1, 14),
        ("posterior_covariance/scales.json", "(laplace|box|triangular|beta)/(1e6|1e15|1000)", 2, 12),
    ]
    for path, pattern, which, most in plan:
        checks = []
        found = cases(path, pattern)
        for case in found[:: max(1, len(found) // most)]:
            r, q = case["request"], case["request"]["target"]
            if "factors" in q or abs(q.get("location", 0)) > 1e20:
                continue
            mp.mp.dps = 60
            a, s, _, _ = schedule(r["path"], r)
            value = line_moments(q, a, s, mp.mpf(r["x"][0]))[which]
            checks.append((case["id"], agrees(case, [mp.log(value) if which == 0 else value], 15)))
        expect(f"{path} by quadrature over the data", checks)


def tilted():
    """Laplace at any place and size: two truncated exponential tilts, with 900 digits of error functions."""
    mp.mp.dps = 900
    checks = []
    for case in cases("denoiser/scales.json", "laplace/") + cases("denoiser/small-means.json", "(laplace|laplace-narrow)/"):
        r = case["request"]
        if "factors" in r["target"] or r["x"] == [0]:
            continue
        a, s, _, _ = schedule(r["path"], r)
        m, b = mp.mpf(r["target"]["location"]), mp.mpf(r["target"]["scale"])
        z, tilt = (mp.mpf(r["x"][0]) - a * m) / s, s / (a * b)

        def half(c):  # log of the mass, and the mean, of exp(-c u - u^2/2) on u > 0
            if c > 20:  # Laplace's continued fraction for the ratio of Mills
                f = mp.mpf(0)
                for k in range(6000 if c < 1000 else 600, 0, -1):
                    f = k / (c + f)
                return -mp.log(c + f), f
            mass = mp.sqrt(mp.pi / 2) * mp.erfc(c / mp.sqrt(2))
            return mp.log(mass) + c * c / 2, mp.exp(-c * c / 2) / mass - c

        (right, up), (left, down) = half(tilt - z), half(tilt + z)
        share = 1 / (1 + mp.exp(left - right))
        checks.append((case["id"], agrees(case, [m + s / a * (share * up - (1 - share) * down)])))
    expect("Laplace by the ratio of Mills", checks)


def rings():
    mp.mp.dps = 500
    checks = []
    for case in cases("denoiser/scales.json", "ring/") + cases("denoiser/small-means.json", "ring"):
        r, q = case["request"], case["request"]["target"]
        a, s, _, _ = schedule(r["path"], r)
        R, std, c = mp.mpf(q["radius"]), mp.mpf(q["std"]), [mp.mpf(v) for v in q.get("center", [0, 0])]
        V, away = a * a * std * std + s * s, [mp.mpf(v) - a * w for v, w in zip(r["x"], c)]
        rho = mp.sqrt(sum(v * v for v in away))
        k = rho * a * R / V
        f = k / 2  # I1/I0 = 1/(2/k + 1/(4/k + ...))
        if k > 1e12:
            f = 1 - 1 / (2 * k) - 1 / (8 * k**2) - 1 / (8 * k**3)
        elif rho:
            f = mp.mpf(0)
            for n in range(2000 if k < 500 else 20000, 0, -1):
                f = 1 / (2 * n / k + f)
        checks.append((case["id"], agrees(case, [
            (s * s * (w + (R * f * v / rho if rho else 0)) + a * std * std * mp.mpf(p)) / V for v, w, p in zip(away, c, r["x"])])))
    expect("rings by a continued fraction of Bessel functions", [c for c in checks])


def gaussians():
    """Sources and targets of one component each; graded maps by eigenvectors; covariances that are symmetric but for a rounding."""
    mp.mp.dps = 120
    checks = []
    for case in cases("marginal_velocity/deficient-sources.json"):
        r = case["request"]
        (m0,), (S0,), (m1,), (S1,) = (r[k][n] for k in ("source", "target") for n in ("means", "covariances")) if all(
            len(r[k]["means"]) == 1 for k in ("source", "target")) else ((0,),) * 4
        if m0 == 0:
            continue
        a, s, a_dot, half = schedule(r["path"], r)
        S0, S1, m0, m1 = mp.matrix(S0), mp.matrix(S1), mp.matrix(m0), mp.matrix(m1)
        g = (a * a * S1 + s * s * S0) ** -1 * (mp.matrix(r["x"]) - a * m1 - s * m0)
        u = a_dot * (m1 + a * S1 * g) + half / s * (m0 + s * S0 * g)
        checks.append((case["id"], agrees(case, list(u))))
    expect("velocities between Gaussians without a direction", checks)

    def root(S):
        E, Q = mp.eigsy(S)
        return Q * mp.diag([mp.sqrt(e) for e in E]) * Q.T

    checks = []
    for case in cases("gaussian_ot_map/graded.json")[::3] + cases("gaussian_ot_map/asymmetric.json"):
        r = case["request"]
        S0, S1 = ((S + S.T) / 2 for S in (mp.matrix(r["covariance0"]), mp.matrix(r["covariance1"])))
        R = root(S0)
        y = mp.matrix(r["mean1"]) + R**-1 * root(R * S1 * R) * R**-1 * (mp.matrix(r["x"]) - mp.matrix(r["mean0"]))
        checks.append((case["id"], agrees(case, list(y))))
    expect("maps between Gaussians by eigenvectors", checks)
    checks = []
    for case in cases("flow_map/zero-tolerance.json"):
        r = case["request"]
        start, end = (schedule(r["path"], {"t": t}) for t in (0, 1))
        V0, V1 = (p[0] ** 2 * mp.mpf(r["target"]["std"]) ** 2 + p[1] ** 2 for p in (start, end))
        x = [end[0] * m + mp.sqrt(V1 / V0) * (mp.mpf(v) - start[0] * m) for v, m in zip(r["x"], r["target"]["means"][0])]
        checks.append((case["id"], agrees({"expected": {k: case["expected"][k]["x"] for k in ("value", "tail")}}, x)))
    expect("flows of Gaussians that keep a zero", checks)


def rates():
    mp.mp.dps = 700
    checks = []
    for case in cases("convert/orthogonal.json"):
        r = case["request"]
        a, s, a_dot, half = schedule(r["path"], r)
        factor = a * half / s - s * a_dot  # of v; x has the factor alpha alpha' + sigma sigma' = 0
        checks.append((case["id"], agrees(case, [mp.mpf(v) * (factor if r["to"] == "velocity" else 1 / factor) for v in r["value"]])))
    expect("v and the velocity are multiples of each other where alpha^2 + sigma^2 = 1", checks)
    checks = []
    for case in cases("convert/steep.json", "noise-to-velocity"):
        r = case["request"]
        a, s, _, _ = schedule(r["path"], r)
        n = mp.mpf(r["path"]["exponent"])
        t = mp.mpf(r["t"]) if "t" in r else 1 - mp.mpf(r["one_minus_t"])
        checks.append((case["id"], agrees(case, [n / t * (mp.mpf(x) - mp.mpf(v)) for x, v in zip(r["x"], r["value"])])))
    expect("noise to velocity on t^n is n/t (x - noise)", checks)
    mp.mp.dps = 60
    checks = []
    for case in cases("schedule/vp-falling.json"):
        r = case["request"]
        a, s, a_dot, half = schedule(r["path"], r)
        e = {k: {n: case["expected"][k][n] for n in ("alpha", "sigma", "alpha_dot", "variance_dot")} for k in ("value", "tail")}
        checks.append((case["id"], agrees({"expected": e}, [a, s, a_dot, 2 * half])))
    expect("falling betas in closed form", checks)
    mp.mp.dps = 2000
    checks = []
    for case in cases("sigma_grid/extreme.json"):
        r = case["request"]
        n, mu = r["steps"], mp.mpf(r["mu"])
        grid = [1 - mp.mpf(i) / max(n - 1, 1) * mp.mpf(999) / 1000 for i in range(n)]
        sigmas = [0 if mu < -5000 and g < 1 else 1 if mu > 5000 else 1 / (1 + mp.exp(-mu) * (1 / g - 1)) for g in grid]
        checks.append((case["id"], agrees(case, sigmas + [0] + [1000 * v for v in sigmas])))
    expect("grids of extreme mu by the logistic function", checks)


def clouds():
    """Guidance as (1 - P) (u_label - u_rest) on top of u_empty, by softmax."""
    mp.mp.dps = 60
    checks = []
    for case in cases("guided_velocity/large-weights.json", "(three-points|plane-points|equal-points)/(vp|ot|cosine|icfm|linear-vp)"):
        r, q = case["request"], case["request"]["target"]
        a, s, a_dot, half = schedule(r["path"], r)
        logits = [-sum((mp.mpf(x) - a * mp.mpf(y)) ** 2 for x, y in zip(r["x"], p)) / (2 * s * s) for p in q["points"]]
        top = max(logits)
        weights = [mp.exp(v - top) for v in logits]

        def velocity(chosen):
            total = sum(weights[k] for k in chosen)
            mean = [sum(weights[k] * mp.mpf(q["points"][k][i]) for k in chosen) / total for i in range(len(r["x"]))]
            return [a_dot * m + half / (s * s) * (mp.mpf(x) - a * m) for m, x in zip(mean, r["x"])]

        every = range(len(weights))
        own, rest = ([k for k in every if (q["labels"][k] == r["label"]) == same] for same in (True, False))
        u = velocity(every)
        if rest:
            share = sum(weights[k] for k in own) / sum(weights)
            u = [e + mp.mpf(r["weight"]) * (1 - share) * (c - d) for e, c, d in zip(u, velocity(own), velocity(rest))]
        checks.append((case["id"], agrees(case, u)))
    expect("guidance by the share of the other labels", checks)


def gaps():
    mp.mp.dps = 40
    checks = []
    for case in cases("cfm_gap/narrow.json", "^cfm-gap/narrow/(ot-0.1|ot|vp)/"):
        r, q = case["request"], case["request"]["target"]
        a, s, a_dot, half = schedule(r["path"], r)
        parts = [(mp.mpf(w) / sum(map(mp.mpf, q["weights"])), mp.mpf(m), mp.mpf(d)) for w, (m,), d in zip(q["weights"], q["means"], q["std"])]
        widths = [mp.sqrt(a * a * d * d + s * s) for _, _, d in parts]

        def inner(x):
            p = [w * mp.npdf(x, a * m, b) for (w, m, _), b in zip(parts, widths)]
            means = [m + a * d * d / (b * b) * (x - a * m) for (_, m, d), b in zip(parts, widths)]
            total = sum(p)
            mean = sum(u * v for u, v in zip(p, means)) / total
            return sum(u * ((v - mean) ** 2 + d * d * s * s / (b * b)) for u, v, (_, _, d), b in zip(p, means, parts, widths))

        cuts = sorted({a * m + k * b for (_, m, _), b in zip(parts, widths) for k in (-14, -9, -6, -4, -2, -1, 0, 1, 2, 4, 6, 9, 14)})
        value = (a_dot - a * half / (s * s)) ** 2 * mp.quad(inner, cuts)
        checks.append((case["id"], agrees({"expected": {k: [case["expected"][k]["value"]] for k in ("value", "tail")}}, [value], 15)))
    expect("gaps by Gauss quadrature over x", checks)


def plans():
    """A plan with the right sums and P_ij P_kl/(P_il P_kj) as the costs say is the optimum; none costs less than the cheapest permutation."""
    mp.mp.dps = 50
    checks = []
    for case in cases("sinkhorn/sharp.json"):
        r, e = case["request"], case["expected"]
        n = len(r["x0"])
        P = [[mp.mpf(v) + t for v, t in zip(*rows)] for rows in zip(e["value"]["plan"], e["tail"]["plan"])]
        C = [[sum((mp.mpf(x) - mp.mpf(y)) ** 2 for x, y in zip(p, q)) for q in r["x1"]] for p in r["x0"]]
        good = all(abs(sum(row) * n - 1) < 1e-25 for row in P) and all(abs(sum(row[j] for row in P) * n - 1) < 1e-25 for j in range(n))
        cost = sum(P[i][j] * C[i][j] for i in range(n) for j in range(n))
        good = good and abs(cost - mp.mpf(e["value"]["cost"]) - e["tail"]["cost"]) < 1e-24 * cost
        for i, k in itertools.combinations(range(n), 2):
            for j, l in itertools.combinations(range(n), 2):
                if min(P[i][j], P[k][l], P[i][l], P[k][j]) > 1e-250:
                    left = mp.log(P[i][j] * P[k][l] / (P[i][l] * P[k][j])) * r["epsilon"]
                    right = C[i][l] + C[k][j] - C[i][j] - C[k][l]
                    good = good and abs(left - right) < 1e-24 * max(max(row) for row in C)
        if n <= 8:
            least = min(sum(C[i][j] for i, j in enumerate(p)) for p in itertools.permutations(range(n))) / n
            good = good and cost > least * (1 - mp.mpf(10) ** -25) and (r["epsilon"] > 1e-6 or cost < least + n * n * r["epsilon"])
        checks.append((case["id"], good))
    expect("plans by their sums, their ratios and the cheapest permutation", checks)


def priors():
    """The answer less its base density does not depend on the base: x0 and the sum of divergences by a scalar Runge-Kutta method."""
    mp.mp.dps = 60
    case, = cases("log_likelihood/prior.json", "rk4/ve$")
    r, e = case["request"], case["expected"]
    low, high, m, d = mp.mpf(0.01), mp.mpf(50), r["target"]["means"][0], mp.mpf(r["target"]["std"])

    def rate(t):  # u = rate (x - m), div u = 2 rate
        grown = mp.exp(2 * (1 - t) * mp.log(high / low))
        return -mp.log(high / low) * low**2 * grown / (d * d + low**2 * (grown - 1))

    n = r["steps"]
    h, y, total = -mp.mpf(r["t1"]) / n, [mp.mpf(v) - c for v, c in zip(r["x"], m)], mp.mpf(0)
    for k in range(n):
        t = mp.mpf(r["t1"]) * (n - k) / n
        A, B, C = rate(t), rate(t + h / 2), rate(t + h)
        k1 = A
        k2 = B * (1 + h / 2 * k1)
        k3 = B * (1 + h / 2 * k2)
        k4 = C * (1 + h * k3)
        y = [v * (1 + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)) for v in y]
        total += h / 6 * 2 * (A + 4 * B + C)
    v = low**2 * ((high / low) ** 2 - 1)
    x0 = [a + c for a, c in zip(y, m)]
    value = -sum(a * a for a in x0) / (2 * v) - mp.log(2 * mp.pi * v) + total
    found = {"expected": {k: [e[k]["log_density"]] + e[k]["x0"] for k in ("value", "tail")}}
    expect("a likelihood with the path's own prior, step by step", [(case["id"], agrees(found, [value] + x0))])


def main():
    for check in (rates, gaussians, clouds, plans, priors, tilted, rings, gaps, lines):
        check()
    print(f"{len(FAILURES)} wrong" if FAILURES else "all agree")
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
