"""Marginal quantities of Gaussian mixtures and point clouds, from sums of exponentials and matrix inverses."""

from flint import arb, arb_mat

from .balls import Singular, Undecided
from .conditional import time_of
from .paths import schedule, time_at_log_snr
from .presets import expanded


class Component:
    """Weight, mean, and either one variance for all axes or a covariance matrix."""

    def __init__(self, weight, mean, variance=None, covariance=None):
        self.weight, self.mean, self.variance, self.covariance = weight, mean, variance, covariance


def components(target, label=None):
    """The components of a target description in balls."""
    kind = target["kind"]
    if kind == "preset":
        target, kind = expanded(target), "gaussian_mixture"
    means = target["points"] if kind == "point_cloud" else target["means"]
    weights = target.get("weights") or [arb(1)] * len(means)
    out = []
    for k, mean in enumerate(means):
        if label is not None and target["labels"][k] != label:
            continue
        if kind == "point_cloud":
            out.append(Component(weights[k], mean, variance=arb(0)))
        elif "covariances" in target:
            matrix = arb_mat(target["covariances"][k])
            out.append(Component(weights[k], mean, covariance=(matrix + matrix.transpose()) / 2))
        else:
            std = target["std"][k] if isinstance(target["std"], list) else target["std"]
            out.append(Component(weights[k], mean, variance=std * std))
    return out


def dot(a, b):
    total = arb(0)
    for x, y in zip(a, b):
        total += x * y
    return total


def identity(d):
    return arb_mat([[arb(1 if i == j else 0) for j in range(d)] for i in range(d)])


class Part:
    """What one component contributes at one place: weight times density, E[x1 | x], g = V^-1 (x - alpha m), V^-1, S."""

    def __init__(self, component):
        self.weight, self.location = component.weight, component.mean


def isotropic(component, s, x):
    part = Part(component)
    d = len(x)
    v = s.alpha * s.alpha * component.variance + s.variance
    if v == 0:
        raise Singular
    away = [a - s.alpha * m for a, m in zip(x, component.mean)]
    part.density = component.weight * (-dot(away, away) / (2 * v)).exp() / (2 * arb.pi() * v).sqrt() ** d
    part.g = [a / v for a in away]
    part.mean = [m + s.alpha * component.variance * g for m, g in zip(component.mean, part.g)]
    part.inverse, part.spread, part.scalar = 1 / v, component.variance, True
    return part


def full(component, s, x):
    part = Part(component)
    d = len(x)
    S = component.covariance
    V = S * (s.alpha * s.alpha) + identity(d) * s.variance
    try:
        inverse = V.inv()
    except ZeroDivisionError:
        raise Undecided
    determinant = V.det()
    if determinant.contains(0):
        raise Undecided
    away = arb_mat([[a - s.alpha * m] for a, m in zip(x, component.mean)])
    g = inverse * away
    q = (away.transpose() * g)[0, 0]
    part.density = component.weight * (-q / 2).exp() / ((2 * arb.pi()) ** d * determinant).sqrt()
    part.g = [g[i, 0] for i in range(d)]
    shift = S * g * s.alpha
    part.mean = [m + shift[i, 0] for i, m in enumerate(component.mean)]
    part.inverse, part.spread, part.scalar = inverse, S, False
    return part


