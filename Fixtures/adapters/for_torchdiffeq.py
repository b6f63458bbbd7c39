#!/usr/bin/env python3
"""Adapter for torchdiffeq: odeint with fixed and adaptive steps.

Its `rk4` is the 3/8 rule, its `dopri5` has Shampine's embedded weights; `adaptive_heun` stands for Heun's method, which with
fixed steps is called `heun2` there. A single step of an adaptive method is one call of the library's own step function,
which is not public. Evaluations are not reported by the library and not claimed; the times asked are seen from the field.
"""

import torch
import torchdiffeq
from torchdiffeq._impl import adaptive_heun, bosh3, dopri5
from torchdiffeq._impl.rk_common import _runge_kutta_step

import wire
from field import Exact, Linear
from wire import Refusal, Slopes

REAL = getattr(torch, wire.PRECISION)
SOLVERS = {
    "euler": "euler", "midpoint": "midpoint", "rk4": "rk4_three_eighths", "adaptive_heun": "heun",
    "bosh3": "bogacki_shampine", "dopri5": "dopri5_shampine"}
FIXED = {"euler": "euler", "midpoint": "midpoint", "rk4": "rk4", "adaptive_heun": "heun2"}
ADAPTIVE = {
    "adaptive_heun": adaptive_heun._ADAPTIVE_HEUN_TABLEAU, "bosh3": bosh3._BOGACKI_SHAMPINE_TABLEAU,
    "dopri5": dopri5._DORMAND_PRINCE_SHAMPINE_TABLEAU}


def torch_field(field):
    return lambda t, x: torch.tensor(field(t.item(), x.tolist()), dtype=REAL)


def tensor(value):
    return torch.tensor(value, dtype=REAL)


def solver_step(request):
    name, field = request["solver"], torch_field(Linear(request))
    t, h, x = (tensor(request[name]) for name in ("t", "h", "x"))
    if name in ADAPTIVE:
        tableau = ADAPTIVE[name]
        tableau = tableau._replace(
            alpha=tableau.alpha.to(REAL), beta=[b.to(REAL) for b in tableau.beta],
            c_sol=tableau.c_sol.to(REAL), c_error=tableau.c_error.to(REAL))
        end, _, error, _ = _runge_kutta_step(
            lambda t, x, perturb=None: field(t, x), x, field(t, x), t, h, t + h, tableau)
        return {"x": end.tolist(), "error_estimate": error.tolist()}
    if name not in FIXED:
        raise Refusal("unsupported", name)
    return {"x": torchdiffeq.odeint(field, x, torch.stack([t, t + h]), method=FIXED[name])[-1].tolist()}


def flow_map(request):
    name, exact = request["solver"], Exact(request)
    if "controller" in request or name not in (FIXED if "steps" in request else ADAPTIVE):
        raise Refusal("unsupported", name)
    if "steps" in request:
        n, t0, t1 = request["steps"], request["t0"], request["t1"]
        times = tensor([t0 + (t1 - t0) * k / n for k in range(n)] + [t1])
        x = torchdiffeq.odeint(torch_field(exact), tensor(request["x"]), times, method=FIXED[name])
    else:
        times = tensor([request["t0"], request["t1"]])
        x = torchdiffeq.odeint(
            torch_field(exact), tensor(request["x"]), times, method=name, rtol=request["rtol"], atol=request["atol"])
    return exact.seen({"x": x[-1].tolist(), "status": "success"})


ORDERS = {"adaptive_heun": [2], "fehlberg2": [2], "bosh3": [3], "dopri5": [5], "dopri8": [8]}
TO_THE_END = " with step_t"  # the library's option by which a step ends on the end
INTEGRATORS = {
    **wire.integrators({name + more: order for name, order in ORDERS.items() for more in ("", TO_THE_END)}, ["adaptive", "dense"]),
    **wire.integrators({"euler": [1], "midpoint": [2], "heun2": [2], "heun3": [3], "rk4": [4]}, ["steps"])}


def integrate(request):
    slopes, t0, t1 = Slopes(request), request["t0"], request["t1"]
    times, how = [t0, *request.get("times", [t1])], {}
    if "steps" in request:
        times = [t0 + (t1 - t0) * k / request["steps"] for k in range(request["steps"])] + [t1]
    else:
        how = {"rtol": request["rtol"], "atol": request["atol"]}
    name = request["solver"].removesuffix(TO_THE_END)
    if name != request["solver"]:
        how["options"] = {"step_t": tensor([t1])}
    states = torchdiffeq.odeint(
        lambda t, x: tensor(slopes(t.item(), x.tolist())), tensor(request["x"]), tensor(times), method=name, **how)
    return {"states": states[1:].tolist()} if "times" in request else {"x": states[-1].tolist()}


torch.set_num_threads(1)
wire.serve(
    {"name": "torchdiffeq", "version": torchdiffeq.__version__, "solvers": SOLVERS, "integrators": INTEGRATORS},
    {"solver_step": solver_step, "flow_map": flow_map, "integrate": integrate})
