"""Cases with a source and a target that each lack a direction, or nearly, while their sum does not; and covariances that are not
symmetric."""

from .cases_marginal import REFERENCE
from .cases_sources import ANSWERED
from .cases_transport import gaussian_map
from .certify import certify, certify_all
from .conditional import with_path
from .mixtures import QUANTITIES, marginal
from .sources import quantities
from .writer import Fixture

gauss = "gaussian_mixture"


def one(mean, covariance):
    return {"kind": gauss, "means": [mean], "covariances": [covariance]}


def thin(gap, sign=1):
    """All but singular along the line x = -sign y."""
    return [[1, sign * (1 - gap)], [sign * (1 - gap), 1]]


SPACE_PLANE = [[1, 0.5, 0], [0.5, 0.25, 0], [0, 0, 2]]
SPACE_LINE = [[1, -1, 0], [-1, 1, 0], [0, 0, 0]]

# name, flag, source, target, point
PROBLEMS = [
    ("axis-diagonal", one([0, 0], [[0, 0], [0, 2]]), one([1, 0], [[1, 1], [1, 1]]), [0.25, 0.5]),
    ("axes", one([0, 0], [[1, 0], [0, 0]]), one([1, -1], [[0, 0], [0, 0.25]]), [0.75, -0.5]),
    ("diagonals", one([0.5, 0], [[1, -1], [-1, 1]]), one([1, 2], [[2, 2], [2, 2]]), [0.3, 1.7]),
    ("point-source", one([0.5, 0.25], [[0, 0], [0, 0]]), one([1, 2], [[2, 0.5], [0.5, 1]]), [1, -0.5]),
    ("point-target", one([0.5, 0.25], [[2, 0.5], [0.5, 1]]), one([1, 2], [[0, 0], [0, 0]]), [0.25, 0.75]),
    ("two", one([0, 0], [[0, 0], [0, 1]]),
     {"kind": gauss, "weights": [1, 3], "means": [[1, 0], [-1, 1]], "covariances": [[[1, 0], [0, 0]], [[0.25, 0.5], [0.5, 1]]]},
     [0.125, 0.5]),
    ("decimal", one([0.1, -0.3], [[0.49, 0], [0, 0]]), one([1.3, 0.7], [[0, 0], [0, 0.81]]), [0.6, 0.2]),
    ("space", one([0, 0, 0], SPACE_LINE), one([1, 0, -1], SPACE_PLANE), [0.5, -0.25, 1]),
    ("near-2-20", one([0, 0], thin(2.0**-20)), one([1, 0], thin(2.0**-20, -1)), [0.25, 0.5]),
    ("near-2-30", one([0, 0], [[2.0**-30, 0], [0, 2]]), one([1, 0], thin(2.0**-30)), [0.25, 0.5]),
    ("near-2-40", one([0, 0], thin(2.0**-40)), one([1, 0], thin(2.0**-40, -1)), [1.25, -0.75]),
    ("near-2-50", one([0, 0], [[2.0**-50, 0], [0, 2]]), one([1, 0], thin(2.0**-50)), [0.25, 0.5]),
]
PLACES = [
    ("ot-0.5", {"kind": "ot"}, {"t": 0.5}), ("vp-0.75", {"kind": "vp"}, {"t": 0.75}), ("cosine-0.25", {"kind": "cosine"}, {"t": 0.25}),
    ("ot-0.9", {"kind": "ot"}, {"t": 0.9}), ("linear-vp-0.6", {"kind": "linear_vp"}, {"t": 0.6}),
]
NO_DENSITY = ("marginal_log_density", "marginal_score")


def deficient():
    fixtures = {
        o: Fixture(o, "deficient-sources", f"Sources and targets without a direction, whose sum has them all: {REFERENCE[o]}",
                   f"{REFERENCE[o]}, X_t = alpha X1 + sigma X0 with X0 from the source, independent of X1") for o in ANSWERED
    }
    for number, (name, source, target, x) in enumerate(PROBLEMS):
        for turn, (place, path, time) in enumerate(PLACES):
            if turn and (number + turn) % 4:
                continue
            request = {"path": path, "source": source, "target": target, **time, "x": x}
            answers = certify_all(with_path(request), lambda r: quantities(r, ANSWERED), request, None, ("float64",))
            for operation in ANSWERED:
                fixtures[operation].add(f"{name}/{place}", ["rank_deficient", "general_source"], {"op": operation, **request},
                                        answers[operation])
    for operation in NO_DENSITY:  # where only one of them is left, there is no density
        for name, source, target, x in PROBLEMS[:3]:
            request = {"op": operation, "path": {"kind": "ot"}, "source": source, "target": target, "x": x}
            for end in (0, 1):
                fixtures[operation].add(f"{name}/end-{end}", ["rank_deficient", "singular"], {**request, "t": end}, error="singular")
    return list(fixtures.values())


# name, matrix, whether the entries differ by the rounding of the larger one of the two
UNEQUAL = [
    ("last-bit", [[1, 0.5], [0.5000000000000001, 1]], True),
    ("decimal", [[0.3, 0.1], [0.1 + 2.0**-56, 0.2]], True),
    ("small-beside-large", [[1e6, 1e-11], [1e-11 * (1 + 2.0**-52), 1]], True),
    ("two-bits", [[1, 0.5], [0.5 + 2.0**-51, 1]], False),
    ("rounding-of-the-diagonal", [[1024, 1e-17], [0, 1e-10]], False),
    ("small-beside-large-apart", [[1e6, 1e-11], [2e-11, 1]], False),
    ("sign-of-a-tiny", [[1, 1e-300], [-1e-300, 1]], False),
]


def asymmetric(operation):
    """Mirrored entries within a rounding of each other stand for their mean; the rounding of another entry is no excuse."""
    fixture = Fixture(operation, "asymmetric", "Covariances that are symmetric but for a rounding",
                      "(S + S^T)/2 where the mirrored entries differ by the rounding of the larger of the two; otherwise S is no covariance")
    for name, matrix, accepted in UNEQUAL:
        if operation == "gaussian_ot_map":
            good = {"op": operation, "mean0": [0, 0], "covariance0": [[1, 0], [0, 1]], "mean1": [1, 0], "covariance1": [[1, 0], [0, 1]],
                    "x": [0.5, 0.25]}
            for field in ("covariance0", "covariance1"):
                request = {**good, field: matrix}
                place(fixture, f"{name}/{field}", request, request, gaussian_map if accepted else None)
        else:
            request = {"op": operation, "path": {"kind": "ot"}, "target": one([1, 0], matrix), "t": 0.5, "x": [0.5, 0.25]}
            place(fixture, name, request, with_path(request), (lambda r: QUANTITIES[operation](marginal(r))) if accepted else None)
    return [fixture]


def place(fixture, name, request, full, evaluate):
    if evaluate is None:
        fixture.add(name, ["asymmetric"], request, error="out_of_domain")
    else:
        fixture.add(name, ["asymmetric"], request, certify(full, evaluate, request, formats=("float64",)))


def jobs():
    out = [([f"{o}/deficient-sources.json" for o in ANSWERED], deficient, ())]
    return out + [([f"{o}/asymmetric.json"], asymmetric, (o,)) for o in ("marginal_velocity", "marginal_log_density", "gaussian_ot_map")]
