"""Cases for everything conditional on data, and for the conversions between parameterisations and conventions."""

from . import conditional as c
from .balls import Singular, single
from .cases_paths import PATHS, REFERENCES, TIMES
from .certify import balls, certify
from .paths import schedule
from .writer import Fixture

# name, x (or x0), x1: few-bit numbers but for the last two
POINTS = [
    ("plane", [0.5, -1], [1, 2]),
    ("line", [-0.75], [0.375]),
    ("mean-0", [0.25, -0.5, 0.125], [0, 0, 0]),
    ("space", [3, -2, 0.0625], [-1.5, 0.75, 8]),
    ("decimal", [0.1, -0.7], [0.3, 1.9]),
    ("far", [40.25, -17.3], [0.01, 1000.5]),
]

MAIN = ["t-0", "t-2-20", "t-0.1", "t-0.25", "t-0.5", "t-0.9", "t-0.999", "t-1-2-20", "t-1-1e-12", "r-2-20", "r-1e-12", "t-1"]
SIDE = ["t-0", "t-0.25", "t-0.9", "t-1-2-20", "r-1e-12", "t-1"]
TIME = {label: (flag, time) for label, flag, time in TIMES}

OPERATIONS = {
    "conditional_flow": (c.conditional_flow, "x0", "LM eq. 11: psi_t(x0) = sigma x0 + alpha x1"),
    "conditional_velocity": (c.conditional_velocity, "x", "LM Theorem 3: (sigma'/sigma) (x - alpha x1) + alpha' x1"),
    "conditional_score": (c.conditional_score, "x", "LM eq. 10: -(x - alpha x1)/sigma^2"),
    "conditional_log_density": (c.conditional_log_density, "x", "LM eq. 10: log N(x; alpha x1, sigma^2 I)"),
}


def spread(request):
    if "path" not in request:
        return []
    s = c.at(request)
    return [] if s.variance == 0 else [s.variance, 1 / s.variance]


def near(label):
    """A time may need another point: x close to alpha x1, or x1 = 0, where x does not hide sigma."""
    return TIME[label][0] in ("near_data", "remaining_time")


def conditional(operation, kind):
    evaluate, first, reference = OPERATIONS[operation]
    title = f"{operation.replace('_', ' ').capitalize()} on the path {kind}"
    fixture = Fixture(operation, kind, title, f"{reference}; {REFERENCES[kind]}")
    for order, (name, path, extra, _) in enumerate(PATHS[kind]):
        for label in MAIN if order == 0 else SIDE:
            flag, time = TIME[label]
            for number, (place, x, x1) in enumerate(POINTS):
                if order > 0 and number not in ((0, 2) if near(label) else (0, 4)):
                    continue
                if place == "far" and near(label) and operation != "conditional_flow":
                    continue
                request = {"op": operation, "path": path, **time, first: x, "x1": x1}
                add(fixture, f"{name}/{label}/{place}", [flag] + ([extra] if extra else []), request, evaluate)
            if near(label) and order == 0 and operation != "conditional_flow":
                x = [0.75, -0.5]
                request = {"op": operation, "path": path, **time, "x": x, "x1": x}
                add(fixture, f"{name}/{label}/at-data", ["near_mean"], request, evaluate)
    return fixture


def add(fixture, name, flags, request, evaluate, full=None):
    full = full or c.with_path(request)
    try:
        answer = certify(full, evaluate, request, spread)
    except Singular:
        fixture.add(name, ["singular"], request, error="singular")
        return
    fixture.add(name, flags, request, answer)


