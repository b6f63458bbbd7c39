"""One axis: the integrals of y^n N(x; alpha y, v) over an interval, n = 0, 1, 2, by recurrence from the normal distribution."""

import math

from flint import arb

from .balls import Singular


def normal_density(z):
    return (-z * z / 2).exp() / (2 * arb.pi()).sqrt()


def normal_between(a, b):
    """Phi(b) - Phi(a), by the tail in which both lie; an end may be None for infinity."""
    root = arb(2).sqrt()
    if b is None:
        return (a / root).erfc() / 2
    if a is None:
        return (-b / root).erfc() / 2
    if a + b < 0:
        a, b = -b, -a
    return ((a / root).erfc() - (b / root).erfc()) / 2


def powers_between(a, b, count):
    """The integrals of z^n phi(z) from a to b, n < count, by parts. An end may be None for infinity."""
    fa = arb(0) if a is None else normal_density(a)
    fb = arb(0) if b is None else normal_density(b)
    out = [normal_between(a, b), fa - fb]
    pa, pb = fa, fb
    for n in range(2, count):
        pa = arb(0) if a is None else pa * a
        pb = arb(0) if b is None else pb * b
        out.append((n - 1) * out[n - 2] + pa - pb)
    return out[:count]


def interval(s, x, low, high, count=3, rate=None):
    """Integrals over [low, high] (None: infinite) of y^n exp(-rate y) N(x; alpha y, v), n < count."""
    if s.variance == 0:
        raise Singular
    if s.alpha == 0:
        if rate is not None or low is None or high is None:
            raise ValueError("moments at alpha = 0 are given by the density itself")
        at = normal_density(x / s.sigma) / s.sigma
        return [at * (power(high, n + 1) - power(low, n + 1)) / (n + 1) for n in range(count)]
    tilt = arb(0) if rate is None else rate * s.sigma / s.alpha
    ends = [None if e is None else (s.alpha * e - x) / s.sigma + tilt for e in (low, high)]
    moments = powers_between(ends[0], ends[1], count)
    factor = arb(1) if rate is None else (tilt * tilt / 2 - rate * x / s.alpha).exp()
    out = []
    for n in range(count):  # y = (x + sigma (z - tilt))/alpha
        total = arb(0)
        for k in range(n + 1):
            total += math.comb(n, k) * power(x - s.sigma * tilt, n - k) * power(s.sigma, k) * moments[k]
        out.append(factor * total / power(s.alpha, n + 1))
    return out


def power(x, n):
    out = type(x)(1)
    for _ in range(n):
        out = out * x
    return out
