"""Cases for exact flows between two times, from levels of distribution functions: average velocity, Jacobian, log determinant."""

from . import levels
from .cases_level_flows import BOX, KINDS, LAPLACE, TWO, place
from .certify import balls, certify_all
from .conditional import with_path
from .mixtures import Marginal
from .paths import schedule
from .writer import Fixture

gauss = "gaussian_mixture"
STUDENT = {"kind": "density_1d", "name": "student_t", "degrees": 3, "location": 0, "scale": 1}

# name, flag, target, places: per axis where in the data and how many sigma away at t0
TARGETS = [
    ("two", "level_flow", TWO, {"middle": [(0, 0)], "between": [(-0.5, 0.25)], "tail": [(1.5, 6)]}),
    ("symmetric", "level_flow", {"kind": gauss, "means": [[-1], [1]], "std": 0.125}, {"close": [(0, 2.0**-9)], "beside": [(0.5, 0.5)]}),
    ("three", "level_flow", {"kind": gauss, "means": [[-2], [0], [1.5]], "std": [0.5, 1, 0.25]},
     {"left": [(-2, -0.5)], "gap": [(0.75, 0.5)], "tail": [(-3, -5)]}),
    ("cloud", "level_flow", {"kind": "point_cloud", "points": [[-1], [0.5], [2]], "weights": [1, 2, 1]},
     {"near": [(0.5, 0.5)], "between": [(-0.25, -0.25)], "tail": [(2, 5)]}),
    ("box", "level_flow", BOX, {"inside": [(0.25, 0.5)], "edge": [(0.875, 1)], "tail": [(-0.96875, -5)]}),
    ("boxes", "level_flow", {"kind": "uniform_boxes", "lower": [[-2], [0.5]], "upper": [[-1], [1]], "weights": [1, 3]},
     {"left": [(-1.25, 0.25)], "right": [(0.75, 0.5)]}),
    ("laplace", "level_flow", LAPLACE, {"kink": [(0.25, 0.25)], "tail": [(4, 5)], "left": [(-1, 0.5)]}),
    ("product", "level_flow", {"kind": "product", "factors": [LAPLACE, BOX]}, {"near": [(0.25, 0.5), (0.25, 0.5)], "far": [(-2, 3), (0.75, 3)]}),
    ("isotropic", "gaussian_flow", {"kind": gauss, "means": [[1, -0.5, 0]], "std": 0.25}, {"near": [(1, 0.5), (0, 1), (0.5, -0.5)]}),
    ("full", "gaussian_flow", {"kind": gauss, "means": [[1, 0]], "covariances": [[[1, 0.5], [0.5, 0.5]]]}, {"near": [(0.5, 1), (1, -0.5)]}),
]
# so far out that squares of z are worth hundreds of roundings
DEEP = [
    ("two-deep", "level_flow", TWO, {"left": [(-1, -35)], "right": [(1.5, 20)]}),
    ("cloud-deep", "level_flow", {"kind": "point_cloud", "points": [[-1], [0.5], [2]], "weights": [1, 2, 1]}, {"right": [(2, 25)]}),
]
# the same, where slopes are a difference of log densities, each rounded: asked for velocities alone (docs/ACCURACY.md)
DEEP_DENSITIES = [
    ("box-deep", "level_flow", BOX, {"left": [(-1, -25)]}), ("laplace-deep", "level_flow", LAPLACE, {"kernel": [(0.5, 30)]}),
]
# left out: what the engine answers there is right to 8e-15 but not within the budget, or refused (docs/ACCURACY.md)
OPEN_SLOPES = {
    "shifted-ot-default/two-deep/from-noise/right", "ve-default/two-deep/from-noise/right", "sigmoid-default/two-deep/from-noise/right",
    "polynomial-two/two-deep/inside-back/right", "schrodinger-bridge-half/two-deep/near-data/right",
    "sigmoid-default/box/near-data/tail", "shifted-ot-default/box/inside-back/tail", "schrodinger-bridge-half/laplace/inside-back/tail",
    "linear-vp-default/product/from-noise/far", "linear-vp-default/laplace/from-noise/left", "icfm-tenth/laplace/from-noise/tail",
    "sigmoid-default/product/from-noise/far", "ot-default/laplace/from-noise/kink",
}
EDGED = ("point_cloud", "uniform_boxes", "density_1d")
# e^(10^12) times what is left of a Gaussian's tail: no enclosure
NOT_ENCLOSED = {"polynomial-two/laplace-deep/from-noise/kernel"}
# proven integrals: too dear for cases, held by check_independent.py
HEAVY = ("student", "level_flow", STUDENT, {"inside": [(0.5, 0.5)], "tail": [(8, 4)]})

# name, flag, t0, t1
SPANS = [
    ("whole", "level_flow", 0, 1), ("inside", "level_flow", 0.25, 0.875), ("back", "flow_back", 1, 0),
    ("inside-back", "flow_back", 0.75, 0.125), ("close", "close_times", 0.5, 0.5 + 2.0**-20),
    ("closer", "close_times", 0.75, 0.75 - 2.0**-40), ("near-data", "near_data", 0.5, 1 - 2.0**-20), ("from-noise", "near_noise", 0, 2.0**-10),
]

