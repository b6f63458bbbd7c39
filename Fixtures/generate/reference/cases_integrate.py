"""Cases for integrators of any name: fields with known flows, what a tolerance or a number of equal steps may miss by."""

from flint import arb, arb_series, ctx

from . import levels
from .balls import ceiling, up
from .cases_level_flows import FIRST, between, place
from .cases_steps import extend
from .certify import Answer, balls, certify_all
from .conditional import with_path
from .mixtures import components
from .writer import Fixture

gauss = "gaussian_mixture"
TWO = {"kind": gauss, "weights": [1, 3], "means": [[-1], [1]], "std": 0.5}
THREE = {"kind": gauss, "means": [[-2], [0], [1.5]], "std": [0.5, 1, 0.25]}
CLOUD = {"kind": "point_cloud", "points": [[-1], [0.5], [2]], "weights": [1, 2, 1]}
NARROW = {"kind": gauss, "weights": [2, 1], "means": [[-0.5], [1]], "std": [0.03125, 0.0625]}
PRODUCT = {"kind": "product", "factors": [TWO, THREE]}
FULL = {"kind": gauss, "means": [[1, 0, -0.5]], "covariances": [[[1, 0.5, 0.25], [0.5, 0.5, 0], [0.25, 0, 2]]]}

# name, path, target, t0, t1, where x is in the data on every axis and how many sigma away
FIELDS = [
    ("ot/two", {"kind": "ot"}, TWO, 0, 1, [(-0.5, 0.25)]),
    ("ot/two-tail", {"kind": "ot"}, TWO, 0, 1, [(1.5, 2)]),
    ("vp/three", {"kind": "vp"}, THREE, 0, 1, [(0.75, 0.5)]),
    ("cosine/product", {"kind": "cosine"}, PRODUCT, 0, 1, [(-0.5, 0.25), (0.75, 0.5)]),
    ("icfm/cloud", {"kind": "icfm", "sigma": 0.125}, CLOUD, 0, 1, [(0.5, 0.5)]),
    ("ot/cloud", {"kind": "ot"}, CLOUD, 0, 0.9375, [(-0.25, -0.25)]),
    ("ot/narrow", {"kind": "ot"}, NARROW, 0, 1, [(0.25, 0.25)]),
    ("schrodinger-bridge/two", {"kind": "schrodinger_bridge", "sigma": 0.5}, TWO, 0, 0.9375, [(-0.5, 0.25)]),
    ("ve/two", {"kind": "ve", "sigma_min": 0.0625, "sigma_max": 16}, TWO, 0, 1, [(-0.5, 0.25)]),
    ("shifted-ot/gaussian", {"kind": "shifted_ot", "sigma_min": 0.0078125}, FULL, 0, 1, [(1, 0.5), (0.5, -1), (-1, 1.5)]),
    ("polynomial/three", {"kind": "polynomial", "exponent": 2}, THREE, 0.125, 1, [(-2, -0.5)]),
    ("linear-vp/product", {"kind": "linear_vp"}, PRODUCT, 0, 1, [(1, 1), (-2, -0.5)]),
    ("ot/inside", {"kind": "ot"}, THREE, 0.25, 0.75, [(0.75, 0.5)]),
]
# A start beside the watershed between the two clusters: an error there is worth ten times as much at the end.
WATERSHED = ("ot/watershed", {"kind": "ot"}, NARROW, 0, 1, [(0, 0.4375)])
# name, tolerance, the least order of an integrator that needs no ten thousand steps for it
TOLERANCES = [("1e-3", 1e-3, None), ("1e-6", 1e-6, 3), ("1e-9", 1e-9, 5)]
# in how many steps the tolerance may be missed in one direction: methods of many steps come to a hundred
ALLOWED = 256
# Fields on which a hundred steps are enough for a method to show its order, and how many steps for each order.
SMOOTH = ("ot/two", "icfm/cloud", "cosine/product", "vp/three")
STEPS = {1: 128, 2: 128, 3: 128, 4: 128, 5: 64, 6: 64, 7: 64, 8: 64}
# How much more than a Taylor method of its order an integrator may err.
TAYLOR = 4
DENSE = ("ot/two", "vp/three", "cosine/product", "icfm/cloud", "ot/inside")
# the places of the interval at which states are asked for
PARTS = (0.125, 0.5, 0.6875, 1)
WAY = 16
BOTH = ("float64", "float32")


