"""The affine Gaussian paths, each as its textbook definition, and their schedules."""

from flint import arb

from .balls import Singular
from .catalogue import defaults

DEFAULTS = defaults("paths")


def power(t, n):
    """t^n for t in [0, 1] and n >= 0 or t > 0."""
    if t == 0:
        if n == 0:
            return arb(1)
        if n > 0:
            return arb(0)
        return "inf"
    return (n * t.log()).exp()


class Schedule:
    """alpha, v = sigma^2, their derivatives in t. A derivative may be the string "inf" at an end."""

    def __init__(self, alpha, sigma, variance, alpha_dot, variance_dot):
        self.alpha, self.sigma, self.variance = alpha, sigma, variance
        self.alpha_dot, self.variance_dot = alpha_dot, variance_dot

    def finite(self):
        """Itself, when a velocity exists here."""
        if isinstance(self.alpha_dot, str) or isinstance(self.variance_dot, str):
            raise Singular
        return self

    @property
    def sigma_dot(self):
        if isinstance(self.variance_dot, str):
            return "-inf"
        if self.sigma == 0:
            return self._sigma_dot_at_zero
        return self.variance_dot / (2 * self.sigma)

    @property
    def log_snr(self):
        if self.alpha == 0:
            return "-inf"
        if self.sigma == 0:
            return "inf"
        return (self.alpha / self.sigma).log()

    @property
    def log_snr_dot(self):
        if self.alpha == 0 or self.sigma == 0:
            return "inf"
        return self.alpha_dot / self.alpha - self.variance_dot / (2 * self.variance)


def schedule(path, t):
    """The schedule of a path description (numbers as balls) at the exact time t."""
    kind = path["kind"]
    r = 1 - t
    if kind == "ot":
        s = path["sigma_min"]
        sigma = 1 - (1 - s) * t
        out = Schedule(t, sigma, sigma**2, arb(1), -2 * (1 - s) * sigma)
        out._sigma_dot_at_zero = -(1 - s)
    elif kind == "vp":
        low, high = path["beta_min"], path["beta_max"]
        total = r * low + r**2 * (high - low) / 2
        beta = low + r * (high - low)
        alpha, v = (-total / 2).exp(), 1 - (-total).exp()
        out = Schedule(alpha, v.sqrt(), v, beta * alpha / 2, -beta * (-total).exp())
        out._sigma_dot_at_zero = "-inf"
    elif kind == "ve":
        low, high = path["sigma_min"], path["sigma_max"]
        span = (high / low).log()
        grown = (2 * r * span).exp()
        v = low**2 * (grown - 1)
        out = Schedule(arb(1), v.sqrt(), v, arb(0), -2 * span * low**2 * grown)
        out._sigma_dot_at_zero = "-inf"
    elif kind == "ve_geometric":
        low, high = path["sigma_min"], path["sigma_max"]
        span = (high / low).log()
        sigma = low * (r * span).exp()
        out = Schedule(arb(1), sigma, sigma**2, arb(0), -2 * span * sigma**2)
    elif kind == "cosine":
        alpha, sigma = (t / 2).sin_pi(), (t / 2).cos_pi()
        out = Schedule(alpha, sigma, sigma**2, arb.pi() / 2 * sigma, -arb.pi() * sigma * alpha)
        out._sigma_dot_at_zero = -arb.pi() / 2
    elif kind == "linear_vp":
        v = 1 - t**2
        out = Schedule(t, v.sqrt(), v, arb(1), -2 * t)
        out._sigma_dot_at_zero = "-inf"
    elif kind == "polynomial":
        n = path["exponent"]
        alpha = power(t, n)
        sigma = 1 - alpha
        slope = power(t, n - 1)
        if isinstance(slope, str):
            out = Schedule(alpha, sigma, sigma**2, "inf", "-inf")
        else:
            out = Schedule(alpha, sigma, sigma**2, n * slope, -2 * n * slope * sigma)
            out._sigma_dot_at_zero = -n * slope
    elif kind == "shifted_ot":
        sigma = 1 - t + path["sigma_min"]
        out = Schedule(t, sigma, sigma**2, arb(1), -2 * sigma)
        out._sigma_dot_at_zero = arb(-1)
    elif kind == "icfm":
        v = (1 - t) ** 2 + path["sigma"] ** 2
        out = Schedule(t, v.sqrt(), v, arb(1), -2 * (1 - t))
        out._sigma_dot_at_zero = arb(-1)
    elif kind == "schrodinger_bridge":
        s = path["sigma"]
        v = (1 - t) ** 2 + s**2 * t * (1 - t)
        out = Schedule(t, v.sqrt(), v, arb(1), -2 * (1 - t) + s**2 * (1 - 2 * t))
        out._sigma_dot_at_zero = "-inf" if not s == 0 else arb(-1)
    elif kind == "sigmoid":
        # the logistic function between the ends, as it is defined
        k = path["steepness"]
        low, high = 1 / (1 + (k / 2).exp()), 1 / (1 + (-k / 2).exp())
        here = 1 / (1 + (-k * (t - arb(1) / 2)).exp())
        alpha, sigma = (here - low) / (high - low), (high - here) / (high - low)
        # the ends hold by definition; there only the slope is left to compute
        if t == 0:
            alpha, sigma = arb(0), arb(1)
        elif t == 1:
            alpha, sigma = arb(1), arb(0)
        slope = k * here * (1 - here) / (high - low)
        out = Schedule(alpha, sigma, sigma**2, slope, -2 * slope * sigma)
        out._sigma_dot_at_zero = -slope
    else:
        raise ValueError(kind)
    return out


def complete(path):
    """The path with its defaults written out."""
    filled = dict(path)
    for name, value in DEFAULTS[path["kind"]].items():
        if name not in filled:
            if value is None:
                raise KeyError(name)
            filled[name] = value
    return filled


def log_snr_range(path):
    """The log_snr at t = 0 and at t = 1, as balls or "inf"/"-inf"."""
    return schedule(path, arb(0)).log_snr, schedule(path, arb(1)).log_snr


def time_at_log_snr(path, wanted):
    """t with log_snr(t) = wanted, enclosed: Newton's method, then a sign change on both sides proves it."""
    import flint

    bits = flint.ctx.prec
    low, high = arb(-900), arb(900)  # the logit of t
    for _ in range(70):
        middle = ((low + high) / 2).mid()
        there = schedule(path, 1 / (1 + (-middle).exp())).log_snr
        if isinstance(there, str):
            below = there == "-inf"
        else:
            below = (there - wanted).mid() < 0
        low, high = (middle, high) if below else (low, middle)
    t = (1 / (1 + (-low).exp())).mid()
    for _ in range(12):
        at = schedule(path, t)
        step = (at.log_snr - wanted) / at.log_snr_dot
        t = (t - step).mid()
    gap = arb(2) ** (-(bits * 3) // 4) * abs(t * (1 - t)).mid()
    left, right = (t - gap).mid(), (t + gap).mid()
    before, after = schedule(path, left).log_snr - wanted, schedule(path, right).log_snr - wanted
    if not (before < 0 and after > 0):
        from .balls import Undecided

        raise Undecided
    return left.union(right)
