"""Trajectories of exact fields: flows, likelihoods, samples."""

from __future__ import annotations

from ctypes import byref
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._arrays import A
from ._errors import InvalidFieldError
from ._fields import MarginalField
from ._library import CATALOGUE, Steps, call, names
from ._names import BaseName, ControllerName, Law, Scheme, SolverName
from ._run import Run, slices
from ._targets import _natural, _word

_SOLUTION = np.dtype(
    [
        ("status", np.int32),
        ("t", np.float64),
        *((name, np.int64) for name in ("nfe", "nfe_initial", "nfe_rejected", "jacobian_evaluations")),
        ("accepted", np.int64),
        ("rejected", np.int64),
        ("t_min", np.float64),
        ("t_max", np.float64),
    ],
    align=True,
)
_STATUSES = np.array(names("statuses"))


class Counts(NamedTuple):
    """What trajectories took: an array for each of the numbers, one entry for each point.

    ``status`` is ``success`` or says why a trajectory stopped at ``t`` before its end (its state is the last good one).
    ``nfe`` counts evaluations of the field, those before the first step and of rejected steps included.
    """

    status: Any
    t: Any
    nfe: Any
    nfe_initial: Any
    nfe_rejected: Any
    jacobian_evaluations: Any
    accepted: Any
    rejected: Any
    t_min: Any
    t_max: Any


class FlowResult(NamedTuple):
    """Where points went, and what it took."""

    x: Any
    counts: Counts


class LikelihoodResult(NamedTuple):
    """Log densities in nats (NaN where the end was not reached), their standard errors (NaN for the exact
    divergence), where the trajectories began, and what they took.
    """

    log_density: Any
    standard_error: Any
    x0: Any
    counts: Counts


def _steps(
    solver: SolverName | None,
    steps: int | None,
    rtol: float | None,
    atol: float | None,
    controller: ControllerName | None,
    step_limit: int,
) -> tuple[Steps, float]:
    """The settings, and about how many evaluations a trajectory takes."""
    if steps is not None:
        for name, value in (("rtol", rtol), ("atol", atol), ("controller", controller)):
            if value is not None:
                raise InvalidFieldError(f"give either steps or {name}, not both", name)
        if steps < 1:
            from ._errors import OutOfDomainError

            raise OutOfDomainError(f"steps = {steps} is outside [1, infinity)", "steps")
    settings = Steps(
        solver=solver.encode() if solver else None,
        steps=steps or 0,
        rtol=1e-8 if rtol is None else rtol,
        atol=1e-8 if atol is None else atol,
        controller=controller.encode() if controller else None,
        step_limit=_natural(step_limit, "step_limit"),
    )
    return settings, 6.0 * steps if steps else 300.0


def _counts(found: NDArray[Any], leading: tuple[int, ...]) -> Counts:
    def column(name: str) -> Any:
        values = found[name] if name != "status" else _STATUSES[found["status"]]
        return values.reshape(leading)[()]

    return Counts(*(column(name) for name in Counts._fields))


def flow(
    field: MarginalField,
    x: A,
    *,
    t0: float = 0.0,
    t1: float = 1.0,
    solver: SolverName | None = None,
    steps: int | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    controller: ControllerName | None = None,
    step_limit: int = 100_000,
    run: Run | None = None,
) -> FlowResult:
    """Points carried along ``dx/dt = u_t(x)`` from t0 to t1, forward or backward.

    By ``steps`` equal steps, or by the tolerance ``atol + rtol |x|`` (1e-8 each unless given). ``solver``: one of
    ``flowref.catalogue()["solvers"]`` (default: dop853). Trajectories land exactly on t1 and never ask outside.
    """
    rows, leading, form = _arrays.points(x, field.dimension)
    settings, evaluations = _steps(solver, steps, rtol, atol, controller, step_limit)
    result = np.empty(rows.shape)
    d = field.dimension
    count = rows.size // d
    found = np.zeros(count, _SOLUTION)
    for first, part, how in slices(count, field._work * evaluations, run):
        call(
            "flow", field._handle.pointer, float(t0), float(t1), _arrays.pointer(rows) + 8 * first * d, part,
            byref(settings), _arrays.pointer(result) + 8 * first * d,
            _arrays.pointer(found) + first * found.itemsize, how,
        )  # fmt: skip
    return FlowResult(form.of(result), _counts(found, leading))


