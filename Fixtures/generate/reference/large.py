"""Mixtures of thousands of components or hundreds of dimensions: values as sums, sensitivities by closed-form derivatives.

Moving a hundred thousand numbers one by one would take hours. Every quantity is y = sum_k p_k a_k, so a number z of
component k moves it by p_k ((a_k - y) dl_k/dz + da_k/dz), l_k being the logarithm of weight times density. The time,
the path's parameters and a shared standard deviation are moved one by one as for small requests. The check program
compares both ways on small mixtures."""

from flint import arb, arb_mat, ctx

from .balls import FORMATS, Undecided, ceiling, in_range
from .certify import Answer, balls, finish, representable, rough, slope
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


def component_slopes(request, names):
    """Per quantity and leaf, the sum of |z dy/dz| over the components' own numbers and over x; and the largest
    relative sensitivity of a probability that matters."""
    view, p, g, E, out = values(request, names)
    cloud, s, x = view.cloud, view.s, view.x
    d, n, a, v = cloud.d, cloud.count, view.s.alpha, view.s.variance
    sums = {}
    # per component: sum_j |m_j g_j| alpha, d l/d s * s
    reach = []
    for k in range(n):
        total = arb(0)
        for m, h in zip(cloud.means[k], view.g[k]):
            if not m == 0:
                total += abs(m * h)
        reach.append(total * a)
    deviation = [None] * n
    if cloud.each:
        for k in range(n):
            sk = cloud.std[k]
            square = sum_of_squares(view.g[k])
            deviation[k] = (square / 2 - d / (2 * view.V[k])) * 2 * a * a * sk * sk
    fields = {}
    for name in names:
        if name in LINEAR:
            fields[name] = (LINEAR[name](s), [(arb(1), p, E, g)])
        elif name == "guided_velocity":
            label = view.probabilities(request["label"])
            w = request["weight"]
            El, gl = weighted(label, view.E, d), weighted(label, view.g, d)
            fields[name] = (LINEAR["marginal_velocity"](s), [(1 - w, p, E, g), (w, label, El, gl)])
    for name, ((A, B), terms) in fields.items():
        sums[name] = linear_sums(view, reach, deviation, A, B, terms)
        if name == "guided_velocity":
            (_, _, E0, g0), (_, _, E1, g1) = terms
            for i in range(d):
                gap = A * (E1[i] - E0[i]) + B * (g1[i] - g0[i])
                sums[name][i] += abs(request["weight"] * gap)
    relative = arb(0)
    average_reach = arb(0)
    for q, r in zip(p, reach):
        average_reach += q * r
    x_slopes = [abs(b) for b in x]
    for k in range(n):
        if p[k] > arb(2) ** -100:
            there = reach[k] + average_reach
            for w, h, mean_h in zip(x_slopes, view.g[k], g):
                there += w * abs(h - mean_h)
            relative = there if there > relative else relative
    if "marginal_log_density" in names:
        total = average_reach
        for w, h in zip(x_slopes, g):
            total += w * abs(h)
        if cloud.each:
            for q, e in zip(p, deviation):
                total += abs(q * e)
        if cloud.weights:
            mass = sum_of(cloud.weights)
            for q, w in zip(p, cloud.weights):
                total += abs(q - w / mass)
        sums["marginal_log_density"] = [total]
    if "posterior_weights" in names:
        whole = arb(0)
        for k, q in enumerate(p):
            whole += q * own_total(cloud, reach, deviation, k)
        rows = []
        for k, q in enumerate(p):
            mine = own_total(cloud, reach, deviation, k)
            total = q * ((1 - q) * mine + whole - q * mine)
            for w, h, mean_h in zip(x_slopes, view.g[k], g):
                total += q * w * abs(mean_h - h)
            rows.append(total)
        sums["posterior_weights"] = rows
    if "marginal_divergence" in names:
        sums["marginal_divergence"] = [divergence_sum(view, p, g, out["marginal_divergence"], reach, deviation)]
    if "marginal_log_density_dt" in names:
        sums["marginal_log_density_dt"] = [dt_sum(view, p, g, out["marginal_log_density_dt"], deviation)]
    return sums, relative


