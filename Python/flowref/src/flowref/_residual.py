"""How far a velocity function of yours is from conserving probability along an exact path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._fields import ContinuityResidual, MarginalField

Velocity = Callable[[float, Any], Any]

# Central differences of order 8.
_WEIGHTS = ((1, 4 / 5), (2, -1 / 5), (3, 4 / 105), (4, -1 / 280))


def continuity_residual(
    velocity: Velocity,
    field: MarginalField,
    t: float,
    x: Any,
    *,
    divergence: Velocity | None = None,
    step: float | None = None,
) -> ContinuityResidual:
    """``d log p/dt + div v + v . grad log p`` of your velocity ``v(t, x)`` against the exact path of ``field``.

    Zero at every x if and only if v carries p_t along. ``velocity`` gets one number t and rows of points (float64,
    shape ``(n, d)``) and returns as many rows. Its divergence is yours (``divergence(t, x)``, a number for each row),
    or by central differences of order 8 with ``step`` (default: a hundredth of sigma(t) or of the spread of x, at least
    1e-6), which asks 8 d n points. ``scale`` is the sum of the magnitudes of the terms: a residual of 1e-2 times the
    scale is an error of one per cent.

    Accuracy: of a v in double precision about 1e-12 of ``scale`` with an exact divergence; with differences about
    ``step^8 |v^(9)|/630 + 1e-16 |v|/step`` for each axis.
    """
    rows, leading, form = _arrays.points(x, field.dimension)
    points = rows.reshape(-1, field.dimension)
    values = _rows(velocity(t, points), points.shape, "velocity")
    if divergence is not None:
        spread = np.asarray(divergence(t, points), dtype=np.float64).reshape(-1)
    else:
        spread = _differences(velocity, t, points, step or _step(field, t, points))
    score, rate = field.score(t, points), field.log_density_rate(t, points)
    transport = values * score
    residual = rate + spread + transport.sum(axis=-1)
    scale = np.abs(rate) + np.abs(spread) + np.abs(transport).sum(axis=-1)
    return ContinuityResidual(form.of(residual.reshape(leading)), form.of(scale.reshape(leading)))


def _rows(values: Any, shape: tuple[int, ...], name: str) -> NDArray[np.float64]:
    rows, _ = _arrays.read(values, name)
    if rows.shape != shape:
        from ._errors import DimensionMismatchError

        raise DimensionMismatchError(f"{name} returned the shape {rows.shape}, expected {shape}", name)
    return rows


def _step(field: MarginalField, t: float, points: NDArray[np.float64]) -> float:
    sigma = float(field.path.schedule(t).sigma)
    width = sigma if sigma > 0 else float(np.std(points)) or 1.0
    return max(0.01 * width, 1e-6)


def _differences(velocity: Velocity, t: float, points: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    count, d = points.shape
    total = np.zeros(count)
    for axis in range(d):
        moved = np.repeat(points[None], 2 * len(_WEIGHTS), axis=0)
        for place, (far, _) in enumerate(_WEIGHTS):
            moved[2 * place, :, axis] += far * step
            moved[2 * place + 1, :, axis] -= far * step
        answers = _rows(velocity(t, moved.reshape(-1, d)), (moved.shape[0] * count, d), "velocity")
        along = answers.reshape(moved.shape)[:, :, axis]
        for place, (_, weight) in enumerate(_WEIGHTS):
            total += weight * (along[2 * place] - along[2 * place + 1]) / step
    return total
