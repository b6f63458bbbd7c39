"""How calls run: threads, limits, progress, an end from another thread."""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable, Iterator
from ctypes import byref
from types import TracebackType
from typing import Any

from ._errors import CancelledError, NoConvergenceError
from ._library import LIBRARY, Handle, RunSettings

_SLICE_SECONDS = 0.2
_FEWEST_ROWS = 4096


class Cancellation:
    """Ends calls: ``cancel()`` from any thread, for those under way and those to come."""

    def __init__(self) -> None:
        from ctypes import c_void_p

        self._handle = Handle("cancellation", c_void_p(LIBRARY.flowref_cancellation_create()))
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True
        LIBRARY.flowref_cancel(self._handle.pointer)


class Run:
    """How calls run, as an argument ``run=`` or for everything inside ``with Run(threads=2):``.

    ``threads``: at most so many (default: one for each processor); results do not depend on it. ``seconds`` and
    ``memory`` (bytes): what a call may take. ``progress(done, total)`` is told how many points are done, every few
    tenths of a second. ``cancellation`` ends calls from another thread.
    """

    def __init__(
        self,
        threads: int | None = None,
        *,
        seconds: float | None = None,
        memory: float | None = None,
        progress: Callable[[int, int], object] | None = None,
        cancellation: Cancellation | None = None,
    ) -> None:
        if threads is not None and threads < 1:
            raise ValueError(f"threads = {threads} is outside [1, infinity)")
        for name, value in (("seconds", seconds), ("memory", memory)):
            if value is not None and not value > 0:
                raise ValueError(f"{name} = {value} is outside (0, infinity)")
        self.seconds, self.progress, self.cancellation = seconds, progress, cancellation
        self._settings = RunSettings(
            threads=threads or 0,
            seconds=seconds or 0,
            memory=memory or 0,
            cancellation=cancellation._handle.pointer if cancellation else None,
        )
        self._tokens: list[contextvars.Token[Run | None]] = []

    def __enter__(self) -> Run:
        self._tokens.append(_current.set(self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        _current.reset(self._tokens.pop())


_current: contextvars.ContextVar[Run | None] = contextvars.ContextVar("flowref_run", default=None)


def slices(count: int, nanoseconds: float, run: Run | None) -> Iterator[tuple[int, int, Any]]:
    """Parts of ``count`` rows of which each takes ``nanoseconds``: first row, number of rows, settings.

    Between parts Python looks after signals, so that Ctrl-C ends long calls.
    """
    run = run or _current.get()
    if run is None:
        rows = max(int(_SLICE_SECONDS * 1e9 / nanoseconds), _FEWEST_ROWS if nanoseconds < 1e6 else 64)
        if 0 < count <= rows:
            yield 0, count, None
            return
        for first in range(0, count, rows):
            yield first, min(rows, count - first), None
        return
    rows = max(int(_SLICE_SECONDS * 1e9 / nanoseconds), 64)
    end = None if run.seconds is None else time.monotonic() + run.seconds
    for first in range(0, count, rows):
        settings = RunSettings.from_buffer_copy(run._settings)
        if end is not None:
            settings.seconds = end - time.monotonic()
            if settings.seconds <= 0:
                raise NoConvergenceError(f"not done within the limit of {run.seconds} s", "seconds")
        if run.cancellation is not None and run.cancellation.is_cancelled:
            raise CancelledError("cancelled")
        part = min(rows, count - first)
        yield first, part, byref(settings)
        if run.progress is not None:
            run.progress(first + part, count)