def likelihood(
    field: MarginalField,
    x: A,
    *,
    t0: float = 0.0,
    t1: float = 1.0,
    base: BaseName = "exact",
    law: Law | None = None,
    probes: int = 1,
    seed: int = 0,
    solver: SolverName | None = None,
    steps: int | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    controller: ControllerName | None = None,
    step_limit: int = 100_000,
    run: Run | None = None,
) -> LikelihoodResult:
    """``log p_t1(x)`` by the instantaneous change of variables, back to t0.

    ``base``: the density there, ``exact`` (p_t0 itself), ``normal`` (N(0, I)) or ``prior`` (the path's own). The
    divergence is exact, or with a ``law`` (rademacher, gaussian) Hutchinson's estimate with ``probes`` probes.
    """
    d = field.dimension
    rows, leading, form = _arrays.points(x, d)
    settings, evaluations = _steps(solver, steps, rtol, atol, controller, step_limit)
    count = rows.size // d
    densities, errors, starts = np.empty(leading), np.empty(leading), np.empty(rows.shape)
    found = np.zeros(count, _SOLUTION)
    work = field._work * evaluations * max(1, probes if law else 1)
    for first, part, how in slices(count, work, run):
        call(
            "log_likelihood", field._handle.pointer, float(t0), float(t1), _arrays.pointer(rows) + 8 * first * d,
            part, byref(settings), base.encode(), law.encode() if law else None, _natural(probes, "probes"),
            _word(seed), first, _arrays.pointer(densities) + 8 * first, _arrays.pointer(errors) + 8 * first,
            _arrays.pointer(starts) + 8 * first * d, _arrays.pointer(found) + first * found.itemsize, how,
        )  # fmt: skip
    return LikelihoodResult(form.of(densities), form.of(errors), form.of(starts), _counts(found, leading))


def sample(
    field: MarginalField,
    count: int,
    *,
    seed: int = 0,
    first: int = 0,
    t0: float = 0.0,
    t1: float = 1.0,
    diffusion: float | None = None,
    scheme: Scheme = "heun",
    solver: SolverName | None = None,
    steps: int | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    controller: ControllerName | None = None,
    run: Run | None = None,
) -> NDArray[np.float64]:
    """Noise drawn from p_t0 and carried to t1, a row each; sample i depends on the seed and i alone.

    By the flow, or with a constant ``diffusion`` g by ``dX = (u + g^2/2 score) dt + g dW``, which has the same
    marginals, in ``steps`` steps of a ``scheme``. A trajectory that does not reach its end raises.
    """
    noise = field.sample(t0, count, seed=seed, first=first)
    if diffusion is None:
        found = flow(
            field, noise, t0=t0, t1=t1, solver=solver, steps=steps, rtol=rtol, atol=atol, controller=controller,
            run=run,
        )  # fmt: skip
        stopped = np.flatnonzero(found.counts.status != "success")
        if stopped.size:
            from ._errors import NoConvergenceError

            row = int(stopped[0])
            status = str(found.counts.status[row])
            advice = next(one["help"] for one in CATALOGUE["statuses"] if one["name"] == status)
            raise NoConvergenceError(
                f"{stopped.size} of {count} trajectories stopped early; the first, number {first + row}, at "
                f"t = {found.counts.t[row]}: {status}: {advice}",
                "t1",
            )
        samples: NDArray[np.float64] = found.x
        return samples
    if steps is None:
        raise InvalidFieldError("a diffusion needs steps", "steps")
    d = field.dimension
    result = np.empty(noise.shape)
    for start, part, how in slices(count, field._work * 4.0 * steps, run):
        call(
            "stochastic", field._handle.pointer, float(t0), float(t1), _arrays.pointer(noise) + 8 * start * d, part,
            scheme.encode(), _natural(steps, "steps"), float(diffusion), _word(seed), _word(first + start),
            _arrays.pointer(result) + 8 * start * d, how,
        )  # fmt: skip
    return result
