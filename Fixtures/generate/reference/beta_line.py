"""Beta densities of any exponents against a Gaussian kernel: a series in the moments where the kernel is wide, else series at the
two ends and a proven integral between them."""

import math

from flint import acb, arb, arb_poly, ctx

from .balls import Undecided
from .densities import integrate

WIDE = 8


def beta_moments(s, x, q):
    """The density of x, and the first two moments of (y - lower)/(upper - lower) given x."""
    a, b, low, high = q["a"], q["b"], q["lower"], q["upper"]
    A, B = (s.alpha * low - x) / s.sigma, s.alpha * (high - low) / s.sigma
    if B < WIDE and abs(A) < 60:
        sums, peak = by_moments(a, b, A, B), A * A / 2
    elif A + B / 2 < 0:  # the mass is by the upper end: mirrored
        sums, peak = by_pieces(b, a, -A - B, B)
        zeroth, first, second = sums
        sums = [zeroth, zeroth - first, zeroth - 2 * first + second]
    else:
        sums, peak = by_pieces(a, b, A, B)
    density = sums[0] * (-peak).exp() / (s.sigma * (2 * arb.pi()).sqrt())
    return density, sums[1] / sums[0], sums[2] / sums[0]


def by_moments(a, b, A, B):
    """E[w^n exp(A^2/2 - (A + B w)^2/2)], n = 0, 1, 2, from exp(-z w - ...) = sum He_k(A) (-B w)^k/k!."""
    count = 8
    bound = 1.0865 * math.exp(float(abs(A).mid()) ** 2 / 4 + 1)
    width = max(float(B.mid()) * 1.001, 1e-300)
    while True:  # |He_k(A)| <= 1.0865 exp(A^2/4) sqrt(k!)
        size = math.log2(bound) + count * math.log2(width) - math.lgamma(count + 1) / (2 * math.log(2))
        if size < -ctx.prec - 20 and count > 2 * width * width + 8:
            break
        count += 8
    moments = [arb(1)]  # of w
    for k in range(count + 2):
        moments.append(moments[-1] * (a + k) / (a + b + k))
    sums, before, here, factor = [arb(0)] * 3, arb(0), arb(1), arb(1)
    for k in range(count):
        sums = [t + factor * here * moments[k + n] for n, t in enumerate(sums)]
        before, here = here, A * here - k * before
        factor = -factor * B / (k + 1)
    # from the term `count` on each is less than half of the one before
    error = arb(2) ** math.ceil(size + 2)
    return [t + arb(0, (error * moments[n]).upper()) for n, t in enumerate(sums)]


def by_pieces(a, b, A, B):
    """The same over exp of minus the least square, and that square over 2; A + B w is not nearer to 0 at w = 1 than at w = 0."""
    nearest = arb(0) if A >= 0 else A
    peak = (A * A / 2).mid() if nearest == 0 and not A == 0 else arb(0)
    normal = a.gamma() * b.gamma() / (a + b).gamma()
    more = 0.7 * (ctx.prec + 60)
    for _ in range(6):
        reach = (2 * (peak + arb(more))).sqrt().mid()
        low, high = ((-reach - A) / B).mid(), ((reach - A) / B).mid()
        ends = (low if low > 0 else None, high if high < 1 else None)
        sums = pieces(a, b, A, B, peak, *ends)
        tail = arb(-more).exp() * normal  # the whole mass is 1
        lost = -float((sums[2] / normal).log().mid()) if sums[2] > 0 else 700
        if (tail * arb(2) ** (ctx.prec // 2)) < sums[2].lower():
            return [(t + arb(0, tail.upper())) / normal for t in sums], peak
        more += lost + 0.5 * ctx.prec
    raise Undecided


def pieces(a, b, A, B, peak, low, high):
    """Integrals of w^(a - 1 + n) (1 - w)^(b - 1) exp(peak - (A + B w)^2/2) from low to high (None: the end itself)."""
    sums = [arb(0)] * 3
    start, stop = low, high
    if low is None:
        start = end_length(b, A, B, arb(1) if high is None else high)
        sums = [t + p for t, p in zip(sums, end_series(a, b, A, B, peak, start))]
    if high is None:
        length = end_length(a, A + B, B, 1 - start)
        stop = 1 - length
        z, f, g = end_series(b, a, -A - B, B, peak, length)  # in 1 - w
        sums = [sums[0] + z, sums[1] + z - f, sums[2] + z - 2 * f + g]
    if not start < stop:
        return sums
    size = stop - start

    def exponent(w):
        return peak - (A + B * w) * (A + B * w) / 2 + (a - 1) * w.log() + (b - 1) * (1 - w).log()

    bits, ctx.prec = ctx.prec, 128
    places = [(float(exponent(start + size * k / 256).mid()), k) for k in range(1, 256)]
    top, best = max(places)
    ctx.prec = bits
    cuts = [arb(0), arb(best) / 256, arb(1)]
    for n in range(3):
        def value(v, analytic):
            w = acb(start) + acb(size) * v
            square = (A + B * w) * (A + B * w) / 2
            logs = (a - 1) * w.log(analytic=analytic) + (b - 1) * (1 - w).log(analytic=analytic)
            return (peak - top - square + logs).exp() * w**n

        total = integrate(value, *cuts, least=arb(2) ** (-20 - ctx.prec) * stop.mid() ** n)
        sums[n] += total * size * arb(top).exp()
    return sums


def circle(other, A, B):
    """A radius on which the smooth factor of the integrand stays below exp(40) of its peak."""
    return min([arb(0.75), 4 / B, 8 / (1 + other), 16 / (abs(A) * B + 1)], key=lambda r: float(r.mid())).mid()


def end_length(other, A, B, whole):
    most = circle(other, A, B) / 8
    return most if most < whole / 2 else (whole / 2).mid()


def end_series(a, b, A, B, peak, length):
    """Integrals from 0 to length of w^(a - 1 + n) f(w), f = (1 - w)^(b - 1) exp(peak - (A + B w)^2/2), f by its Taylor series."""
    radius = circle(b, A, B)
    count = math.ceil((ctx.prec + 120) / 2.9)
    # f'/f = -(b - 1)/(1 - w) - B (A + B w): (1 - w) f' = (-(b - 1) - B A + (B A - B^2) w + B^2 w^2) f
    terms = [(peak - A * A / 2).exp()]
    p, r, u = -(b - 1) - A * B, A * B - B * B, B * B
    for k in range(count - 1):
        new = (k + p) * terms[k]
        if k >= 1:
            new += r * terms[k - 1]
        if k >= 2:
            new += u * terms[k - 2]
        terms.append(new / (k + 1))
    large = b - 1 if b > 1 else arb(0)
    small = 1 - b if b < 1 else arb(0)
    most = (peak - A * A / 2 + abs(A) * B * radius + B * B * radius * radius / 2).exp()
    most *= (large * (1 + radius).log() - small * (1 - radius).log()).exp()
    ratio = length / radius
    rest = most * ratio**count / (1 - ratio)
    out = []
    for n in range(3):
        total, power = arb(0), arb(1)
        for k, c in enumerate(terms):
            total += c * power / (a + n + k)
            power *= length
        total += arb(0, (rest / (a + n)).upper())
        out.append(total * ((a + n) * length.log()).exp())
    return out