def conditionals(operation, kind):
    fixture = conditional(operation, kind)
    first = OPERATIONS[operation][1]
    path = PATHS[kind][0][1]
    good = {"op": operation, "path": path, "t": 0.5, first: [0.5, 1], "x1": [1, 2]}
    fixture.add("error/length", ["dimension"], {**good, "x1": [1, 2, 3]}, error="dimension_mismatch")
    fixture.add("error/empty", ["dimension"], {**good, first: [], "x1": []}, error="dimension_mismatch")
    fixture.add("error/time", ["out_of_domain"], {**good, "t": 1.5}, error="out_of_domain")
    missing = dict(good)
    del missing["x1"]
    fixture.add("error/missing", ["request_shape"], missing, error="missing_field")
    fixture.add("error/text", ["request_shape"], {**good, "x1": [1, "2"]}, error="invalid_field")
    fixture.add("error/unknown", ["request_shape"], {**good, "y": 1}, error="unknown_field")
    # two faults at once: the earlier code in the list of codes wins
    fixture.add("error/length-and-time", ["request_shape"], {**good, "x1": [1], "t": 2}, error="dimension_mismatch")
    both = {**missing, "t": 2}
    fixture.add("error/missing-and-time", ["request_shape"], both, error="missing_field")
    return [fixture]


PAIR_TIMES = ["t-2-60", "t-1e-12", "t-1e-6", "t-2-20", "t-0.1", "t-0.25", "t-0.5", "t-0.75", "t-0.9", "t-0.999",
              "t-1-2-20", "t-1-1e-12", "r-2-20", "r-1e-6", "r-1e-12", "r-2-60"]
TRIPLES = [
    ("plane", [0.5, -1], [-0.25, 0.75], [1, 2]),
    ("line", [2], [1.5], [-3]),
    ("decimal", [0.1, 0.2, -0.3], [-0.4, 0.5, 0.6], [0.7, -0.8, 0.9]),
    ("straight", [0, 0], [0, 0], [0, 0]),
    ("off-mean", [0.0078125], [0], [0]),
]


# one end at the origin, so that one coefficient of vp_trigonometric counts alone
ALONE = [
    ("from-origin", [0.5, -1], [0, 0], [1, -2]),
    ("to-origin", [0.5, -1], [1, -2], [0, 0]),
]


def pairs(kind):
    reference = {
        "icfm": "TG, I-CFM: u = x1 - x0",
        "schrodinger_bridge": "TG, SB-CFM: u = (1 - 2t)/(2t(1 - t)) (x - (t x1 + (1 - t) x0)) + x1 - x0",
        "vp_trigonometric": "TG, VP-CFM: u = (pi/2)(cos(pi t/2) x1 - sin(pi t/2) x0)",
    }[kind]
    fixture = Fixture("pair_velocity", kind, f"Velocity conditional on a pair, {kind}", reference)
    flag = "pair_trigonometric" if kind == "vp_trigonometric" else "pair"
    for label in ["t-0"] + PAIR_TIMES + ["t-1"]:
        for place, x, x0, x1 in TRIPLES:
            for sigma in (0.5,) if place != "plane" else (0.125, 1):
                request = {"op": "pair_velocity", "kind": kind, "sigma": sigma, **TIME[label][1], "x": x, "x0": x0, "x1": x1}
                name = f"{label}/{place}" + (f"-{sigma}" if place == "plane" else "")
                add(fixture, name, [flag, TIME[label][0]], request, c.pair_velocity, request)
    if kind == "vp_trigonometric":
        for label in ["t-0"] + PAIR_TIMES + ["t-1"]:
            for place, x, x0, x1 in ALONE:
                request = {"op": "pair_velocity", "kind": kind, "sigma": 0.5, **TIME[label][1], "x": x, "x0": x0, "x1": x1}
                add(fixture, f"{label}/{place}", ["pair_alone", TIME[label][0]], request, c.pair_velocity, request)
    good = {"op": "pair_velocity", "kind": kind, "sigma": 0.5, "t": 0.5, "x": [0], "x0": [1], "x1": [2]}
    fixture.add("error/length", ["dimension"], {**good, "x0": [1, 2]}, error="dimension_mismatch")
    fixture.add("error/sigma", ["out_of_domain"], {**good, "sigma": -1}, error="out_of_domain")
    fixture.add("error/time", ["out_of_domain"], {**good, "t": -0.5}, error="out_of_domain")
    return [fixture]


NAMES = ["velocity", "x1", "noise", "score", "v"]
CONVERT_TIMES = ["t-0", "t-1e-6", "t-2-20", "t-0.25", "t-0.5", "t-0.9", "t-1-2-20", "r-1e-12", "r-2-20", "t-1"]


