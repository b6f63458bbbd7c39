"""Exceptions: one class for each code of the protocol."""

from __future__ import annotations

import re
from typing import ClassVar

_ACCEPTED = re.compile(r"(?:is outside|is none of|must be one of) (.+)$", re.DOTALL)


class FlowError(Exception):
    """Why a quantity could not be computed.

    Attributes: ``code``, as the protocol spells it; ``field``, the offending input (or ``None``); ``message``, what was
    wrong, its value and what would be accepted; ``accepted``, the accepted range or names where the message has them.
    """

    code: ClassVar[str] = ""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field or None

    @property
    def accepted(self) -> str | None:
        found = _ACCEPTED.search(self.message)
        return found.group(1) if found else None

    def __str__(self) -> str:
        where = f" ({self.field})" if self.field else ""
        return f"{self.code}{where}: {self.message}"

    def __reduce__(self) -> tuple[type[FlowError], tuple[str, str | None]]:
        return type(self), (self.message, self.field)


class MalformedJSONError(FlowError, ValueError):
    """A text that is no JSON."""

    code = "malformed_json"


class TooLargeError(FlowError, MemoryError):
    """More memory or time than is allowed."""

    code = "too_large"


class UnknownOperationError(FlowError, ValueError):
    """An operation that the protocol does not have."""

    code = "unknown_op"


class UnknownFieldError(FlowError, TypeError):
    """A field that does not belong there."""

    code = "unknown_field"


class MissingFieldError(FlowError, TypeError):
    """A field without which there is no answer."""

    code = "missing_field"


class InvalidFieldError(FlowError, TypeError, ValueError):
    """A field of the wrong type, or a name that does not exist."""

    code = "invalid_field"


class DimensionMismatchError(FlowError, ValueError):
    """Two sizes that must agree do not."""

    code = "dimension_mismatch"


class NonFiniteError(FlowError, ValueError):
    """An input is NaN or infinite."""

    code = "non_finite"


class OutOfDomainError(FlowError, ValueError):
    """An input is outside the set on which the quantity is defined, or a result overflows."""

    code = "out_of_domain"


class SingularError(FlowError, ArithmeticError):
    """The quantity does not exist at this point: it diverges, or depends on how it is approached."""

    code = "singular"


class UnsupportedError(FlowError, NotImplementedError):
    """The quantity exists, but the library does not have it."""

    code = "unsupported"


class NoConvergenceError(FlowError, ArithmeticError):
    """An iteration reached its limit, or the time was up."""

    code = "no_convergence"


class CancelledError(FlowError):
    """Somebody ended the call."""

    code = "cancelled"


BY_CODE: dict[str, type[FlowError]] = {
    one.code: one
    for one in (
        MalformedJSONError,
        TooLargeError,
        UnknownOperationError,
        UnknownFieldError,
        MissingFieldError,
        InvalidFieldError,
        DimensionMismatchError,
        NonFiniteError,
        OutOfDomainError,
        SingularError,
        UnsupportedError,
        NoConvergenceError,
        CancelledError,
    )
}


def error(code: str, message: str, field: str | None = None) -> FlowError:
    """The exception of a code."""
    return BY_CODE[code](message, field)
