"""Gaussian mixtures and point clouds: posterior moments and marginal fields, by their definitions."""

import math
from types import SimpleNamespace

from mpmath import mp, mpf

from paths import double, log_snr, parse, schedule, single, time_at_log_snr
from conditional import finite
from switches import wrong
from wire import Refusal, matrix, number, symmetric, time, vector

defined = {}


def keys(target, required, optional=()):
    for name in target:
        if name not in ("kind", *required, *optional) and not wrong("unknown_fields_ignored"):
            raise Refusal("unknown_field", name)
    for name in required:
        if name not in target:
            raise Refusal("missing_field", name)


def parse_target(target):
    """(weights, means, covariances, labels)."""
    if not isinstance(target, dict):
        raise Refusal("invalid_field", "target")
    kind = target.get("kind")
    if kind == "defined":
        keys(target, ["name"])
        if target["name"] not in defined:
            raise Refusal("unsupported", "target")
        return parse_target(defined[target["name"]])
    if kind == "preset":
        return preset(target)
    if kind == "point_cloud":
        keys(target, ["points"], ["weights", "labels"])
        means = matrix(target["points"])
        spreads = [mpf(0)] * len(means)
    elif kind == "gaussian_mixture":
        keys(target, ["means"], ["weights", "std", "covariances", "labels"])
        means = matrix(target["means"])
        if ("std" in target) == ("covariances" in target):
            raise Refusal("missing_field" if "std" not in target else "invalid_field", "std")
        if "std" in target:
            std = target["std"]
            std = vector(std, "std") if isinstance(std, list) else [number(std, "std")] * len(means)
            spreads = [s if wrong("std_as_variance") else s * s for s in std]
            if any(s < 0 for s in std):
                raise Refusal("out_of_domain", "std")
        else:
            spreads = [symmetric(matrix(m)) for m in target["covariances"]]
    elif kind in ("uniform_boxes", "ring", "curve", "density_1d", "product", "file"):
        raise Refusal("unsupported", "target")
    else:
        raise Refusal("invalid_field" if kind is not None else "missing_field", "target.kind")
    weights = vector(target["weights"]) if "weights" in target else [mpf(1)] * len(means)
    if not means or len(spreads) != len(means) or len(weights) != len(means) or len({len(m) for m in means}) != 1:
        raise Refusal("dimension_mismatch", "target")
    if any(w < 0 for w in weights) or sum(weights) == 0:
        raise Refusal("out_of_domain", "weights")
    return weights, means, spreads, target.get("labels")


def preset(target):
    name = target.get("name")
    other = wrong("preset_radius")
    if name == "eight_gaussians":
        keys(target, ["name"])
        modes, radius, std = 8, mpf(2 if other else 4), mpf(0.3)
    elif name == "ring_of_gaussians":
        keys(target, ["name"], ["modes", "radius", "std"])
        modes, radius, std = int(target.get("modes", 8)), number(target.get("radius", 3)), number(target.get("std", 0.2))
        radius += 1 if other else 0
    elif name in ("checkerboard", "two_moons", "two_spirals", "swiss_roll", "circles"):
        raise Refusal("unsupported", "target")
    else:
        raise Refusal("invalid_field", "name")
    angles = [mpf(2 * k) / modes for k in range(modes)]
    means = [[radius * mp.cospi(a), radius * mp.sinpi(a)] for a in angles]
    return [mpf(1)] * modes, means, [std if wrong("std_as_variance") else std * std] * modes, None


def identity(n, scale):
    return [[scale if i == j else mpf(0) for j in range(n)] for i in range(n)]


def times(m, x):
    return [dot(row, x) for row in m]


def dot(x, y):
    return sum((a * b for a, b in zip(x, y)), mpf(0))


def product(m, n):
    return [[sum((a * n[k][j] for k, a in enumerate(row)), mpf(0)) for j in range(len(n[0]))] for row in m]


def invert(m):
    """Inverse and determinant, by elimination."""
    n = len(m)
    if n == 2 and wrong("double_inverse"):
        (a, b), (c, d) = [[float(x) for x in row] for row in m]
        D = a * d - b * c
        if D == 0:
            raise Refusal("singular")
        return [[mpf(d / D), mpf(-b / D)], [mpf(-c / D), mpf(a / D)]], mpf(D)
    rows, D = [list(row) + e for row, e in zip(m, identity(n, mpf(1)))], mpf(1)
    for i in range(n):
        if rows[i][i] == 0:
            raise Refusal("singular")
        D *= rows[i][i]
        rows[i] = [a / rows[i][i] for a in rows[i]]
        for j in range(n):
            if j != i and rows[j][i] != 0:
                factor = rows[j][i]
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i])]
    return [row[n:] for row in rows], D


