"""Cases with small posterior means: places next to the centre of a symmetric target, and the centre itself."""

import flint
from flint import arb

from . import lines, mixtures, moments
from .cases_marginal import REFERENCE
from .cases_paths import PATHS
from .certify import balls, certify_all
from .conditional import time_of, with_path
from .paths import schedule
from .presets import complete
from .shapes import as_mixture
from .slopes import component_slopes
from .writer import Fixture

ODD = ["denoiser", "marginal_score", "noise_prediction", "marginal_velocity"]


def line(name, **numbers):
    return {"kind": "density_1d", "name": name, **numbers}


LAPLACE = line("laplace", location=0, scale=1)
NARROW = line("laplace", location=0, scale=0.1)
STUDENT = line("student_t", degrees=3, location=0, scale=1)
CAUCHY = line("student_t", degrees=1, location=0, scale=0.5)
TENTH = line("student_t", degrees=10, location=0, scale=0.3)
TENT = line("triangular", lower=-1, mode=0, upper=1)
BELL = line("beta", a=3, b=3, lower=-1, upper=1)
ARCSINE = line("beta", a=0.5, b=0.5, lower=-2, upper=2)
BOX = {"kind": "uniform_boxes", "lower": [[-1]], "upper": [[1]]}
gauss = "gaussian_mixture"

# how the centre is left: one axis, or both
TINY = {"1e-3": 1e-3, "1e-6": 1e-6, "1e-12": 1e-12, "2-40": 2.0**-40, "2-60": 2.0**-60, "0": 0}

# name, target, evaluation, times, whether the centre itself is a strict zero: no number moves it
LINES = [
    ("laplace", LAPLACE, True), ("laplace-narrow", NARROW, True), ("student", STUDENT, True), ("cauchy", CAUCHY, True),
    ("student-ten", TENTH, True), ("triangular", TENT, False), ("beta", BELL, False), ("arcsine", ARCSINE, False), ("box", BOX, False),
]
PRODUCTS = [
    ("laplace-student", {"kind": "product", "factors": [LAPLACE, STUDENT]}, True),
    ("student-box", {"kind": "product", "factors": [STUDENT, BOX]}, False),
]
PLANE = [
    ("ring", {"kind": "ring", "radius": 2, "std": 0.25}, True),
    ("ring-wide", {"kind": "ring", "radius": 0.7, "std": 0.9}, True),
    ("circles", {"kind": "curve", "name": "circles", "std": 0.3, "factor": 0.5}, False),
    ("spirals", {"kind": "curve", "name": "two_spirals", "std": 0.3}, False),
    ("boxes", {"kind": "uniform_boxes", "lower": [[-2, -1], [1, 0]], "upper": [[-1, 0], [2, 1]]}, False),
    ("checkerboard", {"kind": "preset", "name": "checkerboard"}, False),
]
MIXED = [
    ("pair", {"kind": gauss, "means": [[-1], [1]], "std": 0.5}, False),
    ("pair-far", {"kind": gauss, "means": [[-1000], [1000]], "std": 0.5}, False),
    ("three", {"kind": gauss, "weights": [1, 2, 1], "means": [[-2], [0], [2]], "std": [0.5, 1, 0.5]}, False),
    ("one", {"kind": gauss, "means": [[0, 0]], "std": 0.5}, True),
    ("full", {"kind": gauss, "means": [[0, 0]], "covariances": [[[1, 0.5], [0.5, 0.5]]]}, True),
    ("cloud", {"kind": "point_cloud", "points": [[-1], [1]]}, False),
    ("cloud-plane", {"kind": "point_cloud", "points": [[-1, 2], [1, -2], [3, 0.5], [-3, -0.5]]}, False),
    ("eight", {"kind": "preset", "name": "eight_gaussians"}, False),
]
TIMES = {"t-1e-9": {"t": 1e-9}, "t-2-20": {"t": 2.0**-20}, "t-0.03": {"t": 0.03}, "t-0.25": {"t": 0.25}, "t-0.5": {"t": 0.5},
         "t-0.7": {"t": 0.7}, "t-0.95": {"t": 0.95}}


