"""Marginal quantities of any target from three integrals over the data: the density of x, and the first two moments of
x1 given x. Everything else is algebra on them, which would cancel in double precision and does not matter here."""

import math

from flint import acb, arb, ctx

from .balls import Singular, Undecided
from .conditional import time_of
from .paths import schedule


class Moments:
    """density = integral of N(x; alpha y, v I) dq(y); mean = E[y | x]; second = E[y y^T | x]; weights of components."""

    def __init__(self, density, mean, second, weights=None, independent=False):
        self.density, self.mean, self.second, self.weights = density, mean, second, weights
        self.independent = independent

    def covariance(self):
        d, m = len(self.mean), self.mean
        return [
            [arb(0) if self.independent and i != j else self.second[i][j] - m[i] * m[j] for j in range(d)] for i in range(d)
        ]


# One axis: the integrals of y^n N(x; alpha y, v) against a density, n = 0, 1, 2


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


def integrate(f, a, b):
    """A proven enclosure of the integral of f(z, analytic), which says NaN when asked to be analytic where it is not."""
    tolerance = arb(2) ** (20 - ctx.prec)
    value = acb.integral(f, acb(a), acb(b), rel_tol=tolerance, abs_tol=tolerance / 2**40)
    if not value.is_finite():
        raise Undecided
    return value.real


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
    # split at the two places where the integrand can be large
    cuts = [low] + sorted([c for c in ((x / s.alpha).mid(), m.mid()) if low < c and c < high], key=float) + [high]
    out = []
    for n in range(3):
        total = sum((integrate(f(n), cuts[i], cuts[i + 1]) for i in range(len(cuts) - 1)), arb(0))
        error = tail * power(size, n) if n else tail
        out.append(scale * total + arb(0, error.upper()))
    return out


DENSITIES = {"laplace": laplace, "triangular": triangular, "beta": beta, "student_t": student}


def one_axis(target, s, x):
    if target["kind"] == "density_1d":
        return DENSITIES[target["name"]](s, x, target)
    m = moments(target, s, [x])
    return [m.density, m.density * m.mean[0], m.density * m.second[0][0]]


# Targets


def boxes(target, s, x):
    d = len(x)
    weights = target.get("weights") or [arb(1)] * len(target["lower"])
    total, mean = arb(0), [arb(0)] * d
    second = [[arb(0)] * d for _ in range(d)]
    parts = []
    for w, low, high in zip(weights, target["lower"], target["upper"]):
        axes = [interval(s, p, l, u) for p, l, u in zip(x, low, high)]
        for l, u in zip(low, high):
            w = w / (u - l)

        def integral(*powers):  # of the product of the named coordinates: no division, for a far box weighs nothing
            out = w
            for axis, moments_of_axis in enumerate(axes):
                out = out * moments_of_axis[powers.count(axis)]
            return out

        parts.append(integral())
        total += parts[-1]
        for i in range(d):
            mean[i] += integral(i)
            for j in range(d):
                second[i][j] += integral(i, j)
    mass = sum(weights, arb(0))
    return Moments(
        total / mass,
        [a / total for a in mean],
        [[a / total for a in row] for row in second],
        [p / total for p in parts],
        independent=len(parts) == 1,
    )


def ring(target, s, x):
    """The angle given x has density proportional to exp(kappa cos), so its moments are ratios of Bessel functions."""
    radius, std = target["radius"], target["std"]
    centre = target.get("center") or [arb(0), arb(0)]
    V = s.alpha * s.alpha * std * std + s.variance
    away = [a - s.alpha * c for a, c in zip(x, centre)]
    square = away[0] * away[0] + away[1] * away[1]
    rho = square.sqrt()
    kappa = rho * s.alpha * radius / V
    i0, i1, i2 = (kappa.bessel_i(n) for n in (0, 1, 2))
    density = (-(square + s.alpha * s.alpha * radius * radius) / (2 * V)).exp() * i0 / (2 * arb.pi() * V)
    if square == 0:
        e, along = [arb(0), arb(0)], [[arb(0), arb(0)], [arb(0), arb(0)]]
    else:
        e = [a / rho for a in away]
        along = [[a * b for b in e] for a in e]
    first = [i1 / i0 * a for a in e]
    cosine2 = (1 + i2 / i0) / 2
    # E[n n^T], n the unit vector of the angle
    unit = [
        [(1 - cosine2) * (1 if i == j else 0) + (2 * cosine2 - 1) * along[i][j] for j in range(2)] for i in range(2)
    ]
    means = [c + radius * f for c, f in zip(centre, first)]
    seconds = [
        [centre[i] * centre[j] + radius * (centre[i] * first[j] + centre[j] * first[i]) + radius * radius * unit[i][j]
         for j in range(2)] for i in range(2)
    ]
    return smoothed(density, means, seconds, s, x, std, V)


