"""Cases for steps, flows and likelihoods: what a method must answer to the last digit, and what a tolerance allows."""

from flint import arb, arb_mat, ctx

from .balls import Undecided, ceiling, up
from .cases_transport import root
from .certify import certify
from .conditional import with_path
from .mixtures import Marginal, components, identity
from .paths import schedule
from .presets import complete
from .solvers import TABLEAUX, follow, linear, step, velocity, with_divergence
from .writer import Fixture

OWN = list(TABLEAUX)
ADAPTIVE = ["bogacki_shampine", "dopri5", "tsit5", "dop853"]
LIBRARY = ["gsl_rk2", "gsl_rk4", "gsl_rkf45", "gsl_rkck", "gsl_rk8pd", "gsl_rk2imp", "gsl_rk4imp", "gsl_bsimp", "gsl_msadams",
           "gsl_msbdf"]
gauss = "gaussian_mixture"

# name, flag, field, x
FIELDS = [
    ("decay", "solver_step", {"kind": "linear", "matrix": [[-2]]}, [0.75]),
    ("turn", "solver_step", {"kind": "linear", "matrix": [[0, -1], [1, 0]]}, [1, 0.5]),
    ("shear", "solver_step", {"kind": "linear", "matrix": [[-1, 8], [0, -2]], "offset": [0.5, -1]}, [2, -0.25]),
    ("constant", "solver_step", {"kind": "linear", "matrix": [[0, 0], [0, 0]], "offset": [3, -0.125]}, [1, 1]),
    ("stiff", "solver_step", {"kind": "linear", "matrix": [[-50, 0], [49, -1]]}, [1, 0]),
    ("decimal", "solver_step", {"kind": "linear", "matrix": [[0.1, -0.7, 0.3], [1.1, 0.2, -0.9], [0.4, 0.6, -1.3]],
                                "offset": [0.3, 0.1, -0.2]}, [0.9, -1.7, 0.6]),
]
SIZES = [("0.25", "solver_step", 0.25), ("minus-0.5", "solver_backward", -0.5), ("2-10", "solver_step", 2.0**-10),
         ("0.1", "solver_step", 0.1), ("2", "solver_step", 2)]


def solver_step(request):
    tableau = TABLEAUX[request["solver"]]
    state, error = step(
        linear(request["field"]), tableau, request["method"], request["x"], request["t"], request["t"] + request["h"]
    )
    return {"x": state} if error is None else {"x": state, "error_estimate": error}


def steps():
    fixture = Fixture(
        "solver_step", "linear", "One step of a Runge-Kutta method on x' = M x + offset",
        "x + h sum b_i k_i, k_i = f(t + c_i h, x + h sum a_ij k_j); error_estimate is h sum (b_i - embedded_i) k_i, null without "
        "an embedded method. Tableaux: Proofs/tableaux; heun's embedded method is euler's, that of dop853 the one of order 5",
    )
    for name in OWN:
        for place, flag, field, x in FIELDS:
            for size, more, h in SIZES:
                if abs(h) >= 2 and place not in ("decay", "turn"):
                    continue
                request = {"op": "solver_step", "solver": name, "field": field, "t": 0.25, "h": h, "x": x}
                tableau = TABLEAUX[name]
                # slopes are doubles: an error estimate is a small difference of them
                roundings = {**tableau.roundings(), "slopes": [[1] * len(x) for _ in range(tableau.stages)]}
                answer = certify({**request, "method": roundings}, solver_step, request)
                if TABLEAUX[name].embedded is None:
                    extend(answer, {"error_estimate": None})
                flags = [flag] + ([more] if more != flag else [])
                flags += ["embedded"] if TABLEAUX[name].embedded else []
                fixture.add(f"{name.replace('_', '-')}/{place}/h-{size}", flags, request, answer)
    good = {"op": "solver_step", "solver": "rk4", "field": {"kind": "linear", "matrix": [[0, 1], [-1, 0]]}, "t": 0, "h": 0.5,
            "x": [1, 0]}
    fixture.add("error/solver", ["request_shape"], {**good, "solver": "rk5"}, error="invalid_field")
    fixture.add("error/field", ["request_shape"], {**good, "field": {"kind": "quadratic", "matrix": [[1]]}}, error="invalid_field")
    fixture.add("error/dimension", ["dimension"], {**good, "x": [1, 0, 0]}, error="dimension_mismatch")
    fixture.add("error/not-square", ["dimension"], {**good, "field": {"kind": "linear", "matrix": [[0, 1]]}}, error="dimension_mismatch")
    offset = {"kind": "linear", "matrix": [[0, 1], [-1, 0]], "offset": [1]}
    fixture.add("error/offset", ["dimension"], {**good, "field": offset}, error="dimension_mismatch")
    fixture.add("error/h-missing", ["request_shape"], {k: v for k, v in good.items() if k != "h"}, error="missing_field")
    return [fixture]


