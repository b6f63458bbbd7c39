"""Entropic plans at small epsilon fall into blocks of points that share mass: each is solved by itself, and what passes between two is
bounded.

If every entry between two blocks of the dual's own plan is below delta, the optimum differs from the blocks' plans by at most
sqrt(2 n^2 delta) in sum (Pinsker, and the Pythagorean identity of relative entropy)."""

from fractions import Fraction

from flint import arb, ctx

from .balls import Singular, Undecided
from .cases_entropic import derivative, entries, factors, residual, solved, total

APART = 1700  # nats: entries below exp(-APART) move no entry by 2^-1100


def assigned(C):
    """The cheapest permutation, exactly, by shortest augmenting paths."""
    n = len(C)
    u, v, owner = [Fraction(0)] * (n + 1), [Fraction(0)] * (n + 1), [0] * (n + 1)
    for i in range(1, n + 1):
        owner[0], column = i, 0
        least, before, used = [None] * (n + 1), [0] * (n + 1), [False] * (n + 1)
        while True:
            used[column] = True
            row, delta, following = owner[column], None, 0
            for j in range(1, n + 1):
                if used[j]:
                    continue
                reduced = C[row - 1][j - 1] - u[row] - v[j]
                if least[j] is None or reduced < least[j]:
                    least[j], before[j] = reduced, column
                if delta is None or least[j] < delta:
                    delta, following = least[j], j
            for j in range(n + 1):
                if used[j]:
                    u[owner[j]] += delta
                    v[j] -= delta
                elif j:
                    least[j] -= delta
            column = following
            if owner[column] == 0:
                break
        while column:
            owner[column], column = owner[before[column]], before[column]
    out = [0] * n
    for j in range(1, n + 1):
        out[owner[j] - 1] = j - 1
    return out


def blocks(C, epsilon, width):
    """Rows (with the columns of the cheapest permutation) that a cycle of less than width epsilon joins."""
    n, s = len(C), assigned(C)
    w = [[C[i][s[k]] - C[i][s[i]] for k in range(n)] for i in range(n)]
    D = [row[:] for row in w]
    for m in range(n):
        for i in range(n):
            for k in range(n):
                D[i][k] = min(D[i][k], D[i][m] + D[m][k])
    name = list(range(n))
    for i in range(n):
        for k in range(n):
            if i != k and w[i][k] + D[k][i] <= width * epsilon:
                old, new = name[i], name[k]
                name = [new if m == old else m for m in name]
    return [([i for i in range(n) if name[i] == m], sorted(s[i] for i in range(n) if name[i] == m)) for m in sorted(set(name))]


def followed(cost, a, b):
    """A start for Newton's iteration: its own, from a large epsilon down, one halving at a time, in at most 1,024 bits."""
    n, m = len(cost), len(cost[0])
    bits, ctx.prec = ctx.prec, min(ctx.prec, 1024)
    least = min(v for row in cost for v in row)
    cost = [[v - least for v in row] for row in cost]
    scale = arb(1)
    while max(v for row in cost for v in row) / scale > 4:
        scale *= 2
    point = [arb(v).log() for v in a] + [arb(v).log() for v in b[:-1]]
    while True:
        here = [[v / scale for v in row] for row in cost]

        def missing(p):
            return [r.mid() for r in residual(entries(here, p[:n], p[n:]), a, b)]

        left = missing(point)
        for _ in range(100):
            if total(left) < arb(2) ** -40 * total(a):
                break
            step = [v.mid() for (v,) in solved(derivative(entries(here, point[:n], point[n:])), left).table()]
            length = arb(1)
            while length > 1e-12:
                moved = [(p - length * v).mid() for p, v in zip(point, step)]
                found = missing(moved)
                if total(found) < (1 - length / 4) * total(left):
                    break
                length /= 2
            point, left = moved, found
        else:
            raise Singular
        if scale == 1:
            ctx.prec = bits
            return [p + least for p in point[:n]] + point[n:]
        ratio = arb(2) if scale > 2 else scale
        scale, point = scale / ratio, [p * ratio for p in point]


def separated(parts, logs, K):
    """Whether offsets of the blocks exist at which every entry between two of them is below exp(-APART)."""
    where = {i: c for c, (rows, _) in enumerate(parts) for i in rows}
    there = {j: c for c, (_, columns) in enumerate(parts) for j in columns}
    f, g = logs
    edges = [(there[j], where[i], K[i][j] - f[i] - g[j] - APART) for i in where for j in there if where[i] != there[j]]
    h = [arb(0)] * len(parts)
    for _ in range(len(parts) + 1):
        changed = False
        for c, e, most in edges:  # h_e <= h_c + most
            if not h[e] <= h[c] + most:
                h[e], changed = (h[c] + most).lower(), True
        if not changed:
            return True
    return len(parts) == 1


def solve(C, epsilon):
    """Blocks with their plans and inverse derivatives."""
    n = len(C)
    width = APART
    while True:
        parts = blocks(C, epsilon, width)
        K = [[arb(c.numerator) / c.denominator / arb(epsilon.numerator) * epsilon.denominator for c in row] for row in C]
        f, g, plans = {}, {}, []
        for rows, columns in parts:
            cost = [[K[i][j] for j in columns] for i in rows]
            a, b = [arb(1) / n] * len(rows), [arb(1) / n] * len(columns)
            if len(rows) == 1:
                u, v = [cost[0][0] + a[0].log()], []
            else:
                u, v = factors(cost, a, b, followed([[c.mid() for c in r] for r in cost], a, b))
            plan = entries(cost, u, v)
            try:
                inverse = derivative(plan).inv()
            except ZeroDivisionError:
                raise Undecided
            plans.append((rows, columns, plan, inverse))
            f.update(zip(rows, u))
            g.update(zip(columns, v + [arb(0)]))
        if separated(parts, (f, g), K):
            return K, plans
        width *= 4
