"""Cases for optimal transport: assignments with a unique optimum, maps between Gaussians; and loss gaps of mixtures."""

import itertools
import math
import random

from flint import acb, arb, arb_mat, ctx

from .balls import FORMATS, Undecided
from .cases_conditional import TIME
from .cases_paths import PATHS, ROUND
from .certify import certify, certify_all
from .conditional import time_of, with_path
from .densities import integrate
from .paths import schedule
from .writer import Fixture


def squared(a, b):
    return sum((p - q) * (p - q) for p, q in zip(a, b))


def best_assignment(x0, x1):
    """The cheapest permutation by trying all of them on 64ths, exactly, and by how much the second is dearer."""
    whole = [[[round(64 * v) for v in point] for point in points] for points in (x0, x1)]
    cost = [[squared(a, b) for b in whole[1]] for a in whole[0]]
    ranked = sorted((sum(cost[i][j] for i, j in enumerate(p)), p) for p in itertools.permutations(range(len(x0))))
    gap = ranked[1][0] - ranked[0][0] if len(ranked) > 1 else 1
    return list(ranked[0][1]), ranked[0][0], gap


def of_distances(x0, x1):
    """The cheapest permutation when the distances are summed in place of their squares."""
    cost = [[math.dist(a, b) for b in x1] for a in x0]
    return list(min(itertools.permutations(range(len(x0))), key=lambda p: sum(cost[i][j] for i, j in enumerate(p))))


def assignments():
    fixture = Fixture(
        "assignment", "small", "The cheapest pairing of up to seven points", "min over permutations of sum |x0_i - x1_p(i)|^2",
        method="all permutations in whole numbers",
        seed=1,
    )
    for n in (1, 2, 3, 4, 5, 6, 7):
        for d in (1, 2, 3, 16):
            for turn in range(3):
                draw = random.Random(1000 * n + 10 * d + turn)
                scale = (1, 8, 64)[turn]
                shift = (0, 0, 16)[turn]
                while True:
                    x0 = [[draw.randrange(-16, 17) / scale for _ in range(d)] for _ in range(n)]
                    x1 = [[shift + draw.randrange(-16, 17) / scale for _ in range(d)] for _ in range(n)]
                    permutation, cost, gap = best_assignment(x0, x1)
                    inverse = [permutation.index(i) for i in range(n)]
                    if gap * 10**8 > cost and (n < 3 or inverse != permutation):
                        break
                request = {"op": "assignment", "x0": x0, "x1": x1}

                def evaluate(tree):
                    return {"cost": sum((squared(tree["x0"][i], tree["x1"][j]) for i, j in enumerate(permutation)), arb(0))}

                answer = certify(request, evaluate, request)
                answer.shape = {"permutation": [arb(0)] * n, "cost": arb(0)}
                answer.leaves = [(float(j), 0.0, 0.0, 0.0) for j in permutation] + answer.leaves
                # the optimum must stand out from the rounding of the costs
                answer.formats = [f for f in answer.formats if gap > 64 * cost * 2.0 ** FORMATS[f][3]]
                flags = ["assignment"] + ["assignment_of_distances"] * (of_distances(x0, x1) != permutation)
                fixture.add(f"points-{n}/d-{d}/{turn + 1}", flags, request, answer)
    line = [[3.0], [1.0], [2.0]]
    fixture.add("error/count", ["dimension"], {"op": "assignment", "x0": line, "x1": line[:2]}, error="dimension_mismatch")
    ragged = [[3.0], [1.0, 2.0], [2.0]]
    fixture.add("error/ragged", ["dimension"], {"op": "assignment", "x0": line, "x1": ragged}, error="dimension_mismatch")
    return [fixture]


def root(A):
    """The square root of a positive definite matrix: Newton's iteration on midpoints, then an enclosure by its residual.

    With X close to the root, the root differs from X by at most |A - X^2| / (2 lambda), lambda the least eigenvalue of X."""
    d = A.nrows()
    Y, Z = A.mid(), arb_mat(d, d, [1 if i % (d + 1) == 0 else 0 for i in range(d * d)])
    for _ in range(40):
        Y, Z = ((Y + Z.inv()) / 2).mid(), ((Z + Y.inv()) / 2).mid()
    residual = A - Y * Y
    size = sum((abs(e) for row in residual.table() for e in row), arb(0))
    least = 1 / sum((abs(e) for row in Y.inv().table() for e in row), arb(0))
    if not size < least * least / 4:
        raise Undecided
    error = (size / least).upper()
    return arb_mat([[Y[i, j] + arb(0, error) for j in range(d)] for i in range(d)])


def symmetric(rows):
    m = arb_mat(rows)
    return (m + m.transpose()) / 2


def gaussian_map(request):
    S0, S1 = symmetric(request["covariance0"]), symmetric(request["covariance1"])
    R = root(S0)
    inverse = R.inv()
    A = inverse * root(R * S1 * R) * inverse
    column = arb_mat([[a - b] for a, b in zip(request["x"], request["mean0"])])
    moved = A * column
    return [m + moved[i, 0] for i, m in enumerate(request["mean1"])]


