"""Cases for likelihoods along flows: equal steps to the last digit, and what a tolerance allows."""

from flint import arb

from .balls import ceiling, up
from .cases_flows import ADAPTIVE, PROBLEMS, counts, hidden
from .cases_steps import OWN, extend
from .certify import certify
from .conditional import with_path
from .mixtures import Marginal
from .paths import schedule
from .solvers import TABLEAUX, follow, with_divergence
from .writer import Fixture

gauss = "gaussian_mixture"


def base_density(request, x, time):
    if request.get("base") == "normal":
        square = sum((v * v for v in x), arb(0))
        return -(square + len(x) * (2 * arb.pi()).log()) / 2
    return Marginal(request["target"], schedule(request["path"], time), x).log_density()


def likelihood_with(base):
    """The augmented state followed from t1 back to t0: the divergence's sum comes with the sign of the step."""

    def evaluate(request):
        state = follow(
            with_divergence(request), TABLEAUX[request["solver"]], request, request["x"] + [arb(0)], request["t1"], request["t0"])
        x0, total = state[:-1], state[-1]
        # minus the integral from t0 to t1 is the integral from t1 to t0
        return {"log_density": base(request, x0, request["t0"]) + total, "x0": x0}

    return evaluate


likelihood = likelihood_with(base_density)


def fixed_likelihoods():
    fixture = Fixture(
        "log_likelihood", "fixed", "Equal steps along the state and the divergence, from the data to the noise",
        "d/dt log p_t(x_t) = -div u_t(x_t): log p_t1(x) = log p_t0(x0) - integral of div u over [t0, t1], both by the same method. "
        "Probes of either sign give the divergence exactly where the Jacobian is a multiple of the identity",
    )
    for name in OWN:
        tableau = TABLEAUX[name]
        for number, (place, _, path, target, x) in enumerate(PROBLEMS):
            for turn, (start, end, count) in enumerate(((0, 1, 4), (0.25, 0.875, 2))):
                if turn and (number + OWN.index(name)) % 3:
                    continue
                request = {"op": "log_likelihood", "path": path, "target": target, "x": x, "t0": start, "t1": end, "solver": name,
                           "steps": count, "divergence": "exact"}
                if (number + turn) % 4 == 2:
                    request["base"] = "normal"
                answer = certify(hidden(request, name, count), likelihood, request)
                extend(answer, {"standard_error": None, **counts(tableau, end, start, count)})
                flags = ["likelihood"] + (["likelihood_base"] if "base" in request or start > 0 else [])
                fixture.add(f"{name.replace('_', '-')}/{place}/{'inside' if start else 'whole'}", flags, request, answer)
    for probes in (1, 2, 5):
        for place, _, path, target, x in PROBLEMS[:1] + [
            ("vp-space", "", {"kind": "vp", "beta_min": 0.5, "beta_max": 4}, {"kind": gauss, "means": [[2, 0, 1, -1]], "std": 0.25},
             [-0.5, 0.25, 1, 0])]:
            request = {"op": "log_likelihood", "path": path, "target": target, "x": x, "t0": 0, "t1": 1, "solver": "rk4", "steps": 8,
                       "divergence": {"law": "rademacher", "probes": probes, "seed": 7}}
            full = {**hidden(request, "rk4", 8)}
            del full["divergence"]
            answer = certify(full, likelihood, request)
            size = up(ceiling(arb(answer.leaves[0][0])) + 1, 3)
            extend(answer, {"standard_error": None if probes == 1 else (0.0, size, 0.0), "status": "success"})
            fixture.add(f"probes-{probes}/{place}", ["likelihood_probes"], request, answer)
    good = {"op": "log_likelihood", "path": {"kind": "ot"}, "target": {"kind": gauss, "means": [[1]], "std": 0.5}, "x": [0.5],
            "t0": 0, "t1": 1, "solver": "rk4", "steps": 4, "divergence": "exact"}
    fixture.add("error/probes", ["out_of_domain"], {**good, "divergence": {"law": "gaussian", "probes": 0, "seed": 1}}, error="out_of_domain")
    fixture.add("error/law", ["request_shape"], {**good, "divergence": {"law": "uniform", "probes": 1, "seed": 1}}, error="invalid_field")
    fixture.add("error/divergence", ["request_shape"], {**good, "divergence": "hutchinson"}, error="invalid_field")
    fixture.add("error/base", ["request_shape"], {**good, "base": "uniform"}, error="invalid_field")
    return [fixture]


def many(count, d, std):
    """A few-bit mixture in any dimension."""
    means = [[((3 * k + 5 * i) % 9 - 4) / 8 for i in range(d)] for k in range(count)]
    return {"kind": gauss, "weights": list(range(1, count + 1)), "means": means, "std": std}


def adaptive_likelihoods():
    fixture = Fixture(
        "log_likelihood", "adaptive", "Log densities of mixtures in 1 to 64 dimensions by adaptive steps",
        "log p_t1(x) in closed form; radius is what the tolerance allows: 8 (d atol + rtol (1 + |log p|))",
    )
    for d in (1, 2, 8, 64):
        for count in (1, 2, 3):
            for turn, (kind, path) in enumerate((("ot", {"kind": "ot"}), ("vp", {"kind": "vp"}), ("cosine", {"kind": "cosine"}))):
                name = ADAPTIVE[(d + count + turn) % 4]
                tolerance = 1e-11 if name == "dop853" else 1e-9
                target = many(count, d, 0.5)
                x = [m + (0.5, -0.25, 0.125)[i % 3] for i, m in enumerate(target["means"][-1])]
                request = {"op": "log_likelihood", "path": path, "target": target, "x": x, "t0": 0, "t1": 1, "solver": name,
                           "rtol": tolerance, "atol": tolerance, "divergence": "exact"}
                full = with_path({k: v for k, v in request.items() if k not in ("rtol", "atol", "divergence")})
                answer = certify(
                    full, lambda r: {"log_density": Marginal(r["target"], schedule(r["path"], r["t1"]), r["x"]).log_density()},
                    request, formats=("float64",))
                value, tail, sensitivity, radius = answer.leaves[0]
                bound = up(ceiling(arb(8 * tolerance * (d + 1 + abs(value)))), 3)
                answer.leaves = [(value, tail, sensitivity, radius + bound)]
                extend(answer, {"standard_error": None, "status": "success", "t_min": 0.0, "t_max": 1.0})
                fixture.add(f"{kind}/d-{d}/components-{count}", ["likelihood", "solver_adaptive"], request, answer)
    return [fixture]


def jobs():
    return [
        (["log_likelihood/fixed.json"], fixed_likelihoods, ()),
        (["log_likelihood/adaptive.json"], adaptive_likelihoods, ()),
    ]
