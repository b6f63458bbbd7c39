"""Cases for targets with a density of their own: boxes, the ring, curves, densities on a line and their products."""

import flint

from .balls import Singular
from .cases_conditional import TIME
from .cases_marginal import NEEDS_VELOCITY, REFERENCE, short
from .cases_paths import PATHS, ROUND
from .certify import balls, certify_all
from .conditional import time_of, with_path
from .moments import quantities
from .paths import schedule
from .presets import complete
from .shapes import as_mixture
from .slopes import component_slopes
from .writer import Fixture

LAPLACE = {"kind": "density_1d", "name": "laplace", "location": 0.5, "scale": 0.5}
STUDENT = {"kind": "density_1d", "name": "student_t", "degrees": 3, "location": 0, "scale": 1}
LOGISTIC = {"kind": "density_1d", "name": "logistic", "location": 0.5, "scale": 0.5}
TRIANGLE = {"kind": "density_1d", "name": "triangular", "lower": -1, "mode": 0.5, "upper": 2}
BETA = {"kind": "density_1d", "name": "beta", "a": 2, "b": 3, "lower": -1, "upper": 1}
BOX = {"kind": "uniform_boxes", "lower": [[-1]], "upper": [[1]]}

# a coordinate is given as (where in the data, how many sigma away), so that points follow the path
GROUPS = {
    "uniform-boxes": {
        "title": "Uniform boxes",
        "method": "Arb balls, truncated normals",
        "times": ["t-0", "t-2-20", "t-0.25", "t-0.5", "t-0.9", "t-0.999", "t-1-2-20", "r-1e-6", "r-1e-12"],
        "targets": [
            ("one", "box", BOX, {"inside": [(0.25, 1)], "edge": [(1, 0.5)], "outside": [(1, 40)], "left": [(-1, -8)]}),
            ("two", "box", {"kind": "uniform_boxes", "lower": [[-1, 0], [1, 1]], "upper": [[0, 1], [2, 3]], "weights": [1, 3]},
             {"inside": [(-0.5, 0.5), (0.5, -1)], "corner": [(1, 0), (1, 0.25)], "outside": [(2, 40), (1, -30)]}),
            ("narrow", "box_narrow", {"kind": "uniform_boxes", "lower": [[0.5]], "upper": [[0.5009765625]]},
             {"inside": [(0.5005, 0.25)], "edge": [(0.5, -1)], "outside": [(0.5, 20)]}),
            ("wide", "box", {"kind": "uniform_boxes", "lower": [[-1000, 0]], "upper": [[1000, 0.5]]},
             {"inside": [(3, 1), (0.25, 0.5)], "edge": [(1000, -2), (0.5, 2)]}),
            ("checkerboard", "preset", {"kind": "preset", "name": "checkerboard"},
             {"inside": [(-3, 0.5), (-3, 1)], "corner": [(0, 0.25), (0, -0.5)], "empty": [(-3, 0.25), (-1, 0.5)],
              "outside": [(4, 10), (4, 10)]}),
            # places that scale with alpha alone: next to t = 0 within a tiny part of sigma from the middle
            ("still", "box", BOX, {"half": [(0.5, 0)], "edge": [(1, 0)], "middle": [(0, 0)]}),
        ],
    },
    "ring": {
        "title": "A ring",
        "method": "Arb balls, Bessel functions",
        "times": ["t-0", "t-2-20", "t-0.25", "t-0.5", "t-0.9", "t-0.999", "t-1-2-20", "r-1e-12"],
        "targets": [
            ("two", "ring_far", {"kind": "ring", "radius": 2, "std": 0.25},
             {"near": [(2, 0.5), (0, 0.25)], "inside": [(0.5, 0.25), (0.25, 0)], "outside": [(2, 10), (2, -10)]}),
            ("centre", "ring_centre", {"kind": "ring", "radius": 2, "std": 0.25},
             {"centre": [(0, 0), (0, 0)], "close": [(2.0**-30, 0), (0, 0)], "axis": [(0, 0.5), (0, 0)]}),
            ("moved", "ring_far", {"kind": "ring", "radius": 1.5, "std": 0.0078125, "center": [1, -0.5]},
             {"near": [(2.5, 0.5), (-0.5, 0.5)], "centre": [(1, 0), (-0.5, 0)]}),
        ],
    },
    "curves": {
        "title": "Curves with a standard deviation",
        "method": "Arb balls, proven integrals over the curve's parameter",
        "quadrature": True,
        "nodes": 512,
        "times": ["t-0", "t-0.25", "t-0.5", "t-0.75", "t-0.9", "t-0.999", "t-1-2-20"],
        "first": 256,
        "check": False,
        "formats": ("float64",),
        "targets": [
            ("moons", "curve", {"kind": "preset", "name": "two_moons"}, {"near": [(0.5, 0.25), (0.75, 0.5)], "between": [(0.5, 0), (0.25, 0)]}),
            ("moons-wide", "curve", {"kind": "curve", "name": "two_moons", "std": 0.25}, {"near": [(1, 0.5), (0, 0.5)], "far": [(2, 5), (1, 5)]}),
            ("spirals", "curve", {"kind": "preset", "name": "two_spirals"}, {"near": [(1, 0.5), (1, 0)], "middle": [(0.25, 0), (0.125, 0)]}),
            ("roll", "curve", {"kind": "preset", "name": "swiss_roll"}, {"near": [(1.5, 0.5), (0, 0.25)], "between": [(0.5, 0), (0.5, 0)]}),
            ("circles", "curve", {"kind": "preset", "name": "circles"}, {"near": [(1, 0.5), (0, 0.5)], "between": [(0.5, 0), (0.5, 0.25)]}),
        ],
    },
    "densities": {
        "title": "Densities on a line",
        "method": "Arb balls, proven integrals over the data",
        "quadrature": True,
        "times": ["t-0", "t-0.25", "t-0.5", "t-0.9", "t-0.999", "t-1-2-20"],
        "first": 320,
        "check": False,
        "formats": ("float64",),
        "targets": [
            ("laplace", "kink", LAPLACE, {"kink": [(0.5, 0.25)], "tail": [(0.5, 20)], "left": [(-1, 0.5)]}),
            ("triangular", "kink", TRIANGLE, {"mode": [(0.5, 0.5)], "edge": [(2, 1)], "outside": [(-1, -10)]}),
            ("beta", "kink", BETA, {"inside": [(0.25, 0.5)], "edge": [(1, 1)], "outside": [(-1, -6)]}),
            ("arcsine", "kink", {**BETA, "a": 0.5, "b": 0.5}, {"inside": [(0.25, 0.5)], "edge": [(1, 0.5)]}),
            ("student", "heavy_tail", STUDENT, {"inside": [(0.5, 0.5)], "tail": [(8, 2)]}),
            ("student-far", "heavy_tail", {**STUDENT, "degrees": 5, "location": 1, "scale": 0.25}, {"inside": [(1, 0.5)], "tail": [(-20, 1)]}),
            ("logistic", "heavy_tail", LOGISTIC, {"near": [(0.5, 0.25)], "tail": [(0.5, 20)], "left": [(-1, 0.5)]}),
        ],
    },
    "products": {
        "title": "Products of densities on a line",
        "method": "Arb balls, proven integrals over the data",
        "quadrature": True,
        "times": ["t-0", "t-0.25", "t-0.5", "t-0.9", "t-0.999"],
        "first": 320,
        "check": False,
        "formats": ("float64",),
        "targets": [
            ("laplace-box", "product", {"kind": "product", "factors": [LAPLACE, BOX]}, {"near": [(0.5, 0.5), (0.25, 0.5)], "far": [(0.5, 8), (1, 8)]}),
            ("three", "product", {"kind": "product", "factors": [TRIANGLE, LAPLACE, BETA]}, {"near": [(0.5, 0.5), (0.5, -0.5), (0.25, 1)]}),
            ("heavy", "product", {"kind": "product", "factors": [STUDENT, BOX]}, {"near": [(0.5, 0.5), (0.5, 0.5)]}),
        ],
    },
}


