"""Cases with a mixture as the source."""

from .balls import Singular
from .cases_conditional import TIME
from .cases_marginal import REFERENCE
from .cases_paths import PATHS, ROUND
from .certify import balls, certify_all
from .conditional import time_of, with_path
from .paths import schedule
from .presets import complete
from .sources import quantities, usable
from .writer import Fixture

gauss = "gaussian_mixture"
ANSWERED = ["marginal_log_density", "marginal_log_density_dt", "marginal_velocity", "marginal_score", "denoiser",
            "marginal_divergence", "marginal_jacobian"]

# name, source, target, point
PROBLEMS = [
    ("line", {"kind": gauss, "weights": [1, 2], "means": [[-2], [1]], "std": 0.5},
     {"kind": gauss, "means": [[3], [-1], [0.5]], "std": [0.25, 0.5, 0.125]}, [0.375]),
    ("plane", {"kind": gauss, "means": [[-1, 0], [1, 0.5]], "std": [0.5, 1]},
     {"kind": gauss, "weights": [0.25, 0.75], "means": [[0, 2], [2, -1]], "std": 0.25}, [0.25, 0.5]),
    ("full", {"kind": gauss, "means": [[0, 0]], "covariances": [[[1, 0.5], [0.5, 2]]]},
     {"kind": gauss, "means": [[1, 0], [-1, 1]], "covariances": [[[1, 0.5], [0.5, 0.5]], [[0.25, -0.125], [-0.125, 2]]]}, [0.5, -0.25]),
    ("presets", {"kind": "preset", "name": "eight_gaussians"}, {"kind": "preset", "name": "ring_of_gaussians"}, [2, 0.5]),
    ("normal", {"kind": gauss, "means": [[0, 0, 0]], "std": 1},
     {"kind": gauss, "means": [[0.5, -1, 2], [1, 1, 0]], "std": 0.5}, [0.5, 0.25, 1]),
    ("decimal", {"kind": gauss, "weights": [0.3, 0.7], "means": [[0.1, -0.2], [1.3, 0.4]], "std": 0.6},
     {"kind": gauss, "weights": [0.9, 0.4], "means": [[-1.7, 0.8], [2.9, 3.3]], "std": [0.2, 0.35]}, [0.7, 0.9]),
]
TIMES = ["t-0", "t-2-20", "t-0.25", "t-0.5", "t-0.9", "t-1-2-20", "r-2-20", "t-1"]


def sources():
    fixtures = {
        o: Fixture(o, "mixture-source", f"From a mixture to a mixture: {REFERENCE[o]}",
                   f"{REFERENCE[o]}, X_t = alpha X1 + sigma X0 with X0 from the source, independent of X1")
        for o in ANSWERED
    }
    kinds, turn = ROUND, 0
    for name, source, target, x in PROBLEMS:
        for label in TIMES:
            for _ in range(3):
                turn += 1
                kind = kinds[turn % len(kinds)]
                path_name, path, _, _ = PATHS[kind][0]
                t_flag, time = TIME[label]
                case = f"{kind.replace('_', '-')}-{path_name}/{name}/{label}"
                if case in [c["id"].split("/", 2)[2] for c in fixtures["marginal_score"].cases]:
                    continue
                request = {"path": path, "source": source, "target": target, **time, "x": x}
                full = {**with_path(request), "source": complete(source), "target": complete(target)}
                tree = balls(full)
                s = schedule(tree["path"], time_of(tree))
                names = ANSWERED
                try:
                    usable(s.alpha_dot), usable(s.sigma_dot)
                except Singular:
                    names = ["marginal_log_density", "marginal_score", "denoiser"]
                answers = certify_all(full, lambda r: quantities(r, names), request)
                for operation in names:
                    fixtures[operation].add(case, ["general_source", t_flag], {"op": operation, **request}, answers[operation])
    for operation, fixture in fixtures.items():
        good = {"op": operation, "path": {"kind": "ot"}, "source": PROBLEMS[0][1], "target": PROBLEMS[0][2], "t": 0.5, "x": [0.5]}
        wrong = {**good, "source": PROBLEMS[1][1]}
        fixture.add("error/dimension", ["dimension"], wrong, error="dimension_mismatch")
    return list(fixtures.values())


def jobs():
    return [([f"{o}/mixture-source.json" for o in ANSWERED], sources, ())]
