"""Calls whose arguments stand ready: at few points, what ctypes makes of arguments takes longer than the field."""

from __future__ import annotations

from ctypes import byref, c_double, c_int32, c_size_t, c_void_p
from functools import partial
from typing import Any

import numpy as np

from . import _arrays
from ._library import LIBRARY, Failure, raised

# The function without the types of its arguments: they are made here, once.
_VALUES = LIBRARY["flowref_field_values"]
_VALUES.restype = c_int32


class ReadyCall:
    """A quantity of a field at one time and so many points, for one caller at a time."""

    __slots__ = ("_arguments", "_failure", "_points", "_take", "_time")

    def __init__(self, field: int | None, quantity: bytes, shape: tuple[int, ...], result: tuple[int, ...]) -> None:
        self._time, self._failure = c_double(), Failure()
        self._points, values = np.empty(shape), np.empty(result)
        # A number where there is no axis.
        self._take = values.copy if result else partial(values.__getitem__, ())
        place, number = c_void_p.from_param, c_size_t.from_param
        self._arguments: tuple[Any, ...] = (
            place(field), quantity, byref(self._time), number(1), c_int32.from_param(0),
            place(_arrays.pointer(self._points)), number(self._points.size // shape[-1]),
            place(_arrays.pointer(values)), None, byref(self._failure),
        )  # fmt: skip

    def __call__(self, t: float, x: Any) -> Any:
        """The values at t and x, which is float64 and of the shape that was given."""
        self._time.value = t
        self._points[...] = x
        if _VALUES(*self._arguments):
            raise raised(self._failure)
        return self._take()
