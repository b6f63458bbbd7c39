"""Cases for the continuity residual: the sum of three terms that cancel, and the sum of their magnitudes."""

from fractions import Fraction

from . import mixtures as m
from .balls import Singular, up
from .cases_conditional import TIME
from .cases_marginal import TARGETS, places, variances
from .cases_paths import PATHS, REFERENCES
from .certify import Answer, balls, certify_all
from .conditional import time_of, with_path
from .paths import schedule
from .presets import complete
from .writer import Fixture

CHOSEN = ("two", "three", "full", "spread", "cloud", "offset", "decimal", "eight")
TIMES = ("t-0.5", "t-0.1", "t-0.999", "t-2-20", "r-1e-12")
METHODS = ("analytic", "automatic")
PARTS = ("marginal_log_density_dt", "marginal_divergence", "marginal_velocity", "marginal_score")


def evaluate(request):
    """The four parts, and the sum of the magnitudes of the terms."""
    marginal = m.marginal(request)
    out = {name: m.QUANTITIES[name](marginal) for name in PARTS}
    rate, divergence, velocity, score = (out[name] for name in PARTS)
    out["scale"] = abs(rate) + abs(divergence) + sum(abs(a * b) for a, b in zip(velocity, score))
    return out


def fractions(leaf):
    """|value| and |value| + sensitivity of a leaf."""
    value, tail, sensitivity, radius = (Fraction(v) for v in leaf)
    size = abs(value) + abs(tail) + radius
    return size, size + sensitivity


def combined(answers):
    """The answer {residual, scale}. The residual is zero; each term may be off by a multiple of its own |y| + sensitivity,
    a product u_i s_i by |s_i| (|u_i| + sensitivity of u_i) + |u_i| (|s_i| + sensitivity of s_i): their sum is what |y| +
    sensitivity must be for both numbers."""
    rate, divergence, velocity, score = (answers[name].leaves for name in PARTS)
    allowed = fractions(rate[0])[1] + fractions(divergence[0])[1]
    for (u, u_all), (s, s_all) in ((fractions(a), fractions(b)) for a, b in zip(velocity, score)):
        allowed += s * u_all + u * s_all
    value, tail, _, radius = answers["scale"].leaves[0]
    leaves = [(0.0, 0.0, up(allowed, 4), 0.0), (value, tail, up(max(allowed - Fraction(value), Fraction(0)), 4), radius)]
    formats = [f for f in answers["scale"].formats if all(f in answers[name].formats for name in PARTS)]
    return Answer({"residual": 0, "scale": 0}, leaves, formats, answers["scale"].bits)


def residuals(kind):
    fixture = Fixture(
        "continuity_residual", kind, f"The continuity equation on the path {kind}: mixtures, clouds, presets",
        f"LM eq. 26: d/dt log p + div u + u . grad log p = 0, and the sum of the magnitudes of its terms; {REFERENCES[kind]}",
    )
    turn = list(PATHS).index(kind)
    chosen = [entry for entry in TARGETS if entry[0] in CHOSEN]
    for number, (name, flag, target) in enumerate(chosen):
        for position in range(2):
            label = TIMES[(turn + number + 2 * position) % len(TIMES)]
            path_name, path, _, _ = PATHS[kind][position % len(PATHS[kind])]
            t_flag, time = TIME[label]
            full = {**with_path({"path": path, **time}), "target": complete(target)}
            found = places(full["target"], schedule(balls(full)["path"], time_of(balls(full))), t_flag)
            place = ("inside", "between", "far")[(turn + number + position) % 3]
            request = {"path": path, "target": target, **time, "x": found[place]}
            try:
                answer = combined(certify_all({**full, "x": found[place]}, evaluate, request, variances))
            except Singular:
                answer = None
            flags = list(dict.fromkeys(["residual", flag, t_flag] + ["far_out"] * (place == "far")))
            for method in METHODS:
                sent = {"op": "continuity_residual", **request, "method": method}
                case = f"{path_name}/{name}/{label}/{place}/{method}"
                if answer:
                    fixture.add(case, flags, sent, answer)
                else:
                    fixture.add(case, ["singular"], sent, error="singular")
    return [fixture]


def jobs():
    return [([f"continuity_residual/{kind}.json"], residuals, (kind,)) for kind in PATHS]