def ambiguous(full, source, target):
    """Ends where the answer depends on how a 0/0 is read."""
    s = schedule(balls(full["path"]), c.time_of(balls({k: v for k, v in full.items() if k in ("t", "one_minus_t")})))
    at_end = s.alpha == 0 or s.sigma == 0
    return at_end and (source == target or source == "score" or isinstance(s.sigma_dot, str) or isinstance(s.alpha_dot, str))


def conversions(kind):
    reference = "x = alpha x1 + sigma noise and velocity = alpha' x1 + sigma' noise, solved for what is wanted; v = alpha noise - sigma x1"
    fixture = Fixture("convert", kind, f"Parameterisations converted into each other on the path {kind}", reference)
    for order, (name, path, extra, _) in enumerate(PATHS[kind][:3]):
        for label in CONVERT_TIMES if order == 0 else ["t-0.25", "t-1-2-20"]:
            for source in NAMES:
                for target in NAMES:
                    number = 1 if source == target else NAMES.index(source) + NAMES.index(target)
                    x, value = [([0.5, -1], [1.25, 0.375]), ([0.3], [-1.7]), ([2, 0, -0.125], [0, 1, 0.5])][number % 3]
                    request = {"op": "convert", "path": path, **TIME[label][1], "from": source, "to": target, "x": x, "value": value}
                    full = c.with_path(request)
                    if ambiguous(full, source, target):
                        continue
                    flag = "conversion_end" if TIME[label][0] != "basic" else "conversion"
                    flags = [flag] + ([extra] if extra else [])
                    add(fixture, f"{name}/{label}/{source}-to-{target}", flags, request, c.convert, full)
    good = {"op": "convert", "path": PATHS[kind][0][1], "t": 0.5, "from": "x1", "to": "noise", "x": [1, 2], "value": [0, 1]}
    fixture.add("error/length", ["dimension"], {**good, "value": [1]}, error="dimension_mismatch")
    fixture.add("error/name", ["request_shape"], {**good, "to": "flow"}, error="invalid_field")
    return [fixture]


def conventions():
    fixture = Fixture(
        "convert_convention", "all", "A time, a point and a velocity carried from one convention to another",
        "noise0_data1: t = 1 at the data, velocity dx/dt; data0_noise1: t = 0 at the data, velocity dx/dt; "
        "data0_noise1_reversed: t = 0 at the data, velocity -dx/dt",
    )
    for source in c.CONVENTIONS:
        for target in c.CONVENTIONS:
            for label in ["t-0", "t-2-60", "t-2-20", "t-0.1", "t-0.25", "t-0.5", "t-0.9", "t-1-2-20", "t-1-2-53", "t-1"]:
                x, u = ([0.5, -1], [2, 0.75]) if label != "t-0.1" else ([0.3, 0.1, -5.5], [0.7, 0, -0.2])
                request = {"op": "convert_convention", "from": source, "to": target, **TIME[label][1], "x": x, "velocity": u}
                answer = certify(request, c.convert_convention)
                flag = "convention_time" if label != "t-0.5" else "convention_sign"
                fixture.add(f"{source}-to-{target}/{label}".replace("_", "-"), [flag, "convention_sign"][: 1 if flag == "convention_sign" else 2], request, answer)
    good = {"op": "convert_convention", "from": "noise0_data1", "to": "data0_noise1", "t": 0.5, "x": [1], "velocity": [2]}
    fixture.add("error/length", ["dimension"], {**good, "velocity": [1, 2]}, error="dimension_mismatch")
    fixture.add("error/name", ["request_shape"], {**good, "to": "noise1_data0"}, error="invalid_field")
    fixture.add("error/time", ["out_of_domain"], {**good, "t": 1.25}, error="out_of_domain")
    return [fixture]


