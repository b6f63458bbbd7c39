#!/usr/bin/env python3
"""Recomputes the confirmed case of every class of failure with 50 digits, without the libraries and without the engine.

    python3 -m pip install mpmath && python3 Fixtures/findings/check.py

Values by other routes than the generator's where there is one: steps of solvers in exact fractions, flows of one Gaussian in
closed form and of mixtures on a line by their distribution functions, entropic plans by Newton's method, transformed fields as
the field of the other path, methods of few steps as integrals of polynomials. Of a refusal the reason is shown.
"""

import json
import pathlib
import sys
import tomllib
from fractions import Fraction

from mpmath import mp, mpf

HERE = pathlib.Path(__file__).resolve().parent
mp.dps = 50


def schedule(path, t):
    """alpha and sigma^2."""
    p = {name: mpf(value) for name, value in path.items() if name != "kind"}
    kind, r = path["kind"], 1 - t
    if kind == "ot":
        return t, (1 - (1 - p.get("sigma_min", 0)) * t) ** 2
    if kind == "cosine":
        return mp.sinpi(t / 2), mp.sinpi(r / 2) ** 2
    if kind == "linear_vp":
        return t, 1 - t * t
    if kind == "icfm":
        return t, r * r + p["sigma"] ** 2
    if kind == "polynomial":
        return t ** p["exponent"], (1 - t ** p["exponent"]) ** 2
    if kind == "vp":
        low, high = p.get("beta_min", mpf(0.1)), p.get("beta_max", mpf(20))
        total = low * r + (high - low) * r * r / 2
        return mp.exp(-total / 2), 1 - mp.exp(-total)
    raise ValueError(kind)


def log_snr(path, t):
    a, v = schedule(path, t)
    return mp.inf if v == 0 else -mp.inf if a == 0 else mp.log(a) - mp.log(v) / 2


def slopes(path, t):
    """alpha' and the derivative of sigma^2, by differences inside [0, 1] at twice the digits."""
    with mp.workdps(120):
        h = mpf(10) ** -40 * min(1, t if t else 1)
        low, high = schedule(path, t - h), schedule(path, t + h)
        return [(b - a) / (2 * h) for a, b in zip(low, high)]


def time(request):
    return mpf(request["t"]) if "t" in request else 1 - mpf(request["one_minus_t"])


def vectors(request, *names):
    return [[mpf(v) for v in request[name]] for name in names]


def mixture(target):
    means = [[mpf(v) for v in m] for m in target.get("means") or target["points"]]
    std = target.get("std", 0)
    std = std if isinstance(std, list) else [std] * len(means)
    weights = [mpf(w) for w in target.get("weights", [1] * len(means))]
    return means, [mpf(s) for s in std], [w / sum(weights) for w in weights]


def marginal(path, target, t, x):
    """The velocity of a mixture; at t = 1 as the limit."""
    t = min(t, 1 - mpf(10) ** -34)
    (a, v), (da, dv) = schedule(path, t), slopes(path, t)
    means, stds, weights = mixture(target)
    parts = []
    for m, s, w in zip(means, stds, weights):
        c = a * a * s * s + v
        rest = [xi - a * mi for xi, mi in zip(x, m)]
        density = w * mp.exp(-sum(z * z for z in rest) / (2 * c)) / c ** (mpf(len(x)) / 2)
        parts.append((density, [da * mi + (a * da * s * s + dv / 2) / c * z for mi, z in zip(m, rest)]))
    return [sum(d * u[i] for d, u in parts) / sum(d for d, _ in parts) for i in range(len(x))]


def flow(request):
    """One Gaussian: its own affine map. A mixture on a line: the level of its distribution function. A product: its factors."""
    if request["target"]["kind"] == "product":
        return [flow({**request, "target": one, "x": [v]})[0] for one, v in zip(request["target"]["factors"], request["x"])]
    path, (x,), t0, t1 = request["path"], vectors(request, "x"), mpf(request["t0"]), mpf(request["t1"])
    means, stds, weights = mixture(request["target"])
    ends = [schedule(path, t) for t in (t0, t1)]
    wide = [[mp.sqrt(a * a * s * s + v) for s in stds] for a, v in ends]
    if len(means) == 1:
        return [ends[1][0] * m + wide[1][0] / wide[0][0] * (z - ends[0][0] * m) for z, m in zip(x, means[0])]
    assert len(x) == 1

    def level(k, y):
        return sum(w * mp.ncdf((y - ends[k][0] * m[0]) / s) for m, s, w in zip(means, wide[k], weights))

    return [mp.findroot(lambda y: level(1, y) - level(0, x[0]), x[0])]


