"""The whole wire protocol, in process."""

from __future__ import annotations

import json
import math
from ctypes import byref, c_char, c_int32, c_size_t, c_void_p
from typing import Any

import numpy as np

from ._errors import BY_CODE, FlowError, InvalidFieldError, error
from ._fields import MarginalField
from ._library import LIBRARY, Failure, Handle, create, raised
from ._paths import Path
from ._targets import Target

# The function without the types of its arguments, which would be looked at in every call.
_ANSWER = LIBRARY["flowref_oracle_answer"]
_ANSWER.restype = c_int32

_WORDS = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


class Oracle:
    """Answers requests as ``flowref oracle`` does: bytes in, bytes out, or Python values with ``ask``.

    ``allow_files``: targets may be read from files. ``memory`` (bytes) and ``seconds`` limit each request. One thread
    at a time.
    """

    def __init__(self, *, allow_files: bool = False, memory: float = 0.0, seconds: float = 0.0) -> None:
        self._handle: Handle = create("oracle", "oracle_create", int(allow_files), float(memory), float(seconds))
        self._given, self._place, self._length, self._failure = c_size_t(), c_void_p(), c_size_t(), Failure()
        self._oracle = c_void_p.from_param(self._handle.pointer)
        self._places = byref(self._place), byref(self._length), byref(self._failure)
        # The memory of the answers, as far as it has been seen.
        self._address, self._memory = 0, memoryview(b"")

    def answer(self, request: bytes) -> bytes:
        """The answer to one line, or to several lines: as many lines."""
        if type(request) is not bytes:
            request = memoryview(request).tobytes()
        self._given.value = len(request)
        if _ANSWER(self._oracle, request, self._given, *self._places):
            raise raised(self._failure)
        address, length = self._place.value or 0, self._length.value
        if address != self._address or length > len(self._memory):
            self._address, self._memory = address, memoryview((c_char * length).from_address(address)).cast("B")
        return self._memory[:length].tobytes()

    def ask(self, op: str, /, **fields: Any) -> Any:
        """The value of an operation; arrays, ``Path``, ``Target`` and ``MarginalField`` (as ``field``) may be fields.

        An answer that is an error raises it.
        """
        answer = json.loads(self.answer(json.dumps({"op": op, **_request(fields)}).encode()))
        if answer["ok"]:
            return _numbers(answer["value"])
        failure = answer["error"]
        if failure["code"] not in BY_CODE:
            raise FlowError(failure["message"], failure.get("field"))
        raise error(failure["code"], failure["message"], failure.get("field"))


def _request(fields: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, MarginalField):
            found.update(value.request)
        elif value is not None:
            found[name] = _json(value)
    return found


def _json(value: Any) -> Any:
    if isinstance(value, (Path, Target)):
        return value.request
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidFieldError(f"{value} is not a finite number")
    if isinstance(value, (list, tuple)):
        return [_json(one) for one in value]
    if isinstance(value, dict):
        return {name: _json(one) for name, one in value.items()}
    return value


def _numbers(value: Any) -> Any:
    """Infinities travel as words."""
    if isinstance(value, str):
        return _WORDS.get(value, value)
    if isinstance(value, list):
        return [_numbers(one) for one in value]
    if isinstance(value, dict):
        return {name: _numbers(one) for name, one in value.items()}
    return value
