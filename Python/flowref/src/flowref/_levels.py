"""Exact flows between two times, without a differential equation."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._arrays import A
from ._fields import MarginalField
from ._library import call
from ._run import Run, slices


class ExactFlow(NamedTuple):
    """Where points end, and bounds of what rounding may have done to that."""

    x: Any
    uncertainty: Any


# The results that the call fills, in its order.
_RESULTS = ("ends", "uncertainties", "averages", "jacobians", "log_determinants")


def _asked(
    field: MarginalField, x: Any, t0: float, t1: float, run: Run | None, *wanted: str
) -> tuple[list[NDArray[np.float64]], Any]:
    d = field.dimension
    rows, leading, form = _arrays.points(x, d)
    shapes = {"jacobians": (*leading, d, d), "log_determinants": leading}
    results = {name: np.empty(shapes.get(name, rows.shape)) for name in wanted}
    widths = {"jacobians": d * d, "log_determinants": 1}
    for first, part, how in slices(rows.size // d, field._work * 400.0, run):
        places = [
            _arrays.pointer(results[name]) + 8 * first * widths.get(name, d) if name in results else None
            for name in _RESULTS
        ]
        call(
            "exact_flow", field._handle.pointer, float(t0), float(t1), _arrays.pointer(rows) + 8 * first * d, part,
            *places, how,
        )  # fmt: skip
    return [results[name] for name in wanted], form


def exact_flow(field: MarginalField, x: Any, *, t0: float = 0.0, t1: float = 1.0, run: Run | None = None) -> ExactFlow:
    """Points carried from t0 to t1 by levels: ``F_t1(y) = F_t0(x)`` on every axis, without a solver.

    For targets on a line, products of such, and one Gaussian in any dimension; others are refused.
    """
    (ends, uncertainties), form = _asked(field, x, t0, t1, run, "ends", "uncertainties")
    return ExactFlow(form.of(ends), form.of(uncertainties))


def average_velocity(field: MarginalField, x: A, *, t0: float, t1: float, run: Run | None = None) -> A:
    """``(phi(x) - x)/(t1 - t0)``, phi the flow from t0 to t1; the velocity where both are the same. It does not cancel.

    With z = x, t = t0 and r = t1 this is u(z, r, t) of mean flows.
    """
    (averages,), form = _asked(field, x, t0, t1, run, "averages")
    out: A = form.of(averages)
    return out


def flow_jacobian(field: MarginalField, x: A, *, t0: float, t1: float, run: Run | None = None) -> A:
    """The matrix ``dphi_i/dx_j`` of the flow from t0 to t1 at every point."""
    (jacobians,), form = _asked(field, x, t0, t1, run, "jacobians")
    out: A = form.of(jacobians)
    return out


def flow_log_determinant(field: MarginalField, x: A, *, t0: float, t1: float, run: Run | None = None) -> A:
    """``log det dphi/dx`` of the flow from t0 to t1 at every point: the integral of the divergence on the way."""
    (logs,), form = _asked(field, x, t0, t1, run, "log_determinants")
    out: A = form.of(logs)
    return out
