"""Marginal quantities when the source is a mixture too: X_t = sigma X0 + alpha X1, independent, pairs of components."""

from flint import arb, arb_mat

from .balls import Singular, Undecided
from .conditional import time_of
from .mixtures import components, identity
from .paths import schedule


def usable(x):
    if isinstance(x, str):
        raise Singular
    return x


class Pair:
    """What one pair of components contributes at x."""


def pairs(request):
    s = schedule(request["path"], time_of(request))
    x = request["x"]
    d = len(x)
    out = []

    def matrix(c):
        return identity(d) * c.variance if c.covariance is None else c.covariance

    for c0 in components(request["source"]):
        for c1 in components(request["target"]):
            p = Pair()
            S0, S1 = matrix(c0), matrix(c1)
            V = S0 * (s.sigma * s.sigma) + S1 * (s.alpha * s.alpha)
            try:
                inverse = V.inv()
            except ZeroDivisionError:
                raise Undecided
            away = arb_mat([[a - s.sigma * m0 - s.alpha * m1] for a, m0, m1 in zip(x, c0.mean, c1.mean)])
            g = inverse * away
            q = (away.transpose() * g)[0, 0]
            p.weight = c0.weight * c1.weight
            p.density = p.weight * (-q / 2).exp() / ((2 * arb.pi()) ** d * V.det()).sqrt()
            p.g = [g[i, 0] for i in range(d)]
            E0, E1 = S0 * g * s.sigma, S1 * g * s.alpha
            p.noise = [m + E0[i, 0] for i, m in enumerate(c0.mean)]
            p.data = [m + E1[i, 0] for i, m in enumerate(c1.mean)]
            p.S0, p.S1, p.inverse, p.m0, p.m1 = S0, S1, inverse, c0.mean, c1.mean
            out.append(p)
    return s, d, out


def quantities(request, names):
    s, d, all_pairs = pairs(request)
    total = sum((p.density for p in all_pairs), arb(0))
    mass = sum((p.weight for p in all_pairs), arb(0))
    shares = [p.density / total for p in all_pairs]

    def average(vectors):
        return [sum((q * v[i] for q, v in zip(shares, vectors)), arb(0)) for i in range(d)]

    g = average([p.g for p in all_pairs])
    out = {}
    for name in names:
        if name == "marginal_log_density":
            out[name] = (total / mass).log()
            continue
        if name == "marginal_score":
            out[name] = [-a for a in g]
            continue
        if name == "denoiser":
            out[name] = average([p.data for p in all_pairs])
            continue
        a_dot, s_dot = usable(s.alpha_dot), usable(s.sigma_dot)
        fields = [[a_dot * b + s_dot * c for b, c in zip(p.data, p.noise)] for p in all_pairs]
        V_dots = [p.S0 * (2 * s.sigma * s_dot) + p.S1 * (2 * s.alpha * a_dot) for p in all_pairs]
        if name == "marginal_velocity":
            out[name] = average(fields)
        elif name in ("marginal_jacobian", "marginal_divergence"):
            J = [[arb(0)] * d for _ in range(d)]
            for q, p, u, V_dot in zip(shares, all_pairs, fields, V_dots):
                own = V_dot * p.inverse / 2
                for i in range(d):
                    for j in range(d):
                        J[i][j] = J[i][j] + q * (own[i, j] + u[i] * (g[j] - p.g[j]))
            out[name] = J if name == "marginal_jacobian" else sum((J[i][i] for i in range(d)), arb(0))
        elif name == "marginal_log_density_dt":
            result = arb(0)
            for q, p, V_dot in zip(shares, all_pairs, V_dots):
                column = arb_mat([[a] for a in p.g])
                quadratic = (column.transpose() * V_dot * column)[0, 0]
                moving = sum(((s_dot * m0 + a_dot * m1) * h for m0, m1, h in zip(p.m0, p.m1, p.g)), arb(0))
                product = p.inverse * V_dot
                trace = sum((product[i, i] for i in range(d)), arb(0))
                result += q * (moving + quadratic / 2 - trace / 2)
            out[name] = result
        else:
            raise ValueError(name)
    return out
