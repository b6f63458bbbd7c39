"""Flows without a differential equation: on a line F_t1(phi(x)) = F_t0(x), phi enclosed by a change of sign.

The distribution function of a law at a time is written out per law: of a mixture by error functions, of a box by the integral of
the error function, of Laplace's density by error functions times exponentials, of Student's t as a proven integral of its density
times the error function. Coordinates of a product are independent; one Gaussian is so along the axes of its covariance, and has a
closed form of its own (flows.gaussian_flow)."""

import math

from flint import acb, arb, ctx

from .balls import Singular, Undecided
from .cases_transport import root
from .densities import integrate
from .flows import gaussian_flow
from .intervals import normal_density
from .mixtures import components, identity
from .paths import schedule

ROOT_DIGITS = 96


def below(z):
    """Phi(z)."""
    return (-z / arb(2).sqrt()).erfc() / 2


class Gaussians:
    """A mixture on a line."""

    def __init__(self, target):
        parts = components(target)
        total = sum((c.weight for c in parts), arb(0))
        self.parts = [
            (c.weight / total, c.mean[0], c.variance if c.covariance is None else c.covariance[0, 0]) for c in parts]

    def spreads(self, s):
        for share, mean, variance in self.parts:
            v = s.alpha * s.alpha * variance + s.variance
            if v == 0:
                raise Singular
            yield share, s.alpha * mean, v.sqrt()

    def mass(self, s, x):
        return sum((share * below((x - m) / b) for share, m, b in self.spreads(s)), arb(0))

    def density(self, s, x):
        return sum((share * normal_density((x - m) / b) / b for share, m, b in self.spreads(s)), arb(0))


class Boxes:
    """Intervals with a constant density; the mass below x of one of them is the mean of Phi over it."""

    def __init__(self, target):
        low, high = [row[0] for row in target["lower"]], [row[0] for row in target["upper"]]
        weights = target.get("weights") or [arb(1)] * len(low)
        total = sum(weights, arb(0))
        self.parts = [(w / total, a, b) for w, a, b in zip(weights, low, high)]

    def mass(self, s, x):
        def one(a, b):
            if s.alpha == 0:
                return below(x / s.sigma)
            if s.sigma == 0:
                place = (x / s.alpha - a) / (b - a)
                if place < 0 or place > 1:
                    return arb(0) if place < 0 else arb(1)
                if place > 0 and place < 1:
                    return place
                raise Undecided

            def primitive(y):
                z = (x - s.alpha * y) / s.sigma
                return z * below(z) + normal_density(z)

            return s.sigma / (s.alpha * (b - a)) * (primitive(a) - primitive(b))

        return sum((share * one(a, b) for share, a, b in self.parts), arb(0))

    def density(self, s, x):
        def one(a, b):
            if s.alpha == 0:
                return normal_density(x / s.sigma) / s.sigma
            if s.sigma == 0:
                if x > s.alpha * a and x < s.alpha * b:
                    return 1 / (s.alpha * (b - a))
                if x < s.alpha * a or x > s.alpha * b:
                    return arb(0)
                raise Undecided
            return (below((x - s.alpha * a) / s.sigma) - below((x - s.alpha * b) / s.sigma)) / (s.alpha * (b - a))

        return sum((share * one(a, b) for share, a, b in self.parts), arb(0))


class Laplace:
    """Of the sum of a Laplace and a Gaussian variable: Phi(z) less two tails times exponentials."""

    def __init__(self, target):
        self.location, self.scale = target["location"], target["scale"]

    def halves(self, s, x):
        """z, and exp(l^2/2 -+ l z) Phi(+-z - l) with l = sigma/(alpha b)."""
        z, l = (x - s.alpha * self.location) / s.sigma, s.sigma / (s.alpha * self.scale)
        return z, [(l * l / 2 - sign * l * z).exp() * below(sign * z - l) for sign in (1, -1)]

    def plain(self, s, x):
        """At sigma = 0: the distance from the location in units of the scale."""
        u = (x / s.alpha - self.location) / self.scale
        if not (u > 0 or u < 0):
            raise Undecided
        return u

    def mass(self, s, x):
        if s.alpha == 0:
            return below(x / s.sigma)
        if s.sigma == 0:
            u = self.plain(s, x)
            return u.exp() / 2 if u < 0 else 1 - (-u).exp() / 2
        z, (right, left) = self.halves(s, x)
        return below(z) - (right - left) / 2

    def density(self, s, x):
        if s.alpha == 0:
            return normal_density(x / s.sigma) / s.sigma
        if s.sigma == 0:
            return (-abs(self.plain(s, x))).exp() / (2 * self.scale * s.alpha)
        _, (right, left) = self.halves(s, x)
        return (right + left) / (2 * self.scale * s.alpha)


