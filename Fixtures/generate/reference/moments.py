"""Marginal quantities of any target from three integrals over the data: the density of x, and the first two moments of
x1 given x. Everything else is algebra on them, which would cancel in double precision and does not matter here."""

from flint import arb

from .averages import Moments
from .balls import Singular
from .conditional import time_of
from .densities import DENSITIES
from .intervals import interval
from .paths import schedule
from .shapes import curve, ring


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


def one_axis(target, s, x):
    if target["kind"] == "density_1d":
        return DENSITIES[target["name"]](s, x, target)
    m = moments(target, s, [x])
    return [m.density, m.density * m.mean[0], m.density * m.second[0][0]]


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
    return quantities_of(moments(request["target"], s, request["x"]), s, request["x"], names)


def quantities_of(m, s, x, names):
    """The named quantities at x from the moments m there."""
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
