"""Mixtures of thousands of components or hundreds of dimensions: values as sums over the components."""

from flint import arb

from .conditional import time_of
from .paths import schedule


class Cloud:
    """Components with one variance each: weights (or None), means, standard deviations (a list, one ball, or None)."""

    def __init__(self, target):
        self.means = target["points"] if target["kind"] == "point_cloud" else target["means"]
        self.weights = target.get("weights")
        self.std = arb(0) if target["kind"] == "point_cloud" else target["std"]
        self.labels = target.get("labels")
        self.each = isinstance(self.std, list)
        self.count, self.d = len(self.means), len(self.means[0])

    def deviation(self, k):
        return self.std[k] if self.each else self.std

    def weight(self, k):
        return self.weights[k] if self.weights else arb(1)


class View:
    """The components as seen from x at one time: V, g, E, and probabilities."""

    def __init__(self, cloud, s, x):
        self.cloud, self.s, self.x = cloud, s, x
        a = s.alpha
        self.V, self.g, self.E, self.density = [], [], [], []
        minus = -a
        for k, mean in enumerate(cloud.means):
            s2 = cloud.deviation(k) * cloud.deviation(k)
            V = a * a * s2 + s.variance
            inverse = 1 / V
            away = [p + minus * m for p, m in zip(x, mean)]
            square = arb(0)
            for w in away:
                square += w * w
            g = [w * inverse for w in away]
            factor = a * s2
            self.V.append(V)
            self.g.append(g)
            self.E.append([m + factor * b for m, b in zip(mean, g)] if not s2 == 0 else mean)
            self.density.append(
                cloud.weight(k) * (-square * inverse / 2).exp() / (2 * arb.pi() * V).sqrt() ** cloud.d
            )

    def probabilities(self, label=None):
        chosen = [
            q if label is None or self.cloud.labels[k] == label else arb(0) for k, q in enumerate(self.density)
        ]
        total = arb(0)
        for q in chosen:
            total += q
        mass = arb(0)
        for k in range(self.cloud.count):
            mass += self.cloud.weight(k)
        self.log_density = (total / mass).log()
        return [q / total for q in chosen]


def weighted(p, vectors, d):
    out = [arb(0)] * d
    for q, v in zip(p, vectors):
        if not q == 0:
            out = [a + q * b for a, b in zip(out, v)]
    return out


LINEAR = {
    "marginal_velocity": lambda s: (s.alpha_dot, s.variance_dot / 2),
    "marginal_score": lambda s: (arb(0), arb(-1)),
    "denoiser": lambda s: (arb(1), arb(0)),
    "noise_prediction": lambda s: (arb(0), s.sigma),
}


def values(request, names):
    """The quantities themselves, as plain sums."""
    s = schedule(request["path"], time_of(request))
    cloud = Cloud(request["target"])
    view = View(cloud, s, request["x"])
    d, p = cloud.d, view.probabilities()
    g, E = weighted(p, view.g, d), weighted(p, view.E, d)
    out = {}
    for name in names:
        if name in LINEAR:
            A, B = LINEAR[name](s)
            out[name] = [A * e + B * h for e, h in zip(E, g)]
        elif name == "guided_velocity":
            A, B = LINEAR["marginal_velocity"](s)
            label = view.probabilities(request["label"])
            gl, El = weighted(label, view.g, d), weighted(label, view.E, d)
            w = request["weight"]
            out[name] = [
                (1 - w) * (A * e + B * h) + w * (A * f + B * i) for e, h, f, i in zip(E, g, El, gl)
            ]
        elif name == "marginal_log_density":
            out[name] = view.log_density
        elif name == "posterior_weights":
            out[name] = p
        elif name == "marginal_divergence":
            total = arb(0)
            for k, q in enumerate(p):
                s2 = cloud.deviation(k) * cloud.deviation(k)
                own = d * (s.alpha_dot * s.alpha * s2 + s.variance_dot / 2) / view.V[k]
                for e, h, mean_h in zip(view.E[k], view.g[k], g):
                    own += (s.alpha_dot * e + s.variance_dot / 2 * h) * (mean_h - h)
                total += q * own
            out[name] = total
        elif name == "marginal_log_density_dt":
            total = arb(0)
            for k, q in enumerate(p):
                s2 = cloud.deviation(k) * cloud.deviation(k)
                V_dot = 2 * s.alpha * s.alpha_dot * s2 + s.variance_dot
                own = -d * V_dot / view.V[k] / 2
                for m, h in zip(cloud.means[k], view.g[k]):
                    own += s.alpha_dot * m * h + V_dot * h * h / 2
                total += q * own
            out[name] = total
        else:
            raise ValueError(name)
    return view, p, g, E, out
