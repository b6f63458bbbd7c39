"""Operations on a few numbers, which go by the wire protocol in process."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._names import Convention, Law, Spacing
from ._oracle import Oracle

_thread = threading.local()


def ask(op: str, /, **fields: Any) -> Any:
    """The value of an operation by this thread's oracle: ``flowref.ask("schedule", path=Path("vp"), t=0.5)``."""
    oracle = getattr(_thread, "oracle", None)
    if oracle is None:
        oracle = _thread.oracle = Oracle(allow_files=True)
    return oracle.ask(op, **fields)


class SigmaGrid(NamedTuple):
    """Noise levels, the final 0 included, and 1000 times these without it."""

    sigmas: NDArray[np.float64]
    timesteps: NDArray[np.float64]


def sigma_grid(
    steps: int,
    *,
    shift: float | None = None,
    mu: float | None = None,
    shift_twice: bool | None = None,
    terminal: float | None = None,
    spacing: Spacing | None = None,
) -> SigmaGrid:
    """The time grids of the popular flow-matching schedulers (data at sigma = 0, noise at 1)."""
    found = ask(
        "sigma_grid", steps=steps, shift=shift, mu=mu, shift_twice=shift_twice, terminal=terminal, spacing=spacing
    )
    return SigmaGrid(np.array(found["sigmas"]), np.array(found["timesteps"]))


class DDPMPosterior(NamedTuple):
    """The law of the step before."""

    mean: NDArray[np.float64]
    variance: float


def ddpm_posterior(betas: Any, step: int, x: Any, z: Any) -> DDPMPosterior:
    """``q(z_(k-1) | z_k, x)`` of the discrete diffusion with these betas, k from 1 on."""
    found = ask("ddpm_posterior", betas=np.asarray(betas), step=step, x=np.asarray(x), z=np.asarray(z))
    return DDPMPosterior(np.array(found["mean"]), found["variance"])


def bits_per_dim(log_density: float, dimension: int) -> float:
    """``7 - log_density/(dimension log 2)``: of data in [-1, 1] that stand for 256 grey levels."""
    found: float = ask("bits_per_dim", log_density=float(log_density), dimension=int(dimension))
    return found


class TraceEstimate(NamedTuple):
    """The mean over the probes and its standard error (``None`` for one)."""

    mean: float
    standard_error: float | None


def trace_estimate(matrix: Any, probes: Any) -> TraceEstimate:
    """Hutchinson's estimate of a trace by given probes."""
    found = ask("trace_estimate", matrix=np.asarray(matrix), probes=np.asarray(probes))
    return TraceEstimate(found["mean"], found["standard_error"])


def trace_variance(matrix: Any, law: Law) -> float:
    """The variance of one probe's estimate."""
    found: float = ask("trace_estimate", matrix=np.asarray(matrix), law=law)["variance"]
    return found


class Converted(NamedTuple):
    """A point of the same flow in another convention."""

    t: float
    x: NDArray[np.float64]
    velocity: NDArray[np.float64]


def convert_convention(t: float, x: Any, velocity: Any, source: Convention, to: Convention) -> Converted:
    """Which end of [0, 1] is the noise, and the sign of the velocity."""
    found = ask(
        "convert_convention", **{"from": source, "to": to}, t=float(t), x=np.asarray(x), velocity=np.asarray(velocity)
    )
    return Converted(found["t"], np.array(found["x"]), np.array(found["velocity"]))
