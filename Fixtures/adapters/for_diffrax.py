#!/usr/bin/env python3
"""Adapter for diffrax: single steps, fixed steps with StepTo, adaptive ones with PIDController as it comes.

`Dopri5` has Shampine's embedded weights. `Midpoint` is asked under the protocol's name and not claimed: it has an embedded
Euler method, for which there is no certified estimate. Error estimates and the numbers of steps are the library's own; the
times asked are seen from the field.
"""

import diffrax
import equinox
import jax
import jax.numpy
import numpy

import wire
from field import Exact, Linear
from wire import Refusal, Slopes

jax.config.update("jax_enable_x64", wire.PRECISION == "float64")
REAL = getattr(numpy, wire.PRECISION)
SOLVERS = {
    "Euler": "euler", "Heun": "heun", "Bosh3": "bogacki_shampine", "Dopri5": "dopri5_shampine", "Tsit5": "tsit5"}
RESULTS = [
    (diffrax.RESULTS.successful, "success"), (diffrax.RESULTS.max_steps_reached, "step_limit"),
    (diffrax.RESULTS.dt_min_reached, "step_underflow")]


METHODS = {name: getattr(diffrax, name)() for name in SOLVERS} | {"midpoint": diffrax.Midpoint()}
FIELD = []  # the one under way: it is looked up when it is asked, so that nothing is traced twice


def asked(t, x):
    return numpy.asarray(FIELD[-1](t, numpy.asarray(x)), REAL)


TERM = diffrax.ODETerm(lambda t, x, args: jax.pure_callback(asked, jax.ShapeDtypeStruct(x.shape, REAL), t, x))


def method(request):
    if request["solver"] not in METHODS:
        raise Refusal("unsupported", request["solver"])
    return METHODS[request["solver"]]


def real(value):
    return jax.numpy.asarray(value, REAL)


@equinox.filter_jit
def step(solver, t, h, x):
    state = solver.init(TERM, t, t + h, x, None)
    return solver.step(TERM, t, t + h, x, None, state, made_jump=False)[:2]


def solver_step(request):
    solver = method(request)
    FIELD[:] = [Linear(request)]
    x, error = step(solver, *(real(request[name]) for name in ("t", "h", "x")))
    return {"x": x.tolist(), "error_estimate": None if error is None else error.tolist()}


def flow_map(request):
    solver, exact = method(request), Exact(request)
    FIELD[:] = [exact]
    t0, t1 = request["t0"], request["t1"]
    if "steps" in request:
        n = request["steps"]
        controller = diffrax.StepTo(ts=real([t0 + (t1 - t0) * k / n for k in range(n)] + [t1]))
    elif "controller" in request or request["solver"] == "Euler":
        raise Refusal("unsupported", "controller")
    else:
        controller = diffrax.PIDController(rtol=real(request["rtol"]), atol=real(request["atol"]))
    result = diffrax.diffeqsolve(
        TERM, solver, real(t0), real(t1), None, real(request["x"]), stepsize_controller=controller,
        adjoint=diffrax.ForwardMode(), throw=False)
    status = next((word for code, word in RESULTS if result.result == code), "no_convergence")
    return exact.seen({
        "x": result.ys[-1].tolist(), "status": status, "accepted": int(result.stats["num_accepted_steps"]),
        "rejected": int(result.stats["num_rejected_steps"])})


EXPLICIT = {
    **wire.integrators(
        {"Heun": [2], "Midpoint": [2], "Ralston": [2], "Bosh3": [3], "Tsit5": [5], "Dopri5": [5], "Dopri8": [8]},
        ["adaptive", "steps", "dense"]),
    **wire.integrators({"Euler": [1]}, ["steps"])}
IMPLICIT = wire.integrators({"Kvaerno3": [3], "Kvaerno4": [4], "Kvaerno5": [5]}, ["adaptive", "dense"])


@jax.custom_jvp
def differentiable(t, x):
    return jax.pure_callback(asked, jax.ShapeDtypeStruct(x.shape, REAL), t, x, vmap_method="sequential")


@differentiable.defjvp
def by_differences(place, direction):
    """The field has slopes alone: the Jacobian of an implicit step is one of differences."""
    (t, x), (_, dx) = place, direction
    h = numpy.cbrt(numpy.finfo(REAL).eps)
    return differentiable(t, x), (differentiable(t, x + h * dx) - differentiable(t, x - h * dx)) / (2 * h)


WITH_SLOPES = diffrax.ODETerm(lambda t, x, args: differentiable(t, x))


class Supplied:
    """The field whose slopes are asked for; what is refused there is told here, since a callback has no exceptions of its own."""

    def __init__(self, request):
        self.slopes = Slopes(request)

    def __call__(self, t, x):
        return self.slopes(float(t), x.tolist())


def integrate(request):
    FIELD[:] = [Supplied(request)]
    t0, t1, n, times = request["t0"], request["t1"], request.get("steps"), request.get("times")
    if n:
        controller = diffrax.StepTo(ts=real([t0 + (t1 - t0) * k / n for k in range(n)] + [t1]))
    else:
        controller = diffrax.PIDController(rtol=real(request["rtol"]), atol=real(request["atol"]))
    result = diffrax.diffeqsolve(
        WITH_SLOPES if request["solver"] in IMPLICIT else TERM, getattr(diffrax, request["solver"])(), real(t0), real(t1), None,
        real(request["x"]), stepsize_controller=controller, adjoint=diffrax.ForwardMode(), max_steps=20000, throw=False,
        saveat=diffrax.SaveAt(ts=real(times)) if times else diffrax.SaveAt(t1=True))
    if result.result != diffrax.RESULTS.successful:
        raise Refusal("no_convergence", str(result.result))
    where = {"t": float(result.ts[-1])}
    return {"states": result.ys.tolist(), **where} if times else {"x": result.ys[-1].tolist(), **where}


wire.serve(
    {"name": "diffrax", "version": diffrax.__version__, "solvers": SOLVERS, "integrators": {**EXPLICIT, **IMPLICIT}},
    {"solver_step": solver_step, "flow_map": flow_map, "integrate": integrate})
