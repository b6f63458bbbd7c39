"""Cases far from the origin and at extreme sizes: densities on a line, boxes, rings and curves between 1e-150 and 1e150."""

import re

import flint

from . import lines, moments
from .cases_marginal import REFERENCE
from .cases_normalised import add
from .cases_small import line
from .certify import certify_all
from .conditional import time_of, with_path
from .paths import Schedule, schedule
from .presets import complete
from .shapes import as_mixture, curve
from .slopes import component_slopes
from .writer import Fixture

ANSWERED = ["marginal_log_density", "marginal_velocity", "marginal_score", "denoiser", "posterior_covariance"]
OT, VP = {"kind": "ot"}, {"kind": "vp"}

# location, scale, time, x; the name is made of the first two
LAPLACES = [
    (1e17, 1, 0.5, 0.3), (-1e17, 1, 0.5, 0.3), (1e15, 1, 0.5, 0.3), (1e6, 1, 0.5, 0.3), (1e6, 1, 0.25, 1e6), (1e150, 1, 0.5, 0.3),
    (1e6, 1, 0.5, 5e5), (1e6, 1e-6, 0.5, 5e5), (2.0**60, 2.0**20, 0.75, 2.0**59), (2.0**400, 2.0**390, 0.5, 2.0**399), (0, 2.0**400, 0.5, 0.25),
    (0, 2.0**-400, 0.5, 0.25), (0, 1e150, 0.9, 1.5), (0, 1e-150, 0.9, 1.5), (1, 1e-150, 0.5, 0.3), (1e-150, 1e-150, 0.5, 0.3),
    (3e100, 1e100, 0.25, 1e100), (-1e12, 0.03, 0.97, -1e12), (1e3, 1e-9, 0.5, 500.25), (1e9, 1e3, 0.999, 1e9),
]
STUDENTS = [
    (1e17, 1, 0.5, 0.3), (1e6, 1, 0.5, 0.3), (1e6, 1, 0.5, 5e5), (-1e12, 10, 0.75, -7e11), (0, 1e20, 0.5, 0.3),
    (1e20, 1e20, 0.5, 3e19), (0, 1e150, 0.9, 1.5), (1e3, 1e-1, 0.5, 500.25),
]
# lower, upper (the mode of a triangular density and the exponents of beta are added), time, x
SPANS = [
    (1e6, 1e6 + 1, 0.5, 5e5), (1e6, 1e6 + 1, 0.5, 0.3), (1e17, 1e17 + 64, 0.5, 0.3), (-1e12, 1e12, 0.5, 0.3), (-1e12, -1e12 + 2.0**-10, 0.5, -5e11),
    (-1e-9, 2e-9, 0.5, 0.3), (1e-150, 3e-150, 0.5, 0.3), (-(2.0**-400), 2.0**-400, 0.75, 0.25), (-(2.0**60), 2.0**61, 0.5, 2.0**58),
    (-(2.0**60), 2.0**61, 0.5, 2.0**60), (-1e20, 1e20, 0.9, 5.5), (0, 1e9, 0.25, 1e-3), (-1e-20, 1, 0.5, -0.7),
]


def named(q):
    """A number as it may stand in an id, in six digits."""
    text = re.sub(r"e([+-])0*", lambda found: "e" + found[1].strip("+"), f"{q:g}")
    return "minus-" + text[1:] if q < 0 else text


def densities():
    for number, (m, b, t, x) in enumerate(LAPLACES):
        yield "laplace", line("laplace", location=m, scale=b), f"{named(m)}-{named(b)}", OT if number % 5 else VP, t, x
    yield "laplace", line("laplace", location=1e17, scale=1), "1e17-1", OT, 0.5, 0.3
    for m, b, t, x in STUDENTS:
        yield "student", line("student_t", degrees=3, location=m, scale=b), f"{named(m)}-{named(b)}", OT, t, x
    for number, (low, high, t, x) in enumerate(SPANS):
        place = f"{named(low)}-{named(high)}-at-{named(x)}"
        yield "box", {"kind": "uniform_boxes", "lower": [[low]], "upper": [[high]]}, place, OT, t, x
        mode = low + (high - low) / 4
        yield "triangular", line("triangular", lower=low, mode=mode, upper=high), place, OT, t, x
        if number % 2 == 0:
            yield "beta", line("beta", a=2.5, b=1.5, lower=low, upper=high), place, OT, t, x


