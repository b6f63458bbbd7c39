"""Cases at the limits of grids, solvers and densities: extreme mu, tolerances without an absolute or relative part, the base density
that is the path's own, and kinks of the data without noise."""

from flint import arb, ctx

from .balls import ceiling, up
from .cases_flows import ALLOWED, counts, hidden
from .cases_grids import sigma_grid
from .cases_likelihoods import likelihood_with
from .cases_steps import OWN, extend
from .certify import balls, certify, certify_all
from .conditional import with_path
from .flows import gaussian_flow, stretch
from .paths import schedule
from .solvers import TABLEAUX
from .writer import Fixture

gauss = "gaussian_mixture"


def grids():
    fixture = Fixture(
        "sigma_grid", "extreme", "The exponential shift at mu whose exponential is no double",
        "sigmas = e^mu/(e^mu + 1/s - 1) on linspace(1, 1/1000, n), a final 0 appended; mu goes with no shift_twice, which belongs to "
        "shift: together they are out_of_domain")
    for n in (1, 2, 4, 10):
        for mu in (709.9, 4096, -800, 709, 710, 1e6, -1e6, 100, -100, -709, 40, -37.5, 1e308, -1e308):
            if n in (1, 10) and mu not in (709.9, 4096, -800, 40, -37.5):
                continue
            request = {"op": "sigma_grid", "steps": n, "mu": mu}
            fixture.add(f"mu-{mu:g}/steps-{n}".replace("mu--", "mu-minus-").replace("+", ""), ["grid_extreme", "grid_dynamic"], request,
                        certify(request, sigma_grid, request, formats=("float64",)))
    for mu in (0.5, 1.15, -0.25, 0):
        request = {"op": "sigma_grid", "steps": 4, "mu": mu, "shift_twice": True}
        fixture.add(f"error/mu-{mu}-twice".replace("mu--", "mu-minus-"), ["grid_dynamic", "out_of_domain"], request, error="out_of_domain")
    request = {"op": "sigma_grid", "steps": 4, "mu": 0.5, "shift_twice": False}
    fixture.add("mu-0.5-not-twice", ["grid_dynamic"], request, certify(request, sigma_grid, request, formats=("float64",)))
    return [fixture]


SOLVERS = ["bogacki_shampine", "dopri5", "tsit5", "dop853", "gsl_rkf45", "gsl_rk8pd", "gsl_msadams"]
STARTS = [
    ("from-zero", {"kind": "ot"}, [1, 0], [0, 0.5]), ("stays-zero", {"kind": "ot"}, [1, 0], [0.7, 0]),
    ("all-zero", {"kind": "ot"}, [0, 0], [0, 0]), ("from-zero-vp", {"kind": "vp", "beta_min": 0.5, "beta_max": 4}, [0, 2], [0.5, 0]),
]


def zero_components():
    """The tolerance of every component is relative to its own size."""
    fixture = Fixture(
        "flow_map", "zero-tolerance", "Adaptive steps with atol 0 or 1e-300 where a component of the state is 0 or stays 0",
        "alpha m + sqrt(V_t/V_0) (x - alpha_0 m), one Gaussian of equal axes. radius is what the tolerance allows: "
        f"{ALLOWED} (atol + rtol |x_i|) times the largest growth of an error on the way, 0 for a component that is always 0")
    for number, (place, path, mean, x) in enumerate(STARTS):
        target = {"kind": gauss, "means": [mean], "std": 0.5}
        for turn, name in enumerate(SOLVERS):
            for atol in (0, 1e-300):
                if atol and (number + turn) % 2:
                    continue
                tolerance = 1e-8 if name != "bogacki_shampine" else 1e-6
                request = {"op": "flow_map", "path": path, "target": target, "x": x, "t0": 0, "t1": 1, "solver": name, "rtol": tolerance,
                           "atol": atol}
                full = with_path({k: v for k, v in request.items() if k not in ("rtol", "atol")})
                answer = certify(full, lambda r: {"x": gaussian_flow(r, r["t0"], r["t1"], r["x"])}, request, formats=("float64",))
                allow(answer, full, tolerance)
                extend(answer, {"status": "success"})
                fixture.add(f"{name.replace('_', '-')}/{place}/atol-{atol:g}", ["zero_tolerance", "solver_adaptive"], request, answer)
    return [fixture]


def allow(answer, full, tolerance):
    """Widens the radius of each component by what the tolerance allows of its own size; the axes do not mix."""
    ctx.prec = 640
    tree = balls(full)
    end = gaussian_flow(tree, tree["t0"], tree["t1"], tree["x"])
    growth = stretch(gaussian_flow, tree)
    leaves = []
    for (value, tail, sensitivity, radius), a, b in zip(answer.leaves, tree["x"], end):
        still = a == 0 and value == 0 and sensitivity == 0
        most = max(abs(a), abs(b.mid()), key=float)
        bound = 0.0 if still else up(ceiling(ALLOWED * tolerance * most * growth), 3)
        leaves.append((value, tail, sensitivity, radius + bound))
    answer.leaves = leaves


WIDE = [
    ("ve", {"kind": "ve"}, {"kind": gauss, "means": [[1, -0.5]], "std": 0.5}, [0.75, -1.25]),
    ("ve-geometric", {"kind": "ve_geometric", "sigma_min": 0.0625, "sigma_max": 8}, {"kind": gauss, "means": [[2]], "std": 0.25}, [1.5]),
    ("shifted-ot", {"kind": "shifted_ot", "sigma_min": 1}, {"kind": gauss, "weights": [1, 3], "means": [[-1], [1]], "std": 0.5}, [0.25]),
    ("icfm", {"kind": "icfm", "sigma": 0.75},
     {"kind": gauss, "means": [[1, 0], [-1, 1]], "covariances": [[[1, 0.5], [0.5, 0.5]], [[0.25, -0.125], [-0.125, 2]]]}, [0.5, 1]),
    ("vp", {"kind": "vp", "beta_min": 0.5, "beta_max": 4}, {"kind": gauss, "means": [[2, 0, 1]], "std": 0.25}, [-0.5, 0.125, 1]),
]


