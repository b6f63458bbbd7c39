"""Optimal transport: entropic plans and maps between Gaussians (assignments are in discrete.py)."""

import functools
import math

from mpmath import mp, mpf

from switches import wrong
from wire import Refusal, matrix, number, symmetric, vector


def sinkhorn(request):
    epsilon = number(request["epsilon"], "epsilon")
    x0, x1 = matrix(request["x0"]), matrix(request["x1"])
    if len({len(p) for p in x0 + x1}) != 1:
        raise Refusal("dimension_mismatch", "x1")
    if epsilon <= 0 and not wrong("sinkhorn_epsilon_accepted"):
        raise Refusal("out_of_domain", "epsilon")
    if number(request.get("tolerance", 0), "tolerance") < 0:
        raise Refusal("out_of_domain", "tolerance")
    cost = [[sum((a - b) ** 2 for a, b in zip(p, q)) for q in x1] for p in x0]
    if wrong("sinkhorn_distance"):
        cost = [[mp.sqrt(c) for c in row] for row in cost]
    if wrong("sinkhorn_half_cost"):
        cost = [[c / 2 for c in row] for row in cost]
    if wrong("sinkhorn_epsilon_per_largest"):
        epsilon *= max(max(row) for row in cost)
    scaled = [[c / epsilon for c in row] for row in cost]
    if len(x0) > 8 or max(max(row) for row in scaled) > 3000:
        raise Refusal("unsupported", "epsilon")  # the plan falls into blocks
    if wrong("sinkhorn_kernel"):
        plan = by_kernel(scaled)
    elif wrong("sinkhorn_few_sweeps"):
        plan = by_sweeps(scaled, 20)
    else:
        plan = by_newton(tuple(map(tuple, scaled)))
    total = sum(p * c for prow, crow in zip(plan, cost) for p, c in zip(prow, crow))
    if wrong("sinkhorn_cost_with_entropy"):
        count = len(x0) * len(x1)
        total += epsilon * sum(p * mp.log(p * count) for row in plan for p in row if p > 0)
    if wrong("sinkhorn_plan_sums_to_rows"):
        plan = [[p * len(x0) for p in row] for row in plan]
    if wrong("sinkhorn_transposed"):
        plan = [list(column) for column in zip(*plan)]
    return {"plan": plan, "cost": total, "gap": mpf(0)}


def by_kernel(scaled):
    """exp(-C/epsilon) in double, and factors that multiply its rows and columns."""
    n, m = len(scaled), len(scaled[0])
    kernel = [[math.exp(-float(c)) for c in row] for row in scaled]
    u, v = [1.0] * n, [1.0] * m
    for _ in range(3000):
        u = [1 / n / sum(k * b for k, b in zip(row, v)) for row in kernel]
        v = [1 / m / sum(kernel[i][j] * u[i] for i in range(n)) for j in range(m)]
    return [[mpf(u[i] * kernel[i][j] * v[j]) for j in range(m)] for i in range(n)]


def by_sweeps(scaled, count):
    """Sinkhorn's iteration on the logarithms of the factors."""
    n, m = len(scaled), len(scaled[0])
    rows, columns = [mpf(0)] * n, [mpf(0)] * m
    for _ in range(count):
        rows = [-mp.log(n * sum(mp.exp(columns[j] - scaled[i][j]) for j in range(m))) for i in range(n)]
        columns = [-mp.log(m * sum(mp.exp(rows[i] - scaled[i][j]) for i in range(n))) for j in range(m)]
    return [[mp.exp(rows[i] + columns[j] - scaled[i][j]) for j in range(m)] for i in range(n)]


@functools.cache
def by_newton(scaled):
    """The concave dual in the columns' terms alone, epsilon halved down to its value, by damped Newton steps."""
    n, m = len(scaled), len(scaled[0])
    least = [min(row) for row in scaled]
    scaled = [[c - a for c in row] for row, a in zip(scaled, least)]
    columns = [mpf(0)] * m
    scale = max(mpf(1), max(max(row) for row in scaled))
    mp.prec = 300
    while True:
        columns = semi_dual(scaled, columns, scale, 20 if scale > 1 else 250)
        if scale == 1:
            break
        smaller = max(mpf(1), scale / 2)
        columns = [g * scale / smaller for g in columns]
        scale = smaller
    rows = row_terms(scaled, columns, 1)
    mp.prec = 600
    return [[mp.exp(rows[i] + columns[j] - scaled[i][j]) for j in range(m)] for i in range(n)]


