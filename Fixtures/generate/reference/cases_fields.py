"""Cases for guided fields, the gap between the two losses, changes of path, and the errors of marginal quantities."""

import flint

from . import mixtures as m
from .balls import Singular
from .cases_conditional import TIME
from .cases_marginal import NEEDS_VELOCITY, REFERENCE, TARGETS, places, variances
from .cases_paths import PATHS, REFERENCES, ROUND
from .certify import balls, certify
from .conditional import time_of, with_path
from .paths import complete as complete_path
from .paths import log_snr_range, schedule
from .writer import Fixture

gauss = "gaussian_mixture"
NAMED = {name: (flag, target) for name, flag, target in TARGETS}

LABELLED = [
    ("two", {"kind": gauss, "weights": [1, 3], "means": [[-1], [1]], "std": 0.125, "labels": [0, 1]}),
    ("three", {"kind": gauss, "weights": [0.5, 0.25, 0.25], "means": [[0, 0], [2, 1], [-1, 0.5]], "std": [0.5, 0.125, 1],
               "labels": [1, 0, 1]}),
    ("full", {"kind": gauss, "means": [[1, 0], [-1, 1], [0, 0.5]], "labels": [7, 7, 2],
              "covariances": [[[1, 0.5], [0.5, 0.5]], [[0.25, -0.125], [-0.125, 2]], [[1, 0], [0, 1]]]}),
    ("cloud", {"kind": "point_cloud", "points": [[0, 0], [1, 0.5], [-0.5, 1], [2, -1]], "labels": [0, 1, 0, 1]}),
]


def guided(kind):
    fixture = Fixture(
        "guided_velocity", kind, f"Guided velocities on the path {kind}",
        f"u_w = u_empty + w (u_label - u_empty); w = 1 is the labelled field; {REFERENCES[kind]}",
    )
    turn = list(PATHS).index(kind)
    for number, (name, target) in enumerate(LABELLED):
        labels = sorted(set(target["labels"]))
        for position, label in enumerate(["t-0.5", "t-0", "t-0.25", "t-0.9", "t-1-2-20", "t-1"]):
            path_name, path, _, _ = PATHS[kind][0 if position < 3 else (number + position) % len(PATHS[kind])]
            t_flag, time = TIME[label]
            full = balls(with_path({"path": path, **time}))
            found = places(target, schedule(full["path"], time_of(full)), t_flag)
            for weight in ([0, 1, 2, -1, 7.5] if position == 0 else [(2.5, 1.5, 4)[(turn + position) % 3]]):
                x = found[("inside", "between", "far")[(position + turn) % 3]]
                request = {"op": "guided_velocity", "path": path, "target": target, **time, "x": x,
                           "label": labels[(position + number) % len(labels)], "weight": weight}
                case = f"{path_name}/{name}/{label}/weight-{weight}".replace("--", "-minus-")
                flags = list(dict.fromkeys(["labels", t_flag] + (["guidance_weight"] if weight == 1 else [])))
                try:
                    answer = certify(with_path(request), m.guided_velocity, request, variances)
                    fixture.add(case, flags, request, answer)
                except Singular:
                    fixture.add(case, ["singular"], request, error="singular")
    good = {"op": "guided_velocity", "path": PATHS[kind][0][1], "target": LABELLED[0][1], "t": 0.5, "x": [0.25], "label": 1,
            "weight": 2}
    fixture.add("error/label", ["out_of_domain"], {**good, "label": 5}, error="out_of_domain")
    fixture.add("error/length", ["dimension"], {**good, "x": [0, 1]}, error="dimension_mismatch")
    return [fixture]