def prior_density(request, x, time):
    """N(alpha E[x1], sigma^2 I), both numbers those of the path at this time."""
    now, target = schedule(request["path"], time), request["target"]
    weights = target.get("weights") or [arb(1)] * len(target["means"])
    whole = sum(weights, arb(0))
    mean = [sum((w * m[i] for w, m in zip(weights, target["means"])), arb(0)) / whole for i in range(len(x))]
    square = sum(((a - now.alpha * m) ** 2 for a, m in zip(x, mean)), arb(0))
    return -square / (2 * now.variance) - len(x) * (2 * arb.pi() * now.variance).log() / 2


def priors():
    fixture = Fixture(
        "log_likelihood", "prior", "Equal steps back to the path's own prior",
        "d/dt log p_t(x_t) = -div u_t(x_t): log N(x0; alpha(t0) E[x1], sigma(t0)^2 I) - integral of div u over [t0, t1], both by the "
        "same method; base prior is the path's own")
    for name in OWN:
        tableau = TABLEAUX[name]
        for number, (place, path, target, x) in enumerate(WIDE):
            if name not in ("rk4", "dopri5") and (number + OWN.index(name)) % 2:
                continue
            start, end, count = ((0, 1, 4), (0.25, 0.875, 2))[(number + OWN.index(name)) % 2]
            request = {"op": "log_likelihood", "path": path, "target": target, "x": x, "t0": start, "t1": end, "solver": name, "steps": count,
                       "divergence": "exact", "base": "prior"}
            answer = certify(hidden(request, name, count), likelihood_with(prior_density), request, formats=("float64",))
            extend(answer, {"standard_error": None, **counts(tableau, end, start, count)})
            fixture.add(f"{name.replace('_', '-')}/{place}", ["likelihood", "likelihood_prior"], request, answer)
    return [fixture]


KINKS = [
    ("laplace", {"kind": "density_1d", "name": "laplace", "location": 0.5, "scale": 2}, [0.5]),
    ("laplace-far", {"kind": "density_1d", "name": "laplace", "location": -4096, "scale": 0.125}, [-4096]),
    ("laplace-decimal", {"kind": "density_1d", "name": "laplace", "location": 0.1, "scale": 0.3}, [0.1]),
    ("triangular", {"kind": "density_1d", "name": "triangular", "lower": -1, "mode": 0.5, "upper": 2}, [0.5]),
    ("triangular-steep", {"kind": "density_1d", "name": "triangular", "lower": 0, "mode": 3.75, "upper": 4}, [3.75]),
]
LEFT, TENT = KINKS[0][1], KINKS[3][1]
KINKS += [
    ("both", {"kind": "product", "factors": [LEFT, TENT]}, [0.5, 0.5]), ("one", {"kind": "product", "factors": [LEFT, TENT]}, [-1, 0.5]),
]
ENDS = {"ot": {"kind": "ot"}, "cosine": {"kind": "cosine"}, "polynomial": {"kind": "polynomial", "exponent": 2}, "vp": {"kind": "vp"},
        "linear-vp": {"kind": "linear_vp"}}
STILL = ("ot", "cosine", "polynomial")  # sigma sigma' is zero at the data
AT_KINKS = {
    "marginal_log_density": "log q(x)", "denoiser": "E[x1|x] = x", "marginal_velocity": "alpha' x where sigma sigma' is 0",
    "marginal_score": "none", "marginal_divergence": "none", "noise_prediction": "none",
}


def at_kink(request):
    """Density and velocity of data without noise, alpha = 1: from the definitions of the densities."""
    target, now = request["target"], schedule(request["path"], request["t"])
    log = arb(0)
    for density, x in zip(target.get("factors", [target]), request["x"]):
        if density["name"] == "laplace":
            log -= abs(x - density["location"]) / density["scale"] + (2 * density["scale"]).log()
        else:
            side = density["lower"] if x < density["mode"] else density["upper"]
            log += (2 * (x - side) / (density["mode"] - side) / (density["upper"] - density["lower"])).log()
    return {"marginal_log_density": log, "denoiser": list(request["x"]), "marginal_velocity": [now.alpha_dot * x for x in request["x"]]}


def kinks():
    fixtures = {o: Fixture(o, "kinks", "Data without noise where their density has a kink", formula) for o, formula in AT_KINKS.items()}
    for name, target, x in KINKS:
        for place, path in ENDS.items():
            request = {"path": path, "target": target, "t": 1, "x": x}
            answers = certify_all(with_path(request), at_kink, request, None, ("float64",))
            for operation, fixture in fixtures.items():
                if operation in answers and (operation != "marginal_velocity" or place in STILL):
                    fixture.add(f"{name}/{place}", ["kink", "end_data"], {"op": operation, **request}, answers[operation])
                else:
                    fixture.add(f"{name}/{place}", ["kink", "singular"], {"op": operation, **request}, error="singular")
    return list(fixtures.values())


def jobs():
    return [([f"{o}/kinks.json" for o in AT_KINKS], kinks, ()), (["sigma_grid/extreme.json"], grids, ()), (["flow_map/zero-tolerance.json"], zero_components, ()),
            (["log_likelihood/prior.json"], priors, ())]
