"""The exact field as a module of torch."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from flowref import GaussianMixture, InvalidFieldError, MarginalField, Path, flow
from flowref.torch import ExactVelocity

# What torch itself does by a way that it has given up.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script`:FutureWarning")

X = torch.tensor(np.random.default_rng(0).standard_normal((5, 2)))


@pytest.fixture(params=[None, "sourced"])
def field(request):
    source = GaussianMixture([[1.0, 0.5], [-1.0, 0.0]], 0.3) if request.param else None
    return MarginalField(Path("ot"), GaussianMixture([[-2, 0], [2, 0]], 0.5, weights=[1, 3]), source=source)


def test_values(field):
    model = ExactVelocity(field)
    assert np.array_equal(model(0.5, X).numpy(), field.velocity(0.5, X.numpy()))
    t = torch.linspace(0.1, 0.9, 5, dtype=torch.float64)
    assert np.array_equal(model(t, X).numpy(), field.velocity(t.numpy(), X.numpy()))
    single = model(0.5, X.float())
    assert single.dtype == torch.float32
    assert "Path('ot')" in repr(model)


def test_gradients(field):
    model = ExactVelocity(field)
    x = X.clone().requires_grad_(True)
    for t in (torch.tensor(0.5, dtype=torch.float64), torch.linspace(0.1, 0.9, 5, dtype=torch.float64)):
        assert torch.autograd.gradcheck(model, (t.requires_grad_(True), x))
        assert torch.autograd.gradcheck(lambda t, x: model(t, x.reshape(1, 5, 2)), (t, x))
    alone = X[0].clone().requires_grad_(True)
    assert torch.autograd.gradcheck(lambda x: model(0.25, x), (alone,))


def test_forward_mode(field):
    model = ExactVelocity(field)
    t = torch.linspace(0.1, 0.9, 5, dtype=torch.float64).requires_grad_(True)
    x = X.clone().requires_grad_(True)
    assert torch.autograd.gradcheck(model, (t, x), check_forward_ad=True)
    columns = torch.func.jvp(lambda x: model(0.5, x), (X,), (torch.ones_like(X),))[1]
    assert torch.allclose(columns, field.jacobian(0.5, X).sum(-1), rtol=1e-12)


def test_transforms_of_functions(field):
    model, t = ExactVelocity(field), torch.linspace(0.1, 0.9, 5, dtype=torch.float64)
    jacobian, rate = field.jacobian(t, X), field.time_derivative(t, X)
    for jac in (torch.func.jacrev, torch.func.jacfwd):
        assert torch.allclose(torch.func.vmap(jac(model, argnums=1))(t, X), jacobian, rtol=1e-12)
        assert torch.allclose(torch.func.vmap(jac(model, argnums=0))(t, X), rate, rtol=1e-12)
    assert torch.equal(torch.func.vmap(model, in_dims=(0, None))(t, X)[2], field.velocity(t[2], X))
    x = X[:4].reshape(2, 2, 2)
    assert torch.equal(torch.func.vmap(model, in_dims=(None, 1), out_dims=1)(0.5, x), field.velocity(0.5, x))


def test_there_is_no_second_derivative(field):
    """Not a zero: whoever asks is told."""
    model, x = ExactVelocity(field), X.clone().requires_grad_(True)
    gradient = torch.autograd.grad(model(0.5, x).sum(), x, create_graph=True)[0]
    with pytest.raises(NotImplementedError, match="second"):
        (gradient**2).sum().backward()
    with pytest.raises(NotImplementedError, match="second"):
        torch.func.hessian(lambda x: model(0.5, x).sum())(X[0])


def test_a_sampler(field):
    """Whoever has a sampler for networks can put the exact field into it, and learn through it."""

    def sampler(model, x, steps=8):
        for k in range(steps):
            x = x + model(k / steps, x) / steps
        return x

    model, x = ExactVelocity(field), X.clone().requires_grad_(True)
    exact = flow(field, X, solver="euler", steps=8).x
    assert torch.allclose(sampler(model, X), exact, rtol=1e-12)
    assert torch.autograd.gradcheck(lambda x: sampler(model, x), (x,))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.int64, torch.complex64])
def test_other_precisions_are_refused(field, dtype):
    with pytest.raises(InvalidFieldError, match=r"float64 or float32.*found .*" + str(dtype).rpartition(".")[2]):
        ExactVelocity(field)(0.5, X.to(dtype))


def test_other_devices_are_refused(field):
    for ask in (ExactVelocity(field), field.velocity):
        with pytest.raises(InvalidFieldError, match=r"on the CPU, found torch\.float64 on meta"):
            ask(0.5, X.to("meta"))


def test_arrays_of_torch(field):
    found = field.velocity(0.5, X)
    assert isinstance(found, torch.Tensor)
    assert np.array_equal(found.numpy(), field.velocity(0.5, X.numpy()))
    assert field.log_density(0.5, X.float()).dtype == torch.float32
    assert field.velocity(0.5, X.clone().requires_grad_(True)).shape == X.shape