def gaps(kind):
    fixture = Fixture(
        "cfm_gap", kind, f"L_CFM - L_FM at one time on the path {kind}, one Gaussian",
        f"LM Theorem 2: E[(alpha' - alpha sigma'/sigma)^2 tr Cov[x1 | x]]; {REFERENCES[kind]}",
    )
    targets = ["one", "line", "flat"]
    extra = {"kind": gauss, "means": [[0.5, 0, -1]], "covariances": [[[1, 0.25, 0.5], [0.25, 2, -0.75], [0.5, -0.75, 1]]]}
    for number, (path_name, path, further, _) in enumerate(PATHS[kind]):
        for label in ["t-0", "t-2-20", "t-0.25", "t-0.5", "t-0.9", "t-1-2-20", "t-1-1e-12", "r-2-20", "r-1e-12", "t-1"]:
            for name, target in [(n, NAMED[n][1]) for n in targets] + [("space", extra)]:
                if number > 0 and name != "one":
                    continue
                t_flag, time = TIME[label]
                request = {"op": "cfm_gap", "path": path, "target": target, **time}
                case = f"{path_name}/{name}/{label}"
                try:
                    fixture.add(case, ["gap", t_flag], request, certify(with_path(request), m.cfm_gap, request))
                except Singular:
                    fixture.add(case, ["singular"], request, error="singular")
    return [fixture]


def transforms(kind):
    """From the path kind to every other."""
    fixture = Fixture(
        "schedule_transform", kind, f"Fields of the path {kind} seen as those of every other path",
        "u_B(b, x) = (S'/S) x + a' S u_A(a, x/S) with log_snr_A(a) = log_snr_B(b) and S = sigma_B/sigma_A",
        method="Arb balls; the change of variables and the direct field of path B agree wherever the first exists",
    )
    sources = PATHS[kind][:2]
    for position, other in enumerate(ROUND):
        to_name, to_path, _, _ = PATHS[other][0]
        for number, (name, path, _, _) in enumerate(sources):
            for label in ["t-0", "t-2-20", "t-0.25", "t-0.75", "t-0.9", "t-1-2-20", "r-1e-12", "t-1"]:
                if number > 0 and label not in ("t-0", "t-0.25", "t-1-2-20"):
                    continue
                target_name = ("three", "two", "full", "one")[position % 4]
                t_flag, time = TIME[label]
                full = balls({"to_path": complete_path(to_path), "path": complete_path(path), **time})
                target = NAMED[target_name][1]
                x = places(target, schedule(full["to_path"], time_of(full)), t_flag)["inside"]
                request = {"op": "schedule_transform", "path": path, "to_path": to_path, "target": target, **time, "x": x}
                case = f"{name}-to-{other.replace('_', '-')}/{label}/{target_name}"
                add_transform(fixture, case, ["transform", t_flag], request)
    return [fixture]


def add_transform(fixture, case, flags, request):
    """Value and sensitivity from the field of B; the change of variables must agree with it."""
    full = {**request, "path": complete_path(request["path"]), "to_path": complete_path(request["to_path"])}
    flint.ctx.prec = 640
    tree = balls(full)
    b = schedule(tree["to_path"], time_of(tree))
    inside = same = full["path"] == full["to_path"]
    if not same:
        low, high = log_snr_range(tree["path"])
        inside = reaches(low, b.log_snr, "-inf") and reaches(b.log_snr, high, "inf")
    if not inside:
        fixture.add(case, ["out_of_domain"], request, error="out_of_domain")
        return
    direct = {"path": full["to_path"], "target": full["target"], "x": full["x"]}
    direct.update({k: v for k, v in full.items() if k in ("t", "one_minus_t")})
    try:
        answer = certify(direct, lambda r: m.marginal(r).velocity(), request, variances)
    except Singular:
        fixture.add(case, ["singular"], request, error="singular")
        return
    if not isinstance(b.log_snr, str) and not same:
        flint.ctx.prec = 1280
        other = m.transformed_velocity(balls(full))
        for u, v in zip(other, m.marginal(balls(direct)).velocity()):
            if not u.overlaps(v) or not u.rad() < 1e-60:
                raise ValueError(f"{case}: the two routes differ: {u} and {v}")
    fixture.add(case, flags, request, answer)


def reaches(low, high, end):
    """low <= high for levels that may be infinite; an equality decided by the kind of end."""
    if low == "-inf" or high == "inf":
        return True
    if isinstance(low, str) or isinstance(high, str):
        return False
    if (low - high).contains(0):
        raise ValueError("too close to the end of the range to decide")
    return bool(low < high)