def widest(request):
    """How much an error of any direction grows at most until the end."""
    return max(sum(abs(v) for v in row) for row in levels.jacobian(request))


def tolerated(full, tolerance):
    """An error of rtol |x| + atol made in each of the allowed steps, all in one direction, each grown until the end."""
    _, way = between(full, widest, FIRST, WAY)
    most = max((growth * (1 + max(abs(v) for v in there)) for _, there, growth in way), key=lambda v: float(v.mid()))
    return up(ceiling(ALLOWED * arb(tolerance) * most), 3)


def series(path, t):
    """alpha, alpha', v and v' as power series in the time after t."""
    moved = arb_series([t, 1])
    if path["kind"] == "cosine":  # what power series of flint have no half turns for
        turn = arb_series([t * arb.pi() / 2, arb.pi() / 2])
        alpha, sigma = turn.sin(), turn.cos()
        return alpha, sigma * arb.pi() / 2, sigma * sigma, alpha * sigma * (-arb.pi())
    if path["kind"] == "vp":
        r, low, high = 1 - moved, path["beta_min"], path["beta_max"]
        total, beta = r * low + r * r * (high - low) / 2, r * (high - low) + low
        alpha = (-total / 2).exp()
        return alpha, alpha * beta / 2, 1 - alpha * alpha, -(alpha * alpha * beta)
    r = 1 - moved
    s = path["sigma"] if path["kind"] == "icfm" else arb(0)
    return moved, arb_series([1]), r * r + s * s, r * (-2)


def slope(target, s, x):
    """The velocity on one axis, for power series."""
    alpha, rate, v, v_rate = s
    top = bottom = arb_series([0])
    for part in components(target):
        spread = alpha * alpha * part.variance + v
        away = x - alpha * part.mean[0]
        density = (-(away * away) / (spread * 2)).exp() / spread.sqrt() * part.weight
        own = (alpha * rate * part.variance + v_rate / 2) / spread * away + rate * part.mean[0]
        top, bottom = top + density * own, bottom + density
    return top / bottom


def coefficient(tree, t, there, order):
    """The size of the Taylor coefficient of the trajectory that a method of an order leaves out."""
    before = ctx.cap
    ctx.cap = order + 2
    try:
        s, worst = series(tree["path"], t), arb(0)
        for factor, x in zip(levels.factors(tree["target"], len(there)), there):
            path = arb_series([x])
            for _ in range(order + 1):
                path = slope(factor, s, path).integral() + x
            size = abs(path[order + 1])
            worst = size if float(size.mid()) > float(worst.mid()) else worst
        return worst
    finally:
        ctx.cap = before


def taylor(full, order, steps):
    """What Taylor's method of an order leaves out in all steps, all in one direction, each grown until the end."""
    tree, way = between(full, widest, FIRST, WAY)
    h = abs(tree["t1"] - tree["t0"]) / steps
    total = sum((coefficient(tree, t, there, order) * growth for t, there, growth in way), arb(0))
    return up(ceiling(TAYLOR * steps * h ** (order + 1) * total / len(way)), 3)


def certified(request, field, evaluate, formats, radius):
    """The states that are asked for, and what they may be off by."""
    full = with_path({**field, "x": request["x"], "t0": request["t0"], "t1": request["t1"]})
    answer = certify_all(full, lambda r: {"": evaluate(r)}, full, None, ("float64",), FIRST, False)[""]
    leaves = [(v, t, s, r + b) for (v, t, s, r), b in zip(answer.leaves, radius(full), strict=True)]
    return Answer(answer.shape, leaves, list(formats), answer.bits)


