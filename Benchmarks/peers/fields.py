"""The exact velocity at many points, as one writes it in numpy, jax, torch and KeOps.

Every function takes queries x, data m, the time t on the path x = t x1 + (1 - t) x0 and the standard
deviation s of the Gaussians around the data, and returns a function without arguments that computes

    u(x) = D - g (1 - t),   g = (x - t M) / v,   D = M + t s^2 g,   v = t^2 s^2 + (1 - t)^2,
    M = sum_k softmax_k(-|x - t m_k|^2 / (2 v)) m_k.
"""

import math
import os

import numpy as np

CHUNK = 1 << 22  # numbers in a temporary matrix


def parts(x, m):
    rows = max(1, CHUNK // len(m))
    return [x[i:i + rows] for i in range(0, len(x), rows)]


def moments(xp, x, m, t, s, direct):
    """The velocity at the rows of x; `direct` differences or the expanded square."""
    v = t * t * s * s + (1 - t) ** 2
    if direct:
        square = sum((x[:, None, i] - t * m[None, :, i]) ** 2 for i in range(x.shape[1]))
    else:
        square = ((x * x).sum(1)[:, None] - 2 * t * (x @ m.T) + t * t * (m * m).sum(1)[None, :])
    logits = -square / (2 * v)
    weights = xp.exp(logits - logits.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    mean = weights @ m
    g = (x - t * mean) / v
    denoiser = mean + t * s * s * g
    return denoiser - (1 - t) * g


def numpy_field(x, m, t, s):
    direct = x.shape[1] <= 4
    return lambda: np.concatenate([moments(np, part, m, t, s, direct) for part in parts(x, m)])


def jax_field(x, m, t, s):
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    direct = x.shape[1] <= 4
    one = jax.jit(lambda part, m: moments(jnp, part, m, t, s, direct))
    m = jnp.asarray(m)
    # Equal parts, so that it compiles once.
    rows = max(1, CHUNK // len(m))
    padded = np.concatenate([x, np.repeat(x[-1:], -len(x) % rows, axis=0)])
    pieces = [jnp.asarray(padded[i:i + rows]) for i in range(0, len(padded), rows)]
    return lambda: np.concatenate([np.asarray(one(piece, m)) for piece in pieces])[:len(x)]


def torch_field(x, m, t, s):
    import torch

    direct = x.shape[1] <= 4
    m = torch.from_numpy(m)
    v = t * t * s * s + (1 - t) ** 2

    def one(part):
        part = torch.from_numpy(part)
        if direct:
            square = sum((part[:, None, i] - t * m[None, :, i]) ** 2 for i in range(m.shape[1]))
        else:
            square = (part * part).sum(1)[:, None] - 2 * t * (part @ m.T) + t * t * (m * m).sum(1)
        mean = torch.softmax(-square / (2 * v), dim=1) @ m
        g = (part - t * mean) / v
        return (mean + t * s * s * g - (1 - t) * g).numpy()

    return lambda: np.concatenate([one(part) for part in parts(x, m.numpy())])


def keops_field(x, m, t, s):
    os.environ["PYKEOPS_VERBOSE"] = "0"
    import torch
    from pykeops.torch import LazyTensor

    x_, m_ = torch.from_numpy(x), torch.from_numpy(m)
    v = t * t * s * s + (1 - t) ** 2

    def run():
        square = ((LazyTensor(x_[:, None, :]) - LazyTensor(t * m_[None, :, :])) ** 2).sum(-1)
        mean = (-square / (2 * v)).sumsoftmaxweight(LazyTensor(m_[None, :, :]), axis=1)
        g = (x_ - t * mean) / v
        return (mean + t * s * s * g - (1 - t) * g).numpy()

    return run


def flowref_field(x, m, t, s):
    """This library from Python: what a call costs beyond the same call in Swift."""
    import flowref

    target = flowref.GaussianMixture(m, s) if s > 0 else flowref.PointCloud(m)
    field = flowref.MarginalField(flowref.Path("ot"), target)
    return lambda: field.velocity(t, x)


PEERS = {"flowref": flowref_field, "numpy": numpy_field, "jax": jax_field, "torch": torch_field, "keops": keops_field}


def jax_divergence(x, m, t, s):
    """The trace of du/dx with the velocity: by the variance of the data given x."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    v = t * t * s * s + (1 - t) ** 2

    def one(part, m):
        square = ((part * part).sum(1)[:, None] - 2 * t * (part @ m.T)
                  + t * t * (m * m).sum(1)[None, :])
        if part.shape[1] <= 4:
            square = sum((part[:, None, i] - t * m[None, :, i]) ** 2 for i in range(part.shape[1]))
        weights = jax.nn.softmax(-square / (2 * v), axis=1)
        mean = weights @ m
        spread = weights @ (m * m).sum(1) - (mean * mean).sum(1)
        g = (part - t * mean) / v
        d = part.shape[1]
        # tr dM/dx = t tr Cov / v and tr dg/dx = (d - t tr dM/dx) / v.
        trace = t * spread / v
        g_trace = (d - t * trace) / v
        return mean + t * s * s * g - (1 - t) * g, trace + (t * s * s - (1 - t)) * g_trace

    compiled = jax.jit(one)
    m = jnp.asarray(m)
    rows = max(1, CHUNK // len(m))
    padded = np.concatenate([x, np.repeat(x[-1:], -len(x) % rows, axis=0)])
    pieces = [jnp.asarray(padded[i:i + rows]) for i in range(0, len(padded), rows)]
    return lambda: np.concatenate([np.asarray(compiled(piece, m)[1]) for piece in pieces])[:len(x)]


def truth(x, m, t, s):
    """In long double with direct differences, a query at a time."""
    L = np.longdouble
    t, s = L(t), L(s)
    v = t * t * s * s + (1 - t) ** 2
    m = m.astype(L)
    result = []
    for row in x.astype(L):
        difference = row - t * m
        logits = -(difference ** 2).sum(1) / (2 * v)
        weights = np.exp(logits - logits.max())
        mean = (weights[:, None] * m).sum(0) / weights.sum()
        g = (row - t * mean) / v
        result.append(mean + t * s * s * g - (1 - t) * g)
    return np.array(result)


def digits(values, expected):
    """Of the worst query, against the root mean square of the velocities; 17 are all."""
    error = np.sqrt(((values - expected) ** 2).sum(1).max() / (expected ** 2).sum(1).mean())
    return 17.0 if error == 0 else min(17.0, -math.log10(float(error)))