def integrated(request):
    """The state at the end, or at each of the times."""
    if "times" in request:
        return {"states": [flow({**request, "t1": t}) for t in request["times"]]}
    return {"x": flow(request)}


def heun(request):
    field, t, h = request["field"], Fraction(request["t"]), Fraction(request["h"])
    matrix = [[Fraction(v) for v in row] for row in field["matrix"]]
    rate = field.get("matrix_dt", [[0] * len(row) for row in matrix])
    offset = field.get("offset", [0] * len(matrix))
    x = [Fraction(v) for v in request["x"]]

    def slope(t, x):
        return [sum((m + t * Fraction(d)) * z for m, d, z in zip(row, rates, x)) + Fraction(o)
                for row, rates, o in zip(matrix, rate, offset)]

    k1 = slope(t, x)
    k2 = slope(t + h, [z + h * k for z, k in zip(x, k1)])
    answer = {"x": [z + h * (a + b) / 2 for z, a, b in zip(x, k1, k2)], "error_estimate": [h * (b - a) / 2 for a, b in zip(k1, k2)]}
    return {name: [mpf(v.numerator) / v.denominator for v in values] for name, values in answer.items()}


def sinkhorn(request):
    """Sweeps to come near, then Newton's method on the potentials, the last of which is 0; with digits for entries of any size."""
    with mp.workdps(600):
        return newton(request)


def newton(request):
    x0, x1, e = request["x0"], request["x1"], mpf(request["epsilon"])
    cost = [[sum((mpf(a) - mpf(b)) ** 2 for a, b in zip(p, q)) for q in x1] for p in x0]
    n, m = len(x0), len(x1)
    kernel = mp.matrix([[mp.exp(-c / e) for c in row] for row in cost])
    u, v = mp.ones(n, 1), mp.ones(m, 1)
    for _ in range(400):
        u = mp.matrix([1 / mpf(n) / z for z in kernel * v])
        v = mp.matrix([1 / mpf(m) / z for z in kernel.T * u])
    f, g = [mp.log(z) for z in u], [mp.log(z) for z in v]
    for _ in range(400):
        plan = mp.matrix(n, m)
        for i in range(n):
            for j in range(m):
                plan[i, j] = kernel[i, j] * mp.exp(f[i] + g[j])
        off = [sum(plan[i, :]) - 1 / mpf(n) for i in range(n)] + [sum(plan[:, j]) - 1 / mpf(m) for j in range(m - 1)]
        if max(map(abs, off)) < mpf(10) ** -560:
            break
        jacobian = mp.zeros(n + m - 1)
        for i in range(n):
            for j in range(m):
                jacobian[i, i] += plan[i, j]
                if j < m - 1:
                    jacobian[i, n + j] = jacobian[n + j, i] = plan[i, j]
                    jacobian[n + j, n + j] += plan[i, j]
        step = mp.lu_solve(jacobian, mp.matrix(off))
        scale = min(1, 10 / max(abs(s) for s in step))
        f = [a - scale * b for a, b in zip(f, step[:n])]
        g = [a - scale * b for a, b in zip(g, list(step[n:]) + [0])]
    return {"plan": [[plan[i, j] for j in range(m)] for i in range(n)],
            "cost": sum(plan[i, j] * cost[i][j] for i in range(n) for j in range(m))}