# radius, std, centre, time, x
RINGS = [
    (1e150, 1e150, [0, 0], 0.5, [0.3, -1]), (1e-150, 1e-150, [0, 0], 0.5, [0.3, -1]), (1e9, 1, [0, 0], 0.5, [5e8, 1e3]),
    (2.0**200, 2.0**190, [0, 0], 0.5, [2.0**199, 2.0**180]), (1, 0.25, [1e9, -1e9], 0.5, [5e8, -5e8]), (1, 1e-9, [1e6, 0], 0.75, [7.5e5, 0.5]),
    (1e-9, 1e-12, [0, 0], 0.5, [0.3, 0.4]), (1e6, 1e6, [1e17, 0], 0.5, [5e16, 1e5]),
]

# name, scale, std, time, x
CURVES = [
    ("circles", 2.0**100, 2.0**98, 0.5, [2.0**99, 2.0**97]), ("circles", 1e15, 3e14, 0.75, [7e14, 1e14]),
    ("two_moons", 1e-150, 1e-151, 0.5, [0.3, -0.1]), ("two_moons", 1e9, 1e8, 0.25, [2e8, 1e8]), ("swiss_roll", 1e-9, 1e-10, 0.5, [0.5, 0.25]),
]
WITHOUT_MATRIX = ANSWERED[:4]


def curve_points(request):
    """A curve counts as 512 points on each of its pieces."""
    bits, flint.ctx.prec = flint.ctx.prec, 160
    sums, _ = component_slopes({**request, "target": as_mixture(request["target"])}, WITHOUT_MATRIX)
    flint.ctx.prec = bits
    return sums


def curve_quantities(request):
    """At the scale 1: alpha takes it over, and x1 is in units of it."""
    target, s = dict(request["target"]), schedule(request["path"], time_of(request)).finite()
    c = target.pop("scale")
    unit = Schedule(c * s.alpha, s.sigma, s.variance, c * s.alpha_dot, s.variance_dot)
    out = moments.quantities_of(curve({**target, "std": target["std"] / c}, unit, request["x"]), unit, request["x"], WITHOUT_MATRIX)
    return {**out, "denoiser": [c * v for v in out["denoiser"]]}


def add_curve(fixtures, name, scale, std, t, x):
    request = {"path": OT, "target": {"kind": "curve", "name": name, "std": std, "scale": scale}, "t": t, "x": x}
    target = complete({"kind": "preset", "name": name})
    full = {**with_path(request), "target": {**target, **request["target"]}}
    answers = certify_all(full, curve_quantities, request, None, ("float64",), 320, False, curve_points)
    for operation in WITHOUT_MATRIX:
        fixtures[operation].add(f"curve/{name.replace('_', '-')}/{named(scale)}-{named(std)}/t-{t}", ["scale", "curve"],
                                {"op": operation, **request}, answers[operation])


def scales():
    fixtures = {
        o: Fixture(o, "scales", f"Far from the origin and at extreme sizes: {REFERENCE[o]}", REFERENCE[o],
                   "Arb balls about the density's own place, closed forms and proven integrals") for o in ANSWERED
    }
    seen = set()
    for name, target, place, path, t, x in densities():
        case = f"{name}/{place}/{path['kind']}-t-{t}"
        if case in seen:
            case += f"-at-{named(x)}"
        seen.add(case)
        far = abs(target.get("location", (target.get("lower") or 0) if not isinstance(target.get("lower"), list) else target["lower"][0][0]))
        flags = (["far_origin"] if far >= 1000 else []) + (["scale"] if far < 1000 or far > 1e18 else [])
        add(fixtures, case, flags, path, target, {"t": t}, [x], ANSWERED, first=640)
    for radius, std, centre, t, x in RINGS:
        target = {"kind": "ring", "radius": radius, "std": std, "center": centre}
        case = f"ring/{named(radius)}-{named(std)}-{named(centre[0])}/t-{t}"
        add(fixtures, case, ["far_origin" if centre[0] else "scale", "ring_far"], OT, target, {"t": t}, x, ANSWERED, 640, moments.quantities)
    for parts in CURVES:
        add_curve(fixtures, *parts)
    return list(fixtures.values())


def jobs():
    return [([f"{o}/scales.json" for o in ANSWERED], scales, ())]
