"""Cases for schedules and their inverse."""

from . import conditional as c
from .certify import certify
from .paths import schedule, time_at_log_snr
from .writer import Fixture

TINY = 2.0**-60

# name, flag, how the time is sent
TIMES = [
    ("t-0", "end_noise", {"t": 0}),
    ("t-2-60", "near_noise", {"t": TINY}),
    ("t-1e-12", "near_noise", {"t": 1e-12}),
    ("t-1e-6", "near_noise", {"t": 1e-6}),
    ("t-2-20", "near_noise", {"t": 2.0**-20}),
    ("t-1e-3", "near_noise", {"t": 1e-3}),
    ("t-2-10", "near_noise", {"t": 2.0**-10}),
    ("t-0.1", "basic", {"t": 0.1}),
    ("t-0.25", "basic", {"t": 0.25}),
    ("t-0.5", "basic", {"t": 0.5}),
    ("t-0.75", "basic", {"t": 0.75}),
    ("t-0.9", "basic", {"t": 0.9}),
    ("t-0.999", "near_data", {"t": 0.999}),
    ("t-1-2-10", "near_data", {"t": 1 - 2.0**-10}),
    ("t-1-1e-6", "near_data", {"t": 1 - 1e-6}),
    ("t-1-2-20", "near_data", {"t": 1 - 2.0**-20}),
    ("t-1-2-24", "near_data", {"t": 1 - 2.0**-24}),
    ("t-1-1e-12", "near_data", {"t": 1 - 1e-12}),
    ("t-1-2-53", "near_data", {"t": 1 - 2.0**-53}),
    ("r-1e-3", "remaining_time", {"one_minus_t": 1e-3}),
    ("r-2-10", "remaining_time", {"one_minus_t": 2.0**-10}),
    ("r-1e-6", "remaining_time", {"one_minus_t": 1e-6}),
    ("r-2-20", "remaining_time", {"one_minus_t": 2.0**-20}),
    ("r-1e-12", "remaining_time", {"one_minus_t": 1e-12}),
    ("r-2-60", "remaining_time", {"one_minus_t": TINY}),
    ("r-1e-15", "remaining_time", {"one_minus_t": 1e-15}),
    ("r-0.75", "remaining_time", {"one_minus_t": 0.75}),
    ("t-1", "end_data", {"t": 1}),
    ("r-0", "end_data", {"one_minus_t": 0}),
]

FEW = ["t-0", "t-2-20", "t-0.25", "t-0.9", "t-1-2-20", "r-2-20", "r-1e-12", "t-1"]

