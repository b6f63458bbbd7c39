"""Couplings of two sets of points."""

from __future__ import annotations

from ctypes import byref, c_double
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._arrays import A
from ._errors import DimensionMismatchError
from ._library import call
from ._run import Run, slices


class Assignment(NamedTuple):
    """Row i of x0 goes with row ``permutation[i]`` of x1; ``cost`` is the sum of squared distances."""

    permutation: NDArray[np.int64]
    cost: float


class EntropicPlan(NamedTuple):
    """The plan, one row for each point of x0; its cost without the entropy; a bound on how far from optimal it is."""

    plan: Any
    cost: float
    gap: float


class GaussianMap(NamedTuple):
    """Where points go, and W_2^2."""

    x: Any
    squared_distance: float


def _sets(x0: Any, x1: Any) -> tuple[NDArray[np.float64], NDArray[np.float64], _arrays.Form]:
    first, form = _arrays.read(x0, "x0")
    second, _ = _arrays.read(x1, "x1")
    for rows, name in ((first, "x0"), (second, "x1")):
        if rows.ndim != 2:
            raise DimensionMismatchError(f"{name} has the shape {rows.shape}, expected rows of coordinates", name)
    if first.shape[1] != second.shape[1]:
        raise DimensionMismatchError(f"x1 has dimension {second.shape[1]}, expected {first.shape[1]}", "x1")
    return first, second, form


def assignment(x0: Any, x1: Any, *, run: Run | None = None) -> Assignment:
    """The cheapest pairing of equally many points by squared distance, exactly. O(n^3) at worst."""
    first, second, _ = _sets(x0, x1)
    if len(first) != len(second):
        raise DimensionMismatchError(
            f"there are {len(second)} columns (points of x1) for {len(first)} rows (points of x0)", "x1"
        )
    permutation, cost = np.empty(len(first), np.int64), c_double()
    for _, _, settings in slices(1, 1.0, run):
        call(
            "assignment", _arrays.pointer(first), _arrays.pointer(second), len(first), first.shape[1],
            _arrays.pointer(permutation), byref(cost), settings,
        )  # fmt: skip
    return Assignment(permutation, cost.value)


def sinkhorn(
    x0: Any,
    x1: Any,
    epsilon: float,
    *,
    weights0: Any = None,
    weights1: Any = None,
    tolerance: float = 0.0,
    run: Run | None = None,
) -> EntropicPlan:
    """The plan that minimises ``<P, C> + epsilon KL(P | a b)`` with squared distances C.

    ``tolerance``: the error of its column sums at which to stop; 0 goes on to rounding.
    """
    first, second, form = _sets(x0, x1)
    plan, cost, gap = np.empty((len(first), len(second))), c_double(), c_double()
    weights = [None if one is None else _arrays.read(one, "weights")[0] for one in (weights0, weights1)]
    for one, rows, name in zip(weights, (first, second), ("weights0", "weights1"), strict=True):
        if one is not None and one.shape != (len(rows),):
            raise DimensionMismatchError(f"{name} has the shape {one.shape}, expected ({len(rows)},)", name)
    places = [None if one is None else _arrays.pointer(one) for one in weights]
    for _, _, settings in slices(1, 1.0, run):
        call(
            "sinkhorn", _arrays.pointer(first), len(first), _arrays.pointer(second), len(second), first.shape[1],
            *places, float(epsilon), float(tolerance), _arrays.pointer(plan), byref(cost), byref(gap), settings,
        )  # fmt: skip
    return EntropicPlan(form.of(plan), cost.value, gap.value)


def gaussian_map(x: A, mean0: Any, covariance0: Any, mean1: Any, covariance1: Any) -> GaussianMap:
    """The optimal map of ``N(mean0, covariance0)`` to ``N(mean1, covariance1)`` at points, and W_2^2."""
    start, _ = _arrays.read(mean0, "mean0")
    d = start.size
    numbers = []
    for values, name, shape in (
        (mean0, "mean0", (d,)),
        (covariance0, "covariance0", (d, d)),
        (mean1, "mean1", (d,)),
        (covariance1, "covariance1", (d, d)),
    ):
        read, _ = _arrays.read(values, name)
        if read.shape != shape:
            raise DimensionMismatchError(f"{name} has the shape {read.shape}, expected {shape}", name)
        numbers.append(read)
    rows, _, form = _arrays.points(x, d)
    result, distance = np.empty(rows.shape), c_double()
    call(
        "gaussian_map", d, *(_arrays.pointer(one) for one in numbers), _arrays.pointer(rows), rows.size // d,
        _arrays.pointer(result), byref(distance),
    )  # fmt: skip
    return GaussianMap(form.of(result), distance.value)
