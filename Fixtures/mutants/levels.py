"""Exact flows between two times: on a line by equal mass below, of one Gaussian by roots of its covariances."""

from mpmath import mp, mpf

import switches
from mixtures import Posterior, parse_target
from paths import parse, schedule
from switches import wrong
from transport import power
from wire import Refusal, number, vector

DELTA = mpf(2) ** -100


class Setting:
    """The path, the target and both times of a request."""

    def __init__(self, request):
        if "source" in request or "points" in request:
            raise Refusal("unsupported")
        self.path, self.target, self.x = parse(request["path"]), parse_target(request["target"]), vector(request["x"], "x")
        if len(self.x) != len(self.target[1][0]):
            raise Refusal("dimension_mismatch", "x")
        self.start, self.end = number(request["t0"], "t0"), number(request["t1"], "t1")
        if not (0 <= self.start <= 1 and 0 <= self.end <= 1):
            raise Refusal("out_of_domain", "t0")
        if len(self.x) > 1 and len(self.target[1]) > 1:
            raise Refusal("unsupported", "target")
        self.is_cloud = request["target"]["kind"] == "point_cloud"
        if wrong("flow_ends_sorted"):
            self.start, self.end = min(self.start, self.end), max(self.start, self.end)
        if wrong("flow_ends_exchanged"):
            self.start, self.end = self.end, self.start

    def at(self, t):
        """The schedule; mistakes of paths and fields are hunted by their own fixtures."""
        return quiet(lambda: schedule(self.path, t, 1 - t))

    def field(self, t, x):
        return quiet(lambda: Posterior(self.target, self.at(t), x))

    def spread(self, k, c):
        """The covariance of a component at a time, as a matrix."""
        n, S = len(self.x), self.target[2][k]
        full = isinstance(S, list)
        return mp.matrix([[c.a**2 * (S[i][j] if full else S * (i == j)) + c.v * (i == j) for j in range(n)] for i in range(n)])

    def roots(self, start, end):
        """V_1^1/2 V_0^-1/2."""
        before, after = self.spread(0, self.at(start)), self.spread(0, self.at(end))
        if wrong("flow_by_cholesky"):
            return mp.cholesky(after) * mp.cholesky(before) ** -1
        if wrong("flow_by_covariances"):
            return after * before**-1
        return power(after, mpf(1) / 2) * power(before, mpf(1) / 2) ** -1

    def moved(self, start, end, x):
        a, b = self.at(start), self.at(end)
        if len(self.target[1]) == 1:
            mean = self.target[1][0]
            turned = self.roots(start, end) * mp.matrix([y - a.a * m for y, m in zip(x, mean)])
            return [b.a * m + turned[i] for i, m in enumerate(mean)]
        return [level(self, a, b, x[0])]

    def slope(self):
        """dphi/dx on a line."""
        y = self.moved(self.start, self.end, self.x)
        return mp.exp(self.field(self.start, self.x).log_density - self.field(self.end, y).log_density)


def quiet(ask):
    noted = set(switches.asked)
    try:
        return ask()
    finally:
        switches.asked.clear()
        switches.asked.update(noted)


def level(setting, a, b, x):
    """The place with the same mass below: halved until it is near, then Newton's method."""
    total = sum(setting.target[0])
    parts = [(w / total, m[0], setting.spread(k, a)[0, 0], setting.spread(k, b)[0, 0])
             for k, (w, m) in enumerate(zip(setting.target[0], setting.target[1])) if w > 0]
    if any(v == 0 for _, _, v, _ in parts) or any(v == 0 for _, _, _, v in parts):
        raise Refusal("singular", "t0")
    z = [(x - a.a * m) / mp.sqrt(v) for _, m, v, _ in parts]
    side = 1 if sum(w * mp.ncdf(q) for (w, *_), q in zip(parts, z)) > 0.5 else -1
    if wrong("level_by_one_minus"):
        wanted = 1 - mpf(float(sum(w * mp.ncdf(q) for (w, *_), q in zip(parts, z))))
        side = 1
    else:
        wanted = sum(w * mp.ncdf(-side * q) for (w, *_), q in zip(parts, z))
    own = [b.a * m + mp.sqrt(v) * q for (_, m, _, v), q in zip(parts, z)]
    low, high = min(own), max(own)

    def beyond(y):
        return sum(w * mp.ncdf(-side * (y - b.a * m) / mp.sqrt(v)) for w, m, _, v in parts)

    for _ in range(60):
        middle = (low + high) / 2
        if (beyond(middle) > wanted) == (side > 0):
            low = middle
        else:
            high = middle
    y = (low + high) / 2
    for _ in range(6):
        density = sum(w * mp.npdf((y - b.a * m) / mp.sqrt(v)) / mp.sqrt(v) for w, m, _, v in parts)
        if density == 0:
            break
        y += side * (beyond(y) - wanted) / density
    return y