def answered(group):
    """Only boxes have components; for the matrices of a curve there is no sensitivity in closed form here."""
    without = {"curves": {"posterior_weights", "marginal_jacobian", "posterior_covariance"}, "uniform-boxes": set()}
    return [o for o in REFERENCE if o not in without.get(group, {"posterior_weights"})]


def spread(request):
    s = schedule(request["path"], time_of(request))
    return [s.variance] + ([] if s.variance == 0 else [1 / s.variance])


def make(group):
    plan = GROUPS[group]
    fixtures = {}
    for operation in answered(group):
        fixtures[operation] = Fixture(operation, group, f"{plan['title']}: {REFERENCE[operation]}", REFERENCE[operation], plan["method"])
    kinds, turn = ROUND, 0
    for number, (name, flag, target, points) in enumerate(plan["targets"]):
        for label in plan["times"]:
            t_flag, time = TIME[label]
            for place, coordinates in points.items():
                turn += 1
                kind = kinds[(turn * 3 + number) % len(kinds)]
                path_name, path, _, _ = PATHS[kind][0]
                full = with_path({"path": path, **time})
                tree = balls(full)
                s = schedule(tree["path"], time_of(tree))
                if s.variance == 0:
                    continue
                bits = 53 if t_flag in ("near_data", "remaining_time") else 10
                x = [short(float(s.alpha.mid()) * y + float(s.sigma.mid()) * away, bits) for y, away in coordinates]
                flags = list(dict.fromkeys([flag, t_flag] + (["box_edge"] if place in ("edge", "corner") and "box" in group else [])))
                if group in ("densities", "products") and (t_flag == "near_data" or label == "t-0.9"):
                    flags.append("smooth_near_data")
                add(fixtures, f"{kind.replace('_', '-')}-{path_name}/{name}/{label}/{place}", flags, plan, path, target, time, x)
    refusals(fixtures, plan["targets"][0][2], group)
    return list(fixtures.values())


