"""The exact field under jit, vmap, grad and jacfwd of jax."""

import numpy as np
import pytest

jax = pytest.importorskip("jax")

from jax.test_util import check_grads

from flowref import GaussianMixture, MarginalField, Path, PointCloud
from flowref.jax import velocity

X = np.random.default_rng(0).standard_normal((5, 2))


@pytest.fixture(params=[None, "sourced"])
def field(request):
    source = GaussianMixture([[1.0, 0.5], [-1.0, 0.0]], 0.3) if request.param else None
    return MarginalField(Path("ot"), GaussianMixture([[-2, 0], [2, 0]], 0.5, weights=[1, 3]), source=source)


@pytest.fixture(autouse=True)
def _double():
    with jax.enable_x64(True):
        yield


def test_values(field):
    u = velocity(field)
    assert np.array_equal(u(0.5, X), field.velocity(0.5, X))
    assert np.array_equal(jax.jit(u)(0.5, X), field.velocity(0.5, X))
    t = np.linspace(0.1, 0.9, 5)
    assert np.array_equal(jax.vmap(u)(t, X), field.velocity(t, X))
    assert np.array_equal(u(t, X), field.velocity(t, X))
    assert np.array_equal(jax.vmap(u, in_axes=(0, None))(t, X)[2], field.velocity(t[2], X))


def test_derivatives(field):
    u = velocity(field)
    assert np.allclose(jax.jacfwd(u, argnums=1)(0.5, X[0]), field.jacobian(0.5, X[0]), rtol=1e-13)
    assert np.allclose(jax.jacrev(u, argnums=1)(0.5, X[0]), field.jacobian(0.5, X[0]), rtol=1e-13)
    assert np.allclose(jax.jacfwd(u)(0.5, X), field.time_derivative(0.5, X), rtol=1e-13)
    gradient = jax.jit(jax.grad(lambda x: (u(0.5, x) ** 2).sum()))(X)
    expected = 2 * np.einsum("nij,ni->nj", field.jacobian(0.5, X), field.velocity(0.5, X))
    assert np.allclose(gradient, expected, rtol=1e-12)
    check_grads(u, (0.5, X), order=1, modes=("fwd", "rev"), rtol=1e-5)
    check_grads(u, (np.linspace(0.1, 0.9, 5), X), order=1, modes=("fwd", "rev"), rtol=1e-5)


def test_single_precision():
    field = MarginalField(Path("vp"), PointCloud([[0.0, 1.0], [1.0, 0.0]]))
    x = X.astype(np.float32)
    found = velocity(field)(0.5, x)
    assert found.dtype == np.float32
    assert np.array_equal(found, field.velocity(0.5, x))
