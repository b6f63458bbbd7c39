"""Cases for solvers on fields that are not linear: flows and likelihoods whose ends are known by levels."""

from flint import arb

from . import levels
from .balls import Undecided, ceiling, raised, up
from .cases_flows import ADAPTIVE, ALLOWED, LIBRARY
from .cases_marginal import short
from .cases_paths import PATHS
from .cases_steps import extend
from .certify import Answer, balls, certify_all
from .conditional import with_path
from .paths import schedule
from .writer import Fixture

gauss = "gaussian_mixture"
LAPLACE = {"kind": "density_1d", "name": "laplace", "location": 0.5, "scale": 0.5}
BOX = {"kind": "uniform_boxes", "lower": [[-1]], "upper": [[1]]}
TWO = {"kind": gauss, "weights": [1, 3], "means": [[-1], [1]], "std": 0.5}
# the path of every kind, the first of its list or one whose field exists at t = 0
KINDS = {kind: PATHS[kind][2 if kind == "polynomial" else 0] for kind in PATHS}
SOLVERS = ADAPTIVE + ["verner65", "heun"] + LIBRARY

# name, target, places, the last time at which its field is asked
TARGETS = [
    ("two", TWO, {"between": [(-0.5, 0.25)], "tail": [(1.5, 2)]}, 1),
    ("three", {"kind": gauss, "means": [[-2], [0], [1.5]], "std": [0.5, 1, 0.25]}, {"gap": [(0.75, 0.5)], "left": [(-2, -0.5)]}, 1),
    ("cloud", {"kind": "point_cloud", "points": [[-1], [0.5], [2]], "weights": [1, 2, 1]}, {"near": [(0.5, 0.5)], "between": [(-0.25, -0.25)]},
     0.875),
    ("box", BOX, {"inside": [(0.25, 0.5)], "edge": [(0.875, 1)]}, 0.875),
    ("laplace", LAPLACE, {"kink": [(0.25, 0.25)], "tail": [(2, 2)]}, 0.875),
    ("product", {"kind": "product", "factors": [LAPLACE, BOX]}, {"near": [(0.25, 0.5), (0.25, 0.5)]}, 0.875),
]
TOLERANCES = (1e-6, 1e-8, 1e-7)
# solvers that take more than a hundred steps for less
LOW = ("heun", "gsl_rk2", "gsl_rk2imp", "gsl_msbdf")
# solvers that want derivatives, which the state and its divergence together do not have
IMPLICIT = ("gsl_rk2imp", "gsl_rk4imp", "gsl_bsimp", "gsl_msbdf")
# methods that take more steps than the allowance counts
MULTISTEP = ("gsl_msadams", "gsl_msbdf")
# the first precision
FIRST = 192
WAY = 8


def place(path, coordinates, time):
    """x at the time t0, from where in the data it is on every axis and how many sigma away."""
    s = schedule(balls(with_path({"path": path}))["path"], balls({"t": time})["t"])
    alpha, sigma = float(s.alpha.mid()), float(s.sigma.mid())
    return [short(alpha * y + sigma * away, 10) for y, away in coordinates]


def settings():
    """Every path with every target, each by two solvers in turn, forward and backward."""
    turn = 0
    for number, (kind, (path_name, path, _, _)) in enumerate(KINDS.items()):
        for index, (name, target, places, last) in enumerate(TARGETS):
            first = 0.125 if kind == "polynomial" else 0
            backward = (number + index) % 3 == 2
            start, end = (last, first) if backward else (first, last)
            label = list(places)[(number + index) % len(places)]
            x = place(path, places[label], start)
            for _ in range(2):
                solver = SOLVERS[turn % len(SOLVERS)]
                tolerance = TOLERANCES[(number + turn) % 3]
                if solver in LOW:
                    tolerance = 1e-6
                turn += 1
                if solver in MULTISTEP:
                    continue
                if (kind, name, solver) == ("ve_geometric", "box", "gsl_rk2imp"):
                    continue  # it gives up: its steps fall below the resolution of t
                yield (f"{kind.replace('_', '-')}-{path_name}/{name}/{solver.replace('_', '-')}/{'back' if backward else 'forth'}/{label}",
                       backward, solver, tolerance, path, target, start, end, x)


def between(full, growth=levels.slopes, first=160, places=WAY):
    """Per place on the way, both ends among them: the state, and how much an error there has grown at the end, by default per axis."""
    for _ in raised(first):
        try:
            tree = balls(full)
            out = []
            for k in range(places + 1):
                t = (tree["t0"] * (places - k) + tree["t1"] * k) / places
                there = [v.mid() for v in levels.moved(tree, tree["t0"], t, tree["x"])]
                out.append((t, there, growth({**tree, "t0": t, "x": there})))
            return tree, out
        except Undecided:
            continue


