"""Cases for guidance by large weights, for maps between Gaussians of graded covariances, and for gaps of mixtures with a narrow part."""

from . import mixtures as m
from .cases_paths import PATHS
from .cases_transport import gaussian_map, mixture_gap
from .certify import certify, certify_all
from .conditional import with_path
from .writer import Fixture

gauss = "gaussian_mixture"

THREE = {"kind": "point_cloud", "points": [[-2.6093], [1.2093], [1.6392]], "labels": [0, 0, 1]}
TARGETS = [
    ("three-points", THREE, [[-3.275520570353297], [0.4], [1.5]], 0),
    ("plane-points", {"kind": "point_cloud", "points": [[0, 0], [1, 0.5], [-0.5, 1], [2, -1]], "labels": [0, 1, 0, 1]},
     [[0.5, -0.25], [-1.5, 2]], 1),
    ("two", {"kind": gauss, "weights": [1, 3], "means": [[-1], [1]], "std": 0.125, "labels": [0, 1]}, [[0.1], [-2]], 0),
    ("rare", {"kind": gauss, "weights": [1, 1e-9], "means": [[-1], [1.3]], "std": [0.5, 0.4], "labels": [0, 1]}, [[-0.7], [0.3]], 0),
    ("alike", {"kind": gauss, "means": [[0.3, 1], [0.3, 1], [-1, 0]], "std": [0.5, 0.5, 0.7], "labels": [0, 1, 1]}, [[0.2, 0.9]], 1),
    ("full", {"kind": gauss, "means": [[1, 0], [-1, 1], [0, 0.5]], "labels": [7, 7, 2],
              "covariances": [[[1, 0.5], [0.5, 0.5]], [[0.25, -0.125], [-0.125, 2]], [[1, 0], [0, 1]]]}, [[0.75, -0.5]], 7),
]
EQUAL = [
    ("equal-points", {"kind": "point_cloud", "points": [[-2.6093], [1.2093], [1.6392]], "labels": [5, 5, 5]}, [[-0.3], [1.4]], 5),
    ("equal-three", {"kind": gauss, "weights": [0.2, 0.5, 0.3], "means": [[0.1, 0.9], [-1.3, 0.2], [0.7, -0.7]], "std": [0.3, 0.1, 0.7],
                     "labels": [1, 1, 1]}, [[0.4, 0.2]], 1),
]
PLACES = [("vp", {"t": 0.75}), ("ot", {"t": 0.5}), ("cosine", {"t": 0.9}), ("icfm", {"t": 0.3}), ("linear_vp", {"t": 0.6}), ("ve", {"t": 0.8})]


def guided():
    fixture = Fixture("guided_velocity", "large-weights", "Guidance by large weights, and among points of one label",
                      "u_w = u_empty + w (u_label - u_empty); with one label for all it is u_empty")
    for number, (name, target, points, label) in enumerate(TARGETS + EQUAL):
        for turn, (kind, time) in enumerate(PLACES):
            path = PATHS[kind][0][1]
            for place, x in enumerate(points):
                for step, weight in enumerate((1000, 1e6, -1000)):
                    if turn and (number + turn + place + step) % 3:
                        continue
                    request = {"op": "guided_velocity", "path": path, "target": target, **time, "x": x, "label": label, "weight": weight}
                    case = f"{name}/{kind.replace('_', '-')}-t-{time['t']}/place-{place + 1}/weight-{weight:g}".replace("--", "-minus-")
                    answer = certify(with_path(request), m.guided_velocity, request, formats=("float64",))
                    fixture.add(case.replace("1e+06", "1e6"), ["guidance_large", "labels"], request, answer)
    return [fixture]


def graded(d, exponent):
    """Positive definite, with axes of sizes from 1 down to 2^-exponent, in line with the axes or all but."""
    sizes = [2.0 ** -round(exponent * (d - 1 - i) / (d - 1)) for i in range(d)]
    return [[sizes[i] if i == j else 0 for j in range(d)] for i in range(d)]


