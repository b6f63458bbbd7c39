"""Steps, flows and likelihoods by Runge-Kutta methods."""

import json
import pathlib
from fractions import Fraction

from mpmath import mp, mpf

import switches
from mixtures import Posterior, parse_target
from paths import parse, schedule, single
from switches import wrong
from wire import Refusal, count, matrix, number, vector

TABLEAUX = pathlib.Path(__file__).resolve().parents[2] / "Proofs" / "tableaux"
FILES = {
    "euler": "euler", "midpoint": "midpoint", "heun": "heun", "rk4": "rk4", "bogacki_shampine": "bogacki_shampine32",
    "dopri5": "dormand_prince54", "tsit5": "tsitouras54", "verner65": "verner65",
    "dop853": "dormand_prince853", "rk4_three_eighths": "rk4_three_eighths", "dopri5_shampine": "dormand_prince54_shampine",
}
LIBRARY = ["gsl_rk2", "gsl_rk4", "gsl_rkf45", "gsl_rkck", "gsl_rk8pd", "gsl_rk1imp", "gsl_rk2imp", "gsl_rk4imp", "gsl_bsimp",
           "gsl_msadams", "gsl_msbdf"]
THREE_EIGHTHS = {"c": ["0", "1/3", "2/3", "1"], "a": [[], ["1/3"], ["-1/3", "1"], ["1", "-1", "1"]],
                 "b": ["1/8", "3/8", "3/8", "1/8"]}


class Method:
    def __init__(self, name):
        if name in ("dopri5", "dopri5_shampine") and wrong("embedded_of_another_name"):
            name = "dopri5_shampine" if name == "dopri5" else "dopri5"
        data = json.loads((TABLEAUX / f"{FILES[name]}.json").read_text())
        if name == "rk4" and wrong("rk4_three_eighths"):
            data = {**data, **THREE_EIGHTHS}

        def numbers(texts):
            exact = [Fraction(text) for text in texts]
            values = [mpf(q.numerator) / q.denominator for q in exact]
            return [single(v) for v in values] if wrong("coefficients_float32") else values

        self.c, self.b = numbers(data["c"]), numbers(data["b"])
        self.a = [numbers(row) for row in data["a"]]
        self.embedded = numbers(data["embedded"]) if "embedded" in data else None
        self.order = data["order"]
        self.last = len(self.c) - 1
        self.fsal = self.last > 0 and self.c[-1] == 1 and self.a[-1] == self.b[:-1] and self.b[-1] == 0

    def step(self, field, x, t, after):
        """The new state and the error estimate."""
        h = after - t
        if wrong("step_size_unsigned"):
            h = abs(h)
        slopes = []
        for i, row in enumerate(self.a):
            c = self.c[i]
            if wrong("stage_time_of_the_next"):
                c = self.c[min(i + 1, self.last)]
            if wrong("stage_time_at_the_start"):
                c = mpf(0)
            time = after if c == 1 and h == after - t else t + c * h
            slopes.append(field(time, [a + h * b for a, b in zip(x, combine(row, slopes, len(x)))]))
        b, other = self.b, self.embedded
        if other is not None and wrong("weights_of_the_embedded"):
            b, other = other, b
        moved = combine(b, slopes, len(x))
        state = [a + h * m for a, m in zip(x, moved)]
        if other is None:
            return state, None
        error = [h * (m - o) for m, o in zip(moved, combine(other, slopes, len(x)))]
        if wrong("error_estimate_sign"):
            error = [-e for e in error]
        if wrong("error_estimate_without_h"):
            error = [e / h for e in error]
        return state, error


def combine(weights, slopes, width):
    return [sum((w * k[i] for w, k in zip(weights, slopes)), mpf(0)) for i in range(width)]


def method(request):
    name = request["solver"]
    if name not in FILES and name not in LIBRARY:
        raise Refusal("invalid_field", "solver")
    return Method(name if name in FILES else "dopri5")


def solver_step(request):
    field, x = request["field"], vector(request["x"], "x")
    t, h = number(request["t"]), number(request["h"])
    chosen = method(request)
    if not isinstance(field, dict) or field.get("kind") != "linear":
        raise Refusal("invalid_field", "field")
    M = matrix(field["matrix"])
    offset = vector(field["offset"]) if "offset" in field else [mpf(0)] * len(M)
    if len(M) != len(x) or len(offset) != len(M) or any(len(row) != len(M) for row in M):
        raise Refusal("dimension_mismatch", "field.matrix")
    if wrong("offset_forgotten"):
        offset = [mpf(0)] * len(M)
    rates = matrix(field["matrix_dt"]) if "matrix_dt" in field else None
    if rates is not None and (len(rates) != len(M) or any(len(row) != len(M) for row in rates)):
        raise Refusal("dimension_mismatch", "field.matrix_dt")
    if rates is not None and wrong("matrix_dt_forgotten"):
        rates = None

    def slope(time, y):
        rows = M if rates is None else [[m + time * n for m, n in zip(row, more)] for row, more in zip(M, rates)]
        return [sum(m * v for m, v in zip(row, y)) + o for row, o in zip(rows, offset)]

    state, error = chosen.step(slope, x, t, t + h)
    return {"x": state, "error_estimate": error}


