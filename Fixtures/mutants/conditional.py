"""Quantities conditional on x1 or on a pair, and conversions between parameterisations."""

import math

from mpmath import mp, mpf

from paths import double, log_snr, parse, schedule, time_at_log_snr
from switches import wrong
from wire import Refusal, check_time, number, same_length, time, vector


def finite(*numbers):
    if not all(mp.isfinite(n) for n in numbers):
        raise Refusal("singular")


def schedule_values(request):
    path = parse(request["path"])
    c = schedule(path, *time(request))
    ends = c.a == 0 or c.s == 0
    slope = mp.inf if ends else c.scaled_det / (c.a * c.v)
    return {"alpha": c.a, "sigma": c.s, "variance": c.v, "alpha_dot": c.a_dot, "sigma_dot": c.s_dot,
            "variance_dot": c.v_dot, "log_snr": log_snr(c), "log_snr_dot": slope}


def inverse(request):
    path, l = parse(request["path"]), number(request["log_snr"])
    t, r = time_at_log_snr(path, l)
    if wrong("inverse_by_subtraction"):
        r = double(lambda: 1.0 - float(t))
    return {"t": t, "one_minus_t": r}


def affine(request):
    op, path = request["op"], parse(request["path"])
    t, r = time(request)
    names = ("x0", "x1") if op == "conditional_flow" else ("x", "x1")
    x, x1 = same_length(*(vector(request[n], n) for n in names))
    c = schedule(path, t, r)
    if op == "conditional_flow":
        return [c.s * e + c.a * y for e, y in zip(x, x1)]
    v = c.v
    if v == 0 and wrong("singular_answered"):
        v = mpf(1e-24)
    if v == 0:
        raise Refusal("singular")
    if wrong("variance_epsilon"):
        v += mpf(1e-8)
    offset = [xi - c.a * y for xi, y in zip(x, x1)]
    if op == "conditional_log_density":
        times = 1 if wrong("constant_once") else len(x)
        return -sum(o * o for o in offset) / (2 * v) - times * mp.log(2 * mp.pi * v) / 2
    if op == "conditional_score":
        return [-o / (mp.sqrt(v) if wrong("score_over_sigma") else v) for o in offset]
    finite(c.a_dot, c.v_dot)
    slope = c.v_dot / (2 * v)
    if wrong("velocity_by_score_epsilon"):
        slope = c.v_dot / (2 * mp.sqrt(v) * (mp.sqrt(v) + mpf(1e-6)))
    sign = -1 if wrong("velocity_sign") else 1
    return [sign * (c.a_dot * y + slope * o) for y, o in zip(x1, offset)]


def pair(request):
    kind = request["kind"]
    if kind not in ("icfm", "schrodinger_bridge", "vp_trigonometric"):
        raise Refusal("invalid_field", "kind")
    if number(request.get("sigma", 0)) < 0:
        raise Refusal("out_of_domain", "sigma")
    t, r = time(request)
    x, x0, x1 = same_length(*(vector(request[n], n) for n in ("x", "x0", "x1")))
    check_time(t)
    if kind == "vp_trigonometric":
        c, s = mp.sinpi(r / 2), mp.sinpi(t / 2)
        if wrong("pair_cosine"):
            c = double(lambda: math.cos(math.pi * float(t) / 2))
        if wrong("pair_sine"):
            s = double(lambda: math.sqrt(1 - math.cos(math.pi * float(t) / 2) ** 2))
        u = [mp.pi / 2 * (c * b - s * a) for a, b in zip(x0, x1)]
    else:
        u = [b - (0 if wrong("pair_source_ignored") else a) for a, b in zip(x0, x1)]
    if kind == "schrodinger_bridge":
        twice = 2 * t * r + (mpf(1e-8) if wrong("pair_epsilon") else 0)
        if twice == 0 and wrong("bridge_pair_end_answered"):
            return u
        if twice == 0:
            raise Refusal("singular")
        u = [ui + (r - t) / twice * (xi - (t * b + r * a)) for ui, xi, a, b in zip(u, x, x0, x1)]
    return [-ui for ui in u] if wrong("velocity_sign") else u