def extend(answer, members):
    """More members: a name and what it must be (None, a word, or a number compared exactly), or (value, sensitivity, radius)."""
    for name, value in members.items():
        leaf = value if isinstance(value, tuple) else (value, 0.0, 0.0)
        answer.shape[name] = arb(0)
        answer.leaves.append((float(leaf[0]) if isinstance(leaf[0], int) else leaf[0], 0.0, leaf[1], leaf[2]))


# name, flag, path, target, x
PROBLEMS = [
    ("ot-gaussian", "solver_fixed", {"kind": "ot", "sigma_min": 0.125}, {"kind": gauss, "means": [[1, -0.5]], "std": 0.5},
     [0.75, -1.25]),
    ("vp-gaussian", "stage_times", {"kind": "vp", "beta_min": 0.5, "beta_max": 4}, {"kind": gauss, "means": [[2]], "std": 0.25},
     [-0.5]),
    ("cosine-two", "stage_times", {"kind": "cosine"}, {"kind": gauss, "weights": [1, 3], "means": [[-1], [1]], "std": 0.5}, [0.25]),
    ("icfm-full", "stage_times", {"kind": "icfm", "sigma": 0.25},
     {"kind": gauss, "means": [[1, 0], [-1, 1]], "covariances": [[[1, 0.5], [0.5, 0.5]], [[0.25, -0.125], [-0.125, 2]]]}, [0.5, 1]),
    ("polynomial-decimal", "stage_times", {"kind": "polynomial", "exponent": 2},
     {"kind": gauss, "weights": [0.3, 0.7], "means": [[0.1, 0.9, -0.3], [-1.3, 0.2, 0.6]], "std": [0.6, 0.9]}, [0.3, -0.7, 1.1]),
]
SPANS = [("forward", None, 0, 1, 4), ("backward", "solver_backward", 1, 0, 4), ("inside", None, 0.25, 0.875, 1), ("ten", None, 0, 1, 10)]


def flow(request):
    return {"x": follow(velocity(request), TABLEAUX[request["solver"]], request, request["x"], request["t0"], request["t1"])}


def hidden(request, name, count):
    """The request with its defaults, and with what else is rounded: the method's coefficients and the inner times."""
    return {**with_path(request), "target": complete(request["target"]), "method": TABLEAUX[name].roundings(),
            "clock": [1] * (count - 1)}


def asked(tableau, start, end, count):
    """The first and last times at which equal steps ask the field."""
    low, high = min(tableau.c), max(tableau.c)
    h = (end - start) / count
    first, last = start + h * float(low), end - h * (1 - float(high))
    exact = (0.0, 0.0)
    near = (1.0, 0.0)
    ends = [(first, *exact), (last, *(exact if high == 1 else near))]
    if end < start:
        ends.reverse()
    return {"t_min": ends[0], "t_max": ends[1]}


def counts(tableau, start, end, count):
    return {
        "status": "success", "nfe": tableau.evaluations(count), "nfe_initial": 0, "nfe_rejected": 0, "jacobian_evaluations": 0,
        "accepted": count, "rejected": 0, **asked(tableau, start, end, count),
    }


