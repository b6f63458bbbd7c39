"""Cases for the rates of a schedule where they vanish or their factors underflow: conversions of v, steep polynomials, betas that
fall to zero."""

from . import conditional as c
from .balls import Singular
from .cases_paths import REFERENCES
from .certify import certify
from .writer import Fixture

RULE = "x = alpha x1 + sigma noise and velocity = alpha' x1 + sigma' noise, solved for what is wanted; v = alpha noise - sigma x1"
ROUND = [("vp", {"kind": "vp"}), ("vp-falling", {"kind": "vp", "beta_min": 3, "beta_max": 0.5}), ("cosine", {"kind": "cosine"}),
         ("linear-vp", {"kind": "linear_vp"})]


def orthogonal():
    """alpha^2 + sigma^2 = 1: the velocity is a multiple of v alone, whatever x."""
    fixture = Fixture("convert", "orthogonal", "Between the velocity and v where alpha^2 + sigma^2 = 1, far from the origin", RULE)
    for name, path in ROUND:
        for label, time in (("t-0.001", {"t": 0.001}), ("t-0.3", {"t": 0.3}), ("t-0.5", {"t": 0.5}), ("t-0.7", {"t": 0.7}),
                            ("t-0.9", {"t": 0.9}), ("r-1e-6", {"one_minus_t": 1e-6})):
            for place, x, value in (("near", [3, -0.7], [1, -0.3]), ("far", [1e8, -2.5e12], [1, 0.4]), ("rest", [1e8], [0])):
                if place == "rest" and label not in ("t-0.5", "t-0.9"):
                    continue
                for source, target in (("velocity", "v"), ("v", "velocity")):
                    request = {"op": "convert", "path": path, **time, "from": source, "to": target, "x": x, "value": value}
                    add(fixture, f"{name}/{label}/{source}-to-{target}/{place}", ["orthogonal_path", "conversion"], request, c.convert)
    for label, path, t, source, target in (("cosine", {"kind": "cosine"}, 0.5, "velocity", "v"), ("vp", {"kind": "vp"}, 0.7, "velocity", "v"),
                                           ("linear-vp", {"kind": "linear_vp"}, 0.9, "v", "velocity")):
        request = {"op": "convert", "path": path, "t": t, "from": source, "to": target, "x": [1e8], "value": [1]}
        add(fixture, f"{label}/t-{t}/{source}-to-{target}/one", ["orthogonal_path", "conversion"], request, c.convert)
    return [fixture]


STEEP = [
    ("thousand", 1000, ({"t": 0.25}, {"t": 0.4}, {"t": 0.9}, {"t": 0.999}, {"one_minus_t": 1e-9})),
    ("ten-thousand", 10000, ({"t": 0.25}, {"t": 0.9}, {"t": 1 - 2.0**-20})),
    ("thousandth", 0.001, ({"t": 1e-9}, {"t": 0.25}, {"t": 0.9}, {"one_minus_t": 1e-12}, {"one_minus_t": 1e-200})),
    ("millionth", 1e-6, ({"t": 2.0**-60}, {"t": 0.5}, {"one_minus_t": 1e-9})),
]


def steep():
    """Polynomials whose alpha or sigma leaves the range of a format where the ratios alpha'/alpha and sigma'/sigma do not."""
    fixture = Fixture("convert", "steep", "Conversions on polynomials of extreme exponents", RULE)
    values = [(2.7755, 0.40663), (-1, 0.5), (0.3, -1.7)]
    turn = 0
    for name, exponent, times in STEEP:
        path = {"kind": "polynomial", "exponent": exponent}
        for time in times:
            (key, t), = time.items()
            label = f"{'t' if key == 't' else 'r'}-{t}".replace("e-0", "e-")
            for source in ("velocity", "x1", "noise", "score", "v"):
                for target in ("velocity", "x1", "noise", "score", "v"):
                    turn += 1
                    if source == target or (t > 0.25 and turn % 5 < 3 and (source, target) != ("noise", "velocity")):
                        continue
                    x, value = values[turn % 3] if (exponent, t) != (1000, 0.25) else values[0]
                    request = {"op": "convert", "path": path, **time, "from": source, "to": target, "x": [x], "value": [value]}
                    try:  # an answer that no double holds is left out
                        add(fixture, f"{name}/{label}/{source}-to-{target}", ["underflow", "conversion"], request, c.convert)
                    except (Singular, OverflowError):
                        continue
    return [fixture]


FALLING = [
    ("to-zero", {"kind": "vp", "beta_min": 20, "beta_max": 0}), ("to-zero-slow", {"kind": "vp", "beta_min": 0.3, "beta_max": 0}),
    ("to-tiny", {"kind": "vp", "beta_min": 20, "beta_max": 1e-9}), ("to-tenth", {"kind": "vp", "beta_min": 20, "beta_max": 0.1}),
]
EARLY = [("t-0", {"t": 0}), ("t-2-61", {"t": 2.0**-61}), ("t-4.5e-19", {"t": 4.5e-19}), ("t-1e-9", {"t": 1e-9}), ("t-1e-3", {"t": 1e-3}),
         ("t-0.3", {"t": 0.3}), ("t-0.9", {"t": 0.9}), ("r-1e-12", {"one_minus_t": 1e-12})]


def falling(operation):
    """The rates next to the end where beta is zero."""
    fixture = Fixture(operation, "vp-falling", f"{operation.replace('_', ' ').capitalize()} on vp with betas that fall to zero",
                      REFERENCES["vp"])
    for name, path in FALLING:
        for label, time in EARLY:
            if operation == "schedule":
                request = {"op": operation, "path": path, **time}
                add(fixture, f"{name}/{label}", ["falling_betas"], request, c.schedule_value)
                continue
            for place, x, x1 in (("plane", [0.5, -1], [1, 2]), ("origin", [0, 3], [-1.5, 0])):
                first = "x0" if operation == "conditional_flow" else "x"
                request = {"op": operation, "path": path, **time, first: x, "x1": x1}
                if place == "origin" and label not in ("t-2-61", "t-1e-9", "t-0.9"):
                    continue
                add(fixture, f"{name}/{label}/{place}", ["falling_betas"], request, getattr(c, operation))
    return [fixture]


def add(fixture, name, flags, request, evaluate):
    fixture.add(name, flags, request, certify(c.with_path(request), evaluate, request))


def jobs():
    out = [(["convert/orthogonal.json"], orthogonal, ()), (["convert/steep.json"], steep, ())]
    return out + [([f"{o}/vp-falling.json"], falling, (o,)) for o in ("schedule", "conditional_velocity", "conditional_score")]