def solve_in_double(m, b):
    """m y = b by Cholesky in double, as a library would."""
    n, b = len(m), [float(v) for v in b]
    L = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = float(m[i][j]) - sum(L[i][k] * L[j][k] for k in range(j))
            if i == j and rest <= 0:
                return [mpf("nan")] * n
            L[i][j] = math.sqrt(rest) if i == j else rest / L[j][j]
    for i in range(n):
        b[i] = (b[i] - sum(L[i][k] * b[k] for k in range(i))) / L[i][i]
    for i in reversed(range(n)):
        b[i] = (b[i] - sum(L[k][i] * b[k] for k in range(i + 1, n))) / L[i][i]
    return [mpf(v) for v in b]


class Posterior:
    """Components of p_t at x: weight p, g = V^-1 (x - alpha m), E = E[x1 | x, k]."""

    def __init__(self, target, c, x):
        weights, means, spreads, _ = target
        n = len(x)
        if len(means[0]) != n:
            if wrong("dimension_ignored") and n < len(means[0]):
                means = [m[:n] for m in means]
            else:
                raise Refusal("dimension_mismatch", "x")
        if n > 8 or len(means) > 64:
            raise Refusal("unsupported", "target")
        self.c, self.n, self.x = c, n, x
        if wrong("weights_ignored"):
            weights = [mpf(1)] * len(weights)
        if not wrong("log_of_zero_weight") or all(weights):
            kept = [k for k, w in enumerate(weights) if w > 0]
        else:
            kept = range(len(weights))
        self.kept, self.all = list(kept), len(weights)
        self.parts = [self.part(weights[k], means[k], spreads[k]) for k in self.kept]
        self.weigh(sum(weights), means)

    def part(self, w, m, S):
        c, n = self.c, self.n
        is_full = isinstance(S, list)
        if is_full:
            if len(S) != n or any(len(row) != n for row in S):
                raise Refusal("dimension_mismatch", "covariances")
            if wrong("diagonal_covariance"):
                S = [[S[i][j] if i == j else mpf(0) for j in range(n)] for i in range(n)]
        else:
            S = identity(n, S)
        if wrong("covariance_jitter"):
            S = [[S[i][j] + (mpf(1e-6) if i == j else 0) for j in range(n)] for i in range(n)]
        if wrong("tiny_jitter"):
            S = [[S[i][j] + (mpf(1e-18) if i == j else 0) for j in range(n)] for i in range(n)]
        V = [[c.a * c.a * S[i][j] + (c.v if i == j else 0) for j in range(n)] for i in range(n)]
        W, D = invert(V)
        offset = [xi - c.a * mi for xi, mi in zip(self.x, m)]
        g = solve_in_double(V, offset) if is_full and wrong("solve_in_double") else times(W, offset)
        # without noise x is alpha x1 exactly: rounding must not leave traces where the truth is 0
        E = [mi + c.a * y for mi, y in zip(m, times(S, g))] if c.v != 0 else [xi / c.a for xi in self.x]
        gain = product(S, W) if c.v != 0 else identity(n, 1 / (c.a * c.a))
        square = dot(offset, g)
        if wrong("expanded_square"):
            # every term in double, as a product of matrices would form them
            terms = [double(lambda u=u, y=y: float(dot(u, times(W, y))))
                     for u, y in ((self.x, self.x), (self.x, m), (m, m))]
            square = mpf(float(terms[0]) - 2 * float(c.a) * float(terms[1]) + float(c.a) ** 2 * float(terms[2]))
        log = (mp.log(w) if w > 0 else mp.ninf) - square / 2 - (0 if wrong("log_determinant_ignored") else mp.log(D) / 2)
        return SimpleNamespace(w=w, m=m, S=S, W=W, D=D, g=g, E=E, gain=gain, log=log)

    def weigh(self, total, means):
        top = max(p.log for p in self.parts)
        constant = self.n * mp.log(2 * mp.pi) / 2 if not wrong("constant_once") else mp.log(2 * mp.pi) / 2
        raw = [mp.exp(p.log - top) for p in self.parts]
        if wrong("log_of_zero_weight") and any(p.w == 0 for p in self.parts):
            raw = [r if p.w > 0 else mp.nan for r, p in zip(raw, self.parts)]
        if wrong("softmax_without_maximum"):
            top, raw = mpf(0), [double(lambda p=p: math.exp(float(p.log))) for p in self.parts]
        if wrong("nearest_component"):
            raw = [mpf(1 if p.log == top else 0) for p in self.parts]
        self.sum = sum(raw)
        if self.sum == 0:
            self.sum = mp.nan
        self.log_density = top + mp.log(self.sum) - constant - (0 if wrong("weights_not_normalised") else mp.log(total))
        self.p = [r / self.sum for r in raw]

    def mean(self, name):
        if wrong("running_sum_float32"):
            out = []
            for i in range(self.n):
                run = mpf(0)
                for p, part in zip(self.p, self.parts):
                    run = single(run + single(p * getattr(part, name)[i]))
                out.append(run)
            return out
        return [sum(p * getattr(part, name)[i] for p, part in zip(self.p, self.parts)) for i in range(self.n)]

    def average(self, of):
        out = identity(self.n, mpf(0))
        for p, part in zip(self.p, self.parts):
            m = of(part)
            out = [[o + p * a for o, a in zip(ro, rm)] for ro, rm in zip(out, m)]
        return out

    def spread(self, left, right):
        """Covariance over the components, by pairs: nothing cancels."""
        n = self.n
        out = identity(n, mpf(0))
        if wrong("spread_forgotten"):
            return out
        if wrong("spread_by_moments"):
            a, b = self.mean(left), self.mean(right)
            return [[double(lambda: math.fsum(float(p) * float(getattr(k, left)[i]) * float(getattr(k, right)[j])
                                              for p, k in zip(self.p, self.parts)) - float(a[i]) * float(b[j]))
                     for j in range(n)] for i in range(n)]
        for k, one in enumerate(self.parts):
            for l in range(k):
                other, pp = self.parts[l], self.p[k] * self.p[l]
                if pp == 0:
                    continue
                u = [a - b for a, b in zip(getattr(one, left), getattr(other, left))]
                w = [a - b for a, b in zip(getattr(one, right), getattr(other, right))]
                for i in range(n):
                    for j in range(n):
                        out[i][j] += pp * u[i] * w[j]
        return out

    def velocity(self):
        c = self.c
        finite(c.a_dot)
        D, g = self.mean("E"), self.mean("g")
        half = c.v_dot / 2
        if wrong("velocity_by_sigma_dot"):
            half = double(lambda: float(c.s_dot) * float(c.s))
        sign = -1 if wrong("velocity_sign") else 1
        return [sign * (c.a_dot * d + half * y) for d, y in zip(D, g)]

    def jacobian(self):
        c = self.c
        finite(c.a_dot)
        dD = self.average(lambda k: [[c.a * a for a in row] for row in k.gain])
        dg = self.average(lambda k: k.W)
        cD, cg = self.spread("E", "g"), self.spread("g", "g")
        sign = -1 if wrong("velocity_sign") else 1
        return [[sign * (c.a_dot * (dD[i][j] - cD[i][j]) + c.v_dot / 2 * (dg[i][j] - cg[i][j]))
                 for j in range(self.n)] for i in range(self.n)]

    def log_density_dt(self):
        c, total = self.c, mpf(0)
        finite(c.a_dot)
        for p, k in zip(self.p, self.parts):
            V_dot = [[2 * c.a * c.a_dot * k.S[i][j] + (c.v_dot if i == j else 0) for j in range(self.n)]
                     for i in range(self.n)]
            trace = sum(product(k.W, V_dot)[i][i] for i in range(self.n))
            if wrong("dt_trace_forgotten"):
                trace = 0
            total += p * (c.a_dot * dot(k.m, k.g) + dot(k.g, times(V_dot, k.g)) / 2 - trace / 2)
        return -total if wrong("dt_sign") else total