def errors(operation):
    fixture = Fixture(
        operation, "errors", f"What {operation} must refuse", "Error codes by their order of precedence",
    )
    one = NAMED["one"][1]
    two = NAMED["two"][1]
    cloud = NAMED["cloud"][1]
    good = {"op": operation, "path": {"kind": "ot"}, "target": one, "t": 0.5, "x": [0.5, 0.25]}
    line = {**good, "target": two, "x": [0.5]}

    def refuse(name, flag, error, request):
        fixture.add(f"error/{name}", [flag], request, error=error)

    def without(request, *names):
        return {k: v for k, v in request.items() if k not in names}

    refuse("length", "dimension", "dimension_mismatch", {**good, "x": [0.5]})
    refuse("ragged-means", "dimension", "dimension_mismatch", {**good, "target": {**one, "means": [[1, 2], [1]]}})
    refuse("weights-length", "dimension", "dimension_mismatch", {**line, "target": {**two, "weights": [1, 2, 3]}})
    refuse("std-length", "dimension", "dimension_mismatch", {**line, "target": {**two, "std": [1, 2, 3]}})
    refuse("weight-negative", "out_of_domain", "out_of_domain", {**line, "target": {**two, "weights": [1, -1]}})
    refuse("weights-zero", "out_of_domain", "out_of_domain", {**line, "target": {**two, "weights": [0, 0]}})
    refuse("std-negative", "out_of_domain", "out_of_domain", {**line, "target": {**two, "std": -0.125}})
    refuse("time-late", "out_of_domain", "out_of_domain", {**good, "t": 1.0000000000000002})
    refuse("time-early", "out_of_domain", "out_of_domain", {**good, "t": -1})
    refuse("no-target", "request_shape", "missing_field", without(good, "target"))
    refuse("no-x", "request_shape", "missing_field", without(good, "x"))
    refuse("no-path", "request_shape", "missing_field", without(good, "path"))
    refuse("no-time", "request_shape", "missing_field", without(good, "t"))
    refuse("no-means", "request_shape", "missing_field", {**good, "target": without(one, "means")})
    refuse("extra", "request_shape", "unknown_field", {**good, "sigma": 1})
    refuse("extra-in-target", "request_shape", "unknown_field", {**good, "target": {**one, "variance": 1}})
    refuse("x-is-text", "request_shape", "invalid_field", {**good, "x": "0.5"})
    refuse("x-is-nested", "request_shape", "invalid_field", {**good, "x": [[0.5, 0.25]]})
    refuse("target-kind", "request_shape", "invalid_field", {**good, "target": {"kind": "gaussians"}})
    refuse("path-kind", "request_shape", "invalid_field", {**good, "path": {"kind": "optimal"}})
    refuse("preset-name", "request_shape", "invalid_field", {**good, "target": {"kind": "preset", "name": "nine_gaussians"}})
    refuse("missing-before-length", "request_shape", "missing_field", {**without(good, "t"), "x": [1]})
    refuse("unknown-before-missing", "request_shape", "unknown_field", {**without(good, "t"), "time": 0.5})
    refuse("length-before-time", "request_shape", "dimension_mismatch", {**good, "x": [1], "t": 2})
    refuse("time-before-singular", "request_shape", "out_of_domain", {**good, "target": cloud, "t": 2})
    refuse("cloud-at-the-end", "singular", "singular", {**good, "target": cloud, "t": 1})
    refuse("cloud-point-at-the-end", "singular", "singular", {**good, "target": cloud, "t": 1, "x": [1, 0.5]})
    refuse("cloud-at-the-end-vp", "singular", "singular", {**good, "path": {"kind": "vp"}, "target": cloud, "t": 1})
    refuse("cloud-without-remaining-time", "singular", "singular", {**without(good, "t"), "target": cloud, "one_minus_t": 0})
    if operation in NEEDS_VELOCITY:
        slow = {"kind": "polynomial", "exponent": 0.5}
        refuse("infinite-slope", "singular", "singular", {**good, "path": slow, "t": 0})
    return [fixture]


def jobs():
    out = [([f"{o}/errors.json"], errors, (o,)) for o in REFERENCE]
    for operation, make in (("guided_velocity", guided), ("cfm_gap", gaps), ("schedule_transform", transforms)):
        out += [([f"{operation}/{kind}.json"], make, (kind,)) for kind in PATHS]
    return out