class Student:
    """Proven integrals over y = location + scale sinh w, and what lies beyond their ends by a bound."""

    def __init__(self, target):
        self.degrees, self.location, self.scale = target["degrees"], target["location"], target["scale"]
        nu = self.degrees
        self.normal = ((nu + 1) / 2).gamma() / ((nu * arb.pi()).sqrt() * (nu / 2).gamma())

    def over(self, s, x, factor):
        """The integral of q(y) factor(z), z = (x - alpha y)/sigma, over the places where |z| is below a bound, and its ends."""
        nu, a, b = self.degrees, x - s.alpha * self.location, s.alpha * self.scale
        reach = arb(math.ceil(math.sqrt(1.4 * (ctx.prec + 60))))
        low, high = (((a + sign * reach * s.sigma) / b).asinh().mid() for sign in (-1, 1))

        def value(w, analytic):
            y = (w.exp() - (-w).exp()) / 2
            steep = (w.exp() + (-w).exp()) / 2
            there = (1 + y * y / nu).log(analytic=analytic)
            return (-(nu + 1) / 2 * there).exp() * steep * factor((a - b * y) / s.sigma)

        middle = (a / b).asinh().mid()
        cuts = sorted({low, high, middle} | ({arb(0)} if low < 0 and high > 0 else set()), key=float)
        beyond = normal_density(reach) * 2
        return self.normal * integrate(value, *cuts), (low, high), beyond

    def tail(self, w):
        """The mass of the data below location + scale sinh w, by the incomplete beta function."""
        nu = self.degrees
        u = (w.exp() - (-w).exp()) / 2
        if u == 0:
            return arb(1) / 2
        share = (nu / (nu + u * u)).beta_lower(nu / 2, arb(1) / 2, True) / 2
        return share if u < 0 else 1 - share

    def mass(self, s, x):
        if s.alpha == 0:
            return below(x / s.sigma)
        if s.sigma == 0:
            return self.tail(((x / s.alpha - self.location) / self.scale).asinh())
        inside, (low, _), beyond = self.over(s, x, lambda z: (-z / acb(2).sqrt()).erfc() / 2)
        # below the window Phi is one, above it zero, up to the tail
        return inside + self.tail(low) + arb(0, beyond.upper())

    def density(self, s, x):
        if s.alpha == 0:
            return normal_density(x / s.sigma) / s.sigma
        if s.sigma == 0:
            u = (x / s.alpha - self.location) / self.scale
            return self.normal / (self.scale * s.alpha) * (-(self.degrees + 1) / 2 * (1 + u * u / self.degrees).log()).exp()
        inside, _, beyond = self.over(s, x, lambda z: (-z * z / 2).exp() / (2 * acb.pi()).sqrt())
        return (inside + arb(0, beyond.upper())) / s.sigma


def law(target):
    if target["kind"] in ("gaussian_mixture", "point_cloud"):
        return Gaussians(target)
    if target["kind"] == "uniform_boxes":
        return Boxes(target)
    return {"laplace": Laplace, "student_t": Student}[target["name"]](target)


def factors(target, d):
    """One target on a line per axis; None for a Gaussian in several dimensions."""
    if target["kind"] == "product":
        return target["factors"]
    return [target] if d == 1 else None


