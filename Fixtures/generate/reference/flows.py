"""Flows that are known: of one Gaussian in closed form, on the line by the mass below."""

from flint import arb, arb_mat, ctx

from .balls import Undecided
from .cases_transport import root
from .mixtures import Marginal, components, identity
from .paths import schedule


def gaussian_flow(request, start, end, x):
    """alpha m + V^1/2 V_0^-1/2 (x - alpha_0 m), one Gaussian."""
    (only,) = components(request["target"])
    d = len(x)
    a, b = schedule(request["path"], start), schedule(request["path"], end)

    def spread(s):
        S = only.covariance if only.covariance is not None else identity(d) * only.variance
        return S * (s.alpha * s.alpha) + identity(d) * s.variance

    if only.covariance is None:
        ratio = (spread(b)[0, 0] / spread(a)[0, 0]).sqrt()
        return [b.alpha * m + ratio * (v - a.alpha * m) for v, m in zip(x, only.mean)]
    try:
        moved = root(spread(b)) * root(spread(a)).inv() * arb_mat([[v - a.alpha * m] for v, m in zip(x, only.mean)])
    except ZeroDivisionError:
        raise Undecided
    return [b.alpha * m + moved[i, 0] for i, m in enumerate(only.mean)]


def line_flow(request, start, end, x):
    """On the line the flow keeps the mass below: F_end(y) = F_start(x), y enclosed by a change of sign."""

    def mass(s, y):
        parts = components(request["target"])
        total = sum((c.weight for c in parts), arb(0))
        z = [(s.alpha * c.mean[0] - y) / (2 * (s.alpha * s.alpha * c.variance + s.variance)).sqrt() for c in parts]
        return sum((c.weight * v.erfc() / 2 for c, v in zip(parts, z)), arb(0)) / total

    def density(s, y):
        return Marginal(request["target"], s, [y]).log_density().exp()

    wanted = mass(schedule(request["path"], start), x[0])
    s = schedule(request["path"], end)
    low, high = arb(-64), arb(64)
    for _ in range(60):
        middle = ((low + high) / 2).mid()
        if (mass(s, middle) - wanted).mid() < 0:
            low = middle
        else:
            high = middle
    y = ((low + high) / 2).mid()
    for _ in range(8):
        y = (y - (mass(s, y) - wanted) / density(s, y)).mid()
    gap = arb(2) ** (-(ctx.prec * 3) // 4)
    left, right = (y - gap).mid(), (y + gap).mid()
    if not (mass(s, left) < wanted and mass(s, right) > wanted):
        raise Undecided
    return [left.union(right)]


def stretch(exact, request):
    """How much an error made on the way grows at most until the end: the largest derivative of the rest of the flow."""
    start, end = request["t0"], request["t1"]
    most, h = arb(1), arb(2) ** -20
    for k in range(17):
        t = (start * (16 - k) + end * k) / 16
        x = [v.mid() for v in exact(request, start, t, request["x"])]
        for axis in range(len(x)):
            moved = [v + (h if i == axis else 0) for i, v in enumerate(x)]
            ends = exact(request, t, end, moved), exact(request, t, end, x)
            size = sum((abs(a - b) for a, b in zip(*ends)), arb(0)) / h
            most = most if size < most else size
    return most
