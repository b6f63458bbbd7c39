"""The affine Gaussian paths, by their definitions, with many digits; mistakes of double arithmetic are made in double."""

import json
import math
import pathlib
import struct
from types import SimpleNamespace

from mpmath import mp, mpf

from wire import Refusal, check_time, number
from switches import wrong

# Names and defaults as the engine lists them.
PARAMETERS = {
    item["name"]: {p["name"]: p["default"] for p in item.get("parameters", [])}
    for item in json.loads((pathlib.Path(__file__).resolve().parents[1] / "catalogue.json").read_text())["paths"]
}


def single(x):
    try:
        return mpf(struct.unpack("f", struct.pack("f", float(x)))[0]) if mp.isfinite(x) else x
    except OverflowError:
        return mp.inf if x > 0 else -mp.inf


def double(compute):
    """The value of a computation in double, with what C does where Python raises."""
    try:
        return mpf(compute())
    except OverflowError:
        return mp.inf
    except (ZeroDivisionError, ValueError):
        return mp.nan


def parse(path):
    if not isinstance(path, dict):
        raise Refusal("invalid_field", "path")
    if "kind" not in path:
        raise Refusal("missing_field", "path.kind")
    kind = path["kind"]
    if kind not in PARAMETERS:
        raise Refusal("invalid_field", "path.kind")
    values = dict(PARAMETERS[kind])
    for name in path:
        if name != "kind" and name not in values and not wrong("unknown_fields_ignored"):
            raise Refusal("unknown_field", name)
    for name, default in values.items():
        if name in path:
            given = number(path[name], name)
            values[name] = mpf(default if default is not None else 1) if wrong("parameters_ignored") else given
        elif default is None:
            raise Refusal("missing_field", name)
        else:
            values[name] = mpf(default)
    return kind, values


def check(kind, p):
    if kind == "vp" and (min(p.values()) < 0 or max(p.values()) == 0):
        raise Refusal("out_of_domain", "beta")
    if kind.startswith("ve") and not 0 < p["sigma_min"] < p["sigma_max"]:
        raise Refusal("out_of_domain", "sigma")
    if kind == "sigmoid" and p["steepness"] <= 0:
        raise Refusal("out_of_domain", "steepness")
    if kind == "polynomial" and p["exponent"] <= 0:
        raise Refusal("out_of_domain", "exponent")
    if kind in ("ot", "shifted_ot") and p["sigma_min"] < 0 or kind == "ot" and p["sigma_min"] > 1:
        raise Refusal("out_of_domain", "sigma_min")
    if kind in ("icfm", "schrodinger_bridge") and p["sigma"] < 0:
        raise Refusal("out_of_domain", "sigma")
    if kind == "polynomial" and wrong("exponent_as_integer"):
        p["exponent"] = mpf(max(1, int(p["exponent"])))
    if kind in ("ot", "shifted_ot") and wrong("sigma_min_forgotten"):
        p["sigma_min"] = mpf(0)


