#!/usr/bin/env python3
"""Checks the generator by second routes: python3 Fixtures/generate/check_independent.py

It compares what the generator computes in one way with what follows in another: derivatives by the difference
quotient, closed-form sensitivities by brute force, marginal quantities by numerical integration, and stored fixtures
by mpmath. Nothing here is used to make a fixture."""

import json
import math
import os
import sys

import flint
from flint import arb

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from reference import cases_integrate, cases_levels, conditional, large, levels, mixtures, moments, sources  # noqa: E402
from reference.cases_paths import PATHS  # noqa: E402
from reference.certify import balls, certify_all  # noqa: E402
from reference.paths import complete, schedule, time_at_log_snr  # noqa: E402

FAILURES = []


def expect(name, good):
    print(("ok    " if good else "WRONG ") + name)
    if not good:
        FAILURES.append(name)


def close(a, b, tolerance):
    return bool(abs(a - b) <= tolerance * (1 + abs(a)))


def derivatives_of_schedules():
    flint.ctx.prec = 600
    h = arb(2) ** -200
    for kind, paths in PATHS.items():
        good = True
        for _, path, _, _ in paths:
            p = balls(complete(path))
            for t in (0.125, 0.5, 0.875):
                t = arb(t)
                left, here, right = (schedule(p, t + k * h) for k in (-1, 0, 1))
                for of, dot in (("alpha", "alpha_dot"), ("sigma", "sigma_dot"), ("variance", "variance_dot"),
                                ("log_snr", "log_snr_dot")):
                    quotient = (getattr(right, of) - getattr(left, of)) / (2 * h)
                    good = good and close(quotient, getattr(here, dot), arb(2) ** -300)
                good = good and close(here.sigma * here.sigma, here.variance, arb(2) ** -500)
                level = here.log_snr.mid()
                good = good and close(time_at_log_snr(p, level), t, arb(2) ** -300)
        expect(f"schedule of {kind}: derivatives are difference quotients, the inverse returns the time", good)


def small_requests():
    mixture = {"kind": "gaussian_mixture", "weights": [1, 2, 0.5], "means": [[0.5, -1], [1.25, 0.75], [-2, 0.3]],
               "std": [0.5, 0.7, 0.25], "labels": [0, 1, 0]}
    shared = {"kind": "gaussian_mixture", "means": [[0.5, -1], [1.25, 0.75]], "std": 0.3}
    cloud = {"kind": "point_cloud", "points": [[0.5, -1, 2], [1.25, 0.75, 0], [-2, 0.3, 1]], "labels": [0, 1, 1]}
    for name, target, x in (("mixture", mixture, [0.3, -0.2]), ("shared", shared, [0.3, -0.2]), ("cloud", cloud, [0.1, 0.2, 0.9])):
        for kind, t in (("vp", 0.6), ("ot", 0.9), ("schrodinger_bridge", 0.3)):
            yield f"{name}, {kind} at {t}", {"path": complete(PATHS[kind][0][1]), "target": target, "t": t, "x": x}


def sensitivities_in_closed_form():
    names = ["marginal_velocity", "marginal_score", "denoiser", "noise_prediction", "marginal_log_density",
             "posterior_weights", "marginal_divergence", "marginal_log_density_dt"]
    for title, request in small_requests():
        brute = certify_all(request, lambda tree: {n: mixtures.QUANTITIES[n](mixtures.marginal(tree)) for n in names})
        closed = large.certify_large({k: v for k, v in request.items() if k != "target"}, names, balls(request["target"]))
        good = all(agree(brute[n], closed[n]) for n in names)
        expect(f"closed-form sensitivities equal brute force: {title}", good)
        if "labels" in request["target"]:
            guided = {**request, "label": 0, "weight": 2.5}
            brute = certify_all(guided, lambda tree: {"guided_velocity": mixtures.guided_velocity(tree)})
            rest = {k: v for k, v in guided.items() if k != "target"}
            closed = large.certify_large(rest, ["guided_velocity"], balls(guided["target"]))
            expect(f"the same for guidance: {title}", agree(brute["guided_velocity"], closed["guided_velocity"]))


