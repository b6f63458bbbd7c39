"""Cases where the log density is the normalisation and little else, and beta densities whose exponents are hard on quadratures."""

from . import lines
from .cases_marginal import REFERENCE
from .cases_small import line
from .certify import certify_all
from .conditional import with_path
from .writer import Fixture

DENSITY = "marginal_log_density"
TINY = 2.0**-24


def normalised():
    """Narrow densities under a wide kernel: nothing of a or b is left but the constant, and that must be 1."""
    fixture = Fixture(
        DENSITY, "normalisation", "Beta and Student-t densities of many exponents and degrees", REFERENCE[DENSITY],
        "Arb balls: a series in the moments of beta, proven integrals for Student-t")
    sizes = [1e-3, 0.5, 1, 2.5, 5, 8, 20.3, 30, 100, 1000, 12345.678, 1e6]
    for i, a in enumerate(sizes):
        for b in sorted({a, sizes[(i + 3) % len(sizes)], sizes[(i + 7) % len(sizes)]}):
            for name, time, width, x in (("wide", {"t": 2.0**-20}, TINY, 0), ("unit", {"t": 0.25}, 1, 0.375)):
                if name == "unit" and max(a, b) > 1000 and b != a:
                    continue
                target = line("beta", a=a, b=b, lower=-width, upper=width)
                add({DENSITY: fixture}, f"beta-{a}-{b}/{name}".replace("e-0", "e-").replace("1000000.0", "1e6"), ["normalisation"], {"kind": "ot"},
                    target, time, [x], [DENSITY])
    for degrees in (0.5, 1, 1.5, 2, 3, 4.7, 10, 30, 100, 1e3, 31622.5, 1e5, 1e6, 1e7, 1e8):
        for name, scale, time, x in (("narrow", 2.0**-10, {"t": 0.25}, 0), ("unit", 1, {"t": 0.5}, 0.25), ("wide", 64, {"t": 0.9}, 3)):
            if name == "narrow" and degrees < 3:
                continue
            target = line("student_t", degrees=degrees, location=0, scale=scale)
            add({DENSITY: fixture}, f"student-{degrees:g}/{name}".replace("+0", ""), ["normalisation", "heavy_tail"], {"kind": "ot"}, target, time,
                [x], [DENSITY])
    return [fixture]


ANSWERED = [DENSITY, "marginal_log_density_dt", "marginal_velocity", "marginal_score", "denoiser", "marginal_divergence",
            "posterior_covariance"]
FAR = line("beta", a=50, b=0.5, lower=-4000000, upper=-1500000)
HALF = {"kind": "polynomial", "exponent": 0.5}
OT, VP, COSINE = {"kind": "ot"}, {"kind": "vp"}, {"kind": "cosine"}

# name, flag, a, b, lower, upper, [(path, time, x)]
UNIT = [(OT, {"t": 0.5}, 0.1), (VP, {"t": 0.9}, 0.6), (COSINE, {"t": 0.1}, -0.4), (OT, {"t": 0.97}, 0.01)]
EXPONENTS = [
    (0.05, 0.9), (0.05, 0.5), (0.05, 2), (0.05, 0.05), (0.02, 0.9), (0.01, 3), (0.001, 0.6), (2, 0.05), (0.7, 0.01), (0.03, 100),
]
ENDS = [
    ("far", FAR, HALF, {"one_minus_t": 1e-9}, -3999999.9980000006),
    ("far-above", FAR, HALF, {"one_minus_t": 1e-9}, -3999999.997999999),
    ("far-inside", FAR, HALF, {"one_minus_t": 1e-6}, -3999998),
    ("far-middle", FAR, HALF, {"one_minus_t": 1e-9}, -2000000),
    ("arcsine", line("beta", a=0.5, b=0.5, lower=-1, upper=1), OT, {"t": 1 - 2.0**-20}, 1),
    ("arcsine-inside", line("beta", a=0.5, b=0.5, lower=-1, upper=1), OT, {"one_minus_t": 1e-9}, 1 - 2.0**-30),
    ("arcsine-outside", line("beta", a=0.5, b=0.5, lower=-1, upper=1), VP, {"one_minus_t": 1e-6}, 1.01),
    ("steep", line("beta", a=20, b=3, lower=0, upper=1), COSINE, {"one_minus_t": 1e-6}, 2.0**-20),
    ("steep-outside", line("beta", a=20, b=3, lower=0, upper=1), OT, {"t": 1 - 2.0**-20}, -(2.0**-19)),
    ("small", line("beta", a=0.05, b=0.9, lower=0, upper=1), OT, {"t": 1 - 2.0**-20}, 2.0**-20),
    ("small-wide", line("beta", a=0.05, b=0.9, lower=0, upper=1024), OT, {"t": 0.999}, 0.001),
    ("large", line("beta", a=1000, b=0.5, lower=0, upper=1), OT, {"t": 0.999}, 0.999),
    # an end at the origin, so that no digit of x is lost in its distance
    ("origin-outside", line("beta", a=50, b=0.5, lower=0, upper=2500000), HALF, {"one_minus_t": 1e-9}, -6e-10),
    ("origin-inside", line("beta", a=50, b=0.5, lower=0, upper=2500000), HALF, {"one_minus_t": 1e-9}, 2e-9),
    ("origin-above", line("beta", a=0.5, b=50, lower=-2500000, upper=0), HALF, {"one_minus_t": 1e-9}, 1e-9),
    ("origin-unit", line("beta", a=50, b=0.5, lower=0, upper=1), OT, {"one_minus_t": 1e-12}, 1e-12),
    ("origin-steep", line("beta", a=200, b=2, lower=0, upper=1000000), OT, {"one_minus_t": 1e-9}, 1e-9),
    ("origin-steep-outside", line("beta", a=120, b=0.7, lower=0, upper=1000000), VP, {"one_minus_t": 1e-9}, -1e-6),
]


def beta_ends():
    fixtures = {
        o: Fixture(o, "beta-ends", f"Beta densities of small exponents, and next to their ends: {REFERENCE[o]}", REFERENCE[o],
                   "Arb balls: Taylor series at the ends, a proven integral between them") for o in ANSWERED
    }
    for number, (a, b) in enumerate(EXPONENTS):
        target = line("beta", a=a, b=b, lower=0, upper=1) if number % 2 == 0 else line("beta", a=a, b=b, lower=-1, upper=3)
        for turn, (path, time, x) in enumerate(UNIT):
            if turn and (number + turn) % 3 == 0:
                continue
            label = f"t-{time['t']}"
            add(fixtures, f"exponents-{a}-{b}/{path['kind']}/{label}", ["small_exponent_beta", "kink"], path, target, time, [x], ANSWERED)
    for name, target, path, time, x in ENDS:
        add(fixtures, f"end/{name}", ["end_of_beta", "kink"], path, target, time, [x], ANSWERED)
    return list(fixtures.values())


def add(fixtures, case, flags, path, target, time, x, names, first=320, evaluate=lines.quantities):
    request = {"path": path, "target": target, **time, "x": x}
    full = {**with_path({"path": path, **time}), "target": target, "x": x}
    answers = certify_all(full, lambda r: evaluate(r, names), request, None, ("float64",), first, False)
    for operation in names:
        fixtures[operation].add(case, flags, {"op": operation, **request}, answers[operation])


def jobs():
    return [([f"{DENSITY}/normalisation.json"], normalised, ()), ([f"{o}/beta-ends.json" for o in ANSWERED], beta_ends, ())]