def marginal(request):
    op, path, target = request["op"], parse(request["path"]), parse_target(request["target"])
    if "source" in request:
        raise Refusal("unsupported", "source")
    if "points" in request:
        raise Refusal("unsupported", "points")
    given = vector(request["x"], "x")
    t, r = time(request)
    if len(given) != len(target[1][0]) and not wrong("dimension_ignored"):
        raise Refusal("dimension_mismatch", "x")
    c = schedule(path, t, r)
    if request["target"]["kind"] == "point_cloud" and c.v == 0:
        raise Refusal("singular")
    q = Posterior(target, c, given)
    if op == "marginal_log_density":
        return q.log_density
    if op == "marginal_log_density_dt":
        return q.log_density_dt()
    if op == "marginal_velocity":
        return q.velocity()
    if op == "marginal_score":
        return [y if wrong("score_sign") else -y for y in q.mean("g")]
    if op == "denoiser":
        if wrong("denoiser_by_subtraction"):
            return [double(lambda: (float(x) - float(c.v) * float(y)) / float(c.a)) for x, y in zip(q.x, q.mean("g"))]
        return q.mean("E")
    if op == "noise_prediction":
        if wrong("noise_by_subtraction"):
            return [double(lambda: (float(x) - float(c.a) * float(y)) / float(c.s)) for x, y in zip(q.x, q.mean("E"))]
        return [y * (1 if wrong("noise_not_scaled") else c.s) for y in q.mean("g")]
    if op == "posterior_weights":
        out = [mpf(0)] * q.all
        for k, p in zip(q.kept, q.p):
            out[k] = p
        return out
    if op == "posterior_covariance":
        own, between = q.average(lambda k: k.gain), q.spread("E", "E")
        return [[c.v * own[i][j] + between[i][j] for j in range(q.n)] for i in range(q.n)]
    jacobian = q.jacobian()
    if op == "marginal_jacobian":
        return jacobian
    short = 1 if wrong("divergence_one_axis_short") else 0
    return sum((jacobian[i][i] for i in range(q.n - short)), mpf(0))