def dimension(target):
    if target["kind"] == "product":
        return len(target["factors"])
    for name in ("means", "points", "lower"):
        if isinstance(target.get(name), list):
            return len(target[name][0])
    return 1 if target["kind"] == "density_1d" else 2


def evaluation(family, strict):
    """The quantities; at the exact centre of a target that no number of the request moves, zero by symmetry."""
    inner = {"lines": lines.quantities, "plane": moments.quantities, "mixed": mixture_quantities}[family]

    def evaluate(request):
        if strict and all(a == 0 for a in request["x"]):
            return {name: [arb(0) for _ in request["x"]] for name in ODD}
        out = inner(request, ODD)
        if family == "lines" and strict:  # the axes are independent
            out = {name: [arb(0) if a == 0 else v for a, v in zip(request["x"], values)] for name, values in out.items()}
        return out

    return evaluate


def mixture_quantities(request, names):
    m = mixtures.marginal(request)
    return {name: mixtures.QUANTITIES[name](m) for name in names}


def curve_points(request):
    """A curve counts as 512 points on each of its pieces."""
    bits, flint.ctx.prec = flint.ctx.prec, 160
    sums, _ = component_slopes({**request, "target": as_mixture(request["target"])}, ODD)
    flint.ctx.prec = bits
    return sums


def small():
    fixtures = {o: Fixture(o, "small-means", f"Next to the centre of symmetric targets: {REFERENCE[o]}", REFERENCE[o],
                           "Arb balls, closed forms and proven integrals; zero by symmetry at the centre") for o in ODD}
    turn = 0
    families = [("lines", LINES), ("lines", PRODUCTS), ("plane", PLANE), ("mixed", MIXED)]
    for family, members in families:
        for name, target, strict in members:
            for number, (place, size) in enumerate(TINY.items()):
                if family != "lines" and number % 2 == 0 and size != 1e-12:
                    continue
                if size == 0 and not strict:
                    continue  # judged against the numbers of the request: nothing to see
                turn += 1
                label = list(TIMES)[(turn * 3) % len(TIMES)]
                if "student" in str(target):  # heavy tails under a wide kernel take minutes
                    label = list(TIMES)[2 + turn % 5]
                if target.get("kind") == "curve":
                    label = ("t-0.5", "t-0.25", "t-0.7")[turn % 3]
                kind = ["ot", "vp", "ot", "cosine", "linear_vp", "icfm", "schrodinger_bridge"][turn % 7]
                x = [size] if dimension(target) == 1 else [size, (-size, 0)[turn % 2]]
                add(fixtures, f"{name}/{label}/{place}", family, strict, kind, target, TIMES[label], x)
    for name, target, x, t in (("student", STUDENT, 1e-12, 0.5), ("laplace", LAPLACE, 1e-12, 0.5), ("laplace", LAPLACE, 0.25, 1e-9)):
        add(fixtures, f"{name}/ot-t-{t}/x-{x}", "lines", True, "ot", target, {"t": t}, [x])
    return list(fixtures.values())


def add(fixtures, case, family, strict, kind, target, time, x):
    path = {"kind": "ot"} if kind == "ot" else PATHS[kind][0][1]
    request = {"path": path, "target": target, **time, "x": x}
    full = {**with_path({"path": path, **time}), "target": complete(target), "x": x}
    curve = target.get("kind") == "curve"
    schedule(balls(full)["path"], time_of(balls(full))).finite()
    answers = certify_all(full, evaluation(family, strict), request, None, ("float64",), 320, False,
                          curve_points if curve else None)
    for operation in ODD:
        strict_zero = any(value == 0 and sensitivity == 0 for value, _, sensitivity, _ in answers[operation].leaves)
        flags = ["small_mean"] + (["strict_zero"] if strict_zero else [])
        fixtures[operation].add(case, flags, {"op": operation, **request}, answers[operation])


def jobs():
    return [([f"{o}/small-means.json" for o in ODD], small, ())]
