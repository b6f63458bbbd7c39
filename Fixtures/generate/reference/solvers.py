"""Runge-Kutta methods from their exact tableaux, in ball arithmetic."""

import json
import os
from fractions import Fraction

from flint import arb

from .mixtures import Marginal
from .paths import schedule

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "Proofs", "tableaux")
# New ones last: which spans a method is asked on depends on its place.
FILES = {
    "euler": "euler", "midpoint": "midpoint", "heun": "heun", "rk4": "rk4", "bogacki_shampine": "bogacki_shampine32",
    "dopri5": "dormand_prince54", "tsit5": "tsitouras54",
    "dop853": "dormand_prince853", "verner65": "verner65",
}
# Methods that libraries call rk4 and dopri5 too.
VARIANTS = {"rk4_three_eighths": "rk4_three_eighths", "dopri5_shampine": "dormand_prince54_shampine"}


class Tableau:
    """Nodes c, lower triangle a, weights b, weights of the embedded method (or None), as fractions."""

    def __init__(self, name):
        with open(os.path.join(FOLDER, {**FILES, **VARIANTS}[name] + ".json"), encoding="utf-8") as file:
            data = json.load(file)
        self.name = name
        self.c, self.b = ([Fraction(v) for v in data[key]] for key in ("c", "b"))
        self.a = [[Fraction(v) for v in row] for row in data["a"]]
        self.embedded = [Fraction(v) for v in data["embedded"]] if "embedded" in data else None
        self.stages = len(self.c)
        # the last stage is the first of the next step
        self.fsal = self.stages > 1 and self.c[-1] == 1 and self.a[-1] == self.b[:-1] and self.b[-1] == 0

    def evaluations(self, steps):
        """How often the field is asked in that many steps."""
        return steps * (self.stages - 1) + 1 if self.fsal else steps * self.stages

    def roundings(self):
        """1 for every coefficient that a double rounds, None for the others: factors to be moved like numbers of a request."""

        def one(q):
            return 1 if Fraction(q.numerator / q.denominator) != q else None

        out = {"a": [[one(q) for q in row] for row in self.a], "b": [one(q) for q in self.b], "c": [one(q) for q in self.c]}
        if self.embedded:
            out["embedded"] = [one(q) for q in self.embedded]
        return out


TABLEAUX = {name: Tableau(name) for name in {**FILES, **VARIANTS}}


def coefficient(q, rounding):
    value = arb(q.numerator) / q.denominator
    return value if rounding is None else value * rounding


def combine(weights, roundings, slopes, width):
    """sum_j w_j k_j."""
    total = [arb(0)] * width
    for q, rounding, slope in zip(weights, roundings, slopes):
        if q != 0:
            w = coefficient(q, rounding)
            total = [s + w * k for s, k in zip(total, slope)]
    return total


def step(field, tableau, roundings, x, t, after):
    """One step from t to `after`: the new state, and h sum (b - embedded) k (None without an embedded method)."""
    h, d, slopes = after - t, len(x), []
    for i in range(tableau.stages):
        moved = combine(tableau.a[i], roundings["a"][i], slopes, d)
        c = tableau.c[i]
        time = t if c == 0 else after if c == 1 else t + coefficient(c, roundings["c"][i]) * h
        slope = field(time, [a + h * b for a, b in zip(x, moved)])
        slopes.append([k * r for k, r in zip(slope, roundings["slopes"][i])] if "slopes" in roundings else slope)
    moved = combine(tableau.b, roundings["b"], slopes, d)
    state = [a + h * b for a, b in zip(x, moved)]
    if tableau.embedded is None:
        return state, None
    other = combine(tableau.embedded, roundings["embedded"], slopes, d)
    return state, [h * (a - b) for a, b in zip(moved, other)]


def grid(start, end, steps, clock):
    """The times of equal steps; the inner ones carry a rounding of their own."""
    inner = [(start * (steps - k) + end * k) / steps * clock[k - 1] for k in range(1, steps)]
    return [start] + inner + [end]


def linear(field):
    """x -> (M + t matrix_dt) x + offset."""

    def slope(t, x):
        rows = field["matrix"]
        if "matrix_dt" in field:
            rows = [[m + t * n for m, n in zip(row, rates)] for row, rates in zip(rows, field["matrix_dt"])]
        out = [sum((m * v for m, v in zip(row, x)), arb(0)) for row in rows]
        return [a + b for a, b in zip(out, field["offset"])] if "offset" in field else out

    return slope


def velocity(request):
    """The exact field of a path and a target."""

    def slope(t, x):
        return Marginal(request["target"], schedule(request["path"], t), x).velocity()

    return slope


def with_divergence(request):
    """The exact field, and behind it its divergence."""

    def slope(t, y):
        m = Marginal(request["target"], schedule(request["path"], t), y[:-1])
        return m.velocity() + [m.divergence()]

    return slope


def follow(field, tableau, request, state, start, end):
    """The state after the request's equal steps."""
    times = grid(start, end, request["steps"], request["clock"])
    for t, after in zip(times, times[1:]):
        state, _ = step(field, tableau, request["method"], state, t, after)
    return state