def fixed_flows():
    fixture = Fixture(
        "flow_map", "fixed", "Equal steps along exact fields: the state and every count",
        "times t0 + (t1 - t0) k/n, the last one exactly t1; a method whose last stage is the first of the next step asks the field "
        "n (s - 1) + 1 times, any other n s times; t_min and t_max are the first and last time at which it asked",
    )
    for name in OWN:
        tableau = TABLEAUX[name]
        for number, (place, flag, path, target, x) in enumerate(PROBLEMS):
            for turn, (span, more, start, end, count) in enumerate(SPANS):
                if turn > 0 and (number + turn + OWN.index(name)) % 3:
                    continue
                request = {"op": "flow_map", "path": path, "target": target, "x": x, "t0": start, "t1": end, "solver": name,
                           "steps": count}
                answer = certify(hidden(request, name, count), flow, request)
                extend(answer, counts(tableau, start, end, count))
                flags = [flag, "evaluations"] + ([more] if more else []) + (["fsal"] if tableau.fsal else [])
                fixture.add(f"{name.replace('_', '-')}/{place}/{span}", flags, request, answer)
    single = {"op": "flow_map", "path": {"kind": "ot"}, "target": {"kind": "point_cloud", "points": [[1, 2]]}, "x": [0.5, -1],
              "t0": 0, "t1": 1, "solver": "euler", "steps": 4}
    answer = certify(hidden(single, "euler", 4), flow, single)
    extend(answer, counts(TABLEAUX["euler"], 0, 1, 4))
    fixture.add("euler/one-point/to-the-end", ["solver_end"], single, answer,
                comment="the last question is asked at t = 3/4: the point is reached without asking where the field is singular")
    for name in ("heun", "rk4", "dopri5"):
        request = {**single, "solver": name}
        short = {**request, "t1": 0.75, "steps": 3}
        answer = certify(hidden(short, name, 3), flow, request)
        extend(answer, {"status": "singular", "accepted": 3})
        fixture.add(f"{name}/one-point/to-the-end", ["solver_end", "singular"], request, answer,
                    comment="the last step asks at t = 1, where the field does not exist: the state at t = 3/4 is kept")
    still = {**single, "t0": 0.5, "t1": 0.5, "solver": "rk4"}
    answer = certify(still, lambda r: {"x": [v + 0 for v in r["x"]]}, still)
    extend(answer, {"status": "success", "nfe": 0, "accepted": 0, "rejected": 0})
    fixture.add("rk4/one-point/nowhere", ["solver_end"], still, answer)
    fixture.add("error/no-steps", ["out_of_domain"], {**single, "steps": 0}, error="out_of_domain")
    fixture.add("error/end", ["out_of_domain"], {**single, "t1": 1.5}, error="out_of_domain")
    fixture.add("error/solver", ["request_shape"], {**single, "solver": "rk5"}, error="invalid_field")
    fixture.add("error/steps-missing", ["request_shape"], {k: v for k, v in single.items() if k != "steps"}, error="missing_field")
    fixture.add("error/dimension", ["dimension"], {**single, "x": [1]}, error="dimension_mismatch")
    return [fixture]


def gaussian_flow(request, start, end, x):
    """alpha m + V^1/2 V_0^-1/2 (x - alpha_0 m), one Gaussian."""
    (only,) = components(request["target"])
    d = len(x)
    a, b = schedule(request["path"], start), schedule(request["path"], end)

    def spread(s):
        S = only.covariance if only.covariance is not None else identity(d) * only.variance
        return S * (s.alpha * s.alpha) + identity(d) * s.variance

    if only.covariance is None:
        ratio = (spread(b)[0, 0] / spread(a)[0, 0]).sqrt()
        return [b.alpha * m + ratio * (v - a.alpha * m) for v, m in zip(x, only.mean)]
    try:
        moved = root(spread(b)) * root(spread(a)).inv() * arb_mat([[v - a.alpha * m] for v, m in zip(x, only.mean)])
    except ZeroDivisionError:
        raise Undecided
    return [b.alpha * m + moved[i, 0] for i, m in enumerate(only.mean)]


