"""Cases for the methods of few steps: DDIM, DPM-Solver++ 2M and 3M, UniP-3, UniPC-2 and -3, Heun over sigma/alpha.

Written from the published update rules, each in its own form, in balls: lambda = log(alpha/sigma), h = lambda_t - lambda_s, D the
denoiser. Where alpha is zero at the start of a step or sigma at its end, h is infinite and the step holds D."""

from flint import arb, arb_mat

from . import mixtures
from .certify import certify
from .conditional import with_path
from .paths import schedule
from .writer import Fixture

gauss = "gaussian_mixture"


def denoiser(request, k, x):
    one = {"path": request["path"], "target": request["target"], "x": x, "t": request["times"][k]["t"]}
    return mixtures.QUANTITIES["denoiser"](mixtures.marginal(one))


class Grid:
    def __init__(self, request):
        self.s = [schedule(request["path"], entry["t"]) for entry in request["times"]]

    def held(self, k):
        """Whether the step to time k is of order 1."""
        return self.s[k - 1].alpha == 0 or self.s[k].alpha == 0 or self.s[k].variance == 0

    def sigma(self, k):
        return self.s[k].variance.sqrt()

    def h(self, k):
        """lambda_k - lambda_(k-1); None where it is infinite."""
        if self.s[k].alpha == 0 or self.s[k - 1].alpha == 0 or self.s[k].variance == 0:
            return None
        return ((self.s[k].alpha / self.s[k - 1].alpha) ** 2 * self.s[k - 1].variance / self.s[k].variance).log() / 2


def combine(*terms):
    return [sum((c * v[i] for c, v in terms), arb(0)) for i in range(len(terms[0][1]))]


def minus(a, b):
    return [p - q for p, q in zip(a, b)]


def first_order(g, k, x, d):
    """DDIM: (sigma_t/sigma_s) x + (alpha_t - alpha_s sigma_t/sigma_s) D."""
    ratio = g.sigma(k) / g.sigma(k - 1)
    return combine((ratio, x), (g.s[k].alpha - g.s[k - 1].alpha * ratio, d))


def second_multistep(g, k, x, ms):
    """Algorithm 2 of Lu et al. (2022b): D = (1 + 1/(2r)) D_0 - 1/(2r) D_1, r = h_before/h."""
    before = g.h(k - 1)
    if before is None:
        return first_order(g, k, x, ms[0])
    r = before / g.h(k)
    return first_order(g, k, x, combine((1 + 1 / (2 * r), ms[0]), (-1 / (2 * r), ms[1])))


def third_multistep(g, k, x, ms):
    """The authors' program: phi_1 = e^-h - 1, phi_2 = phi_1/h + 1, phi_3 = phi_2/h - 1/2."""
    if g.h(k - 2) is None or g.h(k - 1) is None:
        return second_multistep(g, k, x, ms)
    h = g.h(k)
    r0, r1 = g.h(k - 1) / h, g.h(k - 2) / h
    first, second = [(a - b) / r0 for a, b in zip(ms[0], ms[1])], [(a - b) / r1 for a, b in zip(ms[1], ms[2])]
    slope = combine((1 + r0 / (r0 + r1), first), (-r0 / (r0 + r1), second))
    bend = [(a - b) / (r0 + r1) for a, b in zip(first, second)]
    one = (-h).exp() - 1
    two = one / h + 1
    three = two / h - arb(1) / 2
    alpha = g.s[k].alpha
    return combine((g.sigma(k) / g.sigma(k - 1), x), (-alpha * one, ms[0]), (alpha * two, slope), (-alpha * three, bend))


