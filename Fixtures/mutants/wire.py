"""Requests: which fields an op has, what they may hold, and the refusals of the protocol in their order."""

import math

from mpmath import mp, mpf

from switches import wrong


class Refusal(Exception):
    def __init__(self, code, message=""):
        super().__init__(message or code)
        self.code = code


FIELD = (["path", "target", "x"], ["source", "t", "one_minus_t"])
TIMED = ["t", "one_minus_t"]
FIELDS = {
    "hello": ([], []), "echo": (["value"], []), "define": (["name", "target"], []),
    "schedule": (["path"], TIMED), "time_at_log_snr": (["path", "log_snr"], []),
    "conditional_flow": (["path", "x0", "x1"], TIMED),
    "conditional_velocity": (["path", "x", "x1"], TIMED),
    "conditional_score": (["path", "x", "x1"], TIMED),
    "conditional_log_density": (["path", "x", "x1"], TIMED),
    "pair_velocity": (["kind", "x", "x0", "x1"], ["sigma"] + TIMED),
    "convert": (["path", "from", "to", "x", "value"], TIMED),
    "convert_convention": (["from", "to", "x", "velocity"], TIMED),
    "schedule_transform": (["path", "to_path", "target", "x"], TIMED),
    "guided_velocity": (["path", "target", "x", "label", "weight"], TIMED),
    "sigma_grid": (["steps"], ["shift", "mu", "spacing", "shift_twice", "terminal"]),
    "ddpm_posterior": (["betas", "step", "x", "z"], []),
    "bits_per_dim": (["log_density", "dimension"], []),
    "trace_estimate": (["matrix"], ["probes", "law"]),
    "assignment": (["x0", "x1"], []), "sinkhorn": (["x0", "x1", "epsilon"], ["tolerance"]),
    "solver_step": (["solver", "field", "t", "h", "x"], []),
    "flow_map": (["path", "target", "x", "t0", "t1", "solver"], ["source", "points", "rtol", "atol", "steps"]),
    "log_likelihood": (["path", "target", "x", "t0", "t1", "solver", "divergence"],
                       ["source", "points", "rtol", "atol", "steps", "base"]),
    "integrate": (["solver", "x", "t0", "t1"], ["rtol", "atol", "steps", "times"]),
    "average_velocity": (["path", "target", "x", "t0", "t1"], ["source", "points"]),
    "flow_jacobian": (["path", "target", "x", "t0", "t1"], ["source", "points"]),
    "flow_log_determinant": (["path", "target", "x", "t0", "t1"], ["source", "points"]),
    "few_step_map": (["path", "target", "method", "times", "x"], ["source", "points"]),
    "gaussian_ot_map": (["mean0", "covariance0", "mean1", "covariance1", "x"], []),
}
for op in ("marginal_log_density marginal_log_density_dt marginal_velocity marginal_score denoiser noise_prediction "
           "marginal_divergence marginal_jacobian posterior_covariance posterior_weights").split():
    FIELDS[op] = FIELD

ELSEWHERE = ["continuity_residual", "cfm_gap"]


def check_fields(request):
    op = request.get("op")
    if op not in FIELDS:
        if op is None:
            raise Refusal("missing_field", "op")
        raise Refusal("unsupported" if op in ELSEWHERE else "unknown_op", f"op {op}")
    required, optional = FIELDS[op]
    for name in request:
        if name not in required + optional + ["op", "id"] and not wrong("unknown_fields_ignored"):
            raise Refusal("unknown_field", name)
    for name in required:
        if name not in request:
            if name in ("x", "x0", "x1") and wrong("missing_fields_guessed"):
                request[name] = [0] * max([len(v) for v in request.values() if isinstance(v, list)], default=1)
            else:
                raise Refusal("missing_field", name)
    if optional[-2:] == TIMED and "t" not in request and "one_minus_t" not in request:
        raise Refusal("missing_field", "t")
    if "t" in request and "one_minus_t" in request:
        raise Refusal("invalid_field", "t and one_minus_t")


def number(value, name="number"):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Refusal("invalid_field", name)
    try:
        value = float(value)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise Refusal("non_finite", name)
    return mpf(value)


def vector(value, name="vector"):
    if not isinstance(value, list):
        raise Refusal("invalid_field", name)
    return [number(v, name) for v in value]


def matrix(value, name="matrix"):
    if not isinstance(value, list):
        raise Refusal("invalid_field", name)
    return [vector(row, name) for row in value]


def symmetric(m):
    """Mirrored entries that differ by the rounding of the larger one stand for their mean; others are no covariance."""
    if any(len(row) != len(m) for row in m):
        return m  # refused by whoever knows the dimension
    out = [list(row) for row in m]
    for i in range(len(m)):
        for j in range(i):
            a, b = m[i][j], m[j][i]
            if a != b:
                close = abs(a - b) <= max(math.ulp(float(a)), math.ulp(float(b)))
                if wrong("asymmetric_refused") or not close and not wrong("asymmetric_accepted"):
                    raise Refusal("out_of_domain", "covariance")
            out[i][j] = out[j][i] = (a + b) / 2
    return out


def count(value, name, least=1):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise Refusal("invalid_field", name)
    if value < least:
        raise Refusal("out_of_domain", name)
    return int(value)


def same_length(*vectors):
    lengths = {len(v) for v in vectors}
    if len(lengths) > 1 and wrong("dimension_ignored"):
        shortest = min(lengths)
        return [v[:shortest] for v in vectors]
    if len(lengths) != 1 or 0 in lengths:
        raise Refusal("dimension_mismatch")
    return list(vectors)


def time(request):
    """t and 1 - t, both to full relative precision; the working precision follows them."""
    name = "t" if "t" in request else "one_minus_t"
    given = number(request[name], name)
    mp.prec = 600
    if 0 < given < 1:
        mp.prec += 4 * int(max(-math.log2(given), 0)) + 4 * int(max(-mp.log(1 - given, 2), 0))
    other = 1 - given
    t, r = (given, other) if name == "t" else (other, given)
    if wrong("remaining_time_lost") and name == "one_minus_t":
        t = mpf(1.0 - float(given))
        r = mpf(1.0 - float(t))
    if wrong("reversed_time"):
        t, r = r, t
    if wrong("time_clamped"):
        t = min(max(t, mpf(1e-5)), 1 - mpf(1e-5))
        r = 1 - t
    return t, r


def check_time(t):
    if not (0 <= t <= 1) and not wrong("time_outside_accepted"):
        raise Refusal("out_of_domain", "t")
