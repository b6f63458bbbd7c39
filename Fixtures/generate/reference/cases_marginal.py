"""Cases for marginal quantities of mixtures, clouds and presets on every path."""

import flint

from . import mixtures as m
from .balls import Singular
from .cases_conditional import TIME
from .cases_paths import PATHS, REFERENCES
from .certify import balls, certify, certify_all
from .conditional import time_of, with_path
from .paths import schedule
from .presets import complete
from .writer import Fixture

gauss = "gaussian_mixture"

# name, flag, target
TARGETS = [
    ("one", "one_component", {"kind": gauss, "means": [[1, -0.5]], "std": 0.5}),
    ("line", "one_component", {"kind": gauss, "means": [[2]], "std": 0.25}),
    ("two", "unnormalised_weights", {"kind": gauss, "weights": [1, 3], "means": [[-1], [1]], "std": 0.125}),
    ("three", "wide_stds", {"kind": gauss, "weights": [0.5, 0.25, 0.25], "means": [[0, 0], [2, 1], [-1, 0.5]],
                            "std": [0.5, 0.125, 1]}),
    ("full", "full_covariance", {"kind": gauss, "means": [[1, 0], [-1, 1]],
                                 "covariances": [[[1, 0.5], [0.5, 0.5]], [[0.25, -0.125], [-0.125, 2]]]}),
    ("full-space", "full_covariance", {"kind": gauss, "weights": [2, 1], "means": [[0, 0, 0], [1.5, -2, 0.5]], "covariances": [
        [[1, 0.25, 0.5], [0.25, 2, -0.75], [0.5, -0.75, 1]], [[0.5, 0, 0.25], [0, 0.25, 0.125], [0.25, 0.125, 1]]]}),
    ("flat", "nearly_singular_covariance", {"kind": gauss, "means": [[0.5, 0.25]],
                                            "covariances": [[[1, 1 - 2.0**-20], [1 - 2.0**-20, 1]]]}),
    ("spread", "wide_stds", {"kind": gauss, "means": [[0.25, 0], [0, 1], [8, -8]], "std": [2.0**-26, 1, 1024]}),
    ("tiny", "tiny_std", {"kind": gauss, "weights": [0.3, 0.7], "means": [[0.5, -0.25], [1, 1]], "std": 1e-8}),
    ("cloud", "nearest_point", {"kind": "point_cloud", "points": [[0, 0], [1, 0.5], [-0.5, 1], [2, -1], [1, 0.5]]}),
    ("cloud-line", "nearest_point", {"kind": "point_cloud", "points": [[-1], [0], [0.5], [3]], "weights": [1, 2, 1, 4]}),
    ("offset", "offset", {"kind": gauss, "means": [[1000, -1000], [1001, -1000.5]], "std": 0.5}),
    ("cloud-offset", "offset", {"kind": "point_cloud", "points": [[100, 100], [100.25, 99.5], [99, 101]]}),
    ("absent", "zero_weight", {"kind": gauss, "weights": [1, 0, 1], "means": [[-1, 0], [0, 0], [1, 0]], "std": 0.5}),
    ("decimal", "basic", {"kind": gauss, "weights": [0.1, 0.2, 0.3, 0.4], "std": [0.3, 0.1, 0.7, 1.1], "means": [
        [0.1, 0.9, -0.3, 0.4, 2.2], [-1.3, 0.2, 0.6, 0.1, 0.5], [0.7, -0.7, 1.7, -2.7, 0.3], [0, 0.1, 0.2, 0.3, 0.4]]}),
    ("eight", "preset", {"kind": "preset", "name": "eight_gaussians"}),
    ("ring-of", "preset", {"kind": "preset", "name": "ring_of_gaussians"}),
    ("ring-of-five", "preset", {"kind": "preset", "name": "ring_of_gaussians", "modes": 5, "radius": 2, "std": 0.125}),
]

ROTATION = ["t-0", "t-2-20", "t-0.25", "t-0.9", "t-0.999", "t-1-2-20", "t-1-1e-12", "r-2-20", "r-1e-12", "t-1", "t-0.1", "r-2-60"]

REFERENCE = {
    "marginal_log_density": "log p_t(x), p_t the law of alpha x1 + sigma x0",
    "marginal_log_density_dt": "d/dt log p_t(x)",
    "marginal_velocity": "LM eq. 8: u_t(x) = E[u_t(x | x1) | x]",
    "marginal_score": "grad log p_t(x)",
    "denoiser": "E[x1 | x]",
    "noise_prediction": "E[x0 | x] = -sigma score",
    "marginal_divergence": "div u_t(x)",
    "marginal_jacobian": "du_t/dx, rows first",
    "posterior_covariance": "Cov[x1 | x], rows first",
    "posterior_weights": "P(component | x)",
}

NEEDS_VELOCITY = {"marginal_log_density_dt", "marginal_velocity", "marginal_divergence", "marginal_jacobian"}