def add(fixtures, case, flags, plan, path, target, time, x):
    request = {"path": path, "target": target, **time, "x": x}
    full = {**with_path({"path": path, **time}), "target": complete(target), "x": x}
    tree = balls(full)
    names = list(fixtures)
    singular = []
    try:
        schedule(tree["path"], time_of(tree)).finite()
    except Singular:
        singular = [n for n in names if n in NEEDS_VELOCITY]
    asked = [n for n in names if n not in singular]
    if "nodes" in plan and tree_alpha(tree) == 0:
        asked = [n for n in asked if n != "marginal_divergence"]

    def points(r):
        """Whoever integrates over a curve rounds its points: they count like those of a mixture."""
        bits, flint.ctx.prec = flint.ctx.prec, 160
        sums, _ = component_slopes({**r, "target": as_mixture(r["target"], plan["nodes"])}, asked)
        flint.ctx.prec = bits
        return sums

    answers = certify_all(
        full, lambda r: quantities(r, asked), request, spread, plan.get("formats", ("float64", "float32", "float16", "bfloat16")),
        plan.get("first", 640), plan.get("check", True), points if "nodes" in plan else None,
    )
    for operation in asked + singular:
        sent = {"op": operation, **request}
        if operation in singular:
            fixtures[operation].add(case, ["singular"], sent, error="singular")
        elif not (plan.get("quadrature") and balanced(answers[operation], operation)):
            fixtures[operation].add(case, flags, sent, answers[operation])


def tree_alpha(tree):
    return schedule(tree["path"], time_of(tree)).alpha


def balanced(answer, operation):
    """Zero by symmetry and insensitive: a quadrature's own rounding would be judged by nothing but the smallest number."""
    matrix = operation in ("marginal_jacobian", "posterior_covariance")
    leaves = answer.leaves
    if matrix:  # the zeros of independent axes are exact; on the diagonal there are none
        return len(answer.shape) == 2 and answer.shape[0][1] != 0 and leaves[1][0] == 0 and leaves[1][2] == 0
    return any(value == 0 and sensitivity == 0 for value, _, sensitivity, _ in leaves)


def refusals(fixtures, target, group):
    d = 2 if group in ("ring", "curves", "products") else 1
    for operation, fixture in fixtures.items():
        good = {"op": operation, "path": {"kind": "ot"}, "target": target, "t": 0.5, "x": [0.5] * d}
        fixture.add("error/length", ["dimension"], {**good, "x": [0.5] * (d + 1)}, error="dimension_mismatch")
        fixture.add("error/time", ["out_of_domain"], {**good, "t": 1.5}, error="out_of_domain")
        if group == "uniform-boxes":
            empty = {**target, "lower": [[2]]}
            fixture.add("error/empty-box", ["out_of_domain"], {**good, "target": empty}, error="out_of_domain")
            ragged = {**target, "lower": [[-1, -1]]}
            fixture.add("error/ragged-box", ["dimension"], {**good, "target": ragged}, error="dimension_mismatch")
            at_edge = {**good, "t": 1, "x": [1]}
            fixture.add("error/edge-at-the-end", ["singular"], at_edge, error="singular")
        if group == "ring":
            fixture.add("error/radius", ["out_of_domain"], {**good, "target": {**target, "radius": -1}}, error="out_of_domain")
        if group == "densities":
            fixture.add("error/scale", ["out_of_domain"], {**good, "target": {**target, "scale": -1}}, error="out_of_domain")


def jobs():
    out = []
    for group in GROUPS:
        out.append(([f"{o}/{group}.json" for o in answered(group)], make, (group,)))
    return out
