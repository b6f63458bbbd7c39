#!/usr/bin/env python3
"""Random cases for quadratures: python3 Fixtures/generate/quadrature.py [COUNT [SEED]] > Fixtures/quadrature/moments.csv

Every row: a density on the line, or a ring in the plane (radius, std), its numbers, alpha, sigma, x (and y), and seven moments
of the posterior of the data given x = alpha x1 + sigma eps, each as the nearest double and what is missing: log p, E[x1|x]
and g = -grad log p (first axis), tr dg/dx, tr Cov[x1|x]/sigma^2, d log p/dalpha and d log p/dv. Gaussians, uniform boxes and
rings are closed forms, the others integrals; all are Arb enclosures good to 100 bits. sigma has 20 bits, so that sigma^2 is
exact."""

import math
import os
import random
import sys

from fractions import Fraction

import flint
from flint import arb

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from reference.balls import Undecided, fraction, nearest  # noqa: E402
from reference.intervals import interval  # noqa: E402
from reference.moments import one_axis  # noqa: E402
from reference.shapes import ring, smoothed  # noqa: E402

NAMES = {
    "laplace": ("location", "scale"),
    "student_t": ("degrees", "location", "scale"),
    "triangular": ("lower", "mode", "upper"),
    "beta": ("a", "b", "lower", "upper"),
    "uniform": ("lower", "upper"),
    "gaussian": ("mean", "std"),
    "ring": ("radius", "std"),
}


class Schedule:
    def __init__(self, alpha, sigma):
        self.alpha, self.sigma, self.variance = arb(alpha), arb(sigma), arb(sigma) * arb(sigma)


def short(value, bits=20):
    man, exp = math.frexp(value)
    return math.ldexp(round(man * 2**bits), exp - bits)


def draw(rng):
    """A density with numbers of every size."""
    name = rng.choice(list(NAMES))
    at = rng.choice((0, 0, rng.gauss(0, 1), rng.gauss(0, 100)))
    size = 10 ** rng.uniform(-3, 2)
    if name == "ring":
        return name, (size, size * 10 ** rng.uniform(-2.5, 0.5)), lambda: size * math.sqrt(rng.uniform(0, 2))
    if name == "laplace":
        return name, (at, size), lambda: at + size * rng.choice((-1, 1)) * rng.expovariate(1)
    if name == "student_t":
        degrees = rng.choice((1, 2, 3, 5, rng.uniform(0.5, 30)))
        return name, (degrees, at, size), lambda: at + size * math.tan(1.5 * rng.uniform(-1, 1))
    if name == "gaussian":
        return name, (at, size), lambda: rng.gauss(at, size)
    low, high = at, at + size
    if name == "uniform":
        return name, (low, high), lambda: rng.choice((low, high, rng.uniform(low, high)))
    if name == "triangular":
        mode = rng.choice((low, high, rng.uniform(low, high), rng.uniform(low, high)))
        return name, (low, mode, high), lambda: rng.choice((low, mode, high, rng.uniform(low, high)))
    # half whole numbers: the generator's own integrals are proven for these
    a, b = (rng.choice((0.5, 1, 1.5, 2, 2.5, 3, 5, 8)) for _ in range(2))
    return name, (a, b, low, high), lambda: rng.choice((low, high, low + size * rng.betavariate(a, b)))


def integrals(name, q, s, x):
    """The density of x, the mean of x1 and the diagonal of its second moments."""
    if name == "ring":
        m = ring(q, s, x)
        return m.density, m.mean, [m.second[i][i] for i in range(2)]
    if name == "gaussian":
        V = s.alpha * s.alpha * q["std"] * q["std"] + s.variance
        away = x[0] - s.alpha * q["mean"]
        density = (-away * away / (2 * V)).exp() / (2 * arb.pi() * V).sqrt()
        m = smoothed(density, [q["mean"]], [[q["mean"] * q["mean"]]], s, x, q["std"], V)
        return density, m.mean, [m.second[0][0]]
    if name == "uniform":
        i0, i1, i2 = (i / (q["upper"] - q["lower"]) for i in interval(s, x[0], q["lower"], q["upper"]))
    else:
        i0, i1, i2 = one_axis({"kind": "density_1d", "name": name, **q}, s, x[0])
    return i0, [i1 / i0], [i2 / i0]


def moments(name, numbers, alpha, sigma, x):
    q = {k: arb(v) for k, v in zip(NAMES[name], numbers)}
    s, x = Schedule(alpha, sigma), [arb(c) for c in x]
    a, v, d = s.alpha, s.variance, len(x)
    density, mean, square = integrals(name, q, s, x)
    variance = sum((m2 - m * m for m, m2 in zip(mean, square)), arb(0))
    slope = (d - a * a * variance / v) / v
    xx, xy, yy = (sum((p * q for p, q in zip(u, w)), arb(0)) for u, w in ((x, x), (x, mean), (square, [1, 1])))
    away = xx - 2 * a * xy + a * a * yy
    g = (x[0] - a * mean[0]) / v
    return density.log(), mean[0], g, slope, variance / v, (xy - a * yy) / v, (away / v - d) / (2 * v)


def parts(ball):
    if not ball.is_finite() or ball.rad() > abs(ball.mid()) * arb(2) ** -100 + arb(2) ** -900:
        raise Undecided
    exact = fraction(ball.mid())
    value = nearest(exact)
    return value, nearest(exact - Fraction(value))


def row(rng):
    name, numbers, place = draw(rng)
    alpha = rng.choice((1, rng.uniform(0, 1), 10 ** rng.uniform(-6, 0)))
    scale = {
        "triangular": numbers[-1] - numbers[0], "beta": numbers[-1] - numbers[-2], "uniform": numbers[-1] - numbers[0],
        "ring": numbers[0],
    }.get(name, numbers[-1])
    sigma = short(scale * 10 ** rng.choice((rng.uniform(-8, 2), rng.uniform(-2, 1))))
    out = rng.choice((1, 1, 3, 20))
    x = [alpha * place() + sigma * rng.gauss(0, out) for _ in range(2 if name == "ring" else 1)]
    bits = 320
    while True:
        flint.ctx.prec = bits
        try:
            found = [parts(m) for m in moments(name, numbers, alpha, sigma, x)]
            break
        except (Undecided, ZeroDivisionError):
            bits *= 2
            if bits > 6000:
                return None
    if any(not math.isfinite(v) or (v != 0 and abs(v) < 1e-280) for v, _ in found):
        return None
    padded = (*numbers, *[None] * (4 - len(numbers)), alpha, sigma, *x, *[None] * (2 - len(x)))
    inputs = ["" if v is None else repr(float(v)) for v in padded]
    return ",".join([name, *inputs] + [f"{v!r},{t:.3e}" for v, t in found])


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    columns = ("log_density", "denoiser", "g", "g_slope", "spread", "alpha_rate", "variance_rate")
    print("target,p0,p1,p2,p3,alpha,sigma,x,y," + ",".join(f"{c},{c}_tail" for c in columns))
    made = 0
    while made < count:
        line = row(rng)
        if line is not None:
            print(line, flush=True)
            made += 1


if __name__ == "__main__":
    main()
