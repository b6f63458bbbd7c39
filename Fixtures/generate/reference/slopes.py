"""Sensitivities of big mixtures by closed-form derivatives, component by component."""

from flint import arb, arb_mat

from .clouds import LINEAR, values, weighted


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
