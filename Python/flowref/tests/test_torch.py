"""The exact field as a module of torch."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from flowref import GaussianMixture, MarginalField, Path
from flowref.torch import ExactVelocity

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


def test_arrays_of_torch(field):
    found = field.velocity(0.5, X)
    assert isinstance(found, torch.Tensor)
    assert np.array_equal(found.numpy(), field.velocity(0.5, X.numpy()))
    assert field.log_density(0.5, X.float()).dtype == torch.float32
    assert field.velocity(0.5, X.clone().requires_grad_(True)).shape == X.shape