# path kind: (name, path, further flag, whether all times are used)
PATHS = {
    "ot": [
        ("default", {"kind": "ot"}, None, True),
        ("min-1e-5", {"kind": "ot", "sigma_min": 1e-5}, "sigma_min_used", True),
        ("min-2-7", {"kind": "ot", "sigma_min": 2.0**-7}, "sigma_min_used", True),
        ("min-1e-2", {"kind": "ot", "sigma_min": 0.01}, "sigma_min_used", False),
        ("min-1", {"kind": "ot", "sigma_min": 1}, "sigma_min_used", False),
    ],
    "vp": [
        ("default", {"kind": "vp"}, "beta_integral", True),
        ("dyadic", {"kind": "vp", "beta_min": 0.125, "beta_max": 16}, "parameters", True),
        ("constant", {"kind": "vp", "beta_min": 2, "beta_max": 2}, "parameters", False),
        ("steep", {"kind": "vp", "beta_min": 0.001, "beta_max": 60}, "parameters", False),
        ("falling", {"kind": "vp", "beta_min": 3, "beta_max": 0.5}, "parameters", False),
    ],
    "ve": [
        ("default", {"kind": "ve"}, "parameters", True),
        ("dyadic", {"kind": "ve", "sigma_min": 2.0**-6, "sigma_max": 64}, "parameters", True),
        ("edm", {"kind": "ve", "sigma_min": 0.002, "sigma_max": 80}, "parameters", False),
        ("narrow", {"kind": "ve", "sigma_min": 1, "sigma_max": 1.25}, "parameters", False),
    ],
    "ve_geometric": [
        ("default", {"kind": "ve_geometric"}, "parameters", True),
        ("dyadic", {"kind": "ve_geometric", "sigma_min": 2.0**-6, "sigma_max": 64}, "parameters", False),
        ("edm", {"kind": "ve_geometric", "sigma_min": 0.002, "sigma_max": 80}, "parameters", False),
    ],
    "cosine": [("default", {"kind": "cosine"}, None, True)],
    "linear_vp": [("default", {"kind": "linear_vp"}, None, True)],
    "polynomial": [
        ("half", {"kind": "polynomial", "exponent": 0.5}, "small_exponent", True),
        ("one", {"kind": "polynomial", "exponent": 1}, "parameters", False),
        ("two", {"kind": "polynomial", "exponent": 2}, "parameters", True),
        ("three", {"kind": "polynomial", "exponent": 3}, "parameters", True),
        ("one-and-half", {"kind": "polynomial", "exponent": 1.5}, "parameters", False),
        ("eight", {"kind": "polynomial", "exponent": 8}, "parameters", False),
        ("tenth", {"kind": "polynomial", "exponent": 0.1}, "small_exponent", False),
    ],
    "shifted_ot": [
        ("default", {"kind": "shifted_ot"}, "sigma_min_used", True),
        ("none", {"kind": "shifted_ot", "sigma_min": 0}, "sigma_min_used", False),
        ("min-2-7", {"kind": "shifted_ot", "sigma_min": 2.0**-7}, "sigma_min_used", False),
        ("min-1", {"kind": "shifted_ot", "sigma_min": 1}, "sigma_min_used", False),
    ],
    "icfm": [
        ("tenth", {"kind": "icfm", "sigma": 0.1}, "sigma_min_used", True),
        ("none", {"kind": "icfm", "sigma": 0}, "sigma_min_used", False),
        ("dyadic", {"kind": "icfm", "sigma": 0.125}, "sigma_min_used", False),
        ("small", {"kind": "icfm", "sigma": 1e-5}, "sigma_min_used", False),
        ("large", {"kind": "icfm", "sigma": 4}, "sigma_min_used", False),
    ],
    "schrodinger_bridge": [
        ("half", {"kind": "schrodinger_bridge", "sigma": 0.5}, "parameters", True),
        ("one", {"kind": "schrodinger_bridge", "sigma": 1}, "parameters", True),
        ("small", {"kind": "schrodinger_bridge", "sigma": 0.001}, "parameters", False),
        ("large", {"kind": "schrodinger_bridge", "sigma": 3}, "parameters", False),
        ("root-two", {"kind": "schrodinger_bridge", "sigma": 1.4142135623730951}, "parameters", False),
    ],
    "sigmoid": [
        ("default", {"kind": "sigmoid"}, None, True),
        ("dyadic", {"kind": "sigmoid", "steepness": 4}, "parameters", True),
        ("flat", {"kind": "sigmoid", "steepness": 2.0**-10}, "parameters", False),
        ("steep", {"kind": "sigmoid", "steepness": 60}, "parameters", False),
    ],
}

# What cases about something else take in turn. A new kind is not put in here: every case keeps its path.
ROUND = [
    "ot", "vp", "ve", "ve_geometric", "cosine", "linear_vp", "polynomial", "shifted_ot", "icfm", "schrodinger_bridge",
]

REFERENCES = {
    "ot": "Lipman et al. 2023, eq. 20: sigma = 1 - (1 - sigma_min) t",
    "vp": "Lipman et al. 2023, eq. 18: alpha = exp(-T/2), sigma = sqrt(1 - alpha^2)",
    "ve": "Lipman et al. 2023, eq. 16, with sigma^2 = sigma_min^2 ((sigma_max/sigma_min)^(2(1 - t)) - 1)",
    "ve_geometric": "Song et al. 2021: sigma = sigma_min (sigma_max/sigma_min)^(1 - t)",
    "cosine": "Albergo et al. 2023: alpha = sin(pi t/2), sigma = cos(pi t/2)",
    "linear_vp": "alpha = t, sigma = sqrt(1 - t^2)",
    "polynomial": "alpha = t^n, sigma = 1 - t^n",
    "shifted_ot": "alpha = t, sigma = 1 - t + sigma_min",
    "icfm": "Tong et al. 2023, x0 integrated out: sigma = sqrt((1 - t)^2 + sigma^2)",
    "schrodinger_bridge": "Tong et al. 2023, x0 integrated out: sigma = sqrt((1 - t)^2 + sigma^2 t (1 - t))",
    "sigmoid": "alpha = (S(k (t - 1/2)) - S(-k/2))/(S(k/2) - S(-k/2)), S the logistic function, sigma = 1 - alpha",
}