def unified(g, k, x, ms, more=None, half=False):
    """Zhao et al. (2023) for data prediction, B(h) = e^-h - 1; `more` is the denoiser at the end, for the corrector."""
    hh = -g.h(k)
    usable, total = 0, arb(0)
    rows = []
    for j in range(1, len(ms)):
        if g.h(k - j) is None:
            break
        total += g.h(k - j)
        rows.append((-total / g.h(k), minus(ms[j], ms[0])))
        usable += 1
    points = [(r, [v / r for v in d]) for r, d in rows] + ([(arb(1), minus(more, ms[0]))] if more else [])
    alpha = g.s[k].alpha
    phi = (hh).exp() - 1
    plain = combine((g.sigma(k) / g.sigma(k - 1), x), (-alpha * phi, ms[0]))
    if not points:
        return plain
    n = len(points)
    if n == 1:
        weights = [arb(1) / 2]
    else:
        power, factor, values = phi / hh - 1, 1, []
        for i in range(1, n + 1):
            values.append(power * factor / phi)
            factor *= i + 1
            power = power / hh - arb(1) / factor
        matrix = arb_mat([[r**i for r, _ in points] for i in range(n)])
        solved = matrix.solve(arb_mat([[v] for v in values]))
        weights = [solved[i, 0] for i in range(n)]
    return combine((arb(1), plain), *[(-alpha * phi * w, d) for w, (_, d) in zip(weights, points)])


def heun(g, k, request, x, d):
    """Karras et al. (2022), algorithm 1 without noise, for y = x/alpha over s = sigma/alpha."""
    a, b = g.s[k - 1].alpha, g.s[k].alpha
    s, t = g.sigma(k - 1) / a, g.sigma(k) / b
    y = [v / a for v in x]
    slope = [(p - q) / s for p, q in zip(y, d)]
    ahead = combine((arb(1), y), (t - s, slope))
    second = [(p - q) / t for p, q in zip(ahead, denoiser(request, k, [v * b for v in ahead]))]
    return [b * (p + (t - s) * (u + v) / 2) for p, u, v in zip(y, slope, second)]


def few_steps(request):
    g, method, x, ms = Grid(request), request["method"], request["x"], []
    last = len(request["times"]) - 1
    ms = [denoiser(request, 0, x)]
    for k in range(1, last + 1):
        kept = {"ddim": 1, "heun_sigma": 1, "dpmpp_2m": 2, "unipc_2": 2}.get(method, 3)
        ms = ms[:kept]
        if g.held(k) or method == "ddim":
            new = first_order(g, k, x, ms[0])
        elif method == "heun_sigma":
            new = heun(g, k, request, x, ms[0])
        elif len(ms) == 1:
            new = first_order(g, k, x, ms[0])
        elif method == "dpmpp_2m":
            new = second_multistep(g, k, x, ms)
        elif method == "dpmpp_3m":
            new = third_multistep(g, k, x, ms) if len(ms) > 2 else second_multistep(g, k, x, ms)
        else:
            new = unified(g, k, x, ms)
        if k == last:
            return new
        ahead = denoiser(request, k, new)
        if method.startswith("unipc") and not g.held(k):
            new = unified(g, k, x, ms, ahead)
        x, ms = new, [ahead] + ms
    raise AssertionError