def average_velocity(request):
    s = Setting(request)
    if s.start == s.end:
        return s.field(s.start, s.x).velocity()
    mean = average(s, s.start, s.end, s.x)
    if wrong("average_ends_swapped"):
        return average(s, s.end, s.start, s.x)
    if wrong("average_as_displacement"):
        return [(s.end - s.start) * u for u in mean]
    if wrong("average_over_the_size"):
        return [u if s.end > s.start else -u for u in mean]
    if wrong("average_by_subtraction"):
        y = s.moved(s.start, s.end, s.x)
        return [mpf((float(b) - float(a)) / (float(s.end) - float(s.start))) for a, b in zip(s.x, y)]
    if wrong("average_as_velocity"):
        return s.field(s.start, s.x).velocity()
    if wrong("average_as_mean_of_two"):
        ends = s.field(s.end, s.moved(s.start, s.end, s.x)).velocity()
        return [(a + b) / 2 for a, b in zip(s.field(s.start, s.x).velocity(), ends)]
    # what the objective u = v - (t - r) du/dt has as its fixed point when the total derivative is formed wrongly
    if wrong("total_derivative_sign"):
        return [2 * v - u for v, u in zip(s.field(s.start, s.x).velocity(), mean)]
    if wrong("total_derivative_without_transport"):
        return identity(s, mean, transport=False)
    if wrong("total_derivative_moves_the_end"):
        return identity(s, mean, moves_end=True)
    return mean


def average(s, start, end, x):
    return [(b - a) / (end - start) for a, b in zip(x, s.moved(start, end, x))]


def identity(s, mean, transport=True, moves_end=False):
    """v + (t1 - t0) (v . grad u + du/dt0), perhaps with du/dt1 in it, by differences inside [0, 1]."""
    velocity = s.field(s.start, s.x).velocity()
    h = DELTA if s.start < 0.5 else -DELTA
    k = DELTA if s.end < 0.5 else -DELTA
    place = [a + h * v for a, v in zip(s.x, velocity)] if transport else s.x
    rate = [(b - a) / h for a, b in zip(mean, average(s, s.start + h, s.end, place))]
    if moves_end:
        rate = [r + (b - a) / k for r, a, b in zip(rate, mean, average(s, s.start, s.end + k, s.x))]
    return [v + (s.end - s.start) * r for v, r in zip(velocity, rate)]


def flow_jacobian(request):
    s = Setting(request)
    if s.is_cloud and (s.at(s.start).v == 0 or s.at(s.end).v == 0):
        raise Refusal("singular", "t1")
    if wrong("flow_jacobian_of_one_step"):
        rows = s.field(s.start, s.x).jacobian()
        return [[(i == j) + (s.end - s.start) * v for j, v in enumerate(row)] for i, row in enumerate(rows)]
    matrix = s.roots(s.start, s.end) if len(s.target[1]) == 1 else mp.matrix([[s.slope()]])
    if wrong("flow_jacobian_inverse"):
        matrix = matrix**-1
    return matrix.tolist()


def flow_log_determinant(request):
    s = Setting(request)
    if s.is_cloud and (s.at(s.start).v == 0 or s.at(s.end).v == 0):
        raise Refusal("singular", "t1")
    if wrong("flow_determinant_of_one_step"):
        rows = s.field(s.start, s.x).jacobian()
        return (s.end - s.start) * sum(rows[i][i] for i in range(len(rows)))
    if len(s.target[1]) == 1:
        log = mp.log(mp.det(s.roots(s.start, s.end)))
    else:
        log = mp.log(s.slope())
    if wrong("flow_determinant_by_two_densities"):
        y = s.moved(s.start, s.end, s.x)
        return mpf(float(s.field(s.start, s.x).log_density) - float(s.field(s.end, y).log_density))
    return -log if wrong("flow_determinant_sign") else log