def posteriors():
    fixture = Fixture(
        "ddpm_posterior", "all", "The discrete posterior q(z_{k-1} | z_k, x) of DDPM",
        "Ho et al. 2020, eq. 6 and 7, as the product of q(z_{k-1} | x) and q(z_k | z_{k-1})",
    )
    linear = [1e-4 + (2e-2 - 1e-4) * k / 999 for k in range(1000)]
    scaled = [(0.00085**0.5 + (0.012**0.5 - 0.00085**0.5) * k / 999) ** 2 for k in range(1000)]
    schedules = [
        ("dyadic", [0.125, 0.25, 0.5, 0.75], [1, 2, 3, 4]),
        ("small", [2.0**-20, 2.0**-19, 2.0**-18], [1, 2, 3]),
        ("tiny", [1e-12, 2e-12, 3e-12, 1e-10], [1, 2, 4]),
        ("linear-20", linear[:20], [1, 2, 10, 20]),
        ("linear-1000", linear, [2, 500, 1000]),
        ("decimal", [0.1, 0.3, 0.2, 0.9], [1, 2, 3, 4]),
        ("one-step", [0.5], [1]),
        ("rising-falling", [0.5, 0.0078125, 0.5], [2, 3]),
        ("linear-float32", [single(beta) for beta in linear[:20]], [1, 2, 3, 5, 6, 20]),
        ("scaled-float32", [single(beta) for beta in scaled[:20]], [2, 5, 20]),
    ]
    for name, betas, steps in schedules:
        for k in steps:
            for place, x, z in [("plane", [0.5, -1], [1, 2]), ("line", [-0.75], [0.375]), ("decimal", [0.3, 0.1], [-2.2, 0.7])]:
                if len(betas) > 100 and place != "line":
                    continue
                request = {"op": "ddpm_posterior", "betas": betas, "step": k, "x": x, "z": z}
                answer = certify(request, c.ddpm_posterior)
                flag = "ddpm_first_step" if k == 1 else "ddpm_small_beta" if name in ("small", "tiny") or name.endswith("float32") else "ddpm"
                fixture.add(f"{name}/step-{k}/{place}", [flag], request, answer)
    good = {"op": "ddpm_posterior", "betas": [0.25, 0.5], "step": 2, "x": [1], "z": [2]}
    fixture.add("error/step-0", ["out_of_domain"], {**good, "step": 0}, error="out_of_domain")
    fixture.add("error/step-3", ["out_of_domain"], {**good, "step": 3}, error="out_of_domain")
    fixture.add("error/step-half", ["request_shape"], {**good, "step": 1.5}, error="invalid_field")
    fixture.add("error/beta-negative", ["out_of_domain"], {**good, "betas": [0.25, -0.5]}, error="out_of_domain")
    fixture.add("error/length", ["dimension"], {**good, "z": [2, 3]}, error="dimension_mismatch")
    return [fixture]


def bits():
    fixture = Fixture(
        "bits_per_dim", "all", "Bits per dimension of 256 grey levels scaled to [-1, 1]", "-log p/(d ln 2) + 7",
    )
    for d in (1, 2, 3, 64, 784, 3072):
        for density in (0, 1, -1, 3.5, -1234.5, 0.1, -4500.25, 12345.678, 1e-12, d * 4.852030263919617):
            request = {"op": "bits_per_dim", "log_density": density, "dimension": d}
            name = f"d-{d}/log-density-{density}".replace("--", "-minus-")
            fixture.add(name, ["bits"], request, certify(request, c.bits_per_dim))
    good = {"op": "bits_per_dim", "log_density": -3, "dimension": 2}
    fixture.add("error/dimension-0", ["out_of_domain"], {**good, "dimension": 0}, error="out_of_domain")
    fixture.add("error/dimension-half", ["request_shape"], {**good, "dimension": 2.5}, error="invalid_field")
    return [fixture]


def jobs():
    out = []
    for operation in OPERATIONS:
        for kind in PATHS:
            out.append(([f"{operation}/{kind}.json"], conditionals, (operation, kind)))
    for kind in ("icfm", "schrodinger_bridge", "vp_trigonometric"):
        out.append(([f"pair_velocity/{kind}.json"], pairs, (kind,)))
    for kind in PATHS:
        out.append(([f"convert/{kind}.json"], conversions, (kind,)))
    out.append((["convert_convention/all.json"], conventions, ()))
    out.append((["ddpm_posterior/all.json"], posteriors, ()))
    out.append((["bits_per_dim/all.json"], bits, ()))
    return out