def settings(fields):
    """Every field forth and back."""
    for name, path, target, low, high, there in fields:
        for way, start, end in (("forth", low, high), ("back", high, low)):
            yield name, way, {"path": path, "target": target}, {"x": place(path, there, start), "t0": start, "t1": end}


def add(fixture, name, request, field, order, answer, flags):
    # where the integration stands: any time within rounding of the end
    extend(answer, {"t": (request["t1"], 1.0, 0.0)})
    flags = [*flags, "integrator_lands", "integrator_inside", "integrator_counts"]
    if request["t1"] < request["t0"]:
        flags.append("solver_backward")
    fixture.add(name, flags, {"op": "integrate", "solver": "any", **request}, answer, field=field, order=order)


def tolerances():
    fixture = Fixture(
        "integrate", "tolerance", "Adaptive steps of any integrator along fields that the harness supplies",
        "F_t1(phi(x)) = F_t0(x) on every axis; for one Gaussian alpha m + V_t1^1/2 V_t0^-1/2 (x - alpha_0 m). radius is what the tolerance "
        f"allows: an error of rtol |x| + atol in each of {ALLOWED} steps, all in one direction, each grown until the end by the largest row of the "
        "flow's Jacobian on the way",
    )
    for name, way, field, about in settings([*FIELDS, WATERSHED]):
        for label, tolerance, order in TOLERANCES:
            if name == WATERSHED[0] and tolerance > 1e-4:
                continue  # errors that are allowed may lead to the other side
            request = {**about, "rtol": tolerance, "atol": tolerance}
            answer = certified(
                request, field, lambda r: {"x": levels.flow(r)}, BOTH if tolerance == 1e-3 else BOTH[:1],
                lambda full: [tolerated(full, tolerance)] * len(about["x"]))
            add(fixture, f"{name}/{label}/{way}", request, field, order, answer, ["integrator_tolerance"])
    return [fixture]


def equal_steps():
    fixture = Fixture(
        "integrate", "steps", "Equal steps of integrators of every order along fields that the harness supplies",
        f"the flow as in tolerance.json. radius is {TAYLOR} times what Taylor's method of the order leaves out in its steps, h^(p+1) times a "
        "coefficient of the trajectory, all in one direction, each grown until the end (the mean of 17 places on the way)",
    )
    for name, way, field, about in settings([one for one in FIELDS if one[0] in SMOOTH]):
        for order, steps in STEPS.items():
            request = {**about, "steps": steps}
            answer = certified(
                request, field, lambda r: {"x": levels.flow(r)}, BOTH if order <= 2 else BOTH[:1],
                lambda full: [taylor(full, order, steps)] * len(about["x"]))
            add(fixture, f"{name}/order-{order}/{way}", request, field, order, answer, ["integrator_order"])
    return [fixture]


def on_the_way():
    fixture = Fixture(
        "integrate", "times", "Where a point is on the way, by integrators that say so",
        "the flow as in tolerance.json, from t0 to each of the times; radius as there, for each of the times",
    )
    for name, way, field, about in settings([one for one in FIELDS if one[0] in DENSE]):
        times = [about["t0"] + (about["t1"] - about["t0"]) * part for part in PARTS]
        for label, tolerance, order in TOLERANCES[:2]:
            request = {**about, "rtol": tolerance, "atol": tolerance, "times": times}

            def states(r):
                return {"states": [levels.flow({**r, "t1": arb(t)}) for t in times]}

            def radius(full):
                return [tolerated({**full, "t1": t}, tolerance) for t in times for _ in about["x"]]

            answer = certified(request, field, states, BOTH if tolerance == 1e-3 else BOTH[:1], radius)
            add(fixture, f"{name}/{label}/{way}", request, field, order, answer, ["integrator_dense"])
    return [fixture]


def jobs():
    return [(["integrate/tolerance.json"], tolerances, ()), (["integrate/steps.json"], equal_steps, ()),
            (["integrate/times.json"], on_the_way, ())]