def line_flow(request, start, end, x):
    """On the line the flow keeps the mass below: F_end(y) = F_start(x), y enclosed by a change of sign."""

    def mass(s, y):
        parts = components(request["target"])
        total = sum((c.weight for c in parts), arb(0))
        z = [(s.alpha * c.mean[0] - y) / (2 * (s.alpha * s.alpha * c.variance + s.variance)).sqrt() for c in parts]
        return sum((c.weight * v.erfc() / 2 for c, v in zip(parts, z)), arb(0)) / total

    def density(s, y):
        return Marginal(request["target"], s, [y]).log_density().exp()

    wanted = mass(schedule(request["path"], start), x[0])
    s = schedule(request["path"], end)
    low, high = arb(-64), arb(64)
    for _ in range(60):
        middle = ((low + high) / 2).mid()
        if (mass(s, middle) - wanted).mid() < 0:
            low = middle
        else:
            high = middle
    y = ((low + high) / 2).mid()
    for _ in range(8):
        y = (y - (mass(s, y) - wanted) / density(s, y)).mid()
    gap = arb(2) ** (-(ctx.prec * 3) // 4)
    left, right = (y - gap).mid(), (y + gap).mid()
    if not (mass(s, left) < wanted and mass(s, right) > wanted):
        raise Undecided
    return [left.union(right)]


def stretch(exact, request):
    """How much an error made on the way grows at most until the end: the largest derivative of the rest of the flow."""
    start, end = request["t0"], request["t1"]
    most, h = arb(1), arb(2) ** -20
    for k in range(17):
        t = (start * (16 - k) + end * k) / 16
        x = [v.mid() for v in exact(request, start, t, request["x"])]
        for axis in range(len(x)):
            moved = [v + (h if i == axis else 0) for i, v in enumerate(x)]
            ends = exact(request, t, end, moved), exact(request, t, end, x)
            size = sum((abs(a - b) for a, b in zip(*ends)), arb(0)) / h
            most = most if size < most else size
    return most


SMOOTH = [
    ("ot-gaussian", gaussian_flow, {"kind": "ot"}, {"kind": gauss, "means": [[1, -0.5]], "std": 0.5}, [0.75, -1.25]),
    ("vp-gaussian", gaussian_flow, {"kind": "vp"}, {"kind": gauss, "means": [[2, 0, 1]], "std": 0.25}, [-0.5, 0.125, 1]),
    ("ve-gaussian", gaussian_flow, {"kind": "ve", "sigma_min": 0.0625, "sigma_max": 8}, {"kind": gauss, "means": [[1, -1]], "std": 0.5},
     [6, -4]),
    ("cosine-full", gaussian_flow, {"kind": "cosine"},
     {"kind": gauss, "means": [[1, 0]], "covariances": [[[1, 0.5], [0.5, 0.5]]]}, [0.5, 1]),
    ("ot-two", line_flow, {"kind": "ot"}, {"kind": gauss, "weights": [1, 3], "means": [[-1], [1]], "std": 0.5}, [0.25]),
    ("linear-vp-three", line_flow, {"kind": "linear_vp"}, {"kind": gauss, "means": [[-2], [0], [1.5]], "std": [0.5, 1, 0.25]}, [-0.75]),
]
ALLOWED = 64


def adaptive_flows():
    fixture = Fixture(
        "flow_map", "adaptive", "Adaptive steps along exact fields whose flow is known",
        "alpha m + V_t^1/2 V_0^-1/2 (x - alpha_0 m) for one Gaussian; on the line F_t1(y) = F_t0(x). radius is what the tolerance "
        f"allows: {ALLOWED} (atol + rtol |x|) times the largest growth of an error on the way; no count is compared",
    )
    for number, (place, exact, path, target, x) in enumerate(SMOOTH):
        for turn, name in enumerate(ADAPTIVE + LIBRARY):
            tolerance = (1e-6, 1e-8, 1e-7)[(number + turn) % 3]
            backward = (number + turn) % 4 == 3
            start, end = (1, 0) if backward else (0, 1)
            request = {"op": "flow_map", "path": path, "target": target, "x": x, "t0": start, "t1": end, "solver": name,
                       "rtol": tolerance, "atol": tolerance}
            plain = {k: v for k, v in request.items() if k not in ("rtol", "atol")}
            full = {**with_path(plain), "target": complete(target)}
            answer = certify(full, lambda r: {"x": exact(r, r["t0"], r["t1"], r["x"])}, request, formats=("float64",))
            allow(answer, full, exact, tolerance, x)
            extend(answer, {"status": "success", **({"t_min": 0.0, "t_max": 1.0} if name in ADAPTIVE else {})})
            flags = ["solver_adaptive"] + (["solver_backward"] if backward else []) + (["evaluations"] if name in ADAPTIVE else [])
            fixture.add(f"{name.replace('_', '-')}/{place}/{'backward' if backward else 'forward'}", flags, request, answer)
    return [fixture]


def allow(answer, full, exact, tolerance, x):
    """Widens the radius of x by what the tolerance allows."""
    from .certify import balls

    ctx.prec = 640
    tree = balls(full)
    reach = [max(abs(a), abs(b.mid())) for a, b in zip(tree["x"], exact(tree, tree["t0"], tree["t1"], tree["x"]))]
    most = max(reach, key=float)
    bound = up(ceiling(ALLOWED * tolerance * (1 + most) * stretch(exact, tree)), 3)
    answer.leaves = [(v, t, s, r + bound) for v, t, s, r in answer.leaves]


def base_density(request, x, time):
    if request.get("base") == "normal":
        square = sum((v * v for v in x), arb(0))
        return -(square + len(x) * (2 * arb.pi()).log()) / 2
    return Marginal(request["target"], schedule(request["path"], time), x).log_density()


def likelihood(request):
    """The augmented state followed from t1 back to t0: the divergence's sum comes with the sign of the step."""
    state = follow(with_divergence(request), TABLEAUX[request["solver"]], request, request["x"] + [arb(0)], request["t1"], request["t0"])
    x0, total = state[:-1], state[-1]
    # minus the integral from t0 to t1 is the integral from t1 to t0
    return {"log_density": base_density(request, x0, request["t0"]) + total, "x0": x0}


def fixed_likelihoods():
    fixture = Fixture(
        "log_likelihood", "fixed", "Equal steps along the state and the divergence, from the data to the noise",
        "d/dt log p_t(x_t) = -div u_t(x_t): log p_t1(x) = log p_t0(x0) - integral of div u over [t0, t1], both by the same method. "
        "Probes of either sign give the divergence exactly where the Jacobian is a multiple of the identity",
    )
    for name in OWN:
        tableau = TABLEAUX[name]
        for number, (place, _, path, target, x) in enumerate(PROBLEMS):
            for turn, (start, end, count) in enumerate(((0, 1, 4), (0.25, 0.875, 2))):
                if turn and (number + OWN.index(name)) % 3:
                    continue
                request = {"op": "log_likelihood", "path": path, "target": target, "x": x, "t0": start, "t1": end, "solver": name,
                           "steps": count, "divergence": "exact"}
                if (number + turn) % 4 == 2:
                    request["base"] = "normal"
                answer = certify(hidden(request, name, count), likelihood, request)
                extend(answer, {"standard_error": None, **counts(tableau, end, start, count)})
                flags = ["likelihood"] + (["likelihood_base"] if "base" in request or start > 0 else [])
                fixture.add(f"{name.replace('_', '-')}/{place}/{'inside' if start else 'whole'}", flags, request, answer)
    for probes in (1, 2, 5):
        for place, _, path, target, x in PROBLEMS[:1] + [
            ("vp-space", "", {"kind": "vp", "beta_min": 0.5, "beta_max": 4}, {"kind": gauss, "means": [[2, 0, 1, -1]], "std": 0.25},
             [-0.5, 0.25, 1, 0])]:
            request = {"op": "log_likelihood", "path": path, "target": target, "x": x, "t0": 0, "t1": 1, "solver": "rk4", "steps": 8,
                       "divergence": {"law": "rademacher", "probes": probes, "seed": 7}}
            full = {**hidden(request, "rk4", 8)}
            del full["divergence"]
            answer = certify(full, likelihood, request)
            size = up(ceiling(arb(answer.leaves[0][0])) + 1, 3)
            extend(answer, {"standard_error": None if probes == 1 else (0.0, size, 0.0), "status": "success"})
            fixture.add(f"probes-{probes}/{place}", ["likelihood_probes"], request, answer)
    good = {"op": "log_likelihood", "path": {"kind": "ot"}, "target": {"kind": gauss, "means": [[1]], "std": 0.5}, "x": [0.5],
            "t0": 0, "t1": 1, "solver": "rk4", "steps": 4, "divergence": "exact"}
    fixture.add("error/probes", ["out_of_domain"], {**good, "divergence": {"law": "gaussian", "probes": 0, "seed": 1}}, error="out_of_domain")
    fixture.add("error/law", ["request_shape"], {**good, "divergence": {"law": "uniform", "probes": 1, "seed": 1}}, error="invalid_field")
    fixture.add("error/divergence", ["request_shape"], {**good, "divergence": "hutchinson"}, error="invalid_field")
    fixture.add("error/base", ["request_shape"], {**good, "base": "uniform"}, error="invalid_field")
    return [fixture]


def many(count, d, std):
    """A few-bit mixture in any dimension."""
    means = [[((3 * k + 5 * i) % 9 - 4) / 8 for i in range(d)] for k in range(count)]
    return {"kind": gauss, "weights": list(range(1, count + 1)), "means": means, "std": std}


def adaptive_likelihoods():
    fixture = Fixture(
        "log_likelihood", "adaptive", "Log densities of mixtures in 1 to 64 dimensions by adaptive steps",
        "log p_t1(x) in closed form; radius is what the tolerance allows: 8 (d atol + rtol (1 + |log p|))",
    )
    for d in (1, 2, 8, 64):
        for count in (1, 2, 3):
            for turn, (kind, path) in enumerate((("ot", {"kind": "ot"}), ("vp", {"kind": "vp"}), ("cosine", {"kind": "cosine"}))):
                name = ADAPTIVE[(d + count + turn) % 4]
                tolerance = 1e-11 if name == "dop853" else 1e-9
                target = many(count, d, 0.5)
                x = [m + (0.5, -0.25, 0.125)[i % 3] for i, m in enumerate(target["means"][-1])]
                request = {"op": "log_likelihood", "path": path, "target": target, "x": x, "t0": 0, "t1": 1, "solver": name,
                           "rtol": tolerance, "atol": tolerance, "divergence": "exact"}
                full = with_path({k: v for k, v in request.items() if k not in ("rtol", "atol", "divergence")})
                answer = certify(
                    full, lambda r: {"log_density": Marginal(r["target"], schedule(r["path"], r["t1"]), r["x"]).log_density()},
                    request, formats=("float64",))
                value, tail, sensitivity, radius = answer.leaves[0]
                bound = up(ceiling(arb(8 * tolerance * (d + 1 + abs(value)))), 3)
                answer.leaves = [(value, tail, sensitivity, radius + bound)]
                extend(answer, {"standard_error": None, "status": "success", "t_min": 0.0, "t_max": 1.0})
                fixture.add(f"{kind}/d-{d}/components-{count}", ["likelihood", "solver_adaptive"], request, answer)
    return [fixture]


def jobs():
    return [
        (["solver_step/linear.json"], steps, ()),
        (["flow_map/fixed.json"], fixed_flows, ()),
        (["flow_map/adaptive.json"], adaptive_flows, ()),
        (["log_likelihood/fixed.json"], fixed_likelihoods, ()),
        (["log_likelihood/adaptive.json"], adaptive_likelihoods, ()),
    ]
