"""Densities on a line at any place and size: moments about a point of the density's own, so that a far origin costs nothing."""

import math

from flint import acb, arb, ctx

from . import densities
from .averages import Moments
from .balls import Singular
from .beta_line import beta_moments
from .conditional import time_of
from .intervals import interval, normal_density
from .moments import quantities_of
from .paths import schedule


def scaled_erfc(z):
    """exp(z^2) erfc(z), from the exact midpoint; its slope is at most 2/sqrt(pi) for z >= 0."""
    if not z > 0:
        return z.erfc() * (z * z).exp()
    m = z.mid()
    if m * m > ctx.prec + 20:  # the asymptotic series, which encloses its sum
        total = term = arb(1)
        for k in range(1, ctx.prec):
            term = -term * (2 * k - 1) / (2 * m * m)
            if abs(term) < arb(2) ** -ctx.prec:
                break
            total += term
        found = (total + arb(0, abs(term).upper())) / (m * arb.pi().sqrt())
    else:
        found = m.erfc() * (m * m).exp()
    return found + arb(0, (z.rad() * 2).upper())


def half_line(a):
    """The integrals of u^n exp(-a u - u^2/2) over u > 0, n = 0, 1, 2."""
    zeroth = (arb.pi() / 2).sqrt() * scaled_erfc(a / arb(2).sqrt())
    first = 1 - a * zeroth
    return zeroth, first, zeroth - a * first


def laplace(s, x, q):
    """Closed, by error functions, each half from the location on."""
    m, b = q["location"], q["scale"]
    away, tilt = (x - s.alpha * m) / s.sigma, s.sigma / (s.alpha * b)
    right, left = half_line(tilt - away), half_line(tilt + away)
    zeroth, first, second = right[0] + left[0], right[1] - left[1], right[2] + left[2]
    density = normal_density(away) / (2 * b * s.alpha) * zeroth
    unit = s.sigma / s.alpha
    return density, m, unit * first / zeroth, unit * unit * second / zeroth


def triangular(s, x, q):
    """About the place that x stands for by error functions; outside, its halves are beta densities, (2, 1) and (1, 2)."""
    low, mode, high = q["lower"], q["mode"], q["upper"]
    m = (x / s.alpha).mid()
    if low < m and m < high:
        i = densities.triangular(s, x - s.alpha * m, {"lower": low - m, "mode": mode - m, "upper": high - m})
        return i[0], m, i[1] / i[0], i[2] / i[0]
    sums = [arb(0)] * 3
    for start, stop, a, b in ((low, mode, 2, 1), (mode, high, 1, 2)):
        if start == stop:
            continue
        size = stop - start
        density, first, second = beta_moments(s, x, {"a": arb(a), "b": arb(b), "lower": start, "upper": stop})
        share = density * size / (high - low)
        place = start - mode
        moved = [arb(1), place + size * first, place * place + 2 * place * size * first + size * size * second]
        sums = [t + share * v for t, v in zip(sums, moved)]
    return sums[0], mode, sums[1] / sums[0], sums[2] / sums[0]


def box(s, x, q):
    """About the place that x stands for by error functions; outside, the beta density (1, 1)."""
    low, high = q["lower"][0][0], q["upper"][0][0]
    m = (x / s.alpha).mid()
    if low < m and m < high:
        i = interval(s, x - s.alpha * m, low - m, high - m)
        return i[0] / (high - low), m, i[1] / i[0], i[2] / i[0]
    return beta(s, x, {"a": arb(1), "b": arb(1), "lower": low, "upper": high})


def beta(s, x, q):
    size = q["upper"] - q["lower"]
    density, first, second = beta_moments(s, x, q)
    return density, q["lower"], size * first, size * size * second


