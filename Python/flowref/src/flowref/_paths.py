"""How data and noise are mixed over time."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._arrays import A, Times
from ._errors import DimensionMismatchError, InvalidFieldError
from ._library import call, create
from ._names import PairKind, Parameterisation, PathKind


class Schedule(NamedTuple):
    """The numbers of a path at some times; derivatives are by t."""

    alpha: Any
    sigma: Any
    variance: Any
    alpha_dot: Any
    sigma_dot: Any
    variance_dot: Any
    log_snr: Any
    log_snr_dot: Any


class Path:
    """``x = alpha(t) x1 + sigma(t) x0``, from noise at t = 0 to data at t = 1.

    ``Path("ot")``, ``Path("vp", beta_min=0.1, beta_max=20)``: the kinds and their parameters are those of
    ``flowref.catalogue()["paths"]``; a parameter that is left out has the default that stands there.
    """

    __slots__ = ("_handle", "kind", "parameters")

    def __init__(self, kind: PathKind, **parameters: float) -> None:
        self.kind = kind
        self.parameters = {name: float(value) for name, value in parameters.items()}
        self._handle = create("path", "path_create", json.dumps(self.request).encode())

    @property
    def request(self) -> dict[str, Any]:
        """The path as the wire protocol has it."""
        return {"kind": self.kind, **self.parameters}

    def __repr__(self) -> str:
        parameters = "".join(f", {name}={value!r}" for name, value in self.parameters.items())
        return f"Path({self.kind!r}{parameters})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _path, (self.request,)

    def schedule(self, t: Times = None, *, one_minus_t: Times = None) -> Schedule:
        """alpha, sigma, sigma^2, their derivatives, ``log(alpha/sigma)`` and its derivative, each of the shape of t.

        Accuracy: 4 u (abs(y) + sensitivity). Infinite where the definition is.
        """
        given = t if one_minus_t is None else one_minus_t
        values, form = _arrays.read(given, "t" if one_minus_t is None else "one_minus_t")
        numbers, remaining = _arrays.times(
            values if one_minus_t is None else None, None if one_minus_t is None else values, values.shape
        )
        result = np.empty((values.size, 8))
        if values.size:
            call(
                "schedule", self._handle.pointer, _arrays.pointer(numbers), values.size, remaining,
                _arrays.pointer(result),
            )  # fmt: skip
        return Schedule(*(form.of(np.ascontiguousarray(result[:, k]).reshape(values.shape)) for k in range(8)))

    def time_at_log_snr(self, log_snr: Any) -> tuple[Any, Any]:
        """T and 1 - t at which ``log(alpha/sigma)`` has a value, each to full precision."""
        values, form = _arrays.read(log_snr, "log_snr")
        t, remaining = np.empty(values.shape), np.empty(values.shape)
        if values.size:
            call(
                "time_at_log_snr", self._handle.pointer, _arrays.pointer(values), values.size,
                _arrays.pointer(t), _arrays.pointer(remaining),
            )  # fmt: skip
        return form.of(t), form.of(remaining)

    def conditional_flow(self, t: Times, x0: A, x1: Any, *, one_minus_t: Times = None) -> A:
        """``sigma x0 + alpha x1``, for every row."""
        return self._conditional("conditional_flow", t, one_minus_t, x0, x1)

    def conditional_velocity(self, t: Times, x: A, x1: Any, *, one_minus_t: Times = None) -> A:
        """``alpha' x1 + v'/(2 v) (x - alpha x1)``, the velocity at x given the data point x1; singular at sigma = 0."""
        return self._conditional("conditional_velocity", t, one_minus_t, x, x1)

    def conditional_score(self, t: Times, x: A, x1: Any, *, one_minus_t: Times = None) -> A:
        """``-(x - alpha x1)/sigma^2``."""
        return self._conditional("conditional_score", t, one_minus_t, x, x1)

    def conditional_log_density(self, t: Times, x: A, x1: Any, *, one_minus_t: Times = None) -> A:
        """``log N(x; alpha x1, sigma^2 I)`` in nats, a number for every row."""
        return self._conditional("conditional_log_density", t, one_minus_t, x, x1)

    def _conditional(self, name: str, t: Times, one_minus_t: Times, x: A, x1: Any) -> A:
        first = "x0" if name == "conditional_flow" else "x"
        (rows, data), leading, form = _pairs((x, first), (x1, "x1"))
        numbers, remaining = _arrays.times(t, one_minus_t, leading)
        result = np.empty(leading if name.endswith("density") else rows.shape)
        if rows.size:
            call(
                "conditional", self._handle.pointer, name.encode(), _arrays.pointer(numbers), numbers.size,
                remaining, _arrays.pointer(rows), _arrays.pointer(data), _arrays.count(leading), rows.shape[-1],
                _arrays.pointer(result),
            )  # fmt: skip
        out: A = form.of(result)
        return out

    def convert(
        self, t: Times, x: A, value: Any, source: Parameterisation, to: Parameterisation, *, one_minus_t: Times = None
    ) -> A:
        """What a network predicts at x (velocity, x1, noise, score or v), expressed as another of these."""
        (rows, values), leading, form = _pairs((x, "x"), (value, "value"))
        numbers, remaining = _arrays.times(t, one_minus_t, leading)
        result = np.empty(rows.shape)
        if rows.size:
            call(
                "convert", self._handle.pointer, source.encode(), to.encode(), _arrays.pointer(numbers), numbers.size,
                remaining, _arrays.pointer(rows), _arrays.pointer(values), _arrays.count(leading), rows.shape[-1],
                _arrays.pointer(result),
            )  # fmt: skip
        out: A = form.of(result)
        return out


def _path(request: dict[str, Any]) -> Path:
    return Path(**request)


def _pairs(*tables: tuple[Any, str]) -> tuple[list[NDArray[np.float64]], tuple[int, ...], _arrays.Form]:
    """Tables of rows that are broadcast to one shape; the form is that of the first."""
    read = [_arrays.read(values, name) for values, name in tables]
    if any(not values.ndim for values, _ in read):
        raise InvalidFieldError("points need an axis of coordinates", tables[0][1])
    dimension = read[0][0].shape[-1]
    if not dimension:
        raise DimensionMismatchError(f"{tables[0][1]} is empty", tables[0][1])
    for (values, _), (_, name) in zip(read, tables, strict=True):
        _arrays.points(values, dimension, name)
    try:
        shape = np.broadcast_shapes(*(values.shape for values, _ in read))
    except ValueError as error:
        raise InvalidFieldError(f"shapes do not fit: {error}", tables[-1][1]) from error
    rows = [np.ascontiguousarray(np.broadcast_to(values, shape)) for values, _ in read]
    return rows, shape[:-1], read[0][1]


def pair_velocity(kind: PairKind, sigma: float, t: Times, x: A, x0: Any, x1: Any, *, one_minus_t: Times = None) -> A:
    """The velocity given both ends of a pair, inside a Gaussian tube around their interpolant.

    ``icfm``: x1 - x0. ``schrodinger_bridge``: with the std ``sigma sqrt(t (1 - t))``. ``vp_trigonometric``: the
    derivative of ``cos(pi t/2) x0 + sin(pi t/2) x1``.
    """
    (rows, starts, ends), leading, form = _pairs((x, "x"), (x0, "x0"), (x1, "x1"))
    numbers, remaining = _arrays.times(t, one_minus_t, leading)
    result = np.empty(rows.shape)
    if rows.size:
        call(
            "pair_velocity", kind.encode(), float(sigma), _arrays.pointer(numbers), numbers.size, remaining,
            _arrays.pointer(rows), _arrays.pointer(starts), _arrays.pointer(ends), _arrays.count(leading),
            rows.shape[-1], _arrays.pointer(result),
        )  # fmt: skip
    out: A = form.of(result)
    return out