def agree(a, b):
    same = True
    for (v, t, s, _), (w, u, r, _) in zip(a.leaves, b.leaves):
        same = same and v == w and abs(t - u) <= 1e-30 * abs(v) + 1e-300 and abs(s - r) <= 2e-3 * max(s, r)
    return same


def marginals_by_differences():
    flint.ctx.prec = 900
    h = arb(2) ** -300
    for title, request in small_requests():
        tree = balls(request)
        here = mixtures.marginal(tree)

        def moved(key, i, step):
            other = balls(request)
            if i is None:
                other[key] = other[key] + step
            else:
                other[key][i] = other[key][i] + step
            return mixtures.marginal(other)

        d, tolerance = len(request["x"]), arb(2) ** -450
        good = True
        for i in range(d):
            up, down = moved("x", i, h), moved("x", i, -h)
            good = good and close((up.log_density() - down.log_density()) / (2 * h), here.score()[i], tolerance)
            for j in range(d):
                quotient = (up.velocity()[j] - down.velocity()[j]) / (2 * h)
                good = good and close(quotient, here.jacobian()[j][i], tolerance)
        expect(f"score and Jacobian are difference quotients: {title}", good)
        trace = sum((here.jacobian()[i][i] for i in range(d)), arb(0))
        expect(f"divergence is the trace: {title}", close(trace, here.divergence(), tolerance))
        later, sooner = moved("t", None, h), moved("t", None, -h)
        dt = (later.log_density() - sooner.log_density()) / (2 * h)
        expect(f"dt log p is a difference quotient: {title}", close(dt, here.log_density_dt(), tolerance))
        residual = dt + here.divergence()
        for u, s in zip(here.velocity(), here.score()):
            residual += u * s
        expect(f"the continuity equation holds: {title}", bool(abs(residual) < arb(2) ** -400))
        # dD/dx = alpha Cov[x1|x]/v
        s = schedule(tree["path"], conditional.time_of(tree))
        up, down = moved("x", 0, h), moved("x", 0, -h)
        slope = (up.denoiser()[0] - down.denoiser()[0]) / (2 * h)
        expect(f"covariance is v/alpha dD/dx: {title}", close(slope * s.variance / s.alpha, here.covariance()[0][0], tolerance))


def marginals_by_integration():
    """p_t, D and u of a mixture on a line as integrals over x1 of the conditional quantities."""
    import mpmath as mp

    mp.mp.dps = 30
    request = {"path": complete({"kind": "vp"}), "target": {"kind": "gaussian_mixture", "weights": [1, 3], "means": [[-1], [1]],
               "std": [0.5, 0.25]}, "t": 0.7, "x": [0.2]}
    flint.ctx.prec = 300
    tree = balls(request)
    s, here = schedule(tree["path"], tree["t"]), mixtures.marginal(tree)
    alpha, v = mp.mpf(s.alpha.str(40, radius=False)), mp.mpf(s.variance.str(40, radius=False))
    alpha_dot, v_dot = mp.mpf(s.alpha_dot.str(40, radius=False)), mp.mpf(s.variance_dot.str(40, radius=False))
    x = mp.mpf(0.2)

    def q(y):
        return (mp.npdf(y, -1, mp.mpf(0.5)) + 3 * mp.npdf(y, 1, mp.mpf(0.25))) / 4

    def joint(y):
        return q(y) * mp.npdf(x, alpha * y, mp.sqrt(v))

    ends = [-8, -2, -1, 0, 0.5, 1, 1.5, 3, 8]
    total = mp.quad(joint, ends)
    mean = mp.quad(lambda y: y * joint(y), ends) / total
    u = mp.quad(lambda y: (v_dot / (2 * v) * (x - alpha * y) + alpha_dot * y) * joint(y), ends) / total
    for name, a, b in (("log density", mp.log(total), here.log_density()), ("denoiser", mean, here.denoiser()[0]),
                       ("velocity", u, here.velocity()[0])):
        expect(f"{name} is an integral over the data", abs(a - mp.mpf(b.str(40, radius=False))) < mp.mpf(10) ** -15)