def row_terms(scaled, columns, scale):
    n = len(scaled)
    return [-mp.log(n * sum(mp.exp(g - c / scale) for g, c in zip(columns, row))) for row in scaled]


def semi_dual(scaled, columns, scale, bits):
    n, m = len(scaled), len(scaled[0])

    def state(columns):
        rows = row_terms(scaled, columns, scale)
        value = sum(rows) / n + sum(columns) / m
        plan = [[mp.exp(rows[i] + columns[j] - scaled[i][j] / scale) for j in range(m)] for i in range(n)]
        return value, plan

    value, plan = state(columns)
    for _ in range(300):
        lack = [mpf(1) / m - sum(plan[i][j] for i in range(n)) for j in range(m)]
        if max(abs(r) for r in lack) < mp.ldexp(1, -bits) or m == 1:
            return columns
        second = mp.matrix(m - 1, m - 1)
        for j in range(m - 1):
            for k in range(m - 1):
                second[j, k] = -n * sum(plan[i][j] * plan[i][k] for i in range(n))
            second[j, j] += sum(plan[i][j] for i in range(n))
        step = list(mp.lu_solve(second, mp.matrix(lack[:-1]))) + [mpf(0)]
        length = min(mpf(1), 16 / max(abs(s) for s in step))
        while True:
            moved = [g + length * s for g, s in zip(columns, step)]
            found, plan = state(moved)
            if found > value or length < mp.ldexp(1, -40):
                break
            length /= 2
        columns, value = moved, found
    return columns


def gaussian_map(request):
    m0, m1, x = (vector(request[name], name) for name in ("mean0", "mean1", "x"))
    s0, s1 = matrix(request["covariance0"]), matrix(request["covariance1"])
    d = len(m0)
    if len(m1) != d or len(x) != d or any(len(s) != d or any(len(row) != d for row in s) for s in (s0, s1)):
        raise Refusal("dimension_mismatch", "x")
    S0, S1 = mp.matrix(symmetric(s0)), mp.matrix(symmetric(s1))
    if min(mp.eigsy(S0, eigvals_only=True)) <= 0 or min(mp.eigsy(S1, eigvals_only=True)) < 0:
        raise Refusal("out_of_domain", "covariance0")
    R = power(S0, mpf(1) / 2)
    inverse = R**-1
    A = inverse * power(R * S1 * R, mpf(1) / 2) * inverse
    if wrong("gaussian_map_root_in_double"):
        largest = max(abs(v) for v in inverse)
        rounded = inverse.apply(lambda v: mpf(float(v + largest)) - mpf(float(largest)))
        A = rounded * power(R * S1 * R, mpf(1) / 2) * rounded
    if wrong("gaussian_map_by_roots"):
        A = power(S1, mpf(1) / 2) * inverse
    if wrong("gaussian_map_cholesky"):
        A = mp.cholesky(S1) * mp.cholesky(S0) ** -1
    if wrong("gaussian_map_covariance_for_root"):
        A = S1 * S0**-1
    if wrong("gaussian_map_backwards"):
        A = A**-1
    if wrong("gaussian_map_axes_only"):
        A = mp.diag([mp.sqrt(S1[i, i] / S0[i, i]) for i in range(d)])
    if wrong("gaussian_map_jitter"):
        T0, T1 = S0 + mpf(1e-12) * mp.eye(d), S1 + mpf(1e-12) * mp.eye(d)
        R = power(T0, mpf(1) / 2)
        A = R**-1 * power(R * T1 * R, mpf(1) / 2) * R**-1
    away = mp.matrix([a - (0 if wrong("gaussian_map_mean_kept") else b) for a, b in zip(x, m0)])
    moved = A * away
    return [m1[i] + moved[i] for i in range(d)]


def power(S, exponent):
    """A power of a symmetric positive definite matrix by its eigenvalues."""
    values, vectors = mp.eigsy((S + S.T) / 2)
    return vectors * mp.diag([v**exponent for v in values]) * vectors.T