def smoothed(density, means, seconds, s, x, std, V):
    """From the moments of the place c on the curve to those of x1 = c + std noise: E[x1 | c, x] = (v c + alpha std^2 x)/V."""
    if V == 0:
        raise Singular
    p, q = s.variance / V, s.alpha * std * std / V
    mean = [p * m + q * a for m, a in zip(means, x)]
    own = std * std * s.variance / V
    d = len(x)
    second = [
        [p * p * seconds[i][j] + p * q * (means[i] * x[j] + means[j] * x[i]) + q * q * x[i] * x[j] + (own if i == j else 0)
         for j in range(d)] for i in range(d)
    ]
    return Moments(density, mean, second)


def sin_pi(u):
    return (u * acb.pi()).sin()


def cos_pi(u):
    return (u * acb.pi()).cos()


def spiral(sign):
    """th = 3 pi sqrt(u); with u = w^2 the measure is 2 w dw and th = 3 pi w."""
    def place(w):
        th = 3 * acb.pi() * w
        return -sign * th / 3 * th.cos(), sign * th / 3 * th.sin()

    return place, lambda w: 2 * w


def flat(place):
    return place, lambda u: acb(1)


def curve_pieces(target):
    """Pieces (place, density of the parameter on [0, 1], share)."""
    name = target["name"]
    half = arb(0.5)
    if name == "two_moons":
        return [(*flat(lambda u: (cos_pi(u), sin_pi(u))), half), (*flat(lambda u: (1 - cos_pi(u), acb(0.5) - sin_pi(u))), half)]
    if name == "circles":
        factor = target["factor"]
        outer = flat(lambda u: (cos_pi(2 * u), sin_pi(2 * u)))
        inner = flat(lambda u: (factor * cos_pi(2 * u), factor * sin_pi(2 * u)))
        return [(*outer, half), (*inner, half)]
    if name == "two_spirals":
        return [(*spiral(1), half), (*spiral(-1), half)]
    if name == "swiss_roll":
        def roll(u):
            th = acb.pi() * 3 / 2 * (1 + 2 * u)
            return th / 5 * th.cos(), th / 5 * th.sin()

        return [(*flat(roll), arb(1))]
    raise ValueError(name)


def curve(target, s, x):
    std = target["std"]
    V = s.alpha * s.alpha * std * std + s.variance
    if V == 0:
        raise Singular
    pieces = curve_pieces(target)

    def square(place, u):
        a, b = place(u)
        return (x[0] - s.alpha * a) * (x[0] - s.alpha * a) + (x[1] - s.alpha * b) * (x[1] - s.alpha * b)

    bits, ctx.prec = ctx.prec, 53
    best = min(
        (float(square(place, acb(k) / 512).real.mid()), i, k) for i, (place, _, _) in enumerate(pieces) for k in range(513)
    )
    ctx.prec = bits
    peak = (best[0] / (2 * V)).mid()
    sums = [arb(0)] * 6
    for i, (place, measure, share) in enumerate(pieces):
        def weight(u, _=False):
            return measure(u) * (peak - square(place, u) / (2 * V)).exp()

        wanted = [
            weight,
            lambda u, _: weight(u) * place(u)[0],
            lambda u, _: weight(u) * place(u)[1],
            lambda u, _: weight(u) * place(u)[0] * place(u)[0],
            lambda u, _: weight(u) * place(u)[0] * place(u)[1],
            lambda u, _: weight(u) * place(u)[1] * place(u)[1],
        ]
        cut = arb(best[2]) / 512
        ends = [arb(0), cut, arb(1)] if i == best[1] and 0 < best[2] < 512 else [arb(0), arb(1)]
        for n, f in enumerate(wanted):
            for a, b in zip(ends, ends[1:]):
                sums[n] += share * integrate(f, a, b)
    density = sums[0] * (-peak).exp() / (2 * arb.pi() * V)
    means = [sums[1] / sums[0], sums[2] / sums[0]]
    cross = sums[4] / sums[0]
    return smoothed(density, means, [[sums[3] / sums[0], cross], [cross, sums[5] / sums[0]]], s, x, std, V)