def schedules(kind):
    fixture = Fixture("schedule", kind, f"The schedule of the path {kind} and its derivatives", REFERENCES[kind])
    for name, path, extra, every in PATHS[kind]:
        for label, flag, time in TIMES:
            if not every and label not in FEW:
                continue
            flags = [flag] + ([extra] if extra else [])
            request = {"op": "schedule", "path": path, **time}
            full = c.with_path(request)
            answer = certify(full, c.schedule_value, request)
            fixture.add(f"{name}/{label}", flags, request, answer)
    add_schedule_errors(fixture, kind, PATHS[kind][0][1])
    return [fixture]


def add_schedule_errors(fixture, kind, path):
    def wrong(name, flag, error, **fields):
        request = {"op": "schedule", "path": path, **fields}
        fixture.add(f"error/{name}", [flag], request, error=error)

    wrong("before-0", "out_of_domain", "out_of_domain", t=-1e-9)
    wrong("after-1", "out_of_domain", "out_of_domain", t=1.0000000000000002)
    wrong("remaining-negative", "out_of_domain", "out_of_domain", one_minus_t=-2.0**-60)
    wrong("no-time", "request_shape", "missing_field")
    wrong("unknown-field", "request_shape", "unknown_field", t=0.5, time=0.5)
    wrong("time-is-text", "request_shape", "invalid_field", t="0.5")
    bad = {
        "ot": {"sigma_min": -0.1},
        "vp": {"beta_min": -1},
        "ve": {"sigma_min": 0},
        "ve_geometric": {"sigma_min": 0},
        "polynomial": {"exponent": 0},
        "shifted_ot": {"sigma_min": -0.1},
        "icfm": {"sigma": -0.1},
        "schrodinger_bridge": {"sigma": -0.1},
        "sigmoid": {"steepness": 0},
    }
    if kind in bad:
        request = {"op": "schedule", "path": {**path, **bad[kind]}, "t": 0.5}
        fixture.add("error/parameter", ["out_of_domain"], request, error="out_of_domain")
    request = {"op": "schedule", "path": {**path, "sigma_mid": 1}, "t": 0.5}
    fixture.add("error/unknown-parameter", ["request_shape"], request, error="unknown_field")


LEVELS = [-30, -10, -4.5, -3, -1, -0.125, 0, 0.125, 1, 3, 4.5, 10, 20, 37.5, 40, 100]


def inverses(kind):
    fixture = Fixture(
        "time_at_log_snr",
        kind,
        f"The time at which the path {kind} has a given log(alpha/sigma)",
        REFERENCES[kind],
        method="Newton's method, then a sign change between the ends of an Arb ball",
    )
    for name, path, extra, _ in PATHS[kind]:
        full = c.with_path({"op": "time_at_log_snr", "path": path, "log_snr": 0})
        from .certify import balls

        low, high = (schedule(balls(full["path"]), t).log_snr for t in map(c.arb, (0, 1)))
        for level in LEVELS:
            request = {"op": "time_at_log_snr", "path": path, "log_snr": level}
            label = f"{name}/log-snr-{level}".replace("--", "-minus-")
            inside_low = low == "-inf" or low < level
            inside_high = high == "inf" or high > level
            if not inside_low or not inside_high:
                if low is not None and (isinstance(low, str) or not (low - level).contains(0)):
                    if isinstance(high, str) or not (high - level).contains(0):
                        fixture.add(label, ["out_of_domain"], request, error="out_of_domain")
                continue
            answer = certify({**full, "log_snr": level}, inverse_value, request)
            flags = ["inverse" if -11 < level < 11 else "inverse_tail"] + ([extra] if extra else [])
            fixture.add(label, flags, request, answer)
    return [fixture]


def inverse_value(request):
    t = time_at_log_snr(request["path"], request["log_snr"])
    return {"t": t, "one_minus_t": 1 - t}


def jobs():
    out = []
    for kind in PATHS:
        out.append(([f"schedule/{kind}.json"], schedules, (kind,)))
        out.append(([f"time_at_log_snr/{kind}.json"], inverses, (kind,)))
    return out