def allowed_for_states(way, tolerance):
    """An error of tol (1 + |x|) made in each of the steps, grown until the end, all in one direction."""
    most = max((float(slope) * (1 + max(abs(float(v)) for v in there)) for _, there, slopes in way for slope in slopes))
    return up(ceiling(arb(ALLOWED * tolerance * most)), 3)


def flows():
    fixture = Fixture(
        "flow_map", "levels", "Adaptive steps along exact fields that are not linear, on every path",
        "F_t1(phi(x)) = F_t0(x) on every axis. radius is what the tolerance allows: an error of rtol |x| + atol in each of "
        f"{ALLOWED} steps, all in one direction, each grown until the end by p_s(x_s)/p_t1(phi(x)), the largest on the way; no count is compared",
    )
    last = None
    for name, backward, solver, tolerance, path, target, start, end, x in settings():
        request = {"op": "flow_map", "path": path, "target": target, "x": x, "t0": start, "t1": end, "solver": solver, "rtol": tolerance,
                   "atol": tolerance}
        full = with_path({"path": path, "target": target, "x": x, "t0": start, "t1": end})
        if full != last:
            last, known = full, certify_all(full, lambda r: {"": {"x": levels.flow(r)}}, full, None, ("float64",), FIRST, False)[""]
            _, way = between(full)
        answer = Answer({"x": list(known.shape["x"])}, list(known.leaves), known.formats, known.bits)
        bound = allowed_for_states(way, tolerance)
        answer.leaves = [(v, t, s, r + bound) for v, t, s, r in answer.leaves]
        extend(answer, {"status": "success"})
        flags = ["solver_adaptive", "level_flow"] + (["solver_backward"] if backward else [])
        fixture.add(name, flags, request, answer)
    return [fixture]


def log_density(tree, t, x):
    s = schedule(tree["path"], t)
    return sum((levels.law(f).density(s, v).log() for f, v in zip(levels.factors(tree["target"], len(x)), x)), arb(0))


def score(tree, t, x, axis):
    h = arb(2) ** -40
    moved = [v + (h if i == axis else 0) for i, v in enumerate(x)]
    return (log_density(tree, t, moved) - log_density(tree, t, x)) / h


def likelihoods():
    fixture = Fixture(
        "log_likelihood", "levels", "Likelihoods by adaptive steps along exact fields that are not linear, on every path",
        "log p_t1(x), and x0 from F_t0(x0) = F_t1(x) on every axis. radius is what the tolerance allows: an error of rtol |y| + atol in "
        f"each component of the state and of the divergence's sum in each of {ALLOWED} steps, all in one direction; one of the state at a "
        "time s is worth the score of p_s there to the log density, and grows until the end to x0",
    )
    for name, backward, solver, tolerance, path, target, start, end, x in settings():
        # the likelihood goes from x at its t1 back to t0: the settings that go forth are taken the other way round
        if backward == (name.count("product") > 0) or solver in LOW + IMPLICIT:
            continue
        first, last = min(start, end), max(start, end)
        if not backward:
            x = [v.mid() for v in forth(path, target, start, end, x)]
            x = [round(float(v) * 1024) / 1024 for v in x]
        request = {"op": "log_likelihood", "path": path, "target": target, "x": x, "t0": first, "t1": last, "solver": solver,
                   "rtol": tolerance, "atol": tolerance, "divergence": "exact"}
        full = with_path({"path": path, "target": target, "x": x, "t0": first, "t1": last})

        def evaluate(r):
            return {"": {"log_density": log_density(r, r["t1"], r["x"]), "x0": levels.moved(r, r["t1"], r["t0"], r["x"])}}

        answer = certify_all(full, evaluate, request, None, ("float64",), FIRST, False)[""]
        tree, way = between({**full, "t0": last, "t1": first})
        states = allowed_for_states(way, tolerance)
        worth = max(
            sum(abs(float(score(tree, t, there, i))) * (1 + abs(float(v))) for i, v in enumerate(there)) for t, there, _ in way)
        sums = max(abs(float(log_density(tree, t, there))) for t, there, _ in way)
        density = up(ceiling(arb(ALLOWED * tolerance * (1 + 2 * sums + worth))), 3)
        answer.leaves = [(v, t, s, r + (density if k == 0 else states)) for k, (v, t, s, r) in enumerate(answer.leaves)]
        extend(answer, {"standard_error": None, "status": "success"})
        fixture.add(name, ["likelihood", "solver_adaptive", "level_flow"], request, answer)
    return [fixture]


def forth(path, target, start, end, x):
    tree = balls(with_path({"path": path, "target": target, "x": x}))
    for _ in raised(160):
        try:
            return levels.moved(tree, arb(start), arb(end), tree["x"])
        except Undecided:
            continue


def jobs():
    return [(["flow_map/levels.json"], flows, ()), (["log_likelihood/levels.json"], likelihoods, ())]
