"""Formulas without a path: DDPM posteriors, bits per dimension, grids, traces, assignments."""

import math
from fractions import Fraction

from mpmath import mp, mpf

from paths import double
from switches import wrong
from wire import Refusal, count, matrix, number, same_length, vector


def ddpm(request):
    betas = vector(request["betas"], "betas")
    k = count(request["step"], "step", least=-(10**9))
    x, z = same_length(vector(request["x"], "x"), vector(request["z"], "z"))
    if not 1 <= k <= len(betas) or not all(0 < b < 1 for b in betas):
        raise Refusal("out_of_domain", "step")
    mp.prec = 600
    beta = betas[k - 1]
    before = mp.fprod(1 - b for b in betas[: k - 1])
    if wrong("ddpm_index_off"):
        before *= 1 - beta
    now = mp.fprod(1 - b for b in betas[:k]) if not wrong("ddpm_alpha_for_abar") else 1 - beta
    rest_before, rest = 1 - before, 1 - now
    if wrong("ddpm_subtraction"):
        rest_before, rest = mpf(1.0 - float(before)), mpf(1.0 - float(now))
        if rest == 0:
            return {"mean": [mp.nan] * len(x), "variance": mp.nan}
    c, d = mp.sqrt(before) * beta / rest, mp.sqrt(1 - beta) * rest_before / rest
    variance = rest_before / rest * beta
    if k == 1 and wrong("ddpm_first_step_general"):
        variance = mpf(1e-20)
    if wrong("ddpm_variance_at_k"):
        variance = beta
    return {"mean": [c * a + d * b for a, b in zip(x, z)], "variance": variance}


def bits(request):
    d = count(request["dimension"], "dimension")
    value = -number(request["log_density"]) / (1 if wrong("bits_in_nats") else mp.log(2))
    return value / (1 if wrong("bits_not_divided") else d) + (0 if wrong("bits_without_seven") else 7)


def grid(request):
    n, training = count(request["steps"], "steps"), 1000
    shift, mu, twice = number(request.get("shift", 1)), request.get("mu"), request.get("shift_twice", False)
    if shift <= 0:
        raise Refusal("out_of_domain", "shift")
    if mu is not None and twice and not wrong("mu_shifted_twice"):
        raise Refusal("out_of_domain", "shift_twice")
    spacing = request.get("spacing")
    if spacing not in (None, "linear", "karras", "exponential", "beta"):
        raise Refusal("invalid_field", "spacing")
    if spacing == "beta":
        raise Refusal("unsupported", "spacing")

    def shifted(s):
        return shift * s / (1 + (shift - 1) * s)

    last = mpf(1) / training
    if (mu is None and twice and not wrong("shift_never_twice")) or (mu is None and wrong("shift_always_twice")):
        last = shifted(last)
    steps = n if wrong("grid_off_by_one") else max(n - 1, 1)
    s = [1 + mpf(i) / steps * (last - 1) for i in range(n)]
    if mu is None:
        s = [shifted(a) for a in s]
    else:
        e = number(mu) if wrong("mu_linear") else mp.exp(number(mu))
        if wrong("mu_in_double"):
            e = double(lambda: math.exp(float(mu)))
        s = [e / (e + (1 / a - 1)) for a in s]
    if "terminal" in request:
        z = number(request["terminal"])
        if s[-1] == 1:
            raise Refusal("singular", "terminal")
        s = [1 - (1 - a) * (1 - z) / (1 - s[-1]) for a in s] if not wrong("terminal_on_sigma") else [a * z / s[-1] for a in s]
    if spacing in ("karras", "exponential"):
        first, final = (s[-1], s[0]) if wrong("spacing_swapped") else (s[0], s[-1])
        ramp = [mpf(i) / max(n - 1, 1) for i in range(n)]
        if spacing == "karras":
            rho = mpf(7) if not wrong("rho_as_exponent") else mpf(1) / 7
            p, q = mp.power(first, 1 / rho), mp.power(final, 1 / rho)
            s = [mp.power(p + f * (q - p), rho) for f in ramp]
        else:
            s = [mp.exp(mp.log(first) + f * (mp.log(final) - mp.log(first))) for f in ramp]
    return {"sigmas": s + ([] if wrong("grid_without_zero") else [mpf(0)]), "timesteps": [training * a for a in s]}