def gaussian_map(request):
    m0, m1, x = (mp.matrix(v) for v in vectors(request, "mean0", "mean1", "x"))
    c0, c1 = mp.matrix(request["covariance0"]), mp.matrix(request["covariance1"])

    def root(matrix):
        values, axes = mp.eigsy(matrix)
        return axes * mp.diag([mp.sqrt(z) for z in values]) * axes.T

    half = root(c0)
    inverse = half ** -1
    middle = half * c1 * half
    return list(m1 + inverse * root((middle + middle.T) / 2) * inverse * (x - m0))


def posterior(request):
    """The product of two Gaussians in z_{k-1}."""
    betas, k = [mpf(b) for b in request["betas"]], request["step"]
    before = mp.fprod(1 - b for b in betas[:k - 1])
    first, second, a = 1 / (1 - before), (1 - betas[k - 1]) / betas[k - 1], mp.sqrt(1 - betas[k - 1])
    (x, z) = vectors(request, "x", "z")
    return {"mean": [(first * mp.sqrt(before) * xi + second * zi / a) / (first + second) for xi, zi in zip(x, z)],
            "variance": 1 / (first + second)}


def pair(request):
    t, s = time(request), mpf(request["sigma"])
    x, x0, x1 = vectors(request, "x", "x0", "x1")
    if request["kind"] == "icfm":
        return [b - a for a, b in zip(x0, x1)]
    if request["kind"] == "vp_trigonometric":
        return [mp.pi / 2 * (mp.cos(mp.pi * t / 2) * b - mp.sin(mp.pi * t / 2) * a) for a, b in zip(x0, x1)]
    rate = mp.diff(lambda t: mp.log(s * mp.sqrt(t * (1 - t))), t)
    return [b - a + rate * (z - (1 - t) * a - t * b) for z, a, b in zip(x, x0, x1)]


def conditional(request):
    t = time(request)
    (a, v), (da, dv), (x, x1) = schedule(request["path"], t), slopes(request["path"], t), vectors(request, "x", "x1")
    return [da * b + dv / (2 * v) * (z - a * b) for z, b in zip(x, x1)]


def convert(request):
    assert (request["from"], request["to"]) == ("velocity", "noise")
    t = time(request)
    (a, v), (da, dv), (x, u) = schedule(request["path"], t), slopes(request["path"], t), vectors(request, "x", "value")
    rate, s = da / a, mp.sqrt(v)  # u = rate (x - s noise) + s' noise
    return [(b - rate * z) / (dv / (2 * s) - rate * s) for z, b in zip(x, u)]


def all_of_schedule(request):
    t = time(request)
    (a, v), (da, dv) = schedule(request["path"], t), slopes(request["path"], t)
    s = mp.sqrt(v)
    return {"alpha": a, "sigma": s, "variance": v, "alpha_dot": da, "sigma_dot": dv / (2 * s), "variance_dot": dv,
            "log_snr": mp.log(a / s), "log_snr_dot": da / a - dv / (2 * v)}


def inverse(request):
    level = mpf(request["log_snr"])
    low, high = mpf(0), mpf(1)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if log_snr(request["path"], middle) < level else (low, middle)
    return {"t": low}


def sampled(request):
    t = time(request)
    (a, v), (x0, x1) = schedule(request["path"], t), vectors(request, "x0", "x1")
    return [a * b + (0 if t == 1 else mp.sqrt(v)) * z for z, b in zip(x0, x1)]


def denoiser(path, target, t, x):
    a, v = schedule(path, t)
    parts = []
    for m, s, w in zip(*mixture(target)):
        c = a * a * s * s + v
        rest = [xi - a * mi for xi, mi in zip(x, m)]
        density = w * mp.exp(-sum(z * z for z in rest) / (2 * c)) / c ** (mpf(len(x)) / 2)
        parts.append((density, [mi + a * s * s / c * z for mi, z in zip(m, rest)]))
    return [sum(d * u[i] for d, u in parts) / sum(d for d, _ in parts) for i in range(len(x))]