def guided(request):
    target, label, weight = parse_target(request["target"]), request["label"], number(request["weight"])
    path, x = parse(request["path"]), vector(request["x"], "x")
    t, r = time(request)
    weights, means, spreads, labels = target
    if len(x) != len(means[0]) and not wrong("dimension_ignored"):
        raise Refusal("dimension_mismatch", "x")
    if labels is None or label not in labels:
        raise Refusal("missing_field" if labels is None else "out_of_domain", "label")
    c = schedule(path, t, r)
    if request["target"]["kind"] == "point_cloud" and c.v == 0:
        raise Refusal("singular")
    kept = [k for k, l in enumerate(labels) if l == label or wrong("labels_ignored")]
    chosen = tuple([part[k] for k in kept] for part in (weights, means, spreads)) + (None,)
    free, held = Posterior(target, c, x).velocity(), Posterior(chosen, c, x).velocity()
    if wrong("guidance_weight_clamped"):
        weight = min(max(weight, mpf(0)), mpf(1))
    if wrong("guidance_swapped"):
        free, held = held, free
    if wrong("guidance_off_by_one"):
        weight += 1
    if wrong("guidance_of_rounded"):
        return [u + weight * mpf(float(w) - float(u)) for u, w in zip(free, held)]
    return [u + weight * (w - u) for u, w in zip(free, held)]


def transform(request):
    """The field of to_path; the path decides which times have an answer."""
    path, to_path, target = parse(request["path"]), parse(request["to_path"]), parse_target(request["target"])
    t, r = time(request)
    x = vector(request["x"], "x")
    if len(x) != len(target[1][0]):
        raise Refusal("dimension_mismatch", "x")
    b = schedule(to_path, t, r)
    digits = mp.prec
    l = log_snr(b)
    if not mp.isfinite(l):
        a = reach(path, l)
    else:
        try:
            a = time_at_log_snr(path, l)
        except Refusal:
            if not wrong("transform_clamped"):
                raise
            a = (mpf(0), mpf(1)) if l < 0 else (mpf(1), mpf(0))
    mp.prec = digits
    if wrong("transform_by_derivatives"):
        c = schedule(path, *a)
        u = Posterior(target, c, [double(lambda: float(y) * float(c.s) / float(b.s)) for y in x]).velocity()
        sa, sb, aa, ab = float(c.s), float(b.s), float(c.a), float(b.a)
        slope = double(lambda: sa**2 * (sb * float(b.a_dot) - ab * float(b.s_dot))
                       / (sb**2 * (sa * float(c.a_dot) - aa * float(c.s_dot))))
        S_dot = double(lambda: (sa * float(b.s_dot) - sb * float(c.s_dot) * float(slope)) / sa**2)
        return [double(lambda: float(S_dot) * sa / sb * float(y) + float(slope) * sb / sa * float(w))
                for y, w in zip(x, u)]
    return Posterior(target, b, x).velocity()


def reach(path, l):
    end = (mpf(0), mpf(1)) if l < 0 else (mpf(1), mpf(0))
    if log_snr(schedule(path, *end)) != l and not wrong("transform_clamped"):
        raise Refusal("out_of_domain", "t")
    return end
