"""Cases for entropic optimal transport: the plan, enclosed by Krawczyk's operator around Newton's solution."""

import functools
import math
import random

from flint import arb, arb_mat, ctx

from .balls import Singular, Undecided, ceiling, up
from .certify import balls, certify, flatten
from .cases_transport import squared
from .writer import Fixture


@functools.cache
def start(cost, a, b, sweeps=4000):
    """Logarithms of the plan's factors in double precision: Sinkhorn's iteration in the log domain, cost over epsilon given."""
    n, m = len(cost), len(cost[0])

    def log_sum(values):
        top = max(values)
        return top + math.log(sum(math.exp(v - top) for v in values))

    rows, columns = [0.0] * n, [0.0] * m
    scale = max(1.0, max(max(r) for r in cost))
    while True:
        for _ in range(60 if scale > 1 else sweeps):
            rows = [math.log(a[i]) - log_sum([columns[j] - cost[i][j] / scale for j in range(m)]) for i in range(n)]
            columns = [math.log(b[j]) - log_sum([rows[i] - cost[i][j] / scale for i in range(n)]) for j in range(m)]
        if scale == 1:
            return [r + columns[-1] for r in rows], [c - columns[-1] for c in columns[:-1]]
        ratio, scale = scale / max(1.0, scale / 2), max(1.0, scale / 2)
        rows, columns = [r * ratio for r in rows], [c * ratio for c in columns]


def entries(cost, rows, columns):
    last = columns + [arb(0)]
    return [[(rows[i] + last[j] - c).exp() for j, c in enumerate(row)] for i, row in enumerate(cost)]


def residual(plan, a, b):
    """Row sums less a, then column sums less b without the last."""
    short = [sum(row, arb(0)) - share for row, share in zip(plan, a)]
    return short + [sum((row[j] for row in plan), arb(0)) - share for j, share in enumerate(b[:-1])]


def derivative(plan):
    """Of the residual by the logarithms of the factors."""
    n, m = len(plan), len(plan[0])
    size = n + m - 1
    out = [[arb(0)] * size for _ in range(size)]
    for i in range(n):
        out[i][i] = sum(plan[i], arb(0))
        for j in range(m - 1):
            out[i][n + j] = out[n + j][i] = plan[i][j]
    for j in range(m - 1):
        out[n + j][n + j] = sum((plan[i][j] for i in range(n)), arb(0))
    return arb_mat(out)


def middle(matrix):
    return arb_mat([[x.mid() for x in row] for row in matrix.table()])


def total(values):
    return sum((abs(v) for v in values), arb(0))


def solved(matrix, right):
    try:
        return matrix.solve(arb_mat([[r] for r in right]))
    except ZeroDivisionError:
        raise Undecided