CONTINUOUS = [
    ("boxes", {"kind": "uniform_boxes", "lower": [[-1, 0], [1, 1]], "upper": [[0, 1], [2, 3]], "weights": [1, 3]}, [0.3, 0.7]),
    ("ring", {"kind": "ring", "radius": 2, "std": 0.25, "center": [0.5, 0]}, [1.25, 0.5]),
    ("two_moons", {"kind": "curve", "name": "two_moons", "std": 0.1}, [0.5, 0.25]),
    ("two_spirals", {"kind": "curve", "name": "two_spirals", "std": 0.1}, [0.5, 0.25]),
    ("laplace", {"kind": "density_1d", "name": "laplace", "location": 0.5, "scale": 0.5}, [0.3]),
    ("triangular", {"kind": "density_1d", "name": "triangular", "lower": -1, "mode": 0.5, "upper": 2}, [0.3]),
    ("beta", {"kind": "density_1d", "name": "beta", "a": 2, "b": 3, "lower": -1, "upper": 1}, [0.3]),
    ("student_t", {"kind": "density_1d", "name": "student_t", "degrees": 3, "location": 0, "scale": 1}, [0.3]),
]
FIELDS = ["marginal_log_density", "marginal_log_density_dt", "marginal_velocity", "marginal_score", "marginal_divergence"]


def continuity(title, evaluate, request):
    """The score and dt log p as difference quotients of log p, and dt log p + div u + u . score = 0."""
    flint.ctx.prec = 300
    h = arb(2) ** -80

    def log_density(key, i, step):
        tree = balls(request)
        if i is None:
            tree[key] = tree[key] + step
        else:
            tree[key][i] = tree[key][i] + step
        return evaluate(tree, FIELDS[:1])[FIELDS[0]]

    q = evaluate(balls(request), FIELDS)
    good = True
    for i, score in enumerate(q["marginal_score"]):
        good = good and close((log_density("x", i, h) - log_density("x", i, -h)) / (2 * h), score, arb(2) ** -120)
    dt = (log_density("t", None, h) - log_density("t", None, -h)) / (2 * h)
    good = good and close(dt, q["marginal_log_density_dt"], arb(2) ** -120)
    residual = q["marginal_log_density_dt"] + q["marginal_divergence"]
    for u, score in zip(q["marginal_velocity"], q["marginal_score"]):
        residual += u * score
    expect(f"score, dt log p and the continuity equation: {title}", good and bool(abs(residual) < arb(2) ** -180))