def short(value, bits):
    """A double with at most this many significant bits."""
    import math

    man, exp = math.frexp(value)
    return math.ldexp(round(man * 2**bits), exp - bits)


def places(target, s, t_flag):
    """Points in the regimes that matter: inside a component, between two, 40 standard deviations out."""
    flint.ctx.prec = 200
    parts = m.components(balls(target))
    d = len(parts[0].mean)
    alpha, v = float(s.alpha), float(s.variance)

    def deviation(part):
        if part.covariance is not None:
            return (alpha * alpha * float(part.covariance[0, 0]) + v) ** 0.5
        return (alpha * alpha * float(part.variance) + v) ** 0.5

    first, last = parts[0], parts[-1]
    near = t_flag in ("near_data", "remaining_time", "end_data")
    bits = 53 if near else 9
    inside = [
        short(alpha * float(a) + deviation(first) * (0.5, -1.25, 0.75)[i % 3], bits) for i, a in enumerate(first.mean)
    ]
    between = [
        short(alpha * (float(a) + float(b)) / 2 + deviation(last) * (0.25, 0.125, -0.5)[i % 3], bits)
        for i, (a, b) in enumerate(zip(first.mean, last.mean))
    ]
    widest = max(deviation(p) for p in parts)
    far = [short(alpha * float(a) + 40 * widest / d**0.5 * (1, -1)[i % 2], bits) for i, a in enumerate(first.mean)]
    centre = [0.0] * d
    return {"inside": inside, "between": between, "far": far, "centre": centre}


def variances(request):
    """What a fixed format must be able to hold: sigma^2, the components' variances, and their reciprocals."""
    s = schedule(request["path"], time_of(request))
    out = [s.variance] + ([1 / s.variance] if not s.variance == 0 else [])
    for c in m.components(request["target"]):
        if c.covariance is None:
            v = s.alpha * s.alpha * c.variance + s.variance
            out += [v, 1 / v]
            away = [a - s.alpha * b for a, b in zip(request["x"], c.mean)]
            out.append(m.dot(away, away) / v)
        else:
            out += [m.dot(request["x"], request["x"])]
    return out


def evaluate_for(names):
    def evaluate(request):
        marginal = m.marginal(request)
        return {name: m.QUANTITIES[name](marginal) for name in names}

    return evaluate


def add_point(fixtures, name, flags, path, target, time, x, only=None):
    """One place, all quantities; what does not exist there becomes an error."""
    request = {"path": path, "target": target, **time, "x": x}
    full = {**with_path({"path": path, **time}), "target": complete(target), "x": x}
    names = [n for n in REFERENCE if n in fixtures and (only is None or n in only)]
    answers, singular = {}, []
    try:
        probe = balls(full)
        schedule(probe["path"], time_of(probe)).finite()
    except Singular:
        singular = [n for n in names if n in NEEDS_VELOCITY]
    try:
        answers = certify_all(full, evaluate_for([n for n in names if n not in singular]), request, variances)
    except Singular:
        singular = names
    for operation in names:
        sent = {"op": operation, **request}
        if operation in singular:
            fixtures[operation].add(name, ["singular"], sent, error="singular")
        else:
            fixtures[operation].add(name, flags, sent, answers[operation])


def marginals(kind):
    fixtures = {
        operation: Fixture(
            operation, kind, f"{REFERENCE[operation].split(',')[0]} on the path {kind}: mixtures, clouds, presets",
            f"{REFERENCE[operation]}; {REFERENCES[kind]}",
        )
        for operation in REFERENCE
    }
    paths = PATHS[kind]
    turn = list(PATHS).index(kind)
    for number, (name, flag, target) in enumerate(TARGETS):
        chosen = ["t-0.5"] + [ROTATION[(turn + 2 * number + 5 * i) % len(ROTATION)] for i in range(4)]
        for position, label in enumerate(dict.fromkeys(chosen)):
            path_name, path, extra, _ = paths[0 if position < 2 else (number + position) % len(paths)]
            t_flag, time = TIME[label]
            full = balls(with_path({"path": path, **time}))
            found = places(complete(target), schedule(full["path"], time_of(full)), t_flag)
            wanted = ["inside", ("far", "between", "centre")[(number + position + turn) % 3]]
            for place in wanted if position < 3 else wanted[1:]:
                flags = [flag, t_flag] + (["far_out"] if place == "far" else ["symmetry"] if place == "centre" else [])
                if extra and position >= 2:
                    flags.append(extra)
                case = f"{path_name}/{name}/{label}/{place}"
                add_point(fixtures, case, list(dict.fromkeys(flags)), path, target, time, found[place])
    return list(fixtures.values())


def jobs():
    return [([f"{operation}/{kind}.json" for operation in REFERENCE], marginals, (kind,)) for kind in PATHS]