def gaussian_maps():
    fixture = Fixture(
        "gaussian_ot_map", "all", "The optimal map from one Gaussian to another",
        "m1 + S0^-1/2 (S0^1/2 S1 S0^1/2)^1/2 S0^-1/2 (x - m0)",
        method="Newton's iteration for matrix roots, enclosed by the residual in Arb balls",
    )
    problems = [
        ("line", [1], [[0.25]], [-2], [[4]]),
        ("diagonal", [0, 1], [[1, 0], [0, 4]], [2, -1], [[0.25, 0], [0, 9]]),
        ("plane", [0.5, -1], [[1, 0.5], [0.5, 0.5]], [1, 2], [[0.25, -0.125], [-0.125, 2]]),
        ("space", [0, 0, 0], [[1, 0.25, 0.5], [0.25, 2, -0.75], [0.5, -0.75, 1]], [1, 1, -1],
         [[0.5, 0, 0.25], [0, 0.25, 0.125], [0.25, 0.125, 1]]),
        ("same", [1, -1], [[2, 0.5], [0.5, 1]], [3, 0], [[2, 0.5], [0.5, 1]]),
        ("thin", [0, 0], [[1, 0], [0, 2.0**-20]], [0, 0], [[2.0**-20, 0], [0, 1]]),
        ("decimal", [0.1, 0.2], [[1.3, 0.4], [0.4, 0.7]], [-0.3, 0.6], [[0.2, 0.1], [0.1, 0.9]]),
    ]
    for name, m0, S0, m1, S1 in problems:
        d = len(m0)
        for place, x in (("near", [0.5, -0.25, 0.75][:d]), ("far", [20, -16, 12][:d]), ("decimal", [0.3, 1.7, -0.9][:d])):
            request = {"op": "gaussian_ot_map", "mean0": m0, "covariance0": S0, "mean1": m1, "covariance1": S1, "x": x}
            fixture.add(f"{name}/{place}", ["gaussian_map"], request, certify(request, gaussian_map, request))
    good = {"op": "gaussian_ot_map", "mean0": [0], "covariance0": [[1]], "mean1": [1], "covariance1": [[2]], "x": [0.5]}
    fixture.add("error/length", ["dimension"], {**good, "x": [1, 2]}, error="dimension_mismatch")
    fixture.add("error/not-positive", ["out_of_domain"], {**good, "covariance0": [[-1]]}, error="out_of_domain")
    return [fixture]


def mixture_gap(request):
    """(det/sigma)^2 times the integral of p(x) Var[x1 | x] = E[x1^2 | x] p - (E[x1 | x] p)^2/p over x."""
    s = schedule(request["path"], time_of(request)).finite()
    target = request["target"]
    std = target["std"]
    parts = []
    for k, (m,) in enumerate(target["means"]):
        own = std[k] if isinstance(std, list) else std
        parts.append((target["weights"][k] if "weights" in target else arb(1), m, own * own))
    mass = sum((w for w, _, _ in parts), arb(0))
    variances = [s.alpha * s.alpha * s2 + s.variance for _, _, s2 in parts]

    def integrand(x, _):
        zeroth = first = second = acb(0)
        for (w, m, s2), V in zip(parts, variances):
            away = x - s.alpha * m
            density = w / mass * (-away * away / (2 * V)).exp() / (2 * arb.pi() * V).sqrt()
            mean = m + s.alpha * s2 * away / V
            zeroth, first = zeroth + density, first + density * mean
            second += density * (mean * mean + s2 * s.variance / V)
        return second - first * first / zeroth

    reach = arb(int((1.4 * (ctx.prec + 60)) ** 0.5) + 1)
    widths = [V.sqrt() for V in variances]
    low = min((s.alpha * m - reach * w).lower() for (_, m, _), w in zip(parts, widths))
    high = max((s.alpha * m + reach * w).upper() for (_, m, _), w in zip(parts, widths))
    cuts = [low] + sorted({(s.alpha * m).mid() for _, m, _ in parts}, key=float) + [high]
    total = integrate(integrand, *cuts, least=arb(2) ** -ctx.prec)
    # beyond the ends p Var <= E[x1^2 | x] p <= (|m| + sigma-sized) moments of Gaussian tails
    bound = arb(0)
    for (w, m, s2), V, width in zip(parts, variances, widths):
        size = (abs(m) + 1 + s2.sqrt() + abs(s.alpha) * s2 / width) * reach
        bound += w / mass * size * size * 4 * (-reach * reach / 2).exp()
    rate = s.alpha_dot - s.alpha * s.variance_dot / (2 * s.variance)
    return {"value": rate * rate * (total + arb(0, bound.upper())), "standard_error": arb(0)}


def mixture_gaps():
    fixture = Fixture(
        "cfm_gap", "mixture", "L_CFM - L_FM at one time, mixtures on a line",
        "LM Theorem 2: (alpha' - alpha sigma'/sigma)^2 times the integral of p_t(x) Var[x1 | x]",
        method="Arb balls, a proven integral over x",
    )
    targets = [
        ("two", {"kind": "gaussian_mixture", "weights": [1, 3], "means": [[-1], [1]], "std": 0.5}),
        ("three", {"kind": "gaussian_mixture", "means": [[-2], [0], [1.5]], "std": [0.5, 1, 0.25]}),
    ]
    for kind in ROUND:
        name, path, _, _ = PATHS[kind][0]
        for target_name, target in targets:
            if target_name == "three" and kind not in ("ot", "vp"):
                continue
            for label in ("t-0.25", "t-0.9"):
                t_flag, time = TIME[label]
                request = {"op": "cfm_gap", "path": path, "target": target, **time}
                answer = certify_all(
                    with_path(request), lambda r: {"": mixture_gap(r)}, request, None, ("float64",), 256, False
                )[""]
                fixture.add(f"{kind.replace('_', '-')}-{name}/{target_name}/{label}", ["gap", t_flag], request, answer)
    return [fixture]


def jobs():
    return [
        (["assignment/small.json"], assignments, ()),
        (["gaussian_ot_map/all.json"], gaussian_maps, ()),
        (["cfm_gap/mixture.json"], mixture_gaps, ()),
    ]