METHODS = ["ddim", "dpmpp_2m", "dpmpp_3m", "unip_3", "unipc_2", "unipc_3", "heun_sigma"]
ONE = {"kind": gauss, "means": [[0.75, -0.5]], "std": 0.25}
TWO = {"kind": gauss, "weights": [1, 3], "means": [[-1], [1.5]], "std": [0.25, 0.5]}
CLOUD = {"kind": "point_cloud", "points": [[-1, 0.25], [1, 0.5], [0.5, -1]]}
# name, flags, path, target, x, times
SETTINGS = [
    ("one", [], {"kind": "ot"}, ONE, [0.5, 1.25], [0.125, 0.25, 0.375, 0.625, 0.75]),
    ("two", [], {"kind": "ot"}, TWO, [0.75], [0.25, 0.375, 0.5, 0.625, 0.6875, 0.8125]),
    ("whole", ["few_step_ends"], {"kind": "ot"}, TWO, [-0.375], [0, 0.25, 0.5, 0.75, 0.875, 1]),
    ("single", ["few_step_ends"], {"kind": "ot"}, TWO, [0.625], [0, 1]),
    ("points", ["few_step_ends"], {"kind": "ot"}, CLOUD, [0.25, -0.125], [0, 0.5, 0.75, 0.875, 1]),
    ("back", ["flow_back"], {"kind": "ot"}, TWO, [1.125], [0.75, 0.625, 0.5, 0.375, 0.25]),
    ("to-noise", ["flow_back", "few_step_ends"], {"kind": "ot"}, ONE, [0.5, -0.25], [0.75, 0.5, 0.375, 0.125, 0]),
    ("vp", [], {"kind": "vp", "beta_min": 0.1, "beta_max": 20}, TWO, [0.5], [0, 0.25, 0.5, 0.75, 0.875]),
    ("vp-whole", ["few_step_ends"], {"kind": "vp", "beta_min": 0.5, "beta_max": 8}, ONE, [0.25, -1], [0, 0.375, 0.625, 0.875, 1]),
    ("cosine", ["few_step_ends"], {"kind": "cosine"}, TWO, [-0.875], [0, 0.25, 0.5, 0.75, 1]),
    ("ve", [], {"kind": "ve"}, TWO, [5.5], [0, 0.25, 0.375, 0.5, 0.75]),
    ("linear-vp", ["few_step_ends"], {"kind": "linear_vp"}, CLOUD, [0.5, 0.75], [0, 0.375, 0.625, 0.875, 1]),
    ("uneven", [], {"kind": "ot"}, TWO, [0.125], [0.125, 0.1875, 0.625, 0.65625, 0.875, 0.9375]),
]
PUBLISHED = {
    "ddim": "Song, Meng and Ermon (2021), equation 12 without noise", "dpmpp_2m": "Lu et al. (2022b), algorithm 2",
    "dpmpp_3m": "the third-order multistep update of the authors' program", "unip_3": "Zhao et al. (2023), UniP-3",
    "unipc_2": "Zhao et al. (2023), UniPC-2", "unipc_3": "Zhao et al. (2023), UniPC-3", "heun_sigma": "Karras et al. (2022), algorithm 1",
}
ERRORS = [
    ("outside", {"times": [0, 1.5]}, "out_of_domain"), ("not-one-way", {"times": [0, 0.5, 0.25]}, "out_of_domain"),
    ("twice", {"times": [0, 0.5, 0.5, 1]}, "out_of_domain"), ("one-time", {"times": [0.5]}, "out_of_domain"),
    ("from-data", {"times": [1, 0.5]}, "singular"), ("method", {"method": "dpmpp_4m"}, "invalid_field"),
    ("source", {"source": {"kind": gauss, "means": [[0]], "std": 2}}, "unsupported"), ("width", {"x": [0.5, 0.5]}, "dimension_mismatch"),
]


def make():
    fixture = Fixture(
        "few_step_map", "published", "Samplers of few steps as published, on exact denoisers",
        "; ".join(f"{name}: {source}" for name, source in PUBLISHED.items()) + ". Steps with an infinite h hold the denoiser")
    for name in METHODS:
        for place, flags, path, target, x, times in SETTINGS:
            request = {"op": "few_step_map", "path": path, "target": target, "x": x, "method": name, "times": times}
            inner = with_path({**request, "times": [{"t": t} for t in times]})
            answer = certify(inner, few_steps, request, formats=("float64", "float32"))
            # DDIM does not look back: its formula is the same at the ends of time.
            flags = [flag for flag in flags if (name, flag) != ("ddim", "few_step_ends")]
            fixture.add(f"{name.replace('_', '-')}/{place}", ["few_step", *flags], request, answer)
    base = {"op": "few_step_map", "path": {"kind": "ot"}, "target": TWO, "x": [0.5], "method": "ddim", "times": [0, 0.5, 1]}
    for name, changes, code in ERRORS:
        flag = {"invalid_field": "request_shape", "dimension_mismatch": "dimension", "unsupported": "general_source"}.get(code, code)
        fixture.add(f"error/{name}", [flag], {**base, **changes}, error=code)
    return [fixture]


def jobs():
    return [(["few_step_map/published.json"], make, ())]