def mean(target):
    weights, means = target[0], target[1]
    return [sum(w * m[i] for w, m in zip(weights, means)) / sum(weights) for i in range(len(means[0]))]


class Exact:
    """The exact field, its times noted; with a divergence behind it when asked for."""

    def __init__(self, request, divergence=False):
        self.path, self.target, self.divergence = parse(request["path"]), parse_target(request["target"]), divergence
        self.times, self.is_cloud = [], request["target"]["kind"] == "point_cloud"

    def __call__(self, t, y):
        self.times.append(t)
        noted = set(switches.asked)  # mistakes of the field are hunted by its own fixtures
        try:
            c = schedule(self.path, t, 1 - t)
            if self.is_cloud and c.v == 0:
                if not wrong("singular_end_answered"):
                    noted.add("singular_end_answered")
                    raise Refusal("singular")
                c = schedule(self.path, t - mpf(1e-9), 1 - t + mpf(1e-9))
            x = y[:-1] if self.divergence else y
            q = Posterior(self.target, c, x)
            out = q.velocity()
            if self.divergence:
                jacobian = q.jacobian()
                out = out + [sum(jacobian[i][i] for i in range(len(x)))]
            return out
        finally:
            switches.asked.clear()
            switches.asked.update(noted)

    def log_density(self, t, x):
        noted = set(switches.asked)
        try:
            return Posterior(self.target, schedule(self.path, t, 1 - t), x).log_density
        finally:
            switches.asked.clear()
            switches.asked.update(noted)


def ends(request):
    start, end = number(request["t0"], "t0"), number(request["t1"], "t1")
    if not (0 <= start <= 1 and 0 <= end <= 1):
        raise Refusal("out_of_domain", "t1")
    return start, end


def follow(request, field, state, start, end):
    """The state at the end and the counts."""
    mp.prec = 240
    chosen = method(request)
    if start == end:
        return state, {"status": "success", "nfe": 0, "accepted": 0, "rejected": 0}
    if wrong("end_cut_off"):
        start, end = min(max(start, mpf(1e-5)), 1 - mpf(1e-5)), min(max(end, mpf(1e-5)), 1 - mpf(1e-5))
    if "steps" in request:
        return equal_steps(request, chosen, field, state, start, end)
    if "rtol" not in request:
        raise Refusal("missing_field", "rtol")
    return adaptive_steps(request, chosen, field, state, start, end)


def equal_steps(request, chosen, field, state, start, end):
    n = count(request["steps"], "steps")
    if wrong("one_step_too_few") and n > 1:
        n -= 1
    times = [(start * (n - k) + end * k) / n for k in range(n + 1)]
    if wrong("time_accumulated"):
        h, t, times = float((end - start) / n), float(start), [start]
        while (t - float(end)) * h < 0:
            t += h
            times.append(mpf(t))
    accepted, status = 0, "success"
    for t, after in zip(times, times[1:]):
        try:
            state, _ = chosen.step(field, state, t, after)
        except Refusal:
            status = "singular"
            break
        accepted += 1
    nfe = accepted * chosen.last + 1 if chosen.fsal else accepted * (chosen.last + 1)
    if chosen.fsal and wrong("fsal_miscounted"):
        nfe = accepted * (chosen.last + 1)
    if not chosen.fsal and wrong("fsal_assumed"):
        nfe = accepted * chosen.last + 1
    if wrong("steps_counted_as_evaluations"):
        nfe = accepted
    return state, counts(field, status, nfe, accepted, 0)


def counts(field, status, nfe, accepted, rejected):
    return {"status": status, "nfe": nfe, "nfe_initial": 0, "nfe_rejected": 0, "jacobian_evaluations": 0, "accepted": accepted,
            "rejected": rejected, "t_min": min(field.times), "t_max": max(field.times)}


