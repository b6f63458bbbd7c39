"""Rings and curves: the moments of the place on the curve, then those of x1, which is the place and noise."""

from flint import acb, arb, ctx

from .averages import Moments
from .balls import Singular
from .densities import integrate


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
    """Pieces (place, density of the parameter on [0, 1], share), at the target's scale."""
    pieces, scale = unit_pieces(target), target.get("scale")
    if scale is None:
        return pieces

    def scaled(place):
        return lambda u: tuple(scale * p for p in place(u))

    return [(scaled(place), measure, share) for place, measure, share in pieces]


def unit_pieces(target):
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