def own_total(cloud, reach, deviation, k):
    """Sum of |z dl_k/dz| over component k's own numbers."""
    total = reach[k]
    if cloud.each:
        total += abs(deviation[k])
    if cloud.weights:
        total += 1
    return total


def sum_of(values):
    total = arb(0)
    for v in values:
        total += v
    return total


def sum_of_squares(values):
    total = arb(0)
    for v in values:
        total += v * v
    return total


def linear_sums(view, reach, deviation, A, B, terms):
    """For y_i = sum over terms of coefficient sum_k p_k (A E_ki + B g_ki)."""
    cloud, s, x = view.cloud, view.s, view.x
    d, n, a, v = cloud.d, cloud.count, s.alpha, s.variance
    totals = [arb(0)] * d
    jacobian = arb_mat(d, d)
    for coefficient, p, E, g in terms:
        rows = arb_mat([[p[k] * (A * (view.E[k][i] - E[i]) + B * (view.g[k][i] - g[i])) for k in range(n)] for i in range(d)])
        jacobian = jacobian - rows * arb_mat(view.g) * coefficient
        for k in range(n):
            s2 = cloud.deviation(k) * cloud.deviation(k)
            diagonal = coefficient * p[k] * (A * a * s2 + B) / view.V[k]
            for i in range(d):
                jacobian[i, i] = jacobian[i, i] + diagonal
    for i in range(d):
        for j in range(d):
            totals[i] += abs(x[j] * jacobian[i, j])
    for k in range(n):
        if all(p[k] == 0 for _, p, _, _ in terms):
            continue
        mean, gk, Ek, V = cloud.means[k], view.g[k], view.E[k], view.V[k]
        own = (A * v - B * a) / V
        share = sum_of([c * p[k] for c, p, _, _ in terms])
        for i in range(d):
            here = A * Ek[i] + B * gk[i]
            pull = arb(0)
            for c, p, E, g in terms:
                pull += c * p[k] * (here - A * E[i] - B * g[i])
            first = pull * a * gk[i]
            m = abs(mean[i])
            totals[i] += abs(pull) * reach[k] - m * abs(first) + m * abs(first + share * own)
            if cloud.each:
                sk = cloud.std[k]
                change = 2 * sk * sk * (A * a * gk[i] * v - B * gk[i] * a * a) / V
                totals[i] += abs(pull * deviation[k] + share * change)
            if cloud.weights:
                totals[i] += abs(pull)
    return totals


def divergence_sum(view, p, g, y, reach, deviation):
    """y = sum p_k (t_k - c |g_k - mean g|^2), c = v'/2 - alpha' v/alpha, t_k the trace of component k's own Jacobian."""
    cloud, s, x = view.cloud, view.s, view.x
    d, n, a = cloud.d, cloud.count, s.alpha
    c = s.variance_dot / 2 - s.alpha_dot * s.variance / a
    total, along = arb(0), [arb(0)] * d
    for k in range(n):
        s2 = cloud.deviation(k) * cloud.deviation(k)
        V = view.V[k]
        own = d * (s.alpha_dot * a * s2 + s.variance_dot / 2) / V
        apart = [h - mean_h for h, mean_h in zip(view.g[k], g)]
        # -c |apart|^2 averages to the same as u_k . (mean g - g_k)
        here = own - c * sum_of_squares(apart)
        pull = here - y
        for j in range(d):
            change = 2 * c * apart[j] / V
            m = cloud.means[k][j]
            total += abs(p[k] * m * a * (pull * view.g[k][j] + change))
            along[j] = along[j] - p[k] * (pull * view.g[k][j] + change)
        if cloud.each:
            sk = cloud.std[k]
            grow = 2 * a * a * sk * sk
            cross = sum_of([q * h for q, h in zip(apart, view.g[k])])
            change = -own / V * grow + d * 2 * a * s.alpha_dot * sk * sk / V + 2 * c * cross / V * grow
            total += abs(p[k] * (pull * deviation[k] + change))
        if cloud.weights:
            total += abs(p[k] * pull)
    for j in range(d):
        total += abs(x[j] * along[j])
    return total


