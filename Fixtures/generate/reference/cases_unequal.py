"""Cases with full covariances at points whose coordinates are very unlike each other in size."""

from .cases_marginal import REFERENCE, add_point
from .cases_paths import PATHS, ROUND
from .writer import Fixture

gauss = "gaussian_mixture"
S = [[1, 0.5], [0.5, 2]]

TARGETS = [
    ("one", {"kind": gauss, "means": [[0, 0]], "covariances": [S]}),
    ("two", {"kind": gauss, "weights": [1, 3], "means": [[0.5, -0.25], [-1, 2]], "covariances": [S, [[2, -0.75], [-0.75, 0.5]]]}),
    ("space", {"kind": gauss, "means": [[0, 0, 0]], "covariances": [[[1, 0.5, -0.25], [0.5, 2, 0.75], [-0.25, 0.75, 1.5]]]}),
]

PLACES = [
    ("long-short", [1000, 1e-3, -1e-6]),
    ("short-long", [1e-3, 1000, 1]),
    ("dyadic", [512, 2.0**-8, -(2.0**-16)]),
    ("axis", [1000, 0, 0]),
]

TIMES = [
    ("t-0", "end_noise", {"t": 0}),
    ("t-1e-8", "near_noise", {"t": 1e-8}),
    ("t-1e-4", "near_noise", {"t": 1e-4}),
    ("t-0.03", "basic", {"t": 0.03}),
    ("t-2-5", "basic", {"t": 2.0**-5}),
    ("t-0.5", "basic", {"t": 0.5}),
    ("t-1-1e-6", "near_data", {"t": 1 - 1e-6}),
    ("r-1e-12", "remaining_time", {"one_minus_t": 1e-12}),
]


def unequal():
    fixtures = {
        operation: Fixture(
            operation, "unequal-axes", f"Full covariances at points of very unlike coordinates: {reference}", reference)
        for operation, reference in REFERENCE.items()
    }
    for turn, kind in enumerate(ROUND):
        path_name, path, _, _ = PATHS[kind][0]
        for number, (label, flag, time) in enumerate(TIMES):
            for which, (name, target) in enumerate(TARGETS):
                place, x = PLACES[(turn + number + which) % len(PLACES)]
                for place, x in [(place, x)] + ([PLACES[0]] if kind == "ot" and place != PLACES[0][0] else []):
                    case = f"{kind.replace('_', '-')}-{path_name}/{name}/{label}/{place}"
                    add_point(fixtures, case, ["unequal_axes", flag], path, target, time, x[: len(target["means"][0])])
    return list(fixtures.values())


def jobs():
    return [([f"{operation}/unequal-axes.json" for operation in REFERENCE], unequal, ())]
