"""Cases for diffusers' sigma grids and for estimates of a trace."""

from flint import arb, ctx

from .balls import Undecided, single
from .certify import certify
from .writer import Fixture

TRAIN_STEPS = 1000
BETA = 0.6
RHO = 7.0


def shifted(sigma, shift):
    return shift * sigma / (1 + (shift - 1) * sigma)


def linspace(first, last, n):
    if n == 1:
        return [first]
    return [first + (last - first) * i / (n - 1) for i in range(n)]


def beta_quantile(p, a, b):
    """The x with regularised incomplete beta function p, enclosed by a sign change."""
    if p == 0 or p == 1:
        return arb(p)
    bits = ctx.prec
    low, high = arb(0), arb(1)
    for _ in range(60):
        middle = ((low + high) / 2).mid()
        if (middle.beta_lower(a, b, regularized=True) - p).mid() < 0:
            low = middle
        else:
            high = middle
    x = ((low + high) / 2).mid()
    normal = a.gamma() * b.gamma() / (a + b).gamma()
    for _ in range(8):
        density = ((a - 1) * x.log() + (b - 1) * (1 - x).log()).exp() / normal
        x = (x - (x.beta_lower(a, b, regularized=True) - p) / density).mid()
    gap = arb(2) ** (-(bits * 3) // 4) * x * (1 - x)
    left, right = (x - gap).mid(), (x + gap).mid()
    if not (left.beta_lower(a, b, regularized=True) < p and right.beta_lower(a, b, regularized=True) > p):
        raise Undecided
    return left.union(right)


def sigma_grid(request):
    n, top = request["steps"], arb(1)
    bottom = arb(1) / TRAIN_STEPS
    if request.get("shift_twice"):
        bottom = shifted(bottom, request["shift"])
    grid = linspace(top, bottom, n)
    if "mu" in request:
        e = request["mu"].exp()
        grid = [e / (e + (1 / s - 1)) for s in grid]
    else:
        grid = [shifted(s, request["shift"]) for s in grid]
    if "terminal" in request:
        factor = (1 - grid[-1]) / (1 - request["terminal"])
        grid = [1 - (1 - s) / factor for s in grid]
    spacing, high, low = request.get("spacing"), grid[0], grid[-1]
    if spacing == "karras":
        rho = request["rho"]
        ends = [(x.log() / rho).exp() for x in (high, low)]
        grid = [(rho * g.log()).exp() for g in linspace(ends[0], ends[1], n)]
    elif spacing == "exponential":
        grid = [g.exp() for g in linspace(high.log(), low.log(), n)]
    elif spacing == "beta":
        grid = [
            low + (high - low) * beta_quantile(1 - arb(i) / (n - 1), request["beta_a"], request["beta_b"]) for i in range(n)
        ]
    return {"sigmas": grid + [arb(0)], "timesteps": [TRAIN_STEPS * s for s in grid]}


def grids():
    fixture = Fixture(
        "sigma_grid", "diffusers", "Sigma grids of diffusers' flow-matching schedulers, 1,000 training steps, in exact arithmetic",
        "sigmas = linspace(1, sigma_min, n), then the shift s -> shift s/(1 + (shift - 1) s) or e^mu/(e^mu + 1/s - 1), the "
        "stretch to the terminal, and the respacing between the first and the last; a final 0 is appended. sigma_min is 1/1000, "
        "or its shifted value when shift_twice (as shipped); timesteps = 1000 sigma",
    )

    def add(name, flag, **fields):
        request = {"op": "sigma_grid", **fields}
        full = dict(request)
        if "mu" not in full:
            full.setdefault("shift", 1.0)
        if full.get("spacing") == "beta":
            full.update(beta_a=BETA, beta_b=BETA)
        if full.get("spacing") == "karras":
            full.update(rho=RHO)
        fixture.add(name, [flag], request, certify(full, sigma_grid, request))

    for n in (1, 2, 5, 20, 28, 50):
        add(f"plain/steps-{n}", "grid", steps=n)
        for shift in (1, 3, 7, 0.5, 1.15):
            add(f"shift-{shift}/steps-{n}", "grid", steps=n, shift=shift)
            add(f"shift-{shift}-twice/steps-{n}", "grid_double_shift", steps=n, shift=shift, shift_twice=True)
        for mu in (0.5, 1.15, 0, -0.25):
            add(f"mu-{mu}/steps-{n}".replace("--", "-minus-"), "grid_dynamic", steps=n, mu=mu)
        if n == 1:
            continue
        for terminal in (0.1, 0.25, 0.02):
            add(f"shift-3-terminal-{terminal}/steps-{n}", "grid_terminal", steps=n, shift=3, terminal=terminal)
            add(f"mu-1.15-terminal-{terminal}/steps-{n}", "grid_terminal", steps=n, mu=1.15, terminal=terminal)
        for spacing in ("karras", "exponential", "beta"):
            if n > 28 and spacing == "beta":
                continue
            add(f"{spacing}/steps-{n}", "grid_spacing", steps=n, spacing=spacing)
            add(f"{spacing}-shift-3-twice/steps-{n}", "grid_spacing", steps=n, shift=3, shift_twice=True, spacing=spacing)
            add(f"{spacing}-mu-0.5/steps-{n}", "grid_spacing", steps=n, mu=0.5, spacing=spacing)
            add(f"{spacing}-terminal-0.1/steps-{n}", "grid_spacing", steps=n, shift=3, terminal=0.1, spacing=spacing)

    mu, tenth = single(1.15), single(0.1)
    for n in (2, 20, 28, 50):
        add(f"float32/mu-1.15/steps-{n}", "grid_dynamic", steps=n, mu=mu)
        add(f"float32/shift-1.15-twice/steps-{n}", "grid_double_shift", steps=n, shift=mu, shift_twice=True)
        add(f"float32/mu-1.15-terminal-0.1/steps-{n}", "grid_terminal", steps=n, mu=mu, terminal=tenth)
        add(f"float32/karras-terminal-0.1/steps-{n}", "grid_spacing", steps=n, shift=3, terminal=tenth, spacing="karras")

    def refuse(name, flag, error, **fields):
        fixture.add(f"error/{name}", [flag], {"op": "sigma_grid", **fields}, error=error)

    refuse("one-step-terminal", "singular", "singular", steps=1, shift=3, terminal=0.1)
    refuse("no-steps", "out_of_domain", "out_of_domain", steps=0)
    refuse("steps-missing", "request_shape", "missing_field", shift=3)
    refuse("steps-fraction", "request_shape", "invalid_field", steps=2.5)
    refuse("shift-negative", "out_of_domain", "out_of_domain", steps=5, shift=-1)
    refuse("spacing-name", "request_shape", "invalid_field", steps=5, spacing="cosine")
    return [fixture]


def trace_estimate(request):
    A = request["matrix"]
    d = len(A)
    if "law" in request:
        if request["law"] == "rademacher":
            total = arb(0)
            for i in range(d):
                for j in range(i + 1, d):
                    s = A[i][j] + A[j][i]
                    total += s * s
            return {"variance": total}
        total = arb(0)
        for i in range(d):
            for j in range(d):
                s = (A[i][j] + A[j][i]) / 2
                total += 2 * s * s
        return {"variance": total}
    quadratics = []
    for z in request["probes"]:
        total = arb(0)
        for i in range(d):
            for j in range(d):
                total += z[i] * A[i][j] * z[j]
        quadratics.append(total)
    k = len(quadratics)
    mean = sum(quadratics, arb(0)) / k
    square = sum(((q - mean) * (q - mean) for q in quadratics), arb(0))
    return {"mean": mean, "standard_error": (square / (k - 1) / k).sqrt()}


def traces():
    fixture = Fixture(
        "trace_estimate", "all", "Hutchinson's estimate of a trace from given probes, and the variance of one probe",
        "mean of z.Az, standard error sqrt(sum (q - mean)^2/(k - 1)/k); variance of one Rademacher probe sum_{i<j} (A_ij + "
        "A_ji)^2, of one Gaussian probe 2 |sym A|_F^2",
    )
    matrices = [
        ("plane", [[1, 2], [-0.5, 3]]),
        ("antisymmetric", [[0.5, 4], [-4, 0.25]]),
        ("space", [[1, 0.5, -1], [2, -3, 0.25], [0.125, 4, 8]]),
        ("diagonal", [[1, 0], [0, 1000]]),
        ("decimal", [[0.1, -0.2, 0.3], [0.7, 1.1, -1.3], [2.1, 0.9, -0.4]]),
        ("line", [[2.5]]),
        ("offset", [[1000000, 0.5], [0.25, -1000000]]),
    ]
    import random

    for name, matrix in matrices:
        d = len(matrix)
        for law in ("rademacher", "gaussian"):
            request = {"op": "trace_estimate", "matrix": matrix, "law": law}
            fixture.add(f"{name}/variance-{law}", ["trace_variance"], request, certify(request, trace_estimate, request))
        for k in (2, 3, 8, 32):
            draw = random.Random(100 * d + k)
            for law in ("signs", "eighths"):
                while True:
                    probes = [
                        [draw.choice((-1, 1)) if law == "signs" else draw.randrange(-16, 17) / 8 for _ in range(d)] for _ in range(k)
                    ]
                    values = {sum(z[i] * matrix[i][j] * z[j] for i in range(d) for j in range(d)) for z in probes}
                    if len(values) > 1 or name in ("diagonal", "antisymmetric", "line") and law == "signs":
                        break
                if len(values) == 1:
                    continue  # a standard error of 0 has no derivative
                request = {"op": "trace_estimate", "matrix": matrix, "probes": probes}
                fixture.add(f"{name}/{law}-{k}", ["trace"], request, certify(request, trace_estimate, request))
    good = {"op": "trace_estimate", "matrix": [[1, 2], [3, 4]], "law": "gaussian"}
    fixture.add("error/not-square", ["dimension"], {**good, "matrix": [[1, 2]]}, error="dimension_mismatch")
    fixture.add("error/law", ["request_shape"], {**good, "law": "uniform"}, error="invalid_field")
    probes = {"op": "trace_estimate", "matrix": [[1, 2], [3, 4]], "probes": [[1, 1, 1], [1, -1, 1]]}
    fixture.add("error/probe-length", ["dimension"], probes, error="dimension_mismatch")
    return [fixture]


def jobs():
    return [(["sigma_grid/diffusers.json"], grids, ()), (["trace_estimate/all.json"], traces, ())]