def convert(request):
    """Through (x1, noise, score): each by a form that is finite wherever the answer exists."""
    source, goal = request["from"], request["to"]
    names = ("velocity", "x1", "noise", "score", "v")
    if source not in names or goal not in names:
        raise Refusal("invalid_field", "from")
    path = parse(request["path"])
    t, r = time(request)
    xs, values = same_length(vector(request["x"], "x"), vector(request["value"], "value"))
    c = schedule(path, t, r)
    if source != goal and wrong("rates_underflow"):
        c.a, c.a_dot = double(lambda: float(c.a)), double(lambda: float(c.a_dot))
    if {source, goal} == {"v", "velocity"} and c.kind in ("vp", "cosine", "linear_vp"):
        factor = c.a * c.s_dot - c.s * c.a_dot
        if mp.isfinite(factor) and factor != 0:
            return [with_x(c, factor, goal, x, y) for x, y in zip(xs, values)]
    return list(values) if source == goal else [one(c, source, goal, x, y) for x, y in zip(xs, values)]


def with_x(c, factor, goal, x, y):
    """u = (alpha alpha' + sigma sigma') x + (alpha sigma' - sigma alpha') v, the first factor 0 where alpha^2 + sigma^2 = 1."""
    lost = double(lambda: float(c.a) * float(c.a_dot) + float(c.s) * float(c.s_dot)) if wrong("v_with_x") else mpf(0)
    if wrong("v_sign"):
        y = -y
    return lost * x + factor * y if goal == "velocity" else (y - lost * x) / factor


def one(c, source, goal, x, y):
    eps = mpf(1e-8) if wrong("conversion_epsilon") else 0
    sign = -1 if wrong("determinant_sign") else 1

    def over(numerator, denominator):
        if denominator + eps == 0 or not mp.isfinite(denominator):
            raise Refusal("singular")
        finite(numerator)
        return numerator / (denominator + eps)

    a, s, v, a_dot, s_dot, v_dot, scaled = c.a, c.s, c.v, c.a_dot, c.s_dot, c.v_dot, c.scaled_det
    regular = mp.isfinite(s_dot)
    det = sign * (a_dot * s - a * s_dot if regular else mp.inf)
    scaled *= sign

    def noise():
        if source == "velocity":
            finite(a_dot)
            return over(a_dot * x - a * y, det) if regular else s * over(a_dot * x - a * y, scaled)
        if source == "x1":
            return over(x - a * y, s)
        if source == "noise":
            return y
        if source == "score":
            return -s * y
        return over(s * x + a * y, a * a + v)

    def data():
        if source == "velocity":
            finite(a_dot)
            return over(s * y - s_dot * x, det) if regular else over(v * y - v_dot / 2 * x, scaled)
        if source == "x1":
            return y
        if source == "noise":
            return over(x - s * y, a)
        if source == "score":
            return over(x + v * y, a)
        return over(a * x - s * y, a * a + v)

    if goal == "x1":
        return data()
    if goal == "noise":
        return noise()
    if goal == "score":
        if source == "velocity":
            finite(a_dot)
            return -over(a_dot * x - a * y, scaled)
        return -over(x - a * y, v) if source == "x1" else -over(noise(), s)
    if goal == "v":
        return a * noise() - s * data() if not wrong("v_sign") else s * data() - a * noise()
    if source == "score":
        finite(a_dot)
        return over(a_dot * x + scaled * y, a)
    if source == "noise":
        finite(det)
        return over(a_dot * x - det * y, a)
    finite(a_dot)
    if source == "x1":
        return a_dot * y + over(v_dot / 2 * (x - a * y), v)
    finite(s_dot)
    return a_dot * data() + s_dot * noise()


def convention(request):
    names = ("noise0_data1", "data0_noise1", "data0_noise1_reversed")
    source, goal = request["from"], request["to"]
    if source not in names or goal not in names:
        raise Refusal("invalid_field", "from")
    reverses = (source == names[0]) != (goal == names[0])
    negates = (source == names[1]) != (goal == names[1])
    t, r = time(request)
    x, u = same_length(vector(request["x"]), vector(request["velocity"]))
    check_time(t)
    if reverses and not wrong("convention_time_kept"):
        t = r
    if negates and not wrong("convention_sign_kept"):
        u = [-ui for ui in u]
    return {"t": t, "x": x, "velocity": u}