def rough(one, s, wanted):
    """Where the mass below reaches `wanted`, to some 20 digits: the logarithm of the distance from 0 is halved, then Newton."""
    bits = ctx.prec
    if isinstance(one, Student):  # dear; the others may be flat between two narrow parts
        ctx.prec = ROOT_DIGITS
    try:
        low, high = arb(-1.2345), arb(1.3579)  # away from edges and kinks, which have no side
        while not one.mass(s, low) < wanted:
            low = 2 * low
        while not one.mass(s, high) > wanted:
            high = 2 * high
        for _ in range(48):
            middle = ((low + high) / 2).mid()
            if (one.mass(s, middle) - wanted).mid() < 0:
                low = middle
            else:
                high = middle
        return ((low + high) / 2).mid()
    finally:
        ctx.prec = bits


def floats(node):
    """A description with its balls rounded: what is found to some 20 digits serves all that agree in them."""
    if isinstance(node, dict):
        return {k: floats(v) for k, v in node.items()}
    if isinstance(node, list):
        return [floats(v) for v in node]
    return float(node) if isinstance(node, arb) else node


FOUND = {}


def line(target, a, b, x):
    """phi(x) of one axis and the two densities, from the schedules at both ends."""
    one = law(target)
    wanted = one.mass(a, x)
    if not (wanted > 0 and wanted < 1):
        raise Undecided
    key = repr((floats(target), float(b.alpha), float(b.sigma), float(a.alpha), float(a.sigma), float(x)))
    if key not in FOUND:
        if len(FOUND) > 64:
            FOUND.clear()
        FOUND[key] = rough(one, b, wanted)
    y, steps, good = FOUND[key], 0, 30
    while good < ctx.prec:
        slope = one.density(b, y)
        y = (y - (one.mass(b, y) - wanted) / slope).mid()
        steps, good = steps + 1, 2 * good
        if steps > 12:
            raise Undecided
    gap = (arb(2) ** (-(ctx.prec * 3) // 4)) * (abs(y) + one.mass(b, y) * (1 - one.mass(b, y)) / one.density(b, y)).mid()
    left, right = (y - gap).mid(), (y + gap).mid()
    if not (one.mass(b, left) < wanted and one.mass(b, right) > wanted):
        raise Undecided
    return left.union(right), one.density(a, x)


def flow(request):
    """phi(x)."""
    return moved(request, request["t0"], request["t1"], request["x"])


def moved(request, start, end, x):
    parts = factors(request["target"], len(x))
    if parts is None:
        return gaussian_flow(request, start, end, x)
    a, b = schedule(request["path"], start), schedule(request["path"], end)
    return [line(t, a, b, v)[0] for t, v in zip(parts, x)]


def slopes(request):
    """dphi/dx of every axis: the density at x over that at phi(x)."""
    a, b = schedule(request["path"], request["t0"]), schedule(request["path"], request["t1"])
    out = []
    for target, x in zip(factors(request["target"], len(request["x"])), request["x"]):
        y, before = line(target, a, b, x)
        out.append(before / law(target).density(b, y))
    return out


def spreads(request):
    """The covariances of one Gaussian at both ends."""
    (only,) = components(request["target"])
    d = len(request["x"])
    for time in ("t0", "t1"):
        s = schedule(request["path"], request[time])
        S = identity(d) * only.variance if only.covariance is None else only.covariance
        yield S * (s.alpha * s.alpha) + identity(d) * s.variance


def jacobian(request):
    """dphi_i/dx_j, rows first: diagonal for independent coordinates, V_1^1/2 V_0^-1/2 for one Gaussian."""
    d = len(request["x"])
    if factors(request["target"], d) is None:
        before, after = spreads(request)
        try:
            return (root(after) * root(before).inv()).table()
        except ZeroDivisionError:
            raise Undecided
    diagonal = slopes(request)
    return [[diagonal[i] if i == j else arb(0) for j in range(d)] for i in range(d)]


def log_determinant(request):
    """log p_t0(x) - log p_t1(phi(x))."""
    if factors(request["target"], len(request["x"])) is None:
        before, after = spreads(request)
        return (after.det() / before.det()).log() / 2
    return sum((v.log() for v in slopes(request)), arb(0))


def average_velocity(request):
    """(phi(x) - x)/(t1 - t0)."""
    span = request["t1"] - request["t0"]
    return [(y - x) / span for y, x in zip(flow(request), request["x"])]