def continuous_targets():
    import mpmath as mp

    for kind, t in (("ot", 0.6), ("vp", 0.8)):
        for name, target, x in CONTINUOUS:
            request = {"path": complete(PATHS[kind][0][1]), "target": target, "t": t, "x": x}
            continuity(f"{name}, {kind} at {t}", moments.quantities, request)
    source = {"kind": "gaussian_mixture", "weights": [1, 2], "means": [[-2, 0], [1, 0.5]], "std": 0.5}
    target = {"kind": "gaussian_mixture", "means": [[3, 1], [-1, 0]], "covariances": [[[1, 0.5], [0.5, 0.5]], [[0.25, 0], [0, 2]]]}
    for kind, t in (("ot", 0.6), ("vp", 0.8), ("schrodinger_bridge", 0.3)):
        request = {"path": complete(PATHS[kind][0][1]), "source": source, "target": target, "t": t, "x": [0.25, 0.5]}
        continuity(f"mixture to mixture, {kind} at {t}", sources.quantities, request)
    normal = {"kind": "gaussian_mixture", "means": [[0, 0]], "std": 1}
    request = {"path": complete({"kind": "vp"}), "source": normal, "target": target, "t": 0.7, "x": [0.25, 0.5]}
    a = sources.quantities(balls(request), ["marginal_velocity"])["marginal_velocity"]
    b = mixtures.marginal(balls(request)).velocity()
    expect("a normal source gives the usual field", all(close(p, q, arb(2) ** -250) for p, q in zip(a, b)))
    # densities and means by mpmath, straight from the density of the data
    mp.mp.dps = 25
    s = schedule(balls(complete({"kind": "ot"})), arb(0.5))
    plain = {
        "laplace": lambda y: mp.exp(-abs(y - 0.5) / 0.5),
        "triangular": lambda y: mp.mpf(0) if not -1 < y < 2 else ((y + 1) / 1.5 if y < 0.5 else (2 - y) / 1.5),
        "beta": lambda y: (y + 1) * (1 - y) ** 2 if -1 < y < 1 else mp.mpf(0),
        "student_t": lambda y: (1 + y * y / 3) ** -2,
    }
    for name, target, x in CONTINUOUS:
        if name in plain:
            ends = [-1000, -30, -8, -2, -1, 0, 0.5, 1, 2, 4, 8, 30, 1000]
            q, cut = plain[name], [e for e in ends if name not in ("beta", "triangular") or -1 <= e <= (1 if name == "beta" else 2)]
            norm = mp.quad(q, [-mp.inf] + cut[1:-1] + [mp.inf]) if name == "student_t" else mp.quad(q, cut)
            z = mp.quad(lambda y: q(y) * mp.npdf(mp.mpf(0.3), y / 2, mp.mpf(0.5)), cut) / norm
            m = mp.quad(lambda y: y * q(y) * mp.npdf(mp.mpf(0.3), y / 2, mp.mpf(0.5)), cut) / norm / z
            got = moments.moments(balls(target), s, [arb(0.3)])
            near = abs(mp.mpf(got.density.str(30, radius=False)) - z) < 1e-15 and abs(mp.mpf(got.mean[0].str(30, radius=False)) - m) < 1e-15
            expect(f"{name}: density and mean by plain quadrature", near)
    # the ring by its angle
    name, target, x = CONTINUOUS[1]
    V = mp.mpf(0.25) ** 2 / 4 + mp.mpf(0.25)

    def there(th):
        c = (0.5 + 2 * mp.cos(th), 2 * mp.sin(th))
        return mp.exp(-((x[0] - c[0] / 2) ** 2 + (x[1] - c[1] / 2) ** 2) / (2 * V)) / (2 * mp.pi * V)

    z = mp.quad(there, mp.linspace(0, 2 * mp.pi, 9)) / (2 * mp.pi)
    got = moments.moments(balls(target), s, [arb(a) for a in x])
    expect("ring: density by its angle", abs(mp.mpf(got.density.str(30, radius=False)) - z) < 1e-18)


def stored_values():
    """A few stored numbers, recomputed from the definition with mpmath."""
    import mpmath as mp

    mp.mp.dps = 60
    root = os.path.dirname(HERE)

    def find(path, identity):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            return next(c for c in json.load(file)["cases"] if c["id"] == identity)

    case = find("schedule/vp.json", "schedule/vp/default/t-1-1e-6")
    t = mp.mpf(case["request"]["t"])
    low, high = mp.mpf(0.1), mp.mpf(20)

    def total(t):
        return mp.quad(lambda r: low + r * (high - low), [0, 1 - t])

    sigma = mp.sqrt(1 - mp.exp(-total(t)))
    e = case["expected"]
    expect("stored vp sigma", abs(sigma - e["value"]["sigma"] - e["tail"]["sigma"]) <= e["radius"]["sigma"] + mp.mpf(10) ** -50)
    dot = mp.diff(lambda t: mp.sqrt(1 - mp.exp(-total(t))), t, h=mp.mpf(10) ** -25)
    expect("stored vp sigma_dot", abs(dot / (mp.mpf(e["value"]["sigma_dot"]) + e["tail"]["sigma_dot"]) - 1) < 1e-20)
    case = find("conditional_velocity/cosine.json", "conditional-velocity/cosine/default/t-0.25/plane")
    r, e = case["request"], case["expected"]
    for i in range(2):
        x0 = (r["x"][i] - mp.sin(mp.pi / 8) * r["x1"][i]) / mp.cos(mp.pi / 8)
        u = mp.diff(lambda t: mp.sin(mp.pi * t / 2) * r["x1"][i] + mp.cos(mp.pi * t / 2) * x0, mp.mpf(0.25))
        expect(f"stored cosine velocity {i} is the derivative of the flow", abs(u - e["value"][i] - e["tail"][i]) < mp.mpf(10) ** -25)


