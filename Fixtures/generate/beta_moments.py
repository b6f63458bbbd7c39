#!/usr/bin/env python3
"""Beta densities of any exponents: python3 Fixtures/generate/beta_moments.py [COUNT [SEED]] > Fixtures/quadrature/beta.csv

Rows as those of quadrature.py, whose Arb integrals are for half whole exponents only. Here the integrals are mpmath's, at 60 digits,
cut around the kernel, with u = s^a next to the lower end and u = (1 - s)^b next to the upper one: no enclosures, but good to far
more than double precision."""

import random
import sys

from mpmath import beta, exp, log, mp, mpf, pi, quad, sqrt

from quadrature import short

mp.dps = 60


def integrals(a, b, low, high, alpha, sigma, x):
    """Of the density times the kernel times 1, y, y^2."""
    width = high - low
    peak, std = (x / alpha - low) / width, sigma / alpha / width
    inside = [c for c in (peak + k * std for k in (-30, -12, -6, -3, -1, 0, 1, 3, 6, 12, 30)) if 0 < c < 1]
    cuts = sorted({mpf(0), mpf(1) / 2, mpf(1), *inside})

    def kernel(y):
        z = (x - alpha * y) / sigma
        return exp(-z * z / 2) / (sqrt(2 * pi) * sigma)

    def half(power, own, other, start, end, place):
        """Over distances from start to end from one end of the support, `place` maps them to y."""

        def density(u):
            distance = u ** (1 / own)
            y = place(distance)
            return (1 - distance) ** (other - 1) * kernel(y) * y**power / own

        return quad(density, [start**own, end**own])

    def integral(power):
        total = mpf(0)
        for start, end in zip(cuts, cuts[1:]):
            if end <= mpf(1) / 2:
                total += half(power, a, b, start, end, lambda s: low + width * s)
            else:
                total += half(power, b, a, 1 - end, 1 - start, lambda s: high - width * s)
        return total / beta(a, b)

    return [integral(power) for power in range(3)]


def moments(numbers, alpha, sigma, x):
    a, b, low, high = map(mpf, numbers)
    alpha, sigma, x = mpf(alpha), mpf(sigma), mpf(x)
    i0, i1, i2 = integrals(a, b, low, high, alpha, sigma, x)
    v, mean, square = sigma * sigma, i1 / i0, i2 / i0
    variance = square - mean * mean
    slope = (1 - alpha * alpha * variance / v) / v
    away = x * x - 2 * alpha * x * mean + alpha * alpha * square
    g = (x - alpha * mean) / v
    return log(i0), mean, g, slope, variance / v, (x * mean - alpha * square) / v, (away / v - 1) / (2 * v)


def row(rng):
    a = rng.choice((rng.uniform(0.07, 0.3), rng.uniform(0.1, 0.9), rng.uniform(1, 4)))
    b = rng.choice((rng.uniform(0.1, 0.9), rng.uniform(1, 4), rng.uniform(4, 12)))
    low = rng.choice((0.0, -1.0, 3.0))
    size = 10 ** rng.uniform(-1, 1)
    high = low + size
    alpha = rng.choice((1.0, rng.uniform(0, 1)))
    sigma = short(size * 10 ** rng.uniform(-3, 1))
    place = rng.choice((low, high, low + size * rng.betavariate(a, b)))
    x = alpha * place + sigma * rng.gauss(0, rng.choice((1, 3)))
    inputs = [repr(float(n)) for n in (a, b, low, high, alpha, sigma, x)]
    found = moments((a, b, low, high), alpha, sigma, x)
    values = [f"{float(m)!r},{float(m - mpf(float(m))):.3e}" for m in found]
    return ",".join(["beta", *inputs, "", *values])


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 120
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    columns = ("log_density", "denoiser", "g", "g_slope", "spread", "alpha_rate", "variance_rate")
    print("target,p0,p1,p2,p3,alpha,sigma,x,y," + ",".join(f"{c},{c}_tail" for c in columns))
    for _ in range(count):
        print(row(rng), flush=True)


if __name__ == "__main__":
    main()