def values(kind, p, t, r):
    """alpha, v = sigma^2 and their time derivatives; sigma' may be infinite."""
    s_dot = None
    if kind in ("ot", "shifted_ot"):
        m = p["sigma_min"]
        a, s, a_dot, s_dot = t, (r + m * t, r + m)[kind == "shifted_ot"], mpf(1), (-(1 - m), mpf(-1))[kind == "shifted_ot"]
        if kind == "ot" and wrong("ot_textbook_sigma"):
            s = double(lambda: 1.0 - (1.0 - float(m)) * float(t))
        if wrong("sigma_min_on_mean"):
            a, a_dot, s, s_dot = (1 - m) * t, 1 - m, r, mpf(-1)
        v, v_dot = s * s, 2 * s * s_dot
    elif kind == "vp":
        b, B = p["beta_min"], p["beta_max"]
        beta = b + r * (B - b)
        if wrong("beta_by_difference"):
            beta = double(lambda: float(b) + float(r) * (float(B) - float(b)))
        T = r * b + r * r * (B - b) / (1 if wrong("beta_integral_without_half") else 2)
        a, v = mp.exp(-T / 2), 1 - mp.exp(-T)
        a_dot, v_dot = beta * a / 2, -beta * mp.exp(-T)
        if wrong("vp_one_minus_exp"):
            v = double(lambda: 1.0 - math.exp(-float(T)))
        if wrong("chain_rule_sign"):
            a_dot, v_dot = -a_dot, -v_dot
    elif kind in ("ve", "ve_geometric"):
        low, high = p["sigma_min"], p["sigma_max"]
        L = mp.log(high / low)
        a, a_dot = mpf(1), mpf(0)
        if kind == "ve":
            v, v_dot = low**2 * (mp.exp(2 * r * L) - 1), -2 * low**2 * L * mp.exp(2 * r * L)
            if wrong("ve_exp_minus_one"):
                v = double(lambda: float(low) ** 2 * (math.exp(2 * float(r) * float(L)) - 1.0))
        else:
            v = high**2 * mp.exp(-2 * t * L)
            v_dot = -2 * L * v
    elif kind == "cosine":
        a, s = (mp.sinpi(t / 2), mp.sinpi(r / 2))
        a_dot, s_dot = mp.pi / 2 * mp.sinpi(r / 2), -mp.pi / 2 * mp.sinpi(t / 2)
        if wrong("cosine_half_pi"):
            s = double(lambda: math.cos(math.pi * float(t) / 2))
            a_dot = mp.pi / 2 * s
        v, v_dot = s * s, 2 * s * s_dot
    elif kind == "linear_vp":
        a, a_dot, v, v_dot = t, mpf(1), r * (1 + t), -2 * t
        if wrong("linear_vp_one_minus_square"):
            v = double(lambda: 1.0 - float(t) * float(t))
    elif kind == "polynomial":
        n = p["exponent"]
        a = mp.power(t, n) if t > 0 else mpf(0)
        s = 1 - a
        if wrong("polynomial_one_minus_power"):
            s = double(lambda: 1.0 - float(t) ** float(n))
        a_dot = n * mp.power(t, n - 1) if t > 0 else (mpf(1) if n == 1 else mpf(0) if n > 1 else mp.inf)
        if t == 0 and n <= 1 and wrong("power_at_zero"):
            a_dot = mpf(0)
        v, s_dot = s * s, -a_dot
        v_dot = 2 * s * s_dot
    elif kind == "sigmoid":
        # by hyperbolic sines, as no difference is needed
        k = p["steepness"]
        up, down = mp.sinh(k * t / 2), mp.sinh(k * r / 2)
        a, s = up / (up + down), down / (up + down)
        if wrong("sigmoid_by_differences"):
            def logistic(z):
                return 1.0 / (1.0 + math.exp(-z))
            a = double(lambda: (logistic(float(k) * (float(t) - 0.5)) - logistic(-float(k) / 2))
                       / (logistic(float(k) / 2) - logistic(-float(k) / 2)))
            s = double(lambda: 1.0 - float(a))
        a_dot = k / 2 * mp.sinh(k / 2) / (up + down) ** 2
        v, s_dot = s * s, -a_dot
        v_dot = 2 * s * s_dot
    elif kind == "icfm":
        a, a_dot, v, v_dot = t, mpf(1), r * r + p["sigma"] ** 2, -2 * r
        if v == 0:
            s_dot = mpf(-1)
    else:
        c = p["sigma"] ** 2
        a, a_dot, v, v_dot = t, mpf(1), r * (r + c * t), c * (r - t) - 2 * r
        if wrong("bridge_variance_expanded"):
            v = double(lambda: 1.0 - float(t) * (2.0 - float(t)) + float(c) * float(t) * (1.0 - float(t)))
    return a, v, a_dot, v_dot, s_dot


