"""An exact field as a module of torch: a perfect network, with exact derivatives.

    from flowref.torch import ExactVelocity

    model = ExactVelocity(field)
    model(t, x)  # dx/dt at points x of shape (..., d), float64 or float32 on the CPU

The backward pass is the exact product with the Jacobian, and the exact du/dt for t; there is no second one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.autograd.function import once_differentiable

from ._fields import MarginalField


class _Velocity(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, t: Any, x: Any, field: MarginalField) -> Any:
        ctx.save_for_backward(t, x)
        ctx.field = field
        return _tensor(field.velocity(_times(t, x), _array(x)), x)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Any) -> tuple[Any, Any, None]:
        t, x = ctx.saved_tensors
        field, times, points, along = ctx.field, _times(t, x), _array(x), _array(gradient)
        for_t = for_x = None
        if ctx.needs_input_grad[1]:
            if field.source is None:
                # The Jacobian is symmetric.
                _, product = field.jacobian_product(times, points, along)
            else:
                product = np.einsum("...ij,...i->...j", field.jacobian(times, points), along)
            for_x = _tensor(product, x)
        if ctx.needs_input_grad[0]:
            rates = _tensor((field.time_derivative(times, points) * along).sum(-1), x)
            for_t = rates.sum_to_size(t.shape) if t.dim() else rates.sum()
        return for_t, for_x, None


def _array(x: Any) -> Any:
    return x.detach().numpy()


def _times(t: Any, x: Any) -> Any:
    return np.broadcast_to(_array(t), x.shape[:-1]) if t.dim() else float(t)


def _tensor(values: Any, like: Any) -> Any:
    return torch.from_numpy(np.asarray(values)).to(like.dtype)


class ExactVelocity(torch.nn.Module):
    """``u(t, x)``: t one number or one for each point (any shape that fits the leading one of x)."""

    def __init__(self, field: MarginalField) -> None:
        super().__init__()
        self.field = field

    def forward(self, t: Any, x: Any) -> Any:
        """The velocity, of the shape and precision of x."""
        t = torch.as_tensor(t, dtype=x.dtype)
        return _Velocity.apply(t, x, self.field)

    def extra_repr(self) -> str:
        """Path and target."""
        return f"{self.field.path!r}, {self.field.target!r}"
