"""Cases for flows: what equal steps must answer to the last digit, and what a tolerance allows."""

from flint import ctx

from .balls import ceiling, up
from .cases_steps import OWN, extend
from .certify import balls, certify
from .conditional import with_path
from .flows import gaussian_flow, line_flow, stretch
from .presets import complete
from .solvers import TABLEAUX, VARIANTS, follow, velocity
from .writer import Fixture

ADAPTIVE = ["bogacki_shampine", "dopri5", "tsit5", "dop853"]
LIBRARY = ["gsl_rk2", "gsl_rk4", "gsl_rkf45", "gsl_rkck", "gsl_rk8pd", "gsl_rk2imp", "gsl_rk4imp", "gsl_bsimp", "gsl_msadams",
           "gsl_msbdf"]
gauss = "gaussian_mixture"

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


def add(fixture, names):
    """A case for each method and problem, more of some."""
    for name in names:
        tableau = TABLEAUX[name]
        for number, (place, flag, path, target, x) in enumerate(PROBLEMS):
            for turn, (span, more, start, end, count) in enumerate(SPANS):
                if turn > 0 and (number + turn + names.index(name)) % 3:
                    continue
                request = {"op": "flow_map", "path": path, "target": target, "x": x, "t0": start, "t1": end, "solver": name,
                           "steps": count}
                answer = certify(hidden(request, name, count), flow, request)
                extend(answer, counts(tableau, start, end, count))
                flags = [flag, "evaluations"] + ([more] if more else []) + (["fsal"] if tableau.fsal else [])
                fixture.add(f"{name.replace('_', '-')}/{place}/{span}", flags, request, answer)


def variant_flows():
    fixture = Fixture(
        "flow_map", "variants", "Equal steps along exact fields of methods that libraries call rk4 and dopri5 too",
        "as in fixed.json; rk4_three_eighths is Kutta's 3/8 rule, dopri5_shampine has the steps of dopri5",
    )
    add(fixture, list(VARIANTS))
    return [fixture]


def fixed_flows():
    fixture = Fixture(
        "flow_map", "fixed", "Equal steps along exact fields: the state and every count",
        "times t0 + (t1 - t0) k/n, the last one exactly t1; a method whose last stage is the first of the next step asks the field "
        "n (s - 1) + 1 times, any other n s times; t_min and t_max are the first and last time at which it asked",
    )
    add(fixture, OWN)
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
    ctx.prec = 640
    tree = balls(full)
    reach = [max(abs(a), abs(b.mid())) for a, b in zip(tree["x"], exact(tree, tree["t0"], tree["t1"], tree["x"]))]
    most = max(reach, key=float)
    bound = up(ceiling(ALLOWED * tolerance * (1 + most) * stretch(exact, tree)), 3)
    answer.leaves = [(v, t, s, r + bound) for v, t, s, r in answer.leaves]


def jobs():
    return [(["flow_map/fixed.json"], fixed_flows, ()), (["flow_map/adaptive.json"], adaptive_flows, ()),
            (["flow_map/variants.json"], variant_flows, ())]