def as_mixture(target, nodes=512):
    """A curve as a mixture of points on it: close enough for sensitivities, not for values."""
    means, weights = [], []
    for place, measure, share in curve_pieces(target):
        for k in range(nodes):
            u = acb(2 * k + 1) / (2 * nodes)
            means.append([p.real.mid() for p in place(u)])
            weights.append((measure(u).real * share / nodes).mid())
    return {"kind": "gaussian_mixture", "means": means, "weights": weights, "std": target["std"]}


def product(target, s, x):
    axes = [one_axis(f, s, p) for f, p in zip(target["factors"], x)]
    density = arb(1)
    for i0, _, _ in axes:
        density = density * i0
    mean = [i1 / i0 for i0, i1, _ in axes]
    d = len(x)
    second = [[axes[i][2] / axes[i][0] if i == j else mean[i] * mean[j] for j in range(d)] for i in range(d)]
    return Moments(density, mean, second, independent=True)


def density_1d(target, s, x):
    i0, i1, i2 = one_axis(target, s, x[0])
    return Moments(i0, [i1 / i0], [[i2 / i0]])


KINDS = {"uniform_boxes": boxes, "ring": ring, "curve": curve, "product": product, "density_1d": density_1d}


def moments(target, s, x):
    if s.variance == 0:
        raise Singular
    return KINDS[target["kind"]](target, s, x)


def quantities(request, names):
    """The named quantities, from the moments alone."""
    s = schedule(request["path"], time_of(request))
    x = request["x"]
    m = moments(request["target"], s, x)
    d, v, D = len(x), s.variance, m.mean
    g = [(a - s.alpha * b) / v for a, b in zip(x, D)]
    covariance = m.covariance()
    out = {}
    for name in names:
        if name == "marginal_log_density":
            out[name] = m.density.log()
        elif name == "denoiser":
            out[name] = list(D)
        elif name == "marginal_score":
            out[name] = [-a for a in g]
        elif name == "noise_prediction":
            out[name] = [s.sigma * a for a in g]
        elif name == "posterior_covariance":
            out[name] = covariance
        elif name == "posterior_weights":
            out[name] = list(m.weights)
        else:
            f = s.finite()
            if name == "marginal_velocity":
                out[name] = [f.alpha_dot * a + f.variance_dot / 2 * b for a, b in zip(D, g)]
            elif name in ("marginal_jacobian", "marginal_divergence"):
                slope = [[s.alpha * c / v for c in row] for row in covariance]  # dD/dx
                J = [
                    [f.alpha_dot * slope[i][j] + f.variance_dot / 2 * ((1 if i == j else 0) - s.alpha * slope[i][j]) / v
                     for j in range(d)] for i in range(d)
                ]
                out[name] = J if name == "marginal_jacobian" else sum((J[i][i] for i in range(d)), arb(0))
            elif name == "marginal_log_density_dt":
                # E[alpha' (x - alpha y).y/v + v' |x - alpha y|^2/(2 v^2) - d v'/(2v)]
                xy = sum((a * b for a, b in zip(x, D)), arb(0))
                yy = sum((m.second[i][i] for i in range(d)), arb(0))
                xx = sum((a * a for a in x), arb(0))
                away = xx - 2 * s.alpha * xy + s.alpha * s.alpha * yy
                out[name] = (
                    f.alpha_dot * (xy - s.alpha * yy) / v + f.variance_dot * away / (2 * v * v) - d * f.variance_dot / (2 * v)
                )
            else:
                raise ValueError(name)
    return out