def sharp_plans():
    """Sensitivities of an entropic plan in closed form against every number moved; those of the cost are a bound."""
    from reference.cases_entropic import entropic
    from reference.cases_sharp import answer

    for n, x0, x1 in ((2, [[0.3], [-0.7]], [[0.9], [0.1]]), (4, [[0.1], [-0.6], [0.9], [0.4]], [[-0.2], [0.5], [0.8], [-1]])):
        request = {"x0": x0, "x1": x1, "epsilon": 0.02}
        full = {**request, "weights0": [1] * n, "weights1": [1] * n, "rounding": [[1] * n for _ in x0]}
        brute, closed = certify_all(full, lambda r: {"": entropic(r)}, formats=("float64",))[""], answer(x0, x1, 0.02)
        good = all(v == w and abs(t - u) <= 1e-30 * abs(v) for (v, t, _, _), (w, u, _, _) in zip(brute.leaves, closed.leaves))
        good = good and all(abs(r[2] - s[2]) <= 2e-3 * r[2] for r, s in zip(brute.leaves[:-1], closed.leaves))
        good = good and brute.leaves[-1][2] <= closed.leaves[n * n][2] * 1.002 <= 1.1 * brute.leaves[-1][2]
        expect(f"sensitivities of a plan between {n} and {n} points equal brute force", good)


def leaves(node):
    if isinstance(node, dict):
        return [x for v in node.values() for x in leaves(v)]
    if isinstance(node, list):
        return [x for v in node for x in leaves(v)]
    return [node]


def level_flows():
    """The mass below has the density as its slope; the flow's derivative in t1 is the velocity there, by other integrals, and its
    derivative in x the ratio of densities."""
    flint.ctx.prec = 400
    h = arb(2) ** -60
    for name, _, target, _ in cases_levels.TARGETS[:7] + [cases_levels.HEAVY]:
        good = True
        for kind in ("ot", "vp", "cosine", "sigmoid"):
            request = balls({"path": complete(PATHS[kind][0][1]), "target": target, "t0": 0.25, "t1": 0.625, "x": [0.5]})
            s, one = schedule(request["path"], request["t1"]), levels.law(request["target"])
            left, right = one.mass(s, arb(0.25) - h), one.mass(s, arb(0.25) + h)
            good = good and close((right - left) / (2 * h), one.density(s, arb(0.25)), arb(2) ** -100)
            y = levels.flow(request)[0].mid()
            ahead, behind = (levels.flow({**request, "t1": request["t1"] + k * h})[0] for k in (1, -1))
            if target["kind"] in ("gaussian_mixture", "point_cloud"):
                velocity = mixtures.Marginal(request["target"], s, [y]).velocity()[0]
            else:
                found = moments.quantities_of(moments.moments(request["target"], s, [y]), s, [y], ["marginal_velocity"])
                velocity = found["marginal_velocity"][0]
            good = good and close((ahead - behind) / (2 * h), velocity, arb(2) ** -100)
            if name == cases_levels.HEAVY[0]:
                continue
            above, below = (levels.flow({**request, "x": [request["x"][0] + k * h]})[0] for k in (1, -1))
            good = good and close((above - below) / (2 * h), levels.jacobian(request)[0][0], arb(2) ** -100)
        expect(f"levels of {name}: the mass has the density as its slope, the flow moves with the velocity", good)


def gaussian_flows():
    """The Jacobian of one Gaussian's flow carries one covariance to the other and is the flow's slope."""
    flint.ctx.prec = 400
    h = arb(2) ** -60
    for name, _, target, _ in cases_levels.TARGETS[-2:]:
        d = len(target["means"][0])
        request = balls({"path": complete({"kind": "vp"}), "target": target, "t0": 0.25, "t1": 0.625, "x": [0.5] * d})
        before, after = levels.spreads(request)
        rows = levels.jacobian(request)
        J = flint.arb_mat(rows)
        carried = J * before * J.transpose()
        good = all(close(carried[i, j], after[i, j], arb(2) ** -300) for i in range(d) for j in range(d))
        moved = levels.flow({**request, "x": [v + (h if i == 0 else 0) for i, v in enumerate(request["x"])]})
        good = good and all(
            close((m - y) / h, row[0], arb(2) ** -100) for m, y, row in zip(moved, levels.flow(request), rows))
        good = good and close(J.det().log(), levels.log_determinant(request), arb(2) ** -300)
        expect(f"flow of one Gaussian, {name}: its Jacobian carries V_0 to V_1", good)