def few_steps(request):
    """x/sigma gains the integral of e^l D over l = log(alpha/sigma): what differs is the polynomial in l that stands for D.

    A step from alpha = 0 or onto sigma = 0 holds D, and no polynomial reaches back over it."""
    path, method, times, (x,) = request["path"], request["method"], [mpf(t) for t in request["times"]], vectors(request, "x")
    levels = [schedule(path, t) for t in times]
    logs = [log_snr(path, t) for t in times]
    past = [(logs[0], denoiser(path, request["target"], times[0], x))]

    def moved(k, x, nodes, halved=False, third=False):
        """The polynomial through the nodes, the first being the start of the step; through two with half of its change over the step."""
        (a, v), (b, w), low, high = levels[k - 1], levels[k], logs[k - 1], logs[k]
        if not mp.isfinite(high - low):
            return [mp.sqrt(w / v) * xi + (b - a * mp.sqrt(w / v)) * d for xi, d in zip(x, nodes[0][1])]

        def stands(l, i):
            if halved:
                (p, c), (q, d) = nodes
                return c[i] + (c[i] - d[i]) / (p - q) * (high - low) / 2
            value, basis, table = mpf(0), mpf(1), [d[i] for _, d in nodes]
            for order in range(len(nodes)):
                value += table[0] * basis
                basis *= l - nodes[order][0]
                table = [(q - p) / (nodes[j + order + 1][0] - nodes[j][0]) for j, (p, q) in enumerate(zip(table, table[1:]))]
                if third and order == 1:  # half of the square of l - low, with the same slope at the start
                    return value + table[0] * (basis - (l - low) ** 2 / 2)
            return value

        return [mp.sqrt(w) * (xi / mp.sqrt(v) + mp.quad(lambda l: mp.exp(l) * stands(l, i), [low, high])) for i, xi in enumerate(x)]

    for k in range(1, len(times)):
        whole = mp.isfinite(logs[k] - logs[k - 1])
        count = {"ddim": 1, "dpmpp_2m": 2, "unipc_2": 2}.get(method, 3) if whole else 1
        nodes = past[:count]
        new = moved(k, x, nodes, halved=len(nodes) == 2, third=method == "dpmpp_3m" and len(nodes) == 3)
        if k == len(times) - 1:
            return new
        ahead = (logs[k], denoiser(path, request["target"], times[k], new))
        if method.startswith("unipc") and whole:
            new = moved(k, x, [nodes[0], ahead, *nodes[1:]], halved=len(nodes) == 1)
        x, past = new, [ahead, *(past if whole else [])]
    raise AssertionError


def spaced(request):
    """Sigmas between 1 and 1/1000, equally spaced in the seventh root."""
    n, root = request["steps"], mpf(1) / 7
    ends = [mpf(1), mpf(1) / 1000]
    sigmas = [(ends[0] ** root + (ends[1] ** root - ends[0] ** root) * k / (n - 1)) ** (1 / root) for k in range(n)]
    return {"sigmas": [*sigmas, mpf(0)], "timesteps": [1000 * s for s in sigmas]}


ROUTES = {
    "flow_map": lambda r: {"x": flow(r)}, "integrate": integrated, "solver_step": heun, "sinkhorn": sinkhorn, "gaussian_ot_map": gaussian_map,
    "ddpm_posterior": posterior, "pair_velocity": pair, "conditional_velocity": conditional, "convert": convert,
    "schedule": all_of_schedule, "time_at_log_snr": inverse, "conditional_flow": sampled, "few_step_map": few_steps, "sigma_grid": spaced,
    "schedule_transform": lambda r: marginal(r["to_path"], r["target"], time(r), [mpf(v) for v in r["x"]])}


