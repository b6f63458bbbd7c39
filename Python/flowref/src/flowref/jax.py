"""An exact field as a function of jax: a perfect network, with exact derivatives.

    import jax
    from flowref.jax import velocity

    u = velocity(field)  # u(t, x), under jit, vmap, grad and jacfwd

Values come from the engine by a callback on the CPU; derivatives in x are the exact Jacobian, in t the exact du/dt.
Arrays of float32 are computed in double precision and rounded; with ``jax_enable_x64`` nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ._fields import MarginalField


def velocity(field: MarginalField) -> Callable[[Any, Any], Any]:
    """``u(t, x)``: x of the shape ``(..., d)``, t one number or one for each point."""

    def host(name: str) -> Callable[[Any, Any], Any]:
        def values(t: Any, x: Any) -> Any:
            t, x = np.asarray(t), np.asarray(x)
            # One time for all the points of an array that vmap has given further axes in front.
            t = t.reshape(t.shape + (1,) * (x.ndim - 1 - t.ndim))
            return np.asarray(getattr(field, name)(t, x), x.dtype)

        return values

    def call(name: str, shape: tuple[int, ...], t: Any, x: Any) -> Any:
        return jax.pure_callback(host(name), jax.ShapeDtypeStruct(shape, x.dtype), t, x, vmap_method="broadcast_all")

    @jax.custom_jvp
    def u(t: Any, x: Any) -> Any:
        return call("velocity", x.shape, t, x)

    @u.defjvp
    def derivative(primals: tuple[Any, Any], tangents: tuple[Any, Any]) -> tuple[Any, Any]:
        (t, x), (dt, dx) = primals, tangents
        jacobian = call("jacobian", (*x.shape, x.shape[-1]), t, x)
        rate = call("time_derivative", x.shape, t, x)
        steps = jnp.reshape(dt, jnp.shape(dt) + (1,) * (x.ndim - jnp.ndim(dt)))
        return u(t, x), jnp.einsum("...ij,...j->...i", jacobian, dx) + rate * steps

    def velocity(t: Any, x: Any) -> Any:
        x = jnp.asarray(x)
        return u(jnp.asarray(t, x.dtype), x)

    return velocity
