"""One axis: the integrals of y^n N(x; alpha y, v) against a density on the line, n = 0, 1, 2."""

import math

from flint import acb, arb, ctx

from .balls import Singular, Undecided
from .intervals import interval, normal_density, power


def laplace(s, x, q):
    m, b = q["location"], q["scale"]
    if s.alpha == 0:
        at = normal_density(x / s.sigma) / s.sigma
        return [at, at * m, at * (m * m + 2 * b * b)]
    right = interval(s, x, m, None, 3, 1 / b)
    left = interval(s, x, None, m, 3, -1 / b)
    return [((m / b).exp() * r + (-m / b).exp() * l) / (2 * b) for r, l in zip(right, left)]


def triangular(s, x, q):
    l, m, u = q["lower"], q["mode"], q["upper"]
    out = [arb(0)] * 3
    if not m == l:
        i = interval(s, x, l, m, 4)
        out = [o + 2 * (i[n + 1] - l * i[n]) / ((u - l) * (m - l)) for n, o in enumerate(out)]
    if not m == u:
        i = interval(s, x, m, u, 4)
        out = [o + 2 * (u * i[n] - i[n + 1]) / ((u - l) * (u - m)) for n, o in enumerate(out)]
    return out


def integrate(f, *cuts, least=None):
    """A proven enclosure of the integral of f(z, analytic), which says NaN when asked to be analytic where it is not,
    from the first to the last of the cuts; errors below `least` (2^(-20 - precision)) do not count."""
    tolerance = arb(2) ** (20 - ctx.prec)
    total = arb(0)
    for a, b in zip(cuts, cuts[1:]):
        value = acb.integral(f, acb(a), acb(b), rel_tol=tolerance, abs_tol=tolerance / 2**40 if least is None else least)
        if not value.is_finite():
            raise Undecided
        total += value.real
    return total


def kernel(s, x, peak):
    """exp of minus the square over 2v, times exp of the peak's, so that integrals are of order 1."""
    v = s.variance
    return lambda y: (-((s.alpha * y - x) * (s.alpha * y - x)) / (2 * v) + peak).exp()


def beta(s, x, q):
    """With y = l + (u - l) sin^2 phi: analytic at both ends for half-integer a and b."""
    a, b, l, u = q["a"], q["b"], q["lower"], q["upper"]
    normal = (a.gamma() * b.gamma()) / (a + b).gamma()
    nearest = min(max(float((x / s.alpha).mid()), float(l)), float(u)) if s.alpha > 0 else 0.0
    gap = s.alpha * nearest - x
    peak = gap * gap / (2 * s.variance)
    peak = peak.mid()
    k = kernel(s, x, peak)

    def f(n):
        def value(phi, analytic):
            sine, cosine = phi.sin(), phi.cos()
            y = l + (u - l) * sine * sine
            weight = 2 * power_of(sine, 2 * a - 1, analytic) * power_of(cosine, 2 * b - 1, analytic)
            return weight * power(y, n) * k(y)

        return value

    scale = (-peak).exp() / (normal * (2 * arb.pi() * s.variance).sqrt())
    return [scale * integrate(f(n), arb(0), arb.pi() / 2) for n in range(3)]


def power_of(z, e, analytic):
    """z^e for e >= 0; by products when e is a whole number, so that 0 lies in the domain."""
    whole = e.unique_fmpz() if e.is_exact() else None
    if whole is not None and 0 <= int(whole) < 64:
        out = acb(1)
        for _ in range(int(whole)):
            out = out * z
        return out
    if not z.real > 0:
        if analytic or not e > 0:
            return acb("nan")
        # near the end of the interval only: a bound is enough
        size = (e * z.abs_upper().log()).exp().upper()
        return acb(arb(0, size), arb(0, size))
    return (acb(e) * z.log(analytic=analytic)).exp()


def over_kernel(s, x, m, low, high, f, scale, tail, size):
    """scale times the integrals of f(0), f(1), f(2) from low to high, split at the two places where they can be large, x and
    the centre m; what lies beyond, at most tail size^n, is added to the radius."""
    cuts = [low] + sorted([c for c in ((x / s.alpha).mid(), m.mid()) if low < c and c < high], key=float) + [high]
    out = []
    for n in range(3):
        total = sum((integrate(f(n), cuts[i], cuts[i + 1]) for i in range(len(cuts) - 1)), arb(0))
        error = tail * power(size, n) if n else tail
        out.append(scale * total + arb(0, error.upper()))
    return out


def student(s, x, q):
    """Over the kernel's own T standard deviations; what lies beyond is bounded and added to the radius."""
    nu, m, b = q["degrees"], q["location"], q["scale"]
    normal = ((nu + 1) / 2).gamma() / ((nu * arb.pi()).sqrt() * (nu / 2).gamma() * b)
    if s.alpha == 0:
        if not nu > 2:
            raise Singular
        at = normal_density(x / s.sigma) / s.sigma
        return [at, at * m, at * (m * m + b * b * nu / (nu - 2))]
    reach = arb(math.ceil(math.sqrt(1.4 * (ctx.prec + 60))))
    low, high = ((x + sign * reach * s.sigma) / s.alpha for sign in (-1, 1))
    k = kernel(s, x, arb(0))

    def f(n):
        def value(y, analytic):
            there = 1 + ((y - m) / b) * ((y - m) / b) / nu
            return power(y, n) * k(y) * (-(nu + 1) / 2 * there.log(analytic=analytic)).exp()

        return value

    size = (abs(x) + s.sigma) / s.alpha
    tail = 2 * (reach + 1) * normal_density(reach) * normal / s.alpha
    scale = normal / (2 * arb.pi() * s.variance).sqrt()
    return over_kernel(s, x, m, low, high, f, scale, tail, size)


def logistic(s, x, q):
    """As `student`: over the kernel's own T standard deviations, what lies beyond bounded by the largest density."""
    m, b = q["location"], q["scale"]
    if s.alpha == 0:
        at = normal_density(x / s.sigma) / s.sigma
        return [at, at * m, at * (m * m + b * b * arb.pi() ** 2 / 3)]
    reach = arb(math.ceil(math.sqrt(1.4 * (ctx.prec + 60))))
    # beside a steep tail the integrand is largest to the side of the kernel's own peak: v/b away at most
    shift = s.variance / (s.alpha * s.alpha * b)
    low, high = ((x + sign * reach * s.sigma) / s.alpha + sign * shift for sign in (-1, 1))
    peak = (x - s.alpha * m) ** 2 / (2 * s.variance)
    tilt = arb.min(peak, abs(x - s.alpha * m) / (s.alpha * b)).mid()
    k = kernel(s, x, tilt)

    def f(n):
        def value(y, analytic):
            e = (-(y - m) / b).exp()
            return power(y, n) * k(y) * e / ((1 + e) * (1 + e)) / b

        return value

    scale = (-tilt).exp() / (2 * arb.pi() * s.variance).sqrt()
    size = abs(low) + abs(high)
    tail = (reach + 1) * normal_density(reach) / (2 * b * s.alpha)
    return over_kernel(s, x, m, low, high, f, scale, tail, size)


DENSITIES = {"logistic": logistic, "laplace": laplace, "triangular": triangular, "beta": beta, "student_t": student}