def dt_sum(view, p, g, y, deviation):
    cloud, s, x = view.cloud, view.s, view.x
    d, n, a = cloud.d, cloud.count, s.alpha
    total, along = arb(0), [arb(0)] * d
    for k in range(n):
        s2 = cloud.deviation(k) * cloud.deviation(k)
        V, V_dot = view.V[k], 2 * a * s.alpha_dot * s2 + s.variance_dot
        mg = sum_of([m * h for m, h in zip(cloud.means[k], view.g[k])])
        gg = sum_of_squares(view.g[k])
        pull = s.alpha_dot * mg + V_dot * gg / 2 - d * V_dot / V / 2 - y
        for j in range(d):
            m, h = cloud.means[k][j], view.g[k][j]
            by_mean = s.alpha_dot * h - s.alpha_dot * m * a / V - V_dot * h * a / V
            by_x = s.alpha_dot * m / V + V_dot * h / V
            total += abs(p[k] * m * (pull * a * h + by_mean))
            along[j] = along[j] + p[k] * (by_x - pull * h)
        if cloud.each:
            sk = cloud.std[k]
            grow, faster = 2 * a * a * sk * sk, 4 * a * s.alpha_dot * sk * sk
            change = (
                -s.alpha_dot * mg * grow / V + faster * gg / 2 - V_dot * gg * grow / V
                - d * faster / (2 * V) + d * V_dot * grow / (2 * V * V)
            )
            total += abs(p[k] * (pull * deviation[k] + change))
        if cloud.weights:
            total += abs(p[k] * pull)
    for j in range(d):
        total += abs(x[j] * along[j])
    return total


def shared_slots(tree):
    """The numbers that are moved one by one: the time, the path's parameters, one standard deviation for all."""
    out = []
    for key, value in tree["path"].items():
        if isinstance(value, arb) and not value == 0:
            out.append((tree["path"], key, abs(value)))
    time = "t" if "t" in tree else "one_minus_t"
    value = tree[time]
    weight = value if value < arb(0.5) else 1 - value
    if not weight == 0:
        out.append((tree, time, weight))
    std = tree["target"].get("std")
    if isinstance(std, arb) and not std == 0:
        out.append((tree["target"], "std", std))
    return out


def leaves_of(value):
    return value if isinstance(value, list) else [value]


def certify_large(request, names, target, explicit=None, formats=tuple(FORMATS)):
    """Certified answers for the named quantities; target is the balls of the big target, made once, and formats are
    those in which its numbers are exact."""
    for bits in (512, 1024, 2048, 4096, 8192):
        ctx.prec = bits
        try:
            return _certify_large(request, names, target, explicit or request, formats, bits)
        except Undecided:
            continue
    raise RuntimeError("no enclosure is tight enough")


def _certify_large(request, names, target, explicit, formats, bits):
    tree = {**balls(request), "target": dict(target)}
    out = values(tree, names)[-1]
    sums, relative = component_slopes(tree, names)
    delta = arb(2) ** (-(bits * 3) // 8)
    for holder, key, weight in shared_slots(tree):
        kept = holder[key]
        holder[key] = kept + delta * weight
        moved = values(tree, names)[-1]
        holder[key] = kept
        for name in names:
            steps = [abs(slope(m, b, delta)) for m, b in zip(leaves_of(moved[name]), leaves_of(out[name]))]
            sums[name] = [s + t for s, t in zip(sums[name], steps)]
    answers = {}
    for name in names:
        base = leaves_of(out[name])
        leaves, _ = finish(base, sums[name])
        s = schedule(tree["path"], time_of(tree))
        good = [
            f
            for f in formats
            if representable(explicit, f)
            and all(in_range(rough(b), f) for b in base)
            and in_range(rough(s.variance), f)
            and (s.variance == 0 or in_range(rough(1 / s.variance), f))
            and relative * arb(2) ** FORMATS[f][3] < arb(0.05)
        ]
        answers[name] = Answer(out[name], leaves, good, bits)
    return answers
