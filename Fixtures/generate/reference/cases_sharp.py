"""Cases for entropic plans at small epsilon, with sensitivities in closed form."""

import random
from fractions import Fraction

from flint import arb, arb_mat, ctx

from .balls import Singular, Undecided, ceiling, up
from .blocks import solve
from .certify import Answer, finish
from .writer import Fixture


def certified(x0, x1, epsilon):
    """The answer with its sensitivities in closed form, or Undecided at the precision of the context."""
    n, d = len(x0), len(x0[0])
    F0, F1 = ([[Fraction(v) for v in p] for p in points] for points in (x0, x1))
    C = [[sum((p - q) ** 2 for p, q in zip(a, b)) for b in F1] for a in F0]
    K, plans = solve(C, Fraction(epsilon))
    eps = arb(epsilon)
    whole = len(plans) == 1
    loose = arb(0) if whole else arb(2) ** -1100
    P = [[arb(0, loose) for _ in range(n)] for _ in range(n)]
    moved = arb(0) if whole else arb(2) - arb(2) / n  # no entry carries more than the mass that a weight's motion sends
    sums = [[moved for _ in range(n)] for _ in range(n)]
    largest = max(c for row in C for c in row)
    high = arb(largest.numerator) / largest.denominator
    cost, slopes = arb(0), {}  # of the cost by C_kl
    cost_sum = moved * high
    for rows, columns, plan, inverse in plans:
        r = len(rows)
        where = [(i, j) for i in range(r) for j in range(r)]
        push = {}

        def response(right):
            step = inverse * arb_mat([[v] for v in right])
            return [step[k, 0] for k in range(2 * r - 1)] + [arb(0)]

        for k, l in where:  # d P_ij / d K_kl
            right = [arb(0)] * (2 * r - 1)
            right[k] = plan[k][l]
            if l < r - 1:
                right[r + l] = plan[k][l]
            t = response(right)
            push[k, l] = [plan[i][j] * (t[i] + t[r + j] - (1 if (i, j) == (k, l) else 0)) for i, j in where]
        motions = []  # every number's own: lists over the block's entries
        for (k, l), change in push.items():
            motions.append([K[rows[k]][columns[l]] * c for c in change])
        for side, points in ((0, x0), (1, x1)):
            for k in range(r):
                index = (rows if side == 0 else columns)[k]
                for axis in range(d):
                    z = arb(points[index][axis])
                    sums_here = [arb(0)] * len(where)
                    for m in range(r):
                        kl = (k, m) if side == 0 else (m, k)
                        gap = arb(x0[rows[kl[0]]][axis]) - arb(x1[columns[kl[1]]][axis])
                        rate = 2 * gap * (1 if side == 0 else -1) / eps
                        sums_here = [s + rate * c for s, c in zip(sums_here, push[kl])]
                    motions.append([z * s for s in sums_here])
        motions.append([-sum((K[rows[k]][columns[l]] * push[k, l][e] for k, l in where), arb(0)) for e in range(len(where))])
        if whole:
            for m in range(2 * r):
                right = [-arb(1) / n**2 if (k < r) == (m < r) else arb(0) for k in range(2 * r)]
                right[m] += arb(1) / n
                t = response(right[:-1])
                motions.append([plan[i][j] * (t[i] + t[r + j]) for i, j in where])
        values = [arb(C[rows[i]][columns[j]].numerator) / C[rows[i]][columns[j]].denominator for i, j in where]
        for e, (i, j) in enumerate(where):
            P[rows[i]][columns[j]] = plan[i][j] + arb(0, loose)
            sums[rows[i]][columns[j]] += sum((abs(m[e]) for m in motions), arb(0))
            cost += P[rows[i]][columns[j]] * values[e]
        cost_sum += sum((abs(sum((v * c for v, c in zip(values, m)), arb(0))) for m in motions), arb(0))
    for side, points in ((0, x0), (1, x1)):  # what the cost owes to the distances themselves
        for k in range(n):
            for axis in range(d):
                own = sum((2 * (P[k][m] if side == 0 else P[m][k]) * abs(arb(x0[k if side == 0 else m][axis]) - arb(x1[m if side == 0 else k][axis]))
                           for m in range(n)), arb(0))
                cost_sum += abs(arb(points[k][axis])) * own
    cost += arb(0, loose * n * n * high)
    leaves, _ = finish([p for row in P for p in row] + [cost], [s for row in sums for s in row] + [cost_sum])
    leaves.append((0.0, 0.0, up(ceiling(high + eps), 4), 0.0))
    return Answer({"plan": P, "cost": cost, "gap": arb(0)}, leaves, ["float64"], ctx.prec)


def answer(x0, x1, epsilon):
    for bits in (640, 2560, 5120, 10240):
        ctx.prec = bits
        try:
            return certified(x0, x1, epsilon)
        except Undecided:
            continue
    raise Singular


def sharp():
    fixture = Fixture(
        "sinkhorn", "sharp", "Entropic plans at small epsilon between two sets of 2 to 16 points",
        "min over P >= 0 with row sums and column sums 1/n of <P, C> + epsilon sum P_ij log(n^2 P_ij); cost is <P, C>; gap is 0 at the optimum. "
        "A weight's motion counts with all the mass that it sends where the plan falls into blocks",
        method="the cheapest permutation in fractions, then Newton and Krawczyk in Arb balls block by block", seed=1)
    for n in (2, 4, 8, 16):
        for digits in (1, 2, 3, 4):
            for turn, epsilon in enumerate((1e-2, 1e-3, 1e-5, 1e-7, 1e-9)):
                if n == 16 and ((digits + turn) % 2 or (digits, epsilon) == (1, 1e-3)) or n == 8 and epsilon == 1e-7:
                    continue
                d = 1 + (digits + turn + n) % 2
                draw = random.Random(1000 * n + 10 * digits + turn)
                top = 10**digits
                x0, x1 = ([[draw.randrange(-top, top + 1) / top for _ in range(d)] for _ in range(n)] for _ in (0, 1))
                add(fixture, f"points-{n}/digits-{digits}/epsilon-{epsilon:g}".replace("e-0", "e-"), ["sinkhorn_sharp"], x0, x1, epsilon)
    for n in (4, 8, 16):
        for epsilon in (1e-3, 1e-9):
            draw = random.Random(n)
            x0, x1 = ([[draw.randrange(-999, 1000) / 1000, draw.randrange(-999, 1000) / 1000] for _ in range(n)] for _ in (0, 1))
            if n == 16 and epsilon == 1e-3:
                continue
            label = f"{n}/epsilon-{epsilon:g}".replace("e-0", "e-")
            add(fixture, f"offset-{label}", ["sinkhorn_sharp", "offset"], *([[v + 1e9 for v in p] for p in s] for s in (x0, x1)), epsilon)
            twice = [x0[i // 2] for i in range(n)], [x1[i // 2] for i in range(n)]
            add(fixture, f"duplicates-{label}", ["sinkhorn_sharp", "sinkhorn_ties"], *twice, epsilon)
    return [fixture]


def add(fixture, name, flags, x0, x1, epsilon):
    try:
        found = answer(x0, x1, epsilon)
    except Singular:
        return  # between the blocks' masses nothing is decided at ten thousand bits
    fixture.add(name, flags, {"op": "sinkhorn", "x0": x0, "x1": x1, "epsilon": epsilon}, found)


def jobs():
    return [(["sinkhorn/sharp.json"], sharp, ())]