def student(s, x, q, count=3):
    """With y = location + scale sinh w, over the kernel's own T standard deviations; beyond them a bound."""
    nu, m, b = q["degrees"], q["location"], q["scale"]
    normal = ((nu + 1) / 2).gamma() / ((nu * arb.pi()).sqrt() * (nu / 2).gamma())
    away = x - s.alpha * m
    reach = arb(math.ceil(math.sqrt(1.4 * (ctx.prec + 60))))
    low, high = ((((away + sign * reach * s.sigma) / (s.alpha * b)).asinh()).mid() for sign in (-1, 1))
    size = high - low
    centre = (away / (s.alpha * b)).asinh().mid()

    def exponent(w, analytic=False):
        y = (w.exp() - (-w).exp()) / 2
        z = (s.alpha * b * y - away) / s.sigma
        return y, -z * z / 2 - (nu + 1) / 2 * (1 + y * y / nu).log(**({"analytic": analytic} if isinstance(w, acb) else {}))

    bits, ctx.prec = ctx.prec, 128 + abs(int(math.log2(float(size)))) * 2
    places = [low + size * k / 256 for k in range(1, 256)] + [c for c in (centre, arb(0)) if low < c and c < high]
    top, best = max(((float(exponent(p)[1].mid()), p.mid()) for p in places), key=lambda pair: pair[0])
    ctx.prec = bits
    cuts = [arb(0), arb(1)]
    for c in (best, centre, arb(0)):
        place = ((c - low) / size).mid()
        if all(abs(place - other) > 1e-6 for other in cuts) and low < c and c < high:
            cuts = sorted(cuts + [place], key=float)
    sums = []
    for n in range(count):
        def value(v, analytic):
            w = acb(low) + acb(size) * v
            y, e = exponent(w, analytic)
            return (e - top).exp() * y**n * (w.exp() + (-w).exp()) / 2

        sums.append(densities.integrate(value, *cuts) * size * arb(top).exp())
    # beyond the ends the density is at most its value at 0: the mass of the kernel in units of scale
    wide = s.sigma / (s.alpha * b) * (2 * arb.pi()).sqrt()
    tail = 2 * (reach + 1) * normal_density(reach) * wide
    span = abs(away) / (s.alpha * b) + s.sigma / (s.alpha * b)
    sums = [t + arb(0, (tail * span**n).upper()) for n, t in enumerate(sums)]
    density = normal * sums[0] / (s.sigma * (2 * arb.pi()).sqrt())
    sums += [arb(0)] * (3 - count)
    return density, m, b * sums[1] / sums[0], b * b * sums[2] / sums[0]


LINES = {"laplace": laplace, "triangular": triangular, "beta": beta}


class Central(Moments):
    """Moments about a place on every axis, of independent axes."""

    def __init__(self, axes):
        density = arb(1)
        for part in axes:
            density = density * part[0]
        mean = [place + first for _, place, first, _ in axes]
        self.own = [second - first * first for _, _, first, second in axes]
        d = len(axes)
        second = [[self.own[i] + mean[i] * mean[i] if i == j else mean[i] * mean[j] for j in range(d)] for i in range(d)]
        super().__init__(density, mean, second, [arb(1)], independent=True)

    def covariance(self):
        d = len(self.own)
        return [[self.own[i] if i == j else arb(0) for j in range(d)] for i in range(d)]


def exactly(ball):
    return tuple(int(v) for part in (ball.mid(), ball.rad()) for v in part.man_exp())


FOUND = {}


def remembered(s, x, q, count):
    """Student-t's integrals, once for a place: most numbers of a product leave them as they are."""
    key = (ctx.prec, count) + tuple(exactly(v) for v in (s.alpha, s.sigma, x, q["degrees"], q["location"], q["scale"]))
    if key not in FOUND:
        if len(FOUND) > 64:
            FOUND.clear()
        FOUND[key] = student(s, x, q, count)
    return FOUND[key]


def axis(target, s, x, count):
    if target.get("name") == "student_t":
        return remembered(s, x, target, count)
    return (box if target["kind"] == "uniform_boxes" else LINES[target["name"]])(s, x, target)


def moments(target, s, x, count=3):
    """count = 1: the density alone is wanted."""
    if s.variance == 0 or s.alpha == 0:
        raise Singular
    factors = target["factors"] if target["kind"] == "product" else [target]
    return Central([axis(f, s, p, count) for f, p in zip(factors, x)])


def quantities(request, names):
    """The named quantities of a density on a line, of one box on a line, or of a product of such."""
    s = schedule(request["path"], time_of(request))
    count = 1 if names == ["marginal_log_density"] else 3
    return quantities_of(moments(request["target"], s, request["x"], count), s, request["x"], names)