def reasons(r):
    """Why a request has no answer, as its numbers say."""
    path, t = r.get("path", {}), time(r) if "t" in r or "one_minus_t" in r else None
    sizes = {len(r[name]) for name in ("x", "x0", "x1", "z", "value") if isinstance(r.get(name), list)}
    if len(sizes) > 1:
        yield "lengths", "dimension_mismatch"
    if (t is not None and not 0 <= t <= 1) or not 0 <= r.get("t1", 1) <= 1:
        yield "a time outside [0, 1]", "out_of_domain"
    if r.get("epsilon", 1) <= 0 or r.get("shift", 1) <= 0 or any(b < 0 for b in r.get("betas", [])):
        yield "a parameter outside its range", "out_of_domain"
    times = [mpf(v) for v in r.get("times", [])] if r["op"] == "few_step_map" else [mpf(0), mpf(1)]
    steps = [b - a for a, b in zip(times, times[1:])]
    if min(times) < 0 or max(times) > 1 or not steps or min(steps) <= 0 <= max(steps):
        yield "times that do not go one way through [0, 1]", "out_of_domain"
    if r["op"] == "few_step_map" and schedule(path, times[0])[1] == 0:
        yield "the first step begins without noise", "singular"
    for name in ("covariance0", "covariance1"):
        c = r.get(name, [[1]])
        if any(abs(c[i][j] - c[j][i]) > 2.0**-52 * abs(c[i][j]) for i in range(len(c)) for j in range(len(c))):
            yield "a covariance that is not symmetric", "out_of_domain"
    if r["op"] == "pair_velocity" and r["kind"] == "schrodinger_bridge" and t in (0, 1):
        yield "the width of the bridge is 0", "singular"
    if r["op"] == "convert" and r["from"] == "noise" and schedule(path, t)[0] == 0:
        yield "alpha is 0", "singular"
    if "log_snr" in r and not log_snr(path, mpf(0)) <= r["log_snr"]:
        yield "the path begins above this ratio", "out_of_domain"
    if "to_path" in r and log_snr(r["to_path"], t) < log_snr(path, mpf(0)):
        yield "the first path begins above this ratio", "out_of_domain"


PARTS = ("value", "tail", "radius")


def compare(truth, expected):
    """The largest disagreement with value + tail, in units of what two right answers may differ by."""
    value, tail, radius = (expected[part] for part in PARTS)
    if isinstance(truth, dict):
        return max(compare(truth[name], {part: expected[part][name] for part in PARTS}) for name in truth if name in value)
    if isinstance(truth, list):
        assert len(truth) == len(value)
        return max(compare(item, {part: expected[part][i] for part in PARTS}) for i, item in enumerate(truth))
    return abs(truth - mpf(value) - mpf(tail)) / (mpf(radius) + abs(mpf(value)) * mpf(10) ** -28 + mpf(10) ** -32)


def exact(expected):
    """Without what a tolerance allows: the flow itself is compared."""
    def zero(part):
        return {k: zero(v) for k, v in part.items()} if isinstance(part, dict) else [zero(v) for v in part] if isinstance(part, list) else 0
    return {**expected, "radius": zero(expected["radius"])}


def main():
    wanted = {}
    for file in sorted(HERE.glob("*.toml")):
        page = (HERE / f"{file.stem}.md").read_text()
        for kind in tomllib.loads(file.read_text()).get("class", []):
            assert f"`{kind['confirmed']}`" in page, f"{file.stem}: the page does not show {kind['confirmed']}"
            wanted.setdefault(kind["confirmed"], []).append(f"{file.stem}: {kind['name']}")
    cases, names = {}, {identity.partition("@")[0] for identity in wanted}  # after an @ stands the integrator
    for file in HERE.parent.glob("*/*.json"):
        if any(identity.split("/")[0].replace("-", "_") == file.parent.name for identity in wanted):
            cases |= {case["id"]: case for case in json.loads(file.read_text())["cases"] if case["id"] in names}
    bad = 0
    for identity, names in sorted(wanted.items()):
        case = cases[identity.partition("@")[0]]
        if "error" in case["expected"]:
            why = [text for text, code in reasons(case["request"]) if code == case["expected"]["error"]]
            good, said = bool(why), f"{case['expected']['error']}: {', '.join(why) or 'NO REASON FOUND'}"
        else:
            request = {**case["request"], **case.get("field", {})}
            ratio = compare(ROUTES[request["op"]](request), exact(case["expected"]) if "field" in case else case["expected"])
            good, said = ratio < 1, f"the certified value is within {mp.nstr(ratio, 2)} of the allowed disagreement"
        bad += not good
        print("ok   " if good else "WRONG", identity, "-", said, "-", "; ".join(names))
    print(f"{len(wanted)} confirmed cases of {sum(map(len, wanted.values()))} classes, {bad} wrong")
    return bad > 0


sys.exit(main())