REFERENCE = {
    "average_velocity": "(phi(x) - x)/(t1 - t0), phi from F_t1(phi(x)) = F_t0(x) on every axis",
    "flow_jacobian": "dphi_i/dx_j = p_t0(x)/p_t1(phi(x)) on every axis, V_1^1/2 V_0^-1/2 of one Gaussian; rows first",
    "flow_log_determinant": "log p_t0(x) - log p_t1(phi(x))",
}
EVALUATE = {
    "average_velocity": levels.average_velocity, "flow_jacobian": levels.jacobian, "flow_log_determinant": levels.log_determinant,
}


def is_clear(path, time):
    """Whether sigma is zero."""
    return schedule(balls(with_path({"path": path}))["path"], balls({"t": time})["t"]).variance == 0


def settings(targets, edged=("point_cloud",)):
    """Every path with every target, the spans and places in turn; where the data have atoms or edges, not to or from where sigma is zero."""
    turn = 0
    for number, (kind, (path_name, path, _, _)) in enumerate(KINDS.items()):
        for index, (name, flag, target, places) in enumerate(targets):
            for k in range(2):
                turn += 1
                span, span_flag, start, end = SPANS[(number + 3 * index + 5 * k) % len(SPANS)]
                if target["kind"] in edged and (is_clear(path, start) or is_clear(path, end)):
                    span, span_flag, start, end = SPANS[1]
                label = list(places)[(turn + k) % len(places)]
                x = place(path, places[label], start)
                flags = list(dict.fromkeys([flag, span_flag]))
                yield f"{kind.replace('_', '-')}-{path_name}/{name}/{span}/{label}", flags, path, target, start, end, x


def same_times():
    """Both times the same: the velocity."""
    for number, (kind, (path_name, path, _, _)) in enumerate(KINDS.items()):
        name, flag, target, places = TARGETS[number % 4]
        label = list(places)[number % len(places)]
        time = (0.25, 0.5, 0.75)[number % 3]
        yield f"{kind.replace('_', '-')}-{path_name}/{name}/same/{label}", ["close_times"], path, target, time, time, place(
            path, places[label], time)


def velocity(request):
    return Marginal(request["target"], schedule(request["path"], request["t0"]), request["x"]).velocity()


def strict(answer):
    """So insensitive that only the smallest number would be allowed: where a tail is exponential the flow is a shift but for e^-900."""
    return len(answer.leaves) == 1 and any(abs(v) + s < 1e-300 for v, _, s, _ in answer.leaves)


def exact(operation):
    fixture = Fixture(operation, "levels", "Exact flows between two times, by levels of distribution functions", REFERENCE[operation])
    is_velocity = operation == "average_velocity"
    asked = [*settings(TARGETS), *settings(DEEP, EDGED), *(settings(DEEP_DENSITIES, EDGED) if is_velocity else [])]
    for name, flags, path, target, start, end, x in asked:
        if name in NOT_ENCLOSED or not is_velocity and name in OPEN_SLOPES:
            continue
        request = {"op": operation, "path": path, "target": target, "t0": start, "t1": end, "x": x}
        full = with_path({k: v for k, v in request.items() if k != "op"})
        answer = certify_first(full, EVALUATE[operation], request, 640)
        if not strict(answer):
            fixture.add(name, flags, request, answer)
    return fixture


def certify_first(full, evaluate, request, first):
    return certify_all(full, lambda tree: {"": evaluate(tree)}, request, None, ("float64",), first, False)[""]


def closed(operation):
    fixture = exact(operation)
    good = {"op": operation, "path": {"kind": "ot"}, "target": TWO, "t0": 0, "t1": 1, "x": [0.5]}
    if operation == "average_velocity":
        for name, flags, path, target, start, end, x in same_times():
            request = {"op": operation, "path": path, "target": target, "t0": start, "t1": end, "x": x}
            full = with_path({k: v for k, v in request.items() if k not in ("op", "t1")})
            fixture.add(name, flags, request, certify_first(full, velocity, request, 640))
    cloud = {"kind": "point_cloud", "points": [[-1], [1]]}
    fixture.add("error/before-0", ["out_of_domain"], {**good, "t0": -0.5}, error="out_of_domain")
    fixture.add("error/after-1", ["out_of_domain"], {**good, "t1": 1.5}, error="out_of_domain")
    fixture.add("error/length", ["dimension"], {**good, "x": [0.5, 1]}, error="dimension_mismatch")
    fixture.add("error/no-end", ["request_shape"], {k: v for k, v in good.items() if k != "t1"}, error="missing_field")
    fixture.add("error/solver", ["request_shape"], {**good, "solver": "rk4"}, error="unknown_field")
    fixture.add("error/from-a-point", ["singular"], {**good, "target": cloud, "t0": 1, "t1": 0}, error="singular")
    if operation != "average_velocity":
        fixture.add("error/onto-a-point", ["singular"], {**good, "target": cloud}, error="singular")
    return [fixture]


def jobs():
    return [([f"{operation}/levels.json"], closed, (operation,)) for operation in EVALUATE]
