"""Hypothesis strategies for requests of the wire protocol, judged against the engine in process.

    from flowref import strategies as flow
    from hypothesis import given

    @given(flow.requests("marginal_velocity"))
    def test_velocity(request):
        flow.check(request, my_velocity(request["path"], request["target"], request["t"], request["x"]))

``check`` allows what ``flowref fuzz`` allows: a few units of rounding times the sensitivity of the answer, which comes
from differences of the engine's own. Hypothesis makes the request that fails as simple as it can. Needs hypothesis and
flowref-fixtures: ``pip install flowref[hypothesis]``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from ctypes import byref, c_char_p, c_void_p, string_at
from typing import Any, TypeVar

from flowref_fixtures import PRECISIONS, Refusal, Terms, judge_error, judge_value, plain
from hypothesis import reject
from hypothesis import strategies as st

from ._library import CATALOGUE, LIBRARY, call, names, parameters
from ._names import PathKind

LIBRARY.flowref_text_free.argtypes = [c_void_p]
LIBRARY.flowref_text_free.restype = None

Request = dict[str, Any]
T = TypeVar("T")

_PATHS = parameters("paths")
_QUANTITIES = [one for one in names("quantities") if one != "v_prediction"]
_FIXED = [one["name"] for one in CATALOGUE["solvers"] if one["fixed"] and not one["name"].startswith("gsl_")]
_RANGES = {"sigma_max": (1, 100), "beta_min": (0.01, 1), "beta_max": (1, 30), "exponent": (0.25, 4)}


class _Choices:
    """Choices from bytes, one after another. A byte of 0 is always the simplest choice, and so is what is not there: so
    that hypothesis, which makes bytes smaller and fewer, makes requests simpler; and one draw of many bytes is fast.
    """

    __slots__ = ("_data", "_kinds", "_next", "_remaining")

    def __init__(self, data: bytes, kinds: Sequence[str], remaining: bool) -> None:
        self._data, self._next, self._kinds, self._remaining = data, 0, kinds, remaining

    def integer(self, count: int) -> int:
        """From 0 to count - 1, at most 256 of them."""
        place = self._next
        self._next = place + 1
        return self._data[place] % count if place < len(self._data) else 0

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.integer(len(choices))]

    def signed(self, count: int) -> int:
        """0, 1, -1, 2, -2, ..."""
        k = self.integer(count)
        return (k + 1) // 2 if k % 2 else -(k // 2)

    def scale(self, low: float, high: float) -> float:
        """Between the bounds, uniform in the logarithm, of few or many digits."""
        share = (self.integer(256) + self.integer(256) / 256) / 256
        number = low * (high / low) ** share
        return float(f"{number:.2g}") if self.integer(2) == 0 else number

    def coordinate(self) -> float:
        """A few bits, a decimal, or many digits of any size."""
        kind = self.integer(8)
        if kind < 3:
            return self.signed(65) / 8 if kind else float(self.signed(9))
        if kind < 5:
            return self.signed(61) / 10
        fine = (self.signed(256) + self.integer(256) / 256 + self.integer(256) / 65537) / 32
        return fine if kind < 7 else fine * self.scale(1e-3, 1e3)

    def vector(self, d: int) -> list[float]:
        return [self.coordinate() for _ in range(d)]

    def rows(self, count: int, d: int) -> list[list[float]]:
        return [self.vector(d) for _ in range(count)]

    def time(self, *, ends: bool = True) -> Request:
        """Between, next to the ends, and the ends themselves."""
        name = "one_minus_t" if self.integer(3) == 2 and self._remaining else "t"
        kind = self.integer(10)
        if kind < 4:
            return {name: (50 + self.signed(99)) / 100}
        if kind < 6:
            return {name: 2.0 ** -(1 + self.integer(60))}
        if kind < 8:
            return {"t": 1 - 2.0 ** -(1 + self.integer(52))}
        if kind == 8 or not ends:
            return {name: self.scale(1e-12, 1)}
        return {"t": float(self.integer(2))}

    def path(self) -> Request:
        kind = self.pick(self._kinds)
        return {"kind": kind} | {name: self._parameter(kind, name) for name in _PATHS[kind]}

    def _parameter(self, kind: str, name: str) -> float:
        if name == "sigma_min" and not kind.startswith("ve"):
            return 0.0 if self.integer(3) == 0 else self.scale(1e-6, 0.5)
        if name == "sigma_min":
            return self.scale(1e-3, 0.1)
        if name == "exponent" and self.integer(2) == 0:
            return float(1 + self.integer(4))
        return self.scale(*_RANGES.get(name, (0.01, 2)))

    def covariance(self, d: int) -> list[list[float]]:
        """``L L^T`` with few bits: exact, and positive definite."""
        factor = [
            [(1 + self.integer(8)) / 4 if i == j else self.signed(13) / 4 if j < i else 0.0 for j in range(d)]
            for i in range(d)
        ]
        return [[sum(factor[i][k] * factor[j][k] for k in range(d)) for j in range(d)] for i in range(d)]

    def target(self, d: int, *, labelled: bool = False, clouds: bool = True) -> Request:
        """A mixture or a point cloud of up to four components."""
        count = (2 if labelled else 1) + self.integer(3)
        rows = self.rows(count, d)
        kind = self.integer(4 if clouds else 3)
        target: Request = {"kind": "gaussian_mixture", "means": rows}
        if kind == 0:
            target["std"] = self.scale(1e-4, 10) if self.integer(2) else 1.0
        elif kind == 1:
            target["std"] = [self.scale(1e-4, 10) for _ in range(count)]
        elif kind == 2:
            target["covariances"] = [self.covariance(d) for _ in range(count)]
        else:
            target = {"kind": "point_cloud", "points": rows}
        if self.integer(2):
            target["weights"] = [self.scale(0.01, 10) for _ in range(count)]
        if labelled:
            target["labels"] = [k % 2 for k in range(count)]
        return target

    def place(self, target: Request, d: int) -> list[float]:
        """A point between the origin and a component, and beyond."""
        centre = self.pick(target.get("means") or target["points"])
        share, reach = (4 - self.integer(5)) / 4, self.pick([0.0, 1.0, 0.01, 3.0, 1.0, 30.0])
        return [share * c + reach * self.signed(33) / 8 for c in centre[:d]]


def _marginal(choices: _Choices, **more: bool) -> Request:
    d = 1 + choices.integer(3)
    target = choices.target(d, **more)
    return {"path": choices.path(), "target": target, **choices.time(), "x": choices.place(target, d)}


def _trajectory(choices: _Choices) -> Request:
    d = 1 + choices.integer(3)
    target = choices.target(d, clouds=False)
    return {
        "path": choices.path(), "target": target, "x": choices.place(target, d), "t0": (1 + choices.integer(4)) / 16,
        "t1": (6 + choices.integer(7)) / 16, "solver": choices.pick(_FIXED), "steps": 1 + choices.integer(4),
    }  # fmt: skip


def _few_steps(choices: _Choices) -> Request:
    d, first = 1 + choices.integer(3), 1 + choices.integer(6)
    target = choices.target(d)
    times = [(first + 2 * k) / 16 for k in range(2 + choices.integer(4))]
    method = choices.pick(names("few_step_methods"))
    return {"path": choices.path(), "target": target, "method": method, "times": times, "x": choices.place(target, d)}


def _between(choices: _Choices) -> Request:
    """A flow that is known by levels: of a mixture on a line, or of one Gaussian."""
    d = 1 + choices.integer(3)
    target = choices.target(d, clouds=False)
    if d > 1:
        first = {name: target[name] for name in ("means", "std", "covariances") if name in target}
        target = {name: value[:1] if isinstance(value, list) else value for name, value in first.items()}
        target["kind"] = "gaussian_mixture"
    times = {"t0": (1 + choices.integer(4)) / 16, "t1": (6 + choices.integer(7)) / 16}
    return {"path": choices.path(), "target": target, "x": choices.place(target, d), **times}


def _vectors(choices: _Choices, *names: str) -> Request:
    d = 1 + choices.integer(3)
    return {name: choices.vector(d) for name in names}


def _guided(choices: _Choices) -> Request:
    weight = choices.pick([1.0, 0.0, 2.0, 0.5, -1.0, 7.5])
    return {**_marginal(choices, labelled=True), "label": choices.integer(2), "weight": weight}


def _ddpm(choices: _Choices) -> Request:
    betas = [choices.scale(1e-6, 0.999) for _ in range(1 + choices.integer(8))]
    return {"betas": betas, "step": 1 + choices.integer(len(betas)), **_vectors(choices, "x", "z")}


def _trace(choices: _Choices) -> Request:
    d = 1 + choices.integer(3)
    matrix = choices.rows(d, d)
    if choices.integer(2):
        return {"matrix": matrix, "law": choices.pick(names("laws"))}
    return {"matrix": matrix, "probes": choices.rows(2 + choices.integer(4), d)}


def _solver_step(choices: _Choices) -> Request:
    d = 1 + choices.integer(3)
    field = {
        "kind": "linear",
        "matrix": [[choices.signed(17) / 4 for _ in range(d)] for _ in range(d)],
        "offset": [choices.signed(17) / 4 for _ in range(d)],
    }
    step = {"t": choices.integer(4) / 8, "h": (1 + choices.integer(8)) / 16}
    return {"solver": choices.pick(_FIXED), "field": field, **step, "x": choices.vector(d)}


def _pairs(choices: _Choices, *, square: bool) -> Request:
    d, count = 1 + choices.integer(3), 1 + choices.integer(5)
    other = count if square else 1 + choices.integer(5)
    request: Request = {"x0": choices.rows(count, d), "x1": choices.rows(other, d)}
    return request if square else {**request, "epsilon": choices.scale(1, 100)}


def _gaussians(choices: _Choices) -> Request:
    d = 1 + choices.integer(3)
    ends = {"mean0": choices.vector(d), "covariance0": choices.covariance(d)}
    return {**ends, "mean1": choices.vector(d), "covariance1": choices.covariance(d), "x": choices.vector(d)}


def _conversion(choices: _Choices, names: Sequence[str]) -> Request:
    return {"from": choices.pick(names), "to": choices.pick(names)}


_MAKERS: dict[str, Callable[[_Choices], Request]] = {
    "schedule": lambda c: {"path": c.path(), **c.time()},
    "time_at_log_snr": lambda c: {"path": c.path(), "log_snr": 2 * c.coordinate()},
    "conditional_flow": lambda c: {"path": c.path(), **c.time(), **_vectors(c, "x0", "x1")},
    "pair_velocity": lambda c: {
        "kind": c.pick(names("pair_kinds")), "sigma": c.scale(0.01, 2), **c.time(), **_vectors(c, "x", "x0", "x1")
    },
    "convert": lambda c: {
        "path": c.path(), **c.time(ends=False), **_conversion(c, names("parameterisations")),
        **_vectors(c, "x", "value"),
    },
    "convert_convention": lambda c: {
        **_conversion(c, names("conventions")), **c.time(), **_vectors(c, "x", "velocity")
    },
    "guided_velocity": _guided,
    "schedule_transform": lambda c: {**_marginal(c), "to_path": c.path()},
    "ddpm_posterior": _ddpm,
    "bits_per_dim": lambda c: {"log_density": 100 * c.coordinate(), "dimension": 1 + 12 * c.integer(256)},
    "trace_estimate": _trace,
    "sigma_grid": lambda c: {"steps": 2 + c.integer(39), "shift": c.scale(0.1, 10)},
    "assignment": lambda c: _pairs(c, square=True),
    "sinkhorn": lambda c: _pairs(c, square=False),
    "gaussian_ot_map": _gaussians,
    "solver_step": _solver_step,
    "flow_map": _trajectory,
    "few_step_map": _few_steps,
    "average_velocity": _between,
    "flow_jacobian": _between,
    "flow_log_determinant": _between,
    "log_likelihood": lambda c: {**_trajectory(c), "divergence": "exact"},
}  # fmt: skip
for _name in ("conditional_velocity", "conditional_score", "conditional_log_density"):
    _MAKERS[_name] = lambda c: {"path": c.path(), **c.time(), **_vectors(c, "x", "x1")}
for _name in _QUANTITIES:
    _MAKERS[_name] = _marginal

#: The operations that there are requests of.
OPERATIONS = tuple(sorted(_MAKERS))

# More bytes than the choices of a request take.
_BYTES = 256


def requests(
    operation: str | None = None, *, paths: Sequence[PathKind] | None = None, one_minus_t: bool = True
) -> st.SearchStrategy[Request]:
    """Requests of an operation, as the wire protocol has them; of any without one.

    ``paths``: of these kinds alone. ``one_minus_t``: whether some of them name their time so.
    """
    kinds: tuple[str, ...] = tuple(paths) if paths else tuple(_PATHS)
    operations = OPERATIONS if operation is None else (operation,)

    def made(data: bytes) -> Request:
        choices = _Choices(data, kinds, one_minus_t)
        name = choices.pick(operations) if operation is None else operation
        return {"op": name, **_MAKERS[name](choices)}

    if not set(operations) <= set(OPERATIONS):
        raise ValueError(f"there are requests of {', '.join(OPERATIONS)}, not of {operation}")
    return st.binary(min_size=_BYTES, max_size=_BYTES).map(made)


def expectation(request: Request, precision: str = "float64") -> dict[str, Any] | None:
    """What the engine expects: ``value``, ``tail``, ``sensitivity`` and ``radius``, or ``error``; ``None``: nothing."""
    text, place = json.dumps(request).encode(), c_void_p()
    call("expectation", text, len(text), precision.encode(), byref(place))
    try:
        found: dict[str, Any] | None = json.loads(string_at(c_char_p(place.value)) if place.value else b"null")
    finally:
        LIBRARY.flowref_text_free(place)
    return found


def check(request: Request, answer: Any, precision: str = "float64") -> None:
    """Fails unless an answer is what the engine expects of the request.

    ``answer``: numbers, arrays or dicts of these, or the exception that your library raised (a ``Refusal`` with a code,
    ``NotImplementedError`` for what it does not offer; others never pass). Requests for which the engine has nothing to
    compare with, and unsupported ones, are drawn again.
    """
    expected = expectation(request, precision)
    if expected is None:
        reject()
    case = {"request": request, "expected": expected}
    if isinstance(answer, NotImplementedError):
        reject()
    if isinstance(answer, Refusal):
        outcome = judge_error(case, answer.code, answer.message)
    elif isinstance(answer, BaseException):
        raise AssertionError(f"raised {answer!r} for {json.dumps(request)}") from answer
    else:
        outcome = judge_value(case, plain(answer), Terms(PRECISIONS[precision]))
    if outcome.kind == "unsupported":
        reject()
    assert not outcome.is_failure, f"{outcome.kind}: {outcome.detail}; request: {json.dumps(request)}"
