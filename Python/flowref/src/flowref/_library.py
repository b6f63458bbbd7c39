"""The library behind the C interface, as ``flowref.h`` declares it."""

from __future__ import annotations

import ctypes
import json
import threading
from ctypes import Structure, byref, c_char, c_char_p, c_double, c_int32, c_size_t, c_uint64, c_void_p
from typing import Any

from . import _processor
from ._errors import BY_CODE, FlowError


class Failure(Structure):
    """``flowref_error``."""

    _fields_ = (("code", c_int32), ("field", c_char * 124), ("message", c_char * 896))


class RunSettings(Structure):
    """``flowref_run``."""

    _fields_ = (
        ("threads", c_int32),
        ("seconds", c_double),
        ("memory", c_double),
        ("cancellation", c_void_p),
        ("progress", c_void_p),
        ("context", c_void_p),
    )


class Steps(Structure):
    """``flowref_steps``."""

    _fields_ = (
        ("solver", c_char_p),
        ("steps", c_size_t),
        ("rtol", c_double),
        ("atol", c_double),
        ("controller", c_char_p),
        ("step_limit", c_size_t),
    )


_TIMES = [c_void_p, c_size_t, c_int32]  # times, their number, whether they are 1 - t
_RESULT = [c_void_p]
_ERROR = [c_void_p]
_RUN = [c_void_p]
_HANDLE = [c_void_p]
_POINTS = [c_void_p, c_size_t]

# The arguments of every function that returns a code.
_CALLS: dict[str, list[Any]] = {
    "oracle_create": [c_int32, c_double, c_double, c_void_p, *_ERROR],
    "oracle_answer": [*_HANDLE, c_char_p, c_size_t, c_void_p, c_void_p, *_ERROR],
    "expectation": [c_char_p, c_size_t, c_char_p, c_void_p, *_ERROR],
    "path_create": [c_char_p, c_void_p, *_ERROR],
    "schedule": [*_HANDLE, *_TIMES, *_RESULT, *_ERROR],
    "time_at_log_snr": [*_HANDLE, *_POINTS, *_RESULT, *_RESULT, *_ERROR],
    "conditional": [*_HANDLE, c_char_p, *_TIMES, c_void_p, c_void_p, c_size_t, c_size_t, *_RESULT, *_ERROR],
    "pair_velocity": [
        c_char_p, c_double, *_TIMES, c_void_p, c_void_p, c_void_p, c_size_t, c_size_t, *_RESULT, *_ERROR,
    ],
    "convert": [*_HANDLE, c_char_p, c_char_p, *_TIMES, c_void_p, c_void_p, c_size_t, c_size_t, *_RESULT, *_ERROR],
    "target_create": [c_char_p, c_void_p, *_ERROR],
    "target_mixture": [c_size_t, c_size_t, c_void_p, c_void_p, c_size_t, c_void_p, c_void_p, c_void_p, *_ERROR],
    "target_full_mixture": [c_size_t, c_size_t, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, *_ERROR],
    "target_boxes": [c_size_t, c_size_t, c_void_p, c_void_p, c_void_p, c_void_p, *_ERROR],
    "target_product": [c_void_p, c_size_t, c_void_p, *_ERROR],
    "target_sourced": [*_HANDLE, *_HANDLE, c_char_p, c_double, c_void_p, *_ERROR],
    "target_samples": [*_HANDLE, c_uint64, c_uint64, c_size_t, *_RESULT, *_ERROR],
    "field_create": [*_HANDLE, *_HANDLE, c_void_p, *_ERROR],
    "field_width": [*_HANDLE, c_char_p, c_void_p, *_ERROR],
    "field_values": [*_HANDLE, c_char_p, *_TIMES, *_POINTS, *_RESULT, *_RUN, *_ERROR],
    "field_jacobian_products": [
        *_HANDLE, *_TIMES, c_void_p, c_void_p, c_size_t, *_RESULT, *_RESULT, *_RUN, *_ERROR,
    ],
    "field_divergences": [*_HANDLE, *_TIMES, *_POINTS, *_RESULT, *_RESULT, *_RUN, *_ERROR],
    "field_time_derivatives": [*_HANDLE, *_TIMES, *_POINTS, *_RESULT, *_RUN, *_ERROR],
    "field_guided_velocities": [*_HANDLE, c_char_p, c_double, *_TIMES, *_POINTS, *_RESULT, *_RUN, *_ERROR],
    "field_transformed_velocities": [*_HANDLE, *_HANDLE, *_TIMES, *_POINTS, *_RESULT, *_RUN, *_ERROR],
    "field_continuity_residuals": [*_HANDLE, c_char_p, *_TIMES, *_POINTS, *_RESULT, *_RESULT, *_RUN, *_ERROR],
    "field_loss_gap": [
        *_HANDLE, c_double, c_int32, c_size_t, c_uint64, *_RESULT, *_RESULT, *_RUN, *_ERROR,
    ],
    "field_samples": [*_HANDLE, c_double, c_int32, c_uint64, c_uint64, c_size_t, *_RESULT, *_ERROR],
    "flow": [*_HANDLE, c_double, c_double, *_POINTS, c_void_p, *_RESULT, c_void_p, *_RUN, *_ERROR],
    "exact_flow": [
        *_HANDLE, c_double, c_double, *_POINTS, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, *_RUN, *_ERROR,
    ],
    "log_likelihood": [
        *_HANDLE, c_double, c_double, *_POINTS, c_void_p, c_char_p, c_char_p, c_size_t, c_uint64, c_uint64,
        c_void_p, c_void_p, c_void_p, c_void_p, *_RUN, *_ERROR,
    ],
    "stochastic": [
        *_HANDLE, c_double, c_double, *_POINTS, c_char_p, c_size_t, c_double, c_uint64, c_uint64, *_RESULT, *_RUN,
        *_ERROR,
    ],
    "assignment": [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p, c_void_p, *_RUN, *_ERROR],
    "sinkhorn": [
        *_POINTS, *_POINTS, c_size_t, c_void_p, c_void_p, c_double, c_double, *_RESULT, c_void_p, c_void_p, *_RUN,
        *_ERROR,
    ],
    "gaussian_map": [
        c_size_t, c_void_p, c_void_p, c_void_p, c_void_p, *_POINTS, *_RESULT, c_void_p, *_ERROR,
    ],
}  # fmt: skip

