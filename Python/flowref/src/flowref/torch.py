"""An exact field as a module of torch: a perfect network, with exact derivatives.

    from flowref.torch import ExactVelocity

    model = ExactVelocity(field)
    model(t, x)  # dx/dt at points x of shape (..., d), float64 or float32 on the CPU

Derivatives are exact, backwards (``backward``, ``torch.func.jacrev``) and forwards (``torch.func.jvp``), and under
``torch.func.vmap``: the product with the Jacobian, and du/dt for t. There are no second ones: whoever asks for them is
told so.
"""

from __future__ import annotations

from typing import Any

import torch

from ._fields import MarginalField


class _Exact(torch.autograd.Function):
    """Something of a field at times t and points x, and along directions, one for each point."""

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:  # noqa: ARG004
        t, x, ctx.rest = inputs[0], inputs[1], inputs[2:]
        ctx.save_for_backward(t, x)
        ctx.save_for_forward(t, x)

    @classmethod
    def batched(cls, size: int, places: tuple[Any, ...], t: Any, x: Any, *rest: Any) -> tuple[Any, int]:
        """All points of a batch, whose axis is put in front, at once."""

        def rows(values: Any, place: int | None) -> Any:
            return values.expand(size, *values.shape) if place is None else values.movedim(place, 0)

        x = rows(x, places[1])
        if places[0] is not None:
            t = t.movedim(places[0], 0)
            t = t.reshape(size, *(1,) * (x.dim() - 1 - t.dim()), *t.shape[1:])
        more = [rows(one, place) if isinstance(one, torch.Tensor) else one for one, place in zip(rest, places[2:])]  # noqa: B905
        return cls.apply(t, x, *more), 0


class _Velocity(_Exact):
    @staticmethod
    def forward(t: Any, x: Any, field: MarginalField) -> Any:
        return field.velocity(_times(t), x)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> tuple[Any, Any, None]:
        (t, x), (field,) = ctx.saved_tensors, ctx.rest
        for_t = for_x = None
        if ctx.needs_input_grad[1]:
            for_x = _Product.apply(t, x, gradient, field, True)
        if ctx.needs_input_grad[0]:
            for_t = _summed((_Rate.apply(t, x, field) * gradient).sum(-1), t)
        return for_t, for_x, None

    @staticmethod
    def jvp(ctx: Any, dt: Any, dx: Any, _: Any) -> Any:
        (t, x), (field,) = ctx.saved_tensors, ctx.rest
        change = torch.zeros_like(x) if dx is None else _Product.apply(t, x, dx, field, False)
        return change if dt is None else change + _Rate.apply(t, x, field) * dt.to(x.dtype).unsqueeze(-1)

    @staticmethod
    def vmap(info: Any, places: tuple[Any, ...], *inputs: Any) -> Any:
        return _Velocity.batched(info.batch_size, places, *inputs)


class _Derivative(_Exact):
    """What has no derivative itself."""

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise NotImplementedError("an exact field has exact first derivatives in t and x, and no second ones")

    jvp = backward


class _Rate(_Derivative):
    """du/dt."""

    @staticmethod
    def forward(t: Any, x: Any, field: MarginalField) -> Any:
        return field.time_derivative(_times(t), x)

    @staticmethod
    def vmap(info: Any, places: tuple[Any, ...], *inputs: Any) -> Any:
        return _Rate.batched(info.batch_size, places, *inputs)


class _Product(_Derivative):
    """``(du/dx) v``, or ``(du/dx)^T v``."""

    @staticmethod
    def forward(t: Any, x: Any, v: Any, field: MarginalField, transposed: bool) -> Any:
        if transposed and field.source is not None:
            return torch.einsum("...ij,...i->...j", field.jacobian(_times(t), x), v)
        # With a Gaussian source the Jacobian is symmetric.
        return field.jacobian_product(_times(t), x, v)[1]

    @staticmethod
    def vmap(info: Any, places: tuple[Any, ...], *inputs: Any) -> Any:
        return _Product.batched(info.batch_size, places, *inputs)


def _times(t: Any) -> Any:
    return t if t.dim() else float(t)


def _summed(rates: Any, t: Any) -> Any:
    """One number for each time: the sum over the points that have it."""
    rates = rates.sum(tuple(range(rates.dim() - t.dim()))) if rates.dim() > t.dim() else rates
    for axis in range(t.dim()):
        if t.shape[axis] == 1:
            rates = rates.sum(axis, keepdim=True)
    return rates.to(t.dtype)


class ExactVelocity(torch.nn.Module):
    """``u(t, x)``: t one number or one for each point (any shape that fits the leading one of x)."""

    def __init__(self, field: MarginalField) -> None:
        super().__init__()
        self.field = field

    def forward(self, t: Any, x: Any) -> Any:
        """The velocity, of the shape and precision of x."""
        if not isinstance(t, torch.Tensor):
            t = torch.as_tensor(t, dtype=torch.float64)
        return _Velocity.apply(t, x, self.field)

    def extra_repr(self) -> str:
        """Path and target."""
        return f"{self.field.path!r}, {self.field.target!r}"
