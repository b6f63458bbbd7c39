#!/usr/bin/env python3
"""Adapter for SciPy: the methods of solve_ivp, single steps of the explicit ones, and linear_sum_assignment. It computes in float64 only.

A single step is one call of the solver object's `step` with a tolerance that accepts any step. `RK45` and `RK23` are claimed;
`DOP853` is asked under the protocol's name and not claimed, since it evaluates the end of each step too.
"""

import numpy
import scipy
from scipy.integrate import DOP853, RK23, RK45, solve_ivp
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

import wire
from field import Exact, Linear
from wire import Refusal, Slopes

METHODS = {"RK45": RK45, "RK23": RK23, "dop853": DOP853}


def method(request):
    if request["solver"] not in METHODS:
        raise Refusal("unsupported", request["solver"])
    return METHODS[request["solver"]]


def solver_step(request):
    field, t, h = Linear(request), request["t"], request["h"]
    solver = method(request)(
        field, t, numpy.array(request["x"], float), t_bound=t + h, first_step=abs(t + h - t), rtol=1, atol=1e300)
    message = solver.step()
    if message or solver.t != t + h:
        raise ArithmeticError(f"no step to t + h: {message}")
    return {"x": solver.y.tolist()}


def flow_map(request):
    if "steps" in request or "controller" in request:
        raise Refusal("unsupported", "solve_ivp has no fixed steps")
    field = Exact(request)
    result = solve_ivp(
        field, (request["t0"], request["t1"]), request["x"], method(request), rtol=request["rtol"], atol=request["atol"])
    return field.seen({
        "x": result.y[:, -1].tolist(), "status": "success" if result.success else "step_underflow", "nfe": result.nfev})


INTEGRATORS = wire.integrators(
    {"RK45": [5], "RK23": [3], "DOP853": [8], "Radau": [5], "BDF": [None], "LSODA": [None]}, ["adaptive", "dense"])


def integrate(request):
    slopes, times = Slopes(request), request.get("times")
    result = solve_ivp(
        lambda t, x: slopes(float(t), x.tolist()), (request["t0"], request["t1"]), request["x"], request["solver"],
        rtol=request["rtol"], atol=request["atol"], t_eval=times)
    if not result.success:
        raise Refusal("no_convergence", result.message)
    # Of the implicit methods nfev leaves out the evaluations for a Jacobian by differences, as is documented.
    told = {"t": float(result.t[-1]), **({} if result.njev else {"nfe": result.nfev})}
    return {"states": result.y.T.tolist(), **told} if times else {"x": result.y[:, -1].tolist(), **told}


def assignment(request):
    cost = cdist(numpy.array(request["x0"], float), numpy.array(request["x1"], float), "sqeuclidean")
    rows, columns = linear_sum_assignment(cost)
    return {"permutation": columns.tolist(), "cost": float(cost[rows, columns].sum())}


wire.serve(
    {"name": "scipy", "version": scipy.__version__, "solvers": {"RK45": "dopri5", "RK23": "bogacki_shampine"},
     "integrators": INTEGRATORS},
    {"solver_step": solver_step, "flow_map": flow_map, "integrate": integrate, "assignment": assignment})
