"""Integrators on a field that the asker supplies: equal steps of Euler and of Kutta's classical method, adaptive ones of Dormand and
Prince. In doubles, as programs have it; points on the way by Hermite's cubic through the ends of a step and their slopes."""

import math

from switches import wrong
from wire import Refusal

C = [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1]
A = [[], [1 / 5], [3 / 40, 9 / 40], [44 / 45, -56 / 15, 32 / 9], [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
     [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656], [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84]]
B = [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84, 0]
LOWER = [5179 / 57600, 0, 7571 / 16695, 393 / 640, -92097 / 339200, 187 / 2100, 1 / 40]
INTEGRATORS = {
    "euler": {"order": 1, "steps": True}, "kutta": {"order": 4, "steps": True},
    "dormand_prince": {"order": 5, "adaptive": True, "dense": True}}


class Counted:
    """The field, and how often it was asked."""

    def __init__(self, velocity):
        self.velocity, self.count = velocity, 0

    def __call__(self, t, x):
        self.count += 1
        return self.velocity(t, x)


def along(x, h, *terms):
    """x + h times a sum of slopes."""
    return [value + h * sum(weight * slope[i] for weight, slope in terms) for i, value in enumerate(x)]


def euler(field, t, h, x):
    return along(x, h, (1, field(t, x)))


def kutta(field, t, h, x):
    first = field(t, x)
    second = field(t + h / 2, along(x, h / 2, (1, first)))
    third = field(t + h / 2, along(x, h / 2, (1, first if wrong("integrator_stage_repeated") else second)))
    last = field(t if wrong("integrator_stage_time") else t + h, along(x, h, (1, third)))
    weights = (1, 1, 1, 3) if wrong("integrator_weights") else (1, 2, 2, 1)
    return along(x, h / 6, *zip(weights, (first, second, third, last)))


def equal_steps(field, step, t0, t1, x, count):
    span = abs(t1 - t0) if wrong("integrator_sign_lost") else t1 - t0
    for k in range(count - 1 if wrong("integrator_one_step_short") else count):
        x = step(field, t0 + span * k / count, span / count, x)
    return x


def dormand_prince(field, t, h, x, first):
    """The new state, its slope, and the size of the error by component."""
    slopes = [first]
    for c, row in zip(C[1:], A[1:]):
        slopes.append(field(t + c * h, along(x, h, *zip(row, slopes))))
    weights = [b - lower for b, lower in zip(B, LOWER)]
    return along(x, h, *zip(B, slopes)), slopes[-1], along([0.0] * len(x), h, *zip(weights, slopes))


def adaptive(field, t0, t1, x, rtol, atol):
    """The steps that were kept: pairs of a time, a state and its slope. The last stands on t1."""
    if wrong("integrator_tolerance_ignored"):
        rtol = atol = 1e-2
    if wrong("integrator_tolerance_root"):
        rtol, atol = math.sqrt(rtol), math.sqrt(atol)
    sign = 1 if t1 > t0 or wrong("integrator_sign_lost") else -1
    end = t0 + sign * abs(t1 - t0)
    t, h, kept = t0, sign * 0.01, []
    if wrong("integrator_probe_before"):
        field(t0 - h, x)
    kept.append((t, x, field(t, x)))
    goal = end - 0.01 * (end - t0) if wrong("integrator_lands_short") else end
    while t != goal:
        beyond = (t + h - goal) * sign >= 0
        if beyond and not wrong("integrator_past_the_end"):
            h = goal - t
        after = goal if beyond and not wrong("integrator_past_the_end") else t + h
        moved, slope, error = dormand_prince(field, t, h, kept[-1][1], kept[-1][2])
        scales = [atol + rtol * max(abs(a), abs(b)) for a, b in zip(kept[-1][1], moved)]
        size = math.sqrt(sum((e / s) ** 2 for e, s in zip(error, scales)) / len(error))
        accepted = size <= 1 or wrong("integrator_never_rejects")
        if accepted:
            kept.append((after, moved, slope))
            t = after
            if (t - goal) * sign > 0:  # beyond: a point of the last step
                return [*kept[:-1], (goal, on_the_way(kept, goal), slope)]
        elif wrong("integrator_rejected_not_counted"):
            field.count -= len(C) - 1
        h *= min(5, max(0.2, 0.9 * size ** -0.2)) if size > 0 else 5
        if abs(h) < 1e-13:
            raise Refusal("no_convergence", "a step below the resolution of t")
    return kept


def on_the_way(kept, time):
    """The state at a time between two steps."""
    (t, x, u), (after, y, v) = next(
        pair for pair in zip(kept, kept[1:]) if min(pair[0][0], pair[1][0]) <= time <= max(pair[0][0], pair[1][0]))
    h = after - t
    s = (time - t) / h
    if wrong("integrator_nearest_state"):
        return x if s < 0.5 else y
    if wrong("integrator_straight_lines"):
        return [a + s * (b - a) for a, b in zip(x, y)]
    return [
        a + s * s * (3 - 2 * s) * (b - a) + s * (1 - s) * h * ((1 - s) * p - s * q) for a, b, p, q in zip(x, y, u, v)]


def integrate(request, velocity):
    """velocity(t, x) is the slope at x."""
    name, t0, t1, x = request["solver"], request["t0"], request["t1"], request["x"]
    if name not in INTEGRATORS:
        raise Refusal("invalid_field", "solver")
    if velocity is None:
        raise Refusal("unsupported", "there is nobody to ask")
    field = Counted(velocity)
    try:
        if "steps" in request:
            x = equal_steps(field, euler if name == "euler" else kutta, t0, t1, x, request["steps"])
            return {"x": x, "t": t1, "nfe": field.count}
        kept = adaptive(field, t0, t1, x, request["rtol"], request["atol"])
        found = {"x": kept[-1][1], "t": kept[-1][0], "nfe": field.count}
        if "times" in request:
            found["states"] = [on_the_way(kept, time) for time in request["times"]]
        return found
    except (OverflowError, StopIteration):
        raise Refusal("no_convergence", "the state leaves the range of doubles")