LIBRARY = ctypes.CDLL(str(_processor.library()))

for _name, _arguments in _CALLS.items():
    _function = getattr(LIBRARY, f"flowref_{_name}")
    _function.argtypes = _arguments
    _function.restype = c_int32
for _name in ("code_name", "status_name"):
    getattr(LIBRARY, f"flowref_{_name}").argtypes = [c_int32]
    getattr(LIBRARY, f"flowref_{_name}").restype = c_char_p
for _name in ("version", "catalogue"):
    getattr(LIBRARY, f"flowref_{_name}").argtypes = []
    getattr(LIBRARY, f"flowref_{_name}").restype = c_char_p
for _name in ("target_dimension", "target_components", "field_dimension"):
    getattr(LIBRARY, f"flowref_{_name}").argtypes = [c_void_p]
    getattr(LIBRARY, f"flowref_{_name}").restype = c_size_t
for _name in ("oracle_free", "path_free", "target_free", "field_free", "cancellation_free", "cancel"):
    getattr(LIBRARY, f"flowref_{_name}").argtypes = [c_void_p]
    getattr(LIBRARY, f"flowref_{_name}").restype = None
LIBRARY.flowref_cancellation_create.argtypes = []
LIBRARY.flowref_cancellation_create.restype = c_void_p


def raised(failure: Failure) -> FlowError:
    """The exception that a failed call stands for."""
    name: bytes = LIBRARY.flowref_code_name(failure.code)
    return BY_CODE[name.decode()](failure.message.decode(), failure.field.decode())


class _Last(threading.local):
    """The last failure of this thread."""

    def __init__(self) -> None:
        self.failure = Failure()
        self.place = byref(self.failure)


LAST = _Last()
FUNCTIONS = {name: getattr(LIBRARY, f"flowref_{name}") for name in _CALLS}


def call(name: str, *arguments: Any) -> None:
    """Calls a function that returns a code and takes a place for its error last."""
    if FUNCTIONS[name](*arguments, LAST.place):
        raise raised(LAST.failure)


def catalogue() -> dict[str, Any]:
    """Everything that has a name: a list for each kind of thing, with what it is, its parameters and their defaults."""
    text: bytes = LIBRARY.flowref_catalogue()
    found: dict[str, Any] = json.loads(text)
    return found


CATALOGUE = catalogue()


def names(section: str) -> list[str]:
    """The names in a section of the catalogue."""
    return [one["name"] for one in CATALOGUE[section]]


def parameters(section: str) -> dict[str, list[str]]:
    """The names in a section, each with the names of its parameters."""
    return {one["name"]: [p["name"] for p in one.get("parameters", ())] for one in CATALOGUE[section]}


def version() -> str:
    """The version of the library."""
    text: bytes = LIBRARY.flowref_version()
    return text.decode()


class Handle:
    """An object of the library, freed with this one."""

    __slots__ = ("__weakref__", "_free", "pointer")

    def __init__(self, kind: str, pointer: c_void_p) -> None:
        self._free = getattr(LIBRARY, f"flowref_{kind}_free")
        self.pointer = pointer.value

    def __del__(self) -> None:
        pointer, self.pointer = getattr(self, "pointer", None), None
        if pointer:
            self._free(pointer)


def create(kind: str, function: str, *arguments: Any) -> Handle:
    """A new handle from a function whose last two arguments are places for it and for an error."""
    pointer = c_void_p()
    call(function, *arguments, byref(pointer))
    return Handle(kind, pointer)


__all__ = [
    "CATALOGUE",
    "LAST",
    "LIBRARY",
    "Failure",
    "Handle",
    "RunSettings",
    "Steps",
    "call",
    "catalogue",
    "create",
    "names",
    "parameters",
    "version",
]