class Marginal:
    """Everything about p_t at x. Each quantity is a plain weighted sum over the components."""

    def __init__(self, target, s, x, label=None):
        self.s, self.x, self.d = s, x, len(x)
        self.parts = [
            (full if c.covariance is not None else isotropic)(c, s, x) for c in components(target, label)
        ]
        self.total = self.mass = arb(0)
        for q in self.parts:
            self.total, self.mass = self.total + q.density, self.mass + q.weight
        self.p = [q.density / self.total for q in self.parts]

    def average(self, vectors):
        out = [arb(0)] * self.d
        for p, v in zip(self.p, vectors):
            out = [a + p * b for a, b in zip(out, v)]
        return out

    def log_density(self):
        return (self.total / self.mass).log()

    def denoiser(self):
        return self.average([q.mean for q in self.parts])

    def g(self):
        return self.average([q.g for q in self.parts])

    def score(self):
        return [-a for a in self.g()]

    def noise(self):
        return [self.s.sigma * a for a in self.g()]

    def fields(self):
        """Each component's own velocity."""
        s = self.s.finite()
        return [[s.alpha_dot * m + s.variance_dot / 2 * g for m, g in zip(q.mean, q.g)] for q in self.parts]

    def velocity(self):
        return self.average(self.fields())

    def jacobian(self):
        """By the product rule: the derivatives of the components' fields, and of their probabilities."""
        s, d = self.s.finite(), self.d
        mean_g, fields = self.g(), self.fields()
        out = [[arb(0)] * d for _ in range(d)]
        for p, q, u in zip(self.p, self.parts, fields):
            own = self.own_jacobian(s, q)
            slope = [a - b for a, b in zip(mean_g, q.g)]  # of log p_k
            for i in range(d):
                row = out[i]
                for j in range(d):
                    row[j] = row[j] + p * (own(i, j) + u[i] * slope[j])
        return out

    def own_jacobian(self, s, q):
        if q.scalar:
            value = (s.alpha_dot * s.alpha * q.spread + s.variance_dot / 2) * q.inverse
            return lambda i, j: value if i == j else arb(0)
        matrix = (q.spread * (s.alpha_dot * s.alpha) + identity(self.d) * (s.variance_dot / 2)) * q.inverse
        return lambda i, j: matrix[i, j]

    def divergence(self):
        s = self.s.finite()
        mean_g, total = self.g(), arb(0)
        for p, q, u in zip(self.p, self.parts, self.fields()):
            own = self.own_jacobian(s, q)
            trace = arb(self.d) * own(0, 0) if q.scalar else sum((own(i, i) for i in range(self.d)), arb(0))
            total += p * (trace + dot(u, mean_g) - dot(u, q.g))
        return total

    def log_density_dt(self):
        """Sum over components of p_k d/dt log N(x; alpha m, V), V' = 2 alpha alpha' S + v' I."""
        s, total = self.s.finite(), arb(0)
        for p, q in zip(self.p, self.parts):
            if q.scalar:
                v_dot = 2 * s.alpha * s.alpha_dot * q.spread + s.variance_dot
                quadratic, trace = v_dot * dot(q.g, q.g), self.d * v_dot * q.inverse
            else:
                V_dot = q.spread * (2 * s.alpha * s.alpha_dot) + identity(self.d) * s.variance_dot
                column = arb_mat([[a] for a in q.g])
                quadratic = (column.transpose() * V_dot * column)[0, 0]
                product = q.inverse * V_dot
                trace = sum((product[i, i] for i in range(self.d)), arb(0))
            total += p * (s.alpha_dot * dot(q.location, q.g) + quadratic / 2 - trace / 2)
        return total

    def covariance(self):
        """E[x1 x1^T | x] - E[x1 | x] E[x1 | x]^T."""
        d, mean = self.d, self.denoiser()
        a2 = self.s.alpha * self.s.alpha
        out = [[-mean[i] * mean[j] for j in range(d)] for i in range(d)]
        for p, q in zip(self.p, self.parts):
            if q.scalar:
                value = q.spread - a2 * q.spread * q.inverse * q.spread
                own = lambda i, j: value if i == j else arb(0)
            else:
                matrix = q.spread - q.spread * q.inverse * q.spread * a2
                own = lambda i, j: matrix[i, j]
            for i in range(d):
                for j in range(d):
                    out[i][j] = out[i][j] + p * (own(i, j) + q.mean[i] * q.mean[j])
        return out


def marginal(request, label=None):
    """The marginal of a request in balls."""
    return Marginal(request["target"], schedule(request["path"], time_of(request)), request["x"], label)


QUANTITIES = {
    "marginal_log_density": lambda m: m.log_density(),
    "marginal_log_density_dt": lambda m: m.log_density_dt(),
    "marginal_velocity": lambda m: m.velocity(),
    "marginal_score": lambda m: m.score(),
    "denoiser": lambda m: m.denoiser(),
    "noise_prediction": lambda m: m.noise(),
    "marginal_divergence": lambda m: m.divergence(),
    "marginal_jacobian": lambda m: m.jacobian(),
    "posterior_covariance": lambda m: m.covariance(),
    "posterior_weights": lambda m: list(m.p),
}


def guided_velocity(request):
    """u_empty + w (u_label - u_empty)."""
    empty = marginal(request).velocity()
    labelled = marginal(request, request["label"]).velocity()
    return [e + request["weight"] * (c - e) for e, c in zip(empty, labelled)]


def cfm_gap(request):
    """One Gaussian: E[(alpha' - alpha sigma'/sigma)^2 tr Cov[x1 | x]], where the covariance does not depend on x."""
    s = schedule(request["path"], time_of(request)).finite()
    (only,) = components(request["target"])
    d = len(only.mean)
    S = identity(d) * only.variance if only.covariance is None else only.covariance
    inverse = (S * (s.alpha * s.alpha) + identity(d) * s.variance).inv()
    if s.variance == 0:
        if isinstance(s.sigma_dot, str):
            raise Singular
        rate = s.alpha * s.sigma_dot  # the limit: Cov[x1 | x] tends to sigma^2/alpha^2
        matrix = S * inverse
    else:
        rate = s.alpha_dot - s.alpha * s.variance_dot / (2 * s.variance)
        matrix = S - S * inverse * S * (s.alpha * s.alpha)
    trace = sum((matrix[i, i] for i in range(d)), arb(0))
    return {"value": rate * rate * trace, "standard_error": arb(0)}


def transformed_velocity(request):
    """The field of path A seen as path B, by the change of variables: u_B = (S'/S) x + a' S u_A(a, x/S)."""
    b = schedule(request["to_path"], time_of(request))
    a_time = time_at_log_snr(request["path"], b.log_snr)
    a = schedule(request["path"], a_time)
    scale, pace = b.sigma / a.sigma, b.log_snr_dot / a.log_snr_dot
    scale_dot = (b.sigma_dot - scale * a.sigma_dot * pace) / a.sigma
    inner = Marginal(request["target"], a, [x / scale for x in request["x"]]).velocity()
    return [scale_dot / scale * x + pace * scale * u for x, u in zip(request["x"], inner)]