def tilted(d, exponent):
    """D M D with D graded and M all ones but 2 on the diagonal: entries that double precision holds."""
    roots = [2.0 ** -round(exponent * (d - 1 - i) / (2 * (d - 1))) for i in range(d)]
    return [[roots[i] * roots[j] * (2 if i == j else 1) for j in range(d)] for i in range(d)]


FULL = {2: [[2, 1], [1, 3]], 3: [[2, 1, 0.5], [1, 3, -0.25], [0.5, -0.25, 1]],
        4: [[2, 1, 0.5, 0], [1, 3, -0.25, 0.5], [0.5, -0.25, 1, 0.125], [0, 0.5, 0.125, 4]]}


def maps():
    fixture = Fixture("gaussian_ot_map", "graded", "Maps between Gaussians one of which is graded",
                      "m1 + S0^-1/2 (S0^1/2 S1 S0^1/2)^1/2 S0^-1/2 (x - m0)",
                      method="Newton's iteration for matrix roots, enclosed by the residual in Arb balls")
    for d in (2, 3, 4):
        for exponent in (20, 30, 40, 50):
            kinds = [("axes", graded(d, exponent), FULL[d]), ("tilted", tilted(d, exponent), FULL[d]), ("back", FULL[d], tilted(d, exponent))]
            for name, S0, S1 in kinds:
                for place, x, m0, m1 in (("ones", [1] * d, [0] * d, [0] * d),
                                         ("first", [1] + [0] * (d - 1), [0] * d, [0] * d),
                                         ("moved", [0.3, -1.7, 0.9, 2.2][:d], [0.1] * d, [1, -2, 0.5, 0][:d])):
                    if place == "moved" and name == "back":
                        continue
                    request = {"op": "gaussian_ot_map", "mean0": m0, "covariance0": S0, "mean1": m1, "covariance1": S1, "x": x}
                    answer = certify(request, gaussian_map, request, formats=("float64",))
                    fixture.add(f"{name}-2-{exponent}/d-{d}/{place}", ["graded_covariance", "gaussian_map"], request, answer)
    return [fixture]


NARROW = [
    ("one-narrow", {"kind": gauss, "weights": [1, 0.1], "means": [[-1], [1.5]], "std": [0.5, 0.03]}),
    ("very-narrow", {"kind": gauss, "weights": [1, 1], "means": [[0], [0.5]], "std": [1, 0.001]}),
    ("inside", {"kind": gauss, "weights": [3, 1, 1], "means": [[0], [0.1], [-0.2]], "std": [1, 0.01, 0.02]}),
    ("far", {"kind": gauss, "weights": [1, 1e-3], "means": [[-20], [20]], "std": [2, 0.01]}),
]
GAPS = [("ot-0.1", {"kind": "ot", "sigma_min": 0.1}), ("ot", {"kind": "ot"}), ("vp", {"kind": "vp"}), ("cosine", {"kind": "cosine"}),
        ("icfm", {"kind": "icfm", "sigma": 0.1})]


def gaps():
    fixture = Fixture("cfm_gap", "narrow", "L_CFM - L_FM at one time, mixtures on a line with a narrow part",
                      "LM Theorem 2: (alpha' - alpha sigma'/sigma)^2 times the integral of p_t(x) Var[x1 | x]",
                      method="Arb balls, a proven integral over x")
    for number, (name, target) in enumerate(NARROW):
        for turn, (place, path) in enumerate(GAPS):
            if turn and (number + turn) % 2:
                continue
            t = 0.99 if turn == 0 else (0.5, 0.9)[turn % 2]
            request = {"op": "cfm_gap", "path": path, "target": target, "t": t}
            answer = certify_all(with_path(request), lambda r: {"": mixture_gap(r)}, request, None, ("float64",), 160, False)[""]
            fixture.add(f"{place}/{name}/t-{t}", ["gap", "gap_narrow"], request, answer)
    return [fixture]


def jobs():
    return [(["guided_velocity/large-weights.json"], guided, ()), (["gaussian_ot_map/graded.json"], maps, ()),
            (["cfm_gap/narrow.json"], gaps, ())]
