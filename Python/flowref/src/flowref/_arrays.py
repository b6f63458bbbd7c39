"""Arrays of any library as rows of float64, and results back in the same library and precision."""

from __future__ import annotations

import sys
from collections.abc import Callable
from ctypes import addressof, c_char
from typing import Any, Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from ._errors import DimensionMismatchError, InvalidFieldError

Rows = NDArray[np.float64]


class Array(Protocol):
    """What an array must have: numpy, torch, jax and cupy (on the CPU) have it."""

    @property
    def shape(self) -> Any: ...
    @property
    def dtype(self) -> Any: ...


A = TypeVar("A", bound=Array)
Times = Any  # a number, or an array of numbers

_at = c_char.from_buffer
_FLOAT64 = np.dtype(np.float64)
_FLOAT32 = np.dtype(np.float32)


class Form:
    """The library and the precision that results go back in."""

    __slots__ = ("_back", "_dtype")

    def __init__(self, dtype: np.dtype[Any], back: Callable[[Any], Any] | None) -> None:
        self._dtype, self._back = dtype, back

    def of(self, values: NDArray[Any]) -> Any:
        """The values as the caller has arrays; a numpy array without axes as a number."""
        if self._dtype is not _FLOAT64 and values.dtype == _FLOAT64:
            values = values.astype(self._dtype)
        if self._back is not None:
            return self._back(values)
        return values if values.ndim else values[()]


_NUMPY64 = Form(_FLOAT64, None)
_NUMPY32 = Form(_FLOAT32, None)


def read(values: Any, name: str) -> tuple[Rows, Form]:
    """The numbers, contiguous, and their form. Nothing is copied that is contiguous float64."""
    if type(values) is np.ndarray:
        if values.dtype is _FLOAT64 and values.flags.c_contiguous:
            return values, _NUMPY64
        array, back = values, None
    elif isinstance(values, (np.generic, float, int, list, tuple)):
        try:
            array, back = np.asarray(values), None
        except ValueError as error:
            raise DimensionMismatchError(f"{name} has rows of different lengths", name) from error
    else:
        array, back = _imported(values, name)
    dtype = array.dtype
    if dtype == _FLOAT64:
        form = _NUMPY64 if back is None else Form(_FLOAT64, back)
        return np.ascontiguousarray(array) if array.ndim else array, form
    if dtype == _FLOAT32:
        form = _NUMPY32 if back is None else Form(_FLOAT32, back)
    elif dtype.kind in "iu" and back is None:
        form = _NUMPY64
    else:
        raise InvalidFieldError(f"{name} must be float64 or float32, found {dtype}", name)
    return np.array(array, dtype=_FLOAT64, order="C"), form


def _imported(values: Any, name: str) -> tuple[NDArray[Any], Callable[[Any], Any] | None]:
    """An array of another library, without a copy, and the way back to it."""
    library = sys.modules.get(type(values).__module__.partition(".")[0])
    if hasattr(values, "__dlpack__"):
        if getattr(values, "requires_grad", False):
            values = values.detach()  # of torch; flowref.torch is the way to keep derivatives
        try:
            array = np.from_dlpack(values)
        except (AssertionError, BufferError, RuntimeError, TypeError, ValueError) as error:
            dtype, device = getattr(values, "dtype", "an array"), getattr(values, "device", "another device")
            raise InvalidFieldError(
                f"{name} must be float64 or float32 on the CPU, found {dtype} on {device} ({error})", name
            ) from error
        space = values.__array_namespace__() if hasattr(values, "__array_namespace__") else library
        back = getattr(space, "from_dlpack", None)
        return array, None if space is np else cast("Callable[[Any], Any] | None", back)
    if hasattr(values, "__array_interface__") or hasattr(values, "__array__"):
        return np.asarray(values), None
    raise InvalidFieldError(f"{name} must be an array, found {type(values).__name__}", name)


def points(values: Any, dimension: int, name: str = "x") -> tuple[Rows, tuple[int, ...], Form]:
    """Rows of ``dimension`` numbers of any leading shape, that shape, and the form."""
    rows, form = read(values, name)
    shape = rows.shape
    if not shape or shape[-1] != dimension:
        found = shape[-1] if shape else "no axis"
        raise DimensionMismatchError(f"{name} has dimension {found}, expected {dimension}", name)
    return rows, shape[:-1], form


def count(leading: tuple[int, ...]) -> int:
    """How many points a leading shape holds."""
    total = 1
    for one in leading:
        total *= one
    return total


def times(t: Times, one_minus_t: Times, leading: tuple[int, ...]) -> tuple[Rows, int]:
    """One time, or one for each point of the leading shape; and whether they are 1 - t."""
    if (t is None) == (one_minus_t is None):
        raise InvalidFieldError("give either t or one_minus_t", "t")
    name, given = ("t", t) if one_minus_t is None else ("one_minus_t", one_minus_t)
    if type(given) is float:
        return np.array([given]), int(one_minus_t is not None)
    values, _ = read(given, name)
    if values.size == 1:
        return values.reshape(1), int(one_minus_t is not None)
    try:
        spread = np.broadcast_to(values, leading)
    except ValueError as error:
        raise DimensionMismatchError(
            f"{name} has the shape {values.shape}, expected one number or {leading}, one for each point", name
        ) from error
    return np.ascontiguousarray(spread).reshape(-1), int(one_minus_t is not None)


def pointer(array: NDArray[Any]) -> int:
    """Where its numbers are."""
    try:
        return addressof(_at(array))  # type: ignore[arg-type]
    except (TypeError, ValueError):  # not to be written to, or empty
        place: int = array.__array_interface__["data"][0]
        return place
