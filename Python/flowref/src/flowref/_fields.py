"""Exact fields of a path and a target."""

from __future__ import annotations

from collections.abc import Callable
from ctypes import byref, c_double, c_size_t
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._arrays import A, Times
from ._errors import InvalidFieldError
from ._library import call, create, names
from ._names import Quantity, ResidualMethod, TubeKind
from ._paths import Path
from ._ready import ReadyCall
from ._run import Run, _current, slices
from ._targets import Target, _natural, _word, label_text

_SCALARS = frozenset(("marginal_log_density", "marginal_log_density_dt", "marginal_divergence"))
_MATRICES = frozenset(("marginal_jacobian", "posterior_covariance"))
_FLOAT64 = np.dtype(np.float64)
_SMALL = 4096  # numbers of a batch whose call is kept ready
_SHAPES = 64  # of quantities and shapes, so many at a time
_BYTES: dict[str, bytes] = {name: name.encode() for name in names("quantities")}


class ContinuityResidual(NamedTuple):
    """``residual`` is zero for the true field; ``scale`` is the size of what cancels in it."""

    residual: Any
    scale: Any


class LossGap(NamedTuple):
    """L_CFM - L_FM at one time, and its standard error (0 where it is computed without sampling)."""

    value: float
    standard_error: float


class MarginalField:
    """The exact marginal fields of ``p_t(x) = E[p_t(x | x1)]``, all from ``D = E[x1|x]`` and the score.

    ``x`` has the shape ``(..., d)``, float64 or float32, of any library with DLPack; ``t`` is one number or one for
    each point. Results come back in the library and precision of ``x``. In place of ``t`` give ``one_minus_t=`` for
    times next to 1.

    Accuracy of every quantity: 8 u (abs(y) + sensitivity), u = 2^-53 (the value of a float32 input is taken as exact,
    and the result rounded). Where a quantity does not exist: ``SingularError``.

    ``source``: another law than N(0, I) for x0, a mixture or a cloud (so is the target then); ``tube`` and
    ``tube_sigma`` add Gaussian noise around pairs, ``constant`` or ``bridge``.
    """

    __slots__ = (
        "_calls", "_handle", "_pointer", "_work", "dimension", "path", "source", "target", "tube",
    )  # fmt: skip

    def __init__(
        self,
        path: Path,
        target: Target,
        *,
        source: Target | None = None,
        tube: TubeKind | None = None,
        tube_sigma: float = 0.0,
    ) -> None:
        if tube is not None and source is None:
            raise InvalidFieldError("a tube goes with a source", "source")
        self.path, self.target, self.source = path, target, source
        self.tube = None if tube is None else {"kind": tube, "sigma": float(tube_sigma)}
        data = target._handle
        if source is not None:
            kind = None if tube is None else tube.encode()
            data = create("target", "target_sourced", data.pointer, source._handle.pointer, kind, float(tube_sigma))
        self._handle = create("field", "field_create", path._handle.pointer, data.pointer)
        self._pointer = self._handle.pointer
        self._calls: dict[tuple[str, tuple[int, ...]], list[ReadyCall]] = {}
        self.dimension = target.dimension
        pairs = (target.components or 0) * (source.components or 1 if source else 1)
        self._work = max(20.0, pairs * (self.dimension + 10.0)) if pairs else 1e5

    def __repr__(self) -> str:
        return f"MarginalField({self.path!r}, {self.target!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        tube, sigma = (None, 0.0) if self.tube is None else (self.tube["kind"], self.tube["sigma"])
        return _field, (self.path, self.target, self.source, tube, sigma)

    @property
    def request(self) -> dict[str, Any]:
        """Path and target, and source and tube where there are any, as the wire protocol has them."""
        found: dict[str, Any] = {"path": self.path.request, "target": self.target.request}
        if self.source is not None:
            found["source"] = self.source.request
        if self.tube is not None:
            found["tube"] = dict(self.tube)
        return found

    def width(self, quantity: Quantity) -> int:
        """How many numbers a quantity has at one point."""
        found = c_size_t()
        call("field_width", self._handle.pointer, quantity.encode(), byref(found))
        return found.value

    def value(self, quantity: Quantity, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """A quantity by its name on the wire."""
        if (
            type(x) is np.ndarray and x.dtype is _FLOAT64 and type(t) is float and one_minus_t is None
            and run is None and _current.get() is None and (calls := self._ready(quantity, x.shape)) is not None
        ):  # fmt: skip
            try:
                # Whoever has it is alone with it: other threads, and whatever interrupts this one, make their own.
                ready = calls.pop()
            except IndexError:
                ready = ReadyCall(self._pointer, _BYTES[quantity], x.shape, self._shape(quantity, x.shape[:-1]))
            found: A = ready(t, x)
            calls.append(ready)
            return found
        d = self.dimension
        rows, leading, form = _arrays.points(x, d)
        numbers, remaining = _arrays.times(t, one_minus_t, leading)
        result = np.empty(self._shape(quantity, leading))
        width = result.size * d // max(1, rows.size)

        def ask(times: Any, count: int, first: int, part: int, settings: Any) -> None:
            call(
                "field_values", self._pointer, quantity.encode(), times, count, remaining,
                _arrays.pointer(rows) + 8 * first * d, part, _arrays.pointer(result) + 8 * first * width, settings,
            )  # fmt: skip

        self._sliced(rows.size // d, numbers, float(d) if quantity in _MATRICES else 1.0, run, ask)
        out: A = form.of(result)
        return out

    def _ready(self, quantity: str, shape: tuple[int, ...]) -> list[ReadyCall] | None:
        """The calls that stand ready for points of a shape; ``None`` where they are too many, or something is wrong."""
        calls = self._calls.get((quantity, shape))
        if calls is None and quantity in _BYTES and shape[-1:] == (self.dimension,):
            if not 0 < _arrays.count(shape) <= _SMALL:
                return None
            if len(self._calls) >= _SHAPES:
                self._calls.clear()
            calls = self._calls[quantity, shape] = []
        return calls

    def _shape(self, quantity: Quantity, leading: tuple[int, ...]) -> tuple[int, ...]:
        if quantity in _SCALARS:
            return leading
        if quantity in _MATRICES:
            return (*leading, self.dimension, self.dimension)
        if quantity == "posterior_weights":
            return (*leading, self.width(quantity))
        return (*leading, self.dimension)

    def _sliced(
        self,
        count: int,
        numbers: NDArray[np.float64],
        factor: float,
        run: Run | None,
        ask: Callable[[Any, int, int, int, Any], None],
    ) -> None:
        """Calls ``ask(times, how many, first row, rows, settings)`` on parts of the rows."""
        for first, part, settings in slices(count, self._work * factor, run):
            if numbers.size == 1:
                ask(_arrays.pointer(numbers), 1, first, part, settings)
            else:
                ask(_arrays.pointer(numbers) + 8 * first, part, first, part, settings)

    def velocity(self, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """``u_t(x) = alpha' D + (v'/2) g`` with ``g = -score``: dx/dt, from noise to data. Shape of x."""
        return self.value("marginal_velocity", t, x, one_minus_t=one_minus_t, run=run)

    __call__ = velocity

    def score(self, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """``grad log p_t(x)``. Shape of x."""
        return self.value("marginal_score", t, x, one_minus_t=one_minus_t, run=run)

    def denoiser(self, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """``D = E[x1 | x]``. Shape of x."""
        return self.value("denoiser", t, x, one_minus_t=one_minus_t, run=run)

    def noise_prediction(self, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """``E[x0 | x]``, which is ``-sigma score`` for a Gaussian source. Shape of x."""
        return self.value("noise_prediction", t, x, one_minus_t=one_minus_t, run=run)

    def v_prediction(self, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """``alpha E[x0 | x] - sigma D``. Shape of x."""
        return self.value("v_prediction", t, x, one_minus_t=one_minus_t, run=run)

    def log_density(self, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """``log p_t(x)`` in nats. A number for each point."""
        return self.value("marginal_log_density", t, x, one_minus_t=one_minus_t, run=run)

    def log_density_rate(self, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """``d log p_t(x)/dt`` at fixed x. A number for each point."""
        return self.value("marginal_log_density_dt", t, x, one_minus_t=one_minus_t, run=run)

    def divergence(self, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """``div u``, the trace of the Jacobian. A number for each point."""
        return self.value("marginal_divergence", t, x, one_minus_t=one_minus_t, run=run)

    def jacobian(self, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """``du_i/dx_j``, rows first. A matrix for each point."""
        return self.value("marginal_jacobian", t, x, one_minus_t=one_minus_t, run=run)

    def posterior_covariance(self, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """``Cov[x1 | x]``. A matrix for each point."""
        return self.value("posterior_covariance", t, x, one_minus_t=one_minus_t, run=run)

    def posterior_weights(self, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """``w_k p_t(x | k)/p_t(x)``, one for each component."""
        return self.value("posterior_weights", t, x, one_minus_t=one_minus_t, run=run)

    def velocity_and_divergence(
        self, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None
    ) -> tuple[A, A]:
        """Both in one pass."""
        d = self.dimension
        rows, leading, form = _arrays.points(x, d)
        numbers, remaining = _arrays.times(t, one_minus_t, leading)
        velocities, divergences = np.empty(rows.shape), np.empty(leading)

        def ask(times: Any, count: int, first: int, part: int, settings: Any) -> None:
            call(
                "field_divergences", self._handle.pointer, times, count, remaining,
                _arrays.pointer(rows) + 8 * first * d, part, _arrays.pointer(velocities) + 8 * first * d,
                _arrays.pointer(divergences) + 8 * first, settings,
            )  # fmt: skip

        self._sliced(rows.size // d, numbers, 1.5, run, ask)
        return form.of(velocities), form.of(divergences)

    def jacobian_product(
        self, t: Times, x: A, direction: Any, *, one_minus_t: Times = None, run: Run | None = None
    ) -> tuple[A, A]:
        """The velocity and ``(du/dx) v`` for a direction v at each point, exactly, by dual numbers. Shapes of x.

        For one law and a Gaussian source the Jacobian is symmetric, so that this is the product from the left too.
        """
        d = self.dimension
        rows, leading, form = _arrays.points(x, d)
        along, _, _ = _arrays.points(direction, d, "direction")
        along = np.ascontiguousarray(np.broadcast_to(along, rows.shape))
        numbers, remaining = _arrays.times(t, one_minus_t, leading)
        velocities, products = np.empty(rows.shape), np.empty(rows.shape)

        def ask(times: Any, count: int, first: int, part: int, settings: Any) -> None:
            offset = 8 * first * d
            call(
                "field_jacobian_products", self._handle.pointer, times, count, remaining,
                _arrays.pointer(rows) + offset, _arrays.pointer(along) + offset, part,
                _arrays.pointer(velocities) + offset, _arrays.pointer(products) + offset, settings,
            )  # fmt: skip

        self._sliced(rows.size // d, numbers, 2.0, run, ask)
        return form.of(velocities), form.of(products)

    def time_derivative(self, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """``du/dt`` at fixed x, by dual numbers. Shape of x."""
        return self._vectors("field_time_derivatives", (), t, one_minus_t, x, run, 2.0)

    def guided_velocity(
        self, t: Times, x: A, label: object, weight: float, *, one_minus_t: Times = None, run: Run | None = None
    ) -> A:
        """Classifier-free guidance: ``u + w (u_c - u)``, u_c the field of the components that carry the label."""
        arguments = (label_text(label).encode(), float(weight))
        return self._vectors("field_guided_velocities", arguments, t, one_minus_t, x, run, 2.0)

    def transformed_velocity(self, to: Path, t: Times, x: A, *, one_minus_t: Times = None, run: Run | None = None) -> A:
        """The field carried to another path by matching ``log(alpha/sigma)``; t is on the other path."""
        return self._vectors("field_transformed_velocities", (to._handle.pointer,), t, one_minus_t, x, run, 1.0)

    def _vectors(
        self, name: str, arguments: tuple[Any, ...], t: Times, one_minus_t: Times, x: A, run: Run | None, factor: float
    ) -> A:
        d = self.dimension
        rows, leading, form = _arrays.points(x, d)
        numbers, remaining = _arrays.times(t, one_minus_t, leading)
        result = np.empty(rows.shape)

        def ask(times: Any, count: int, first: int, part: int, settings: Any) -> None:
            offset = 8 * first * d
            call(
                name, self._handle.pointer, *arguments, times, count, remaining, _arrays.pointer(rows) + offset, part,
                _arrays.pointer(result) + offset, settings,
            )  # fmt: skip

        self._sliced(rows.size // d, numbers, factor, run, ask)
        out: A = form.of(result)
        return out

    def continuity_residual(
        self,
        t: Times,
        x: Any,
        *,
        method: ResidualMethod = "analytic",
        one_minus_t: Times = None,
        run: Run | None = None,
    ) -> ContinuityResidual:
        """``d log p/dt + div u + u . grad log p`` of the exact field itself: rounding noise, a few u of ``scale``.

        For a velocity of your own: ``flowref.continuity_residual``.
        """
        d = self.dimension
        rows, leading, form = _arrays.points(x, d)
        numbers, remaining = _arrays.times(t, one_minus_t, leading)
        residuals, scales = np.empty(leading), np.empty(leading)

        def ask(times: Any, count: int, first: int, part: int, settings: Any) -> None:
            call(
                "field_continuity_residuals", self._handle.pointer, method.encode(), times, count, remaining,
                _arrays.pointer(rows) + 8 * first * d, part, _arrays.pointer(residuals) + 8 * first,
                _arrays.pointer(scales) + 8 * first, settings,
            )  # fmt: skip

        self._sliced(rows.size // d, numbers, 4.0, run, ask)
        return ContinuityResidual(form.of(residuals), form.of(scales))

    def loss_gap(
        self, t: float | None = None, *, one_minus_t: float | None = None, samples: int = 4096, seed: int = 0
    ) -> LossGap:
        """``L_CFM - L_FM = E[(det/sigma)^2 tr Cov[x1 | X_t]]``: the loss that no network can go below."""
        number, remaining = _one_time(t, one_minus_t)
        value, error = c_double(), c_double()
        for _, _, settings in slices(1, 1.0, None):
            call(
                "field_loss_gap", self._handle.pointer, number, remaining, _natural(samples, "samples"), _word(seed),
                byref(value), byref(error), settings,
            )  # fmt: skip
        return LossGap(value.value, error.value)

    def sample(
        self, t: float | None, count: int, *, seed: int = 0, first: int = 0, one_minus_t: float | None = None
    ) -> NDArray[np.float64]:
        """Samples of p_t itself, ``alpha x1 + sigma x0``: numbers ``first`` to ``first + count - 1`` of a seed."""
        number, remaining = _one_time(t, one_minus_t)
        result = np.empty((_natural(count, "count"), self.dimension))
        if count:
            call(
                "field_samples", self._handle.pointer, number, remaining, _word(seed), _word(first), count,
                _arrays.pointer(result),
            )  # fmt: skip
        return result


def _field(path: Path, target: Target, source: Target | None, tube: Any, sigma: float) -> MarginalField:
    return MarginalField(path, target, source=source, tube=tube, tube_sigma=sigma)


def _one_time(t: float | None, one_minus_t: float | None) -> tuple[float, int]:
    if (t is None) == (one_minus_t is None):
        raise InvalidFieldError("give either t or one_minus_t", "t")
    return (float(t), 0) if t is not None else (float(one_minus_t or 0.0), 1)