def adaptive_steps(request, chosen, field, state, start, end):
    """Errors per step below the tolerance, in the mean over the axes; in 80 bits."""
    rtol, atol = number(request["rtol"]), number(request["atol"])
    if wrong("tolerance_ignored"):
        rtol = atol = mpf(1e-2)
    if chosen.embedded is None:
        raise Refusal("unsupported", "solver")
    mp.prec = 80
    h, t, accepted, rejected = (end - start) / 100, start, 0, 0
    power = mpf(1) / (6 if chosen.order > 5 else chosen.order)
    while t != end:
        if accepted + rejected > 4000:
            return state, counts(field, "step_limit", 0, accepted, rejected)
        if wrong("steps_not_controlled"):
            h = (end - start) / 10
        after = t + h
        if (after - end) * h >= 0:
            after = end if not wrong("past_the_end") else after
        moved, error = chosen.step(field, state, t, after)
        scales = [atol + rtol * max(abs(a), abs(b)) for a, b in zip(state, moved)]
        if min(scales) == 0 and wrong("zero_scale_divided"):
            return state, counts(field, "step_underflow", 0, accepted, rejected)
        # a component that is 0 and stays 0 has no error
        size = mp.sqrt(sum((e / scale) ** 2 for e, scale in zip(error, scales) if e != 0 or scale != 0) / len(error))
        if size <= 1 or wrong("steps_not_controlled"):
            before, state, reached, accepted = state, moved, after, accepted + 1
            if (reached - end) * h > 0:  # beyond: a straight line back
                share = (end - t) / (reached - t)
                state = [a + share * (b - a) for a, b in zip(before, moved)]
                reached = end
            t = reached
        else:
            rejected += 1
        h *= min(mpf(5), max(mpf(0.2), mpf(0.9) * mp.power(size, -power))) if size > 0 else 5
    return state, counts(field, "success", 0, accepted, rejected)


def flow_map(request):
    if "source" in request or "points" in request:
        raise Refusal("unsupported")
    start, end = ends(request)
    x = vector(request["x"], "x")
    field = Exact(request)
    if len(x) != len(field.target[1][0]):
        raise Refusal("dimension_mismatch", "x")
    if wrong("ends_exchanged"):
        start, end = end, start
    if wrong("ends_sorted"):
        start, end = min(start, end), max(start, end)
    state, found = follow(request, field, x, start, end)
    return {"x": state, **found}


def log_likelihood(request):
    if "source" in request or "points" in request:
        raise Refusal("unsupported")
    start, end = ends(request)
    x, probes = vector(request["x"], "x"), None
    divergence, base = request["divergence"], request.get("base", "exact")
    if isinstance(divergence, dict):
        if divergence.get("law") not in ("rademacher", "gaussian"):
            raise Refusal("invalid_field", "divergence.law")
        probes = count(divergence["probes"], "divergence.probes")
        if divergence["law"] == "gaussian":
            raise Refusal("unsupported", "divergence.law")
    elif divergence != "exact":
        raise Refusal("invalid_field", "divergence")
    if base not in ("exact", "normal", "prior"):
        raise Refusal("invalid_field", "base")
    field = Exact(request, divergence=True)
    if len(x) != len(field.target[1][0]):
        raise Refusal("dimension_mismatch", "x")
    first, last = (start, end) if wrong("likelihood_forward") else (end, start)
    state, found = follow(request, field, x + [mpf(0)], first, last)
    x0, total = state[:-1], state[-1]
    # probes of signs give a multiple of the identity its trace, every one of them
    if probes is not None and wrong("probes_not_divided"):
        total *= probes
    if wrong("likelihood_sign"):
        total = -total
    if wrong("divergence_forgotten"):
        total = mpf(0)
    place = x if wrong("base_density_at_the_data") else x0
    if wrong("base_always_normal") or (base == "normal" and not wrong("base_ignored")):
        known = -(sum(v * v for v in place) + len(place) * mp.log(2 * mp.pi)) / 2
    elif base == "prior":
        now = schedule(field.path, mpf(start), 1 - mpf(start))
        v, middle = (mpf(1), [mpf(0)] * len(place)) if wrong("prior_as_normal") else (now.v, [now.a * m for m in mean(field.target)])
        known = -sum((a - m) ** 2 for a, m in zip(place, middle)) / (2 * v) - len(place) * mp.log(2 * mp.pi * v) / 2
    else:
        known = field.log_density(mpf(0) if wrong("base_always_at_zero") else start, place)
    error = None if probes in (None, 1) and not wrong("error_of_one_probe") else mpf(0)
    if probes and probes > 1 and wrong("standard_error_missing"):
        error = None
    return {"log_density": known + total, "standard_error": error, "x0": x0, **found}