def trace(request):
    A = matrix(request["matrix"])
    n = len(A)
    if n == 0 or any(len(row) != n for row in A):
        raise Refusal("dimension_mismatch", "matrix")
    if "probes" in request:
        probes = matrix(request["probes"])
        if any(len(z) != n for z in probes) or not probes:
            raise Refusal("dimension_mismatch", "probes")
        each = [sum(z[i] * A[i][j] * z[j] for i in range(n) for j in range(n)) for z in probes]
        k = len(each)
        mean = sum(each) / k
        error = None
        if k > 1:
            error = mp.sqrt(sum((e - mean) ** 2 for e in each) / (k - 1))
            error /= k if wrong("trace_error_by_k") else mp.sqrt(k)
        return {"mean": mean * (k if wrong("trace_sum") else 1), "standard_error": error}
    law = request.get("law")
    if law not in ("rademacher", "gaussian"):
        raise Refusal("invalid_field" if law is not None else "missing_field", "law")
    B = A if wrong("trace_not_symmetrised") else [[(A[i][j] + A[j][i]) / 2 for j in range(n)] for i in range(n)]
    keep = law == "gaussian" or wrong("trace_with_diagonal")
    return {"variance": 2 * sum(B[i][j] ** 2 for i in range(n) for j in range(n) if i != j or keep)}


def assignment(request):
    x0, x1 = matrix(request["x0"]), matrix(request["x1"])
    if len(x0) != len(x1) or not x0 or len({len(p) for p in x0 + x1}) != 1:
        raise Refusal("dimension_mismatch")
    cost = [[sum((Fraction(float(a)) - Fraction(float(b))) ** 2 for a, b in zip(p, q)) for q in x1] for p in x0]
    n = len(cost)
    if wrong("assignment_with_repeats"):
        chosen = [min(range(n), key=lambda j: row[j]) for row in cost]
        return {"permutation": chosen, "cost": mpf(float(sum(cost[i][j] for i, j in enumerate(chosen))))}
    if wrong("assignment_distance"):
        chosen = shortest_augmenting_paths([[Fraction(float(c) ** 0.5) for c in row] for row in cost])
        total = sum(cost[i][j] for i, j in enumerate(chosen))
        return {"permutation": chosen, "cost": mpf(total.numerator) / total.denominator}
    if wrong("assignment_greedy"):
        left, chosen = set(range(n)), []
        for row in cost:
            chosen.append(min(left, key=lambda j: row[j]))
            left.remove(chosen[-1])
    else:
        chosen = shortest_augmenting_paths(cost)
    total = sum(cost[i][j] for i, j in enumerate(chosen))
    if wrong("assignment_inverse"):
        chosen = [chosen.index(j) for j in range(n)]
    return {"permutation": chosen, "cost": mpf(total.numerator) / total.denominator}


def shortest_augmenting_paths(cost):
    n = len(cost)
    u, v, row_of, back = [0] * (n + 1), [0] * (n + 1), [0] * (n + 1), [0] * (n + 1)
    for i in range(1, n + 1):
        row_of[0], column = i, 0
        least, done = [None] * (n + 1), [False] * (n + 1)
        while row_of[column]:
            done[column], row, step, following = True, row_of[column], None, 0
            for j in range(1, n + 1):
                if not done[j]:
                    reduced = cost[row - 1][j - 1] - u[row] - v[j]
                    if least[j] is None or reduced < least[j]:
                        least[j], back[j] = reduced, column
                    if step is None or least[j] < step:
                        step, following = least[j], j
            for j in range(n + 1):
                if done[j]:
                    u[row_of[j]] += step
                    v[j] -= step
                elif least[j] is not None:
                    least[j] -= step
            column = following
        while column:
            row_of[column] = row_of[back[column]]
            column = back[column]
    out = [0] * n
    for j in range(1, n + 1):
        out[row_of[j] - 1] = j - 1
    return out