def trajectories_in_series():
    """The power series by which equal steps are judged is that of the flow, which is known without it."""
    flint.ctx.prec = 400
    h = arb(2) ** -20
    for name, path, target, start, end, there in [one for one in cases_integrate.FIELDS if one[0] in cases_integrate.SMOOTH]:
        x = cases_integrate.place(path, there, start)
        tree = balls({"path": complete(path), "target": target, "t0": start, "t1": end, "x": x})
        good = True
        for share in (0.125, 0.5, 0.875):
            t = arb(share)
            here = [v.mid() for v in levels.moved(tree, tree["t0"], t, tree["x"])]
            for order in (1, 4, 8):
                known = [levels.moved(tree, t, t + k * h, here) for k in range(order + 2)]
                # the difference quotient of that order
                quotients = [
                    sum((-1) ** (order + 1 - k) * math.comb(order + 1, k) * known[k][i] for k in range(order + 2)) / h ** (order + 1)
                    / math.factorial(order + 1) for i in range(len(x))]
                largest = max((abs(q) for q in quotients), key=lambda q: float(q.mid()))
                good = good and close(cases_integrate.coefficient(tree, t, here, order), largest, arb(2) ** -8)
        expect(f"trajectories of {name}: coefficients of their series are difference quotients of the flow", good)


def outline(node):
    """A value's shape without its numbers."""
    if isinstance(node, dict):
        return {k: outline(v) for k, v in node.items()}
    if isinstance(node, list):
        return [outline(v) for v in node]
    return None


def files():
    """Every file: ids unique and its own, flags explained, four members of one shape, every number what it claims to be."""
    root, seen, good = os.path.dirname(HERE), set(), True
    for folder in sorted(os.listdir(root)):
        if folder in ("data", "generate", "schema", "mutants", "adapters", "findings", "quadrature") or not os.path.isdir(os.path.join(root, folder)):
            continue
        for name in sorted(os.listdir(os.path.join(root, folder))):
            with open(os.path.join(root, folder, name), encoding="utf-8") as file:
                document = json.load(file)
            used = {f for c in document["cases"] for f in c["flags"]}
            good = good and document["operation"] == folder and used == set(document["flags"])
            for c in document["cases"]:
                good = good and c["id"] not in seen and c["request"]["op"] == folder
                seen.add(c["id"])
                e = c["expected"]
                if "error" in e:
                    continue
                good = good and all(outline(e[k]) == outline(e["value"]) for k in ("tail", "sensitivity", "radius"))
                for v, t, s, r in zip(*(leaves(e[k]) for k in ("value", "tail", "sensitivity", "radius"))):
                    if v is None or isinstance(v, str):
                        continue
                    good = good and s >= 0 and r >= 0 and abs(t) <= max(math.ulp(v) / 2, 5e-324)
                    if folder == "integrate" or (folder, name) == ("sinkhorn", "tolerance.json"):  # there too
                        continue
                    if name not in ("adaptive.json", "zero-tolerance.json") and not (name == "levels.json" and "rtol" in c["request"]):  # there the radius is what a tolerance allows
                        good = good and r <= max(abs(v) * 2.0**-100, 1e-300, s * 2.0**-100)
    expect(f"{len(seen)} cases: ids, flags, shapes, tails below half a unit, radii below 2^-100 but for adaptive steps", good)


def main():
    derivatives_of_schedules()
    marginals_by_differences()
    marginals_by_integration()
    continuous_targets()
    sensitivities_in_closed_form()
    sharp_plans()
    level_flows()
    gaussian_flows()
    trajectories_in_series()
    stored_values()
    files()
    print(f"{len(FAILURES)} wrong" if FAILURES else "all agree")
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