def schedule(path, t, r):
    kind, p = path
    check(kind, p)
    check_time(t)
    a, v, a_dot, v_dot, s_dot = values(kind, p, t, r)
    s = mp.sqrt(v) if v >= 0 else mp.nan
    if wrong("sigma_floor") and s < 1e-6:
        s = mpf(1e-6)
        v = s * s
    if s_dot is None:
        s_dot = v_dot / (2 * s) if s != 0 else (-mp.inf if v_dot != 0 else mpf(0))
    if wrong("alpha_sigma_swapped"):
        a, s, a_dot, s_dot = s, a, s_dot, a_dot
        v, v_dot = s * s, 2 * s * s_dot
    if wrong("sigma_as_variance"):
        v, v_dot = s, s_dot
    if wrong("float32_inside"):
        a, s, v, a_dot, s_dot, v_dot = map(single, (a, s, v, a_dot, s_dot, v_dot))
    # sigma (alpha' sigma - alpha sigma'), finite where sigma' is not
    scaled_det = a_dot * v - a * v_dot / 2 if mp.isfinite(a_dot) else mp.inf
    return SimpleNamespace(kind=kind, a=a, s=s, v=v, a_dot=a_dot, s_dot=s_dot, v_dot=v_dot, scaled_det=scaled_det)


def log_snr(c):
    if wrong("log_snr_epsilon"):
        return mp.log((c.a + mpf(1e-20)) / (c.s + mpf(1e-20)))
    if c.kind in ("vp", "cosine", "linear_vp") and wrong("log_snr_one_minus"):
        return double(lambda: math.log(math.sqrt(1.0 - float(c.v)) / float(c.s)))
    if c.a == 0:
        return -mp.inf
    if c.s == 0:
        return mp.inf
    return mp.log(c.a / c.s) * (2 if wrong("log_snr_doubled") else 1)


def time_at_log_snr(path, l):
    """t and 1 - t with log(alpha/sigma) = l, or out_of_domain."""
    kind, p = path
    check(kind, p)
    mp.prec = 600 + 12 * int(abs(l) + 1)
    if wrong("inverse_of_doubled"):
        l = l / 2
    k = mp.exp(-2 * l)
    if kind in ("ot", "shifted_ot"):
        m = p["sigma_min"]
        t = 1 / (mp.exp(-l) + 1 - m) if kind == "ot" else (1 + m) / (1 + mp.exp(-l))
    elif kind == "vp":
        b, d, T = p["beta_min"], p["beta_max"] - p["beta_min"], mp.log(1 + k)
        square = b * b + 2 * d * T
        t = 1 - 2 * T / (b + mp.sqrt(square)) if square >= 0 else mpf(-1)
    elif kind == "ve":
        t = 1 - mp.log(1 + k / p["sigma_min"] ** 2) / (2 * mp.log(p["sigma_max"] / p["sigma_min"]))
    elif kind == "ve_geometric":
        t = (l + mp.log(p["sigma_max"])) / mp.log(p["sigma_max"] / p["sigma_min"])
    elif kind == "cosine":
        t = 2 / mp.pi * mp.atan(mp.exp(l))
    elif kind == "linear_vp":
        t = 1 / mp.sqrt(1 + k)
    elif kind == "polynomial":
        t = mp.power(1 + mp.exp(-l), -1 / p["exponent"])
    elif kind == "sigmoid":
        k = p["steepness"]
        t = mp.log((1 + mp.exp(l + k / 2)) / (1 + mp.exp(l - k / 2))) / k
    elif kind == "icfm":
        c = 1 + p["sigma"] ** 2
        root = 1 + (k - 1) * c
        t = c / (1 + mp.sqrt(root)) if root >= 0 else mpf(2)
    else:
        h = 1 - p["sigma"] ** 2 / 2
        A = k - 1 + p["sigma"] ** 2
        t = 1 / (h + mp.sqrt(h * h + A)) if h >= 0 else (mp.sqrt(h * h + A) - h) / A
    if wrong("inverse_clamped"):
        t = min(max(t, mpf(0)), mpf(1))
    if not -mpf(2) ** -400 <= t <= 1 + mpf(2) ** -400:
        raise Refusal("out_of_domain", "log_snr")
    return t, 1 - t
