"""Trajectories of the exact field of eight Gaussians from noise to data, as one writes them with scipy
and diffrax, each with its own step-size control and the same tolerance."""

import numpy as np


def velocity(xp, t, x, m, s):
    """The exact velocity at one point."""
    v = t * t * s * s + (1 - t) ** 2
    square = ((x[None, :] - t * m) ** 2).sum(1)
    logits = -square / (2 * v)
    weights = xp.exp(logits - logits.max())
    mean = weights @ m / weights.sum()
    g = (x - t * mean) / v
    return mean + t * s * s * g - (1 - t) * g


def scipy_flow(starts, m, s, tolerance, method="DOP853"):
    """scipy takes one trajectory at a time. Returns the ends and the evaluations of each."""
    from scipy.integrate import solve_ivp

    def run():
        solved = [
            solve_ivp(lambda t, x: velocity(np, t, x, m, s), (0.0, 1.0), start, method=method,
                      rtol=tolerance, atol=tolerance)
            for start in starts]
        return np.array([one.y[:, -1] for one in solved]), np.mean([one.nfev for one in solved])

    return run


def diffrax_flow(starts, m, s, tolerance, solver="Dopri8"):
    """diffrax maps over all trajectories at once. Returns the ends and the steps of each."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import diffrax
    import jax.numpy as jnp

    m = jnp.asarray(m)
    term = diffrax.ODETerm(lambda t, x, _: velocity(jnp, t, x, m, s))
    method = getattr(diffrax, solver)()
    control = diffrax.PIDController(rtol=tolerance, atol=tolerance)

    def one(start):
        solved = diffrax.diffeqsolve(
            term, method, 0.0, 1.0, None, start, stepsize_controller=control, max_steps=4096)
        return solved.ys[-1], solved.stats["num_steps"]

    compiled = jax.jit(jax.vmap(one))
    starts = jnp.asarray(starts)

    def run():
        ends, steps = compiled(starts)
        return np.asarray(ends), float(np.asarray(steps).mean())

    return run


def reference(starts, m, s):
    """DOP853 at the smallest tolerance that scipy accepts."""
    return scipy_flow(starts, m, s, 3e-14)()[0]