def factors(cost, a, b, begin=None):
    """The logarithms of the factors as balls: Newton's iteration on midpoints, then a proven enclosure."""
    n = len(cost)
    exact, exact_a, exact_b = [[c.mid() for c in row] for row in cost], [v.mid() for v in a], [v.mid() for v in b]
    if begin is None:
        rows, columns = start(*(tuple(map(float, v)) if v and isinstance(v[0], arb) else tuple(tuple(map(float, r)) for r in v)
                                for v in (exact, exact_a, exact_b)))
        begin = [arb(v) for v in rows + columns]
    point = begin

    def missing(point):
        return [r.mid() for r in residual(entries(exact, point[:n], point[n:]), exact_a, exact_b)]

    left = missing(point)
    for _ in range(80):
        step = [s.mid() for (s,) in solved(derivative(entries(exact, point[:n], point[n:])), left).table()]
        length = arb(1)
        while True:
            moved = [(p - length * s).mid() for p, s in zip(point, step)]
            found = missing(moved)
            if length < 1e-3 or total(found) < (1 - length / 4) * total(left):
                break
            length /= 2
        small = all(abs(s) < (abs(p) + 1) * arb(2) ** (-ctx.prec // 2 - 20) for p, s in zip(point, step))
        point, left = moved, found
        if small:
            break  # the step was taken: its square is below the precision
    else:
        raise Singular  # a place moved so far that the plan falls apart
    at = residual(entries(cost, point[:n], point[n:]), a, b)
    try:
        inverse = middle(derivative(entries(exact, point[:n], point[n:])).inv())
    except ZeroDivisionError:
        raise Undecided
    move = inverse * arb_mat([[r] for r in at])
    size = max((abs(move[k, 0]).upper() for k in range(len(point))), key=float)
    radius = 4 * size + arb(2) ** -ctx.prec
    box = [p + arb(0, radius.upper()) for p in point]
    spread = derivative(entries(cost, box[:n], box[n:]))
    contraction = inverse * spread
    out = []
    for k in range(len(point)):
        row = sum((abs((1 if k == l else 0) - contraction[k, l]).upper() for l in range(len(point))), arb(0))
        reach = abs(move[k, 0]).upper() + row * radius
        if not reach < radius:
            raise Undecided
        out.append(point[k] + arb(0, reach.upper()))
    return out[:n], out[n:]


def entropic(request):
    distances = [[squared(p, q) for q in request["x1"]] for p in request["x0"]]
    scaled = [
        [c / request["epsilon"] * r for c, r in zip(crow, rrow)] for crow, rrow in zip(distances, request["rounding"])
    ]
    a, b = ([w / sum(weights, arb(0)) for w in weights] for weights in (request["weights0"], request["weights1"]))
    plan = entries(scaled, *factors(scaled, a, b))
    cost = sum((p * c for prow, crow in zip(plan, distances) for p, c in zip(prow, crow)), arb(0))
    return {"plan": plan, "cost": cost}


def plans():
    fixture = Fixture(
        "sinkhorn", "small", "Entropic optimal transport between two small sets of points of equal weight",
        "min over P >= 0 with row sums 1/n and column sums 1/m of <P, C> + epsilon sum P_ij log(n m P_ij), C_ij = |x0_i - x1_j|^2; "
        "cost is <P, C>; gap is primal minus dual value, 0 at the optimum, its sensitivity the largest C_ij plus epsilon",
        method="Newton's iteration, enclosed by Krawczyk's operator in Arb balls",
        seed=1,
    )
    for n, m in ((1, 1), (2, 2), (3, 3), (2, 3), (4, 2), (5, 5), (5, 4)):
        for d in (1, 2, 3):
            draw = random.Random(10000 * n + 100 * m + d)
            x0 = [[draw.randrange(-16, 17) / 8 for _ in range(d)] for _ in range(n)]
            x1 = [[draw.randrange(-16, 17) / 8 for _ in range(d)] for _ in range(m)]
            place = f"points-{n}-{m}/d-{d}/epsilon"
            add(fixture, f"{place}-1", ["sinkhorn"], x0, x1, 1)
            if n * m == 1:
                continue
            add(fixture, f"{place}-16", ["sinkhorn"], x0, x1, 16)
            add(fixture, f"{place}-0.25", ["sinkhorn"], x0, x1, 0.25)
            # far apart: exp(-C/epsilon) underflows everywhere, though the plan is spread out
            far = [[v + 32 for v in point] for point in x1]
            add(fixture, f"{place}-1-far", ["sinkhorn_small_epsilon"], x0, far, 1)
            if math.gcd(n, m) == 1:  # no part of the rows fits a part of the columns: the plan stays connected
                add(fixture, f"{place}-2-7", ["sinkhorn_small_epsilon"], x0, x1, 2.0**-7)
    add(fixture, "equal-points/epsilon-0.5", ["sinkhorn_ties"], [[0, 0], [0, 0], [1, 2]], [[1, 1], [1, 1], [1, 1]], 0.5)
    add(fixture, "same-set/epsilon-0.125", ["sinkhorn_ties"], [[0], [1], [3]], [[0], [1], [3]], 0.125)
    add(fixture, "same-set/epsilon-2-4", ["sinkhorn_small_epsilon"], [[0], [1], [3]], [[3], [0], [1]], 2.0**-4)
    add(fixture, "offset/epsilon-1", ["offset"], [[1000, 1], [1001, -1]], [[1000.5, 2], [999, 0], [1002, 1]], 1)
    add(fixture, "decimal/epsilon-0.1", ["sinkhorn"], [[0.1, 0.7], [-0.3, 1.1]], [[0.2, 0.9], [1.3, -0.6], [0.4, 0.8]], 0.1)
    good = {"op": "sinkhorn", "x0": [[0], [1]], "x1": [[2], [3]], "epsilon": 1}
    fixture.add("error/epsilon-zero", ["out_of_domain"], {**good, "epsilon": 0}, error="out_of_domain")
    fixture.add("error/epsilon-negative", ["out_of_domain"], {**good, "epsilon": -1}, error="out_of_domain")
    fixture.add("error/epsilon-missing", ["request_shape"], {k: v for k, v in good.items() if k != "epsilon"}, error="missing_field")
    fixture.add("error/dimension", ["dimension"], {**good, "x1": [[2, 1], [3, 1]]}, error="dimension_mismatch")
    return [fixture]


def tolerant_plans():
    fixture = Fixture(
        "sinkhorn", "tolerance", "Entropic optimal transport, sweeps stopped at a tolerance",
        "the optimum of small.json; the radius is what the tolerance allows: a plan whose row and column sums are off by `tolerance` in the "
        "2-norm is the optimum for other weights, and twice the first-order change of the worst such weights is allowed. gap is not compared",
        method="Newton's iteration, enclosed by Krawczyk's operator in Arb balls; the radius by difference quotients", seed=1,
    )
    for n, m in ((2, 2), (3, 3), (4, 2), (5, 5), (5, 4)):
        for d in (1, 2, 3):
            draw = random.Random(10000 * n + 100 * m + d)
            x0 = [[draw.randrange(-16, 17) / 8 for _ in range(d)] for _ in range(n)]
            x1 = [[draw.randrange(-16, 17) / 8 for _ in range(d)] for _ in range(m)]
            for epsilon in (16, 1, 0.25):
                for shown, tolerance in (("1e-9", 1e-9), ("2-20", 2.0**-20)):
                    add(fixture, f"points-{n}-{m}/d-{d}/epsilon-{epsilon}/tolerance-{shown}", ["sinkhorn_tolerance"], x0, x1, epsilon,
                        tolerance)
    good = {"op": "sinkhorn", "x0": [[0], [1]], "x1": [[2], [3]], "epsilon": 1}
    fixture.add("error/tolerance-negative", ["out_of_domain"], {**good, "tolerance": -1}, error="out_of_domain")
    return [fixture]


def allowed(full, tolerance):
    """How far plan and cost move, to first order, when row and column sums are off by the tolerance in the 2-norm: the 2-norm of
    the motions by each weight, per unit of weight. Twice that, for what is not of first order."""
    step = arb(2) ** -100
    tree = balls(full)
    base = flatten(entropic(tree))
    squares = [arb(0)] * len(base)
    for name in ("weights0", "weights1"):
        for place, kept in enumerate(tree[name]):
            tree[name][place] = kept + step
            moved = flatten(entropic(tree))
            tree[name][place] = kept
            # a weight of n equal ones stands for a share of 1/n
            squares = [s + ((a - b) / step * len(tree[name])) ** 2 for s, a, b in zip(squares, moved, base)]
    return [up(ceiling(2 * s.sqrt() * tolerance), 4) for s in squares]


def add(fixture, name, flags, x0, x1, epsilon, tolerance=None):
    request = {"op": "sinkhorn", "x0": x0, "x1": x1, "epsilon": epsilon}
    # weights, left at their defaults, and the entries of C/epsilon are numbers too: everybody rounds them
    full = {**request, "weights0": [1] * len(x0), "weights1": [1] * len(x1), "rounding": [[1] * len(x1) for _ in x0]}
    numbers = flatten(balls(full))

    def evaluate(tree):
        try:
            return entropic(tree)
        except Undecided:
            # moved by a format's roundoff the sums may leave no plan to speak of; the request itself only lacks digits
            if all(abs(z - z0) < arb(2) ** -200 for z, z0 in zip(flatten(tree), numbers) if isinstance(z, arb)):
                raise
            raise Singular

    answer = certify(full, evaluate, request)
    if tolerance is not None:
        ctx.prec = 400
        radii = allowed(full, arb(tolerance))
        answer.leaves = [(*leaf[:3], leaf[3] + radius) for leaf, radius in zip(answer.leaves, radii)]
        answer.formats = [one for one in answer.formats if one in ("float64", "float32")]
        return fixture.add(name, flags, {**request, "tolerance": tolerance}, answer)
    largest = max(squared([arb(v) for v in p], [arb(v) for v in q]) for p in x0 for q in x1)
    answer.shape["gap"] = arb(0)
    answer.leaves.append((0.0, 0.0, up(ceiling(largest + epsilon), 4), 0.0))
    fixture.add(name, flags, request, answer)


def jobs():
    return [(["sinkhorn/small.json"], plans, ()), (["sinkhorn/tolerance.json"], tolerant_plans, ())]
