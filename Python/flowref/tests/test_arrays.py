"""Arrays in and out: shapes, precisions, libraries, memory."""

import pickle

import numpy as np
import pytest

import flowref
from flowref import GaussianMixture, MarginalField, Path, PointCloud


@pytest.fixture(scope="module")
def field():
    return MarginalField(Path("vp"), GaussianMixture([[-2, 0, 1], [2, 0, 0]], [0.5, 0.25], weights=[1, 3]))


def points(*shape):
    return np.random.default_rng(0).standard_normal(shape)


@pytest.mark.parametrize("leading", [(), (1,), (7,), (2, 3), (0,), (2, 0, 3)])
def test_shapes(field, leading):
    x = points(*leading, 3)
    assert field.velocity(0.5, x).shape == (*leading, 3)
    assert np.shape(field.log_density(0.5, x)) == leading
    assert field.jacobian(0.5, x).shape == (*leading, 3, 3)
    assert field.posterior_weights(0.5, x).shape == (*leading, 2)
    assert [one.shape for one in field.jacobian_product(0.5, x, x)] == [x.shape, x.shape]
    assert flowref.flow(field, x, steps=2, solver="euler").x.shape == x.shape
    assert np.shape(flowref.likelihood(field, x, steps=2, solver="heun").log_density) == leading


def test_one_point_is_a_row_of_many(field):
    x = points(5, 3)
    for name in (one["name"] for one in flowref.catalogue()["quantities"]):
        many = field.value(name, 0.3, x)
        assert np.array_equal(np.stack([field.value(name, 0.3, row) for row in x]), many)


def test_a_time_for_each_point(field):
    x, t = points(2, 4, 3), np.linspace(0.1, 0.9, 8).reshape(2, 4)
    found = field.velocity(t, x)
    for place in np.ndindex(2, 4):
        assert np.array_equal(found[place], field.velocity(float(t[place]), x[place]))
    assert np.array_equal(field.velocity(t[:, :1], x)[:, 2], field.velocity(t[:, 0], x[:, 2]))
    assert np.array_equal(field.velocity(None, x, one_minus_t=1 - t), field.velocity(1 - (1 - t), x))
    assert np.array_equal(field.velocity(np.array([0.5]), x), field.velocity(0.5, x))
    assert np.array_equal(field.velocity(1, x), field.velocity(1.0, x))
    with pytest.raises(flowref.DimensionMismatchError):
        field.velocity(t[:, :3], x)


def test_times_next_to_one(field):
    x = points(3)
    assert np.isfinite(field.score(None, x, one_minus_t=1e-30)).all()
    with pytest.raises(flowref.InvalidFieldError, match="either"):
        field.velocity(0.5, x, one_minus_t=0.5)
    with pytest.raises(flowref.InvalidFieldError, match="either"):
        field.velocity(None, x)


def test_memory_of_any_kind(field):
    x = points(6, 3)
    expected = field.velocity(0.5, x)
    frozen = x.copy()
    frozen.setflags(write=False)
    same = (np.asfortranarray(x), np.repeat(x, 2, axis=0)[::2], x.tolist(), frozen, np.frombuffer(x.tobytes()))
    for one in same:
        assert np.array_equal(field.velocity(0.5, np.reshape(one, (6, 3)) if one is same[-1] else one), expected)
    with pytest.raises(flowref.InvalidFieldError):
        field.velocity(0.5, x.astype(">f8"))
    assert np.array_equal(field.velocity(0.5, [1, 0, 2]), field.velocity(0.5, np.array([1.0, 0, 2])))


def test_single_precision(field):
    x = points(5, 3).astype(np.float32)
    exact = field.velocity(0.5, x.astype(np.float64))
    found = field.velocity(0.5, x)
    assert found.dtype == np.float32
    assert np.array_equal(found, exact.astype(np.float32))
    assert field.log_density(0.5, x[0]).dtype == np.float32
    assert flowref.flow(field, x, steps=3).x.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float16, np.complex128, np.bool_, object, "U3"])
def test_other_precisions_are_refused(field, dtype):
    with pytest.raises(flowref.InvalidFieldError, match="float64 or float32"):
        field.velocity(0.5, np.zeros((2, 3)).astype(dtype))


def test_what_is_no_array_is_refused(field):
    with pytest.raises(flowref.InvalidFieldError, match="must be an array"):
        field.velocity(0.5, "abc")
    with pytest.raises(flowref.DimensionMismatchError, match="different lengths"):
        field.velocity(0.5, [[1.0, 2, 3], [1.0]])
    with pytest.raises(flowref.DimensionMismatchError, match="dimension 2, expected 3"):
        field.velocity(0.5, np.zeros((4, 2)))
    with pytest.raises(flowref.DimensionMismatchError):
        field.velocity(0.5, 1.0)


class Foreign:
    """An array of a library that has nothing but DLPack."""

    def __init__(self, values):
        self.values = values

    def __dlpack__(self, **more):
        return self.values.__dlpack__(**more)

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()

    def __array_namespace__(self):
        return type("library", (), {"from_dlpack": staticmethod(lambda values: Foreign(np.asarray(values)))})


class Interface:
    """An array of a library that has nothing but the array interface."""

    def __init__(self, values):
        self.kept = values
        self.__array_interface__ = values.__array_interface__


def test_other_libraries(field):
    x = points(4, 3)
    expected = field.velocity(0.5, x)
    found = field.velocity(0.5, Foreign(x))
    assert isinstance(found, Foreign)
    assert np.array_equal(found.values, expected)
    assert np.array_equal(field.velocity(0.5, Interface(x)), expected)


def test_jax(field):
    jax = pytest.importorskip("jax")
    x = jax.numpy.asarray(points(4, 3).astype(np.float32))
    found = field.velocity(0.5, x)
    assert isinstance(found, jax.Array)
    assert found.dtype == np.float32
    assert np.array_equal(np.asarray(found), field.velocity(0.5, np.asarray(x)))


def test_inputs_are_not_written(field):
    x, t = points(4, 3), np.full(4, 0.5)
    before = x.copy(), t.copy()
    field.value("marginal_jacobian", t, x)
    flowref.flow(field, x)
    flowref.likelihood(field, x, law="gaussian")
    assert np.array_equal(x, before[0])
    assert np.array_equal(t, before[1])


def test_handles_are_freed():
    resident = [0, 0]
    for round_ in range(2):
        for _ in range(300):
            MarginalField(Path("ot"), PointCloud(np.zeros((1000, 8)) + np.arange(1000)[:, None]))
        with open("/proc/self/statm") as file:
            resident[round_] = int(file.read().split()[1]) * 4096
    # A thousand points of eight axes three hundred times would be 20 MB and more.
    assert resident[1] - resident[0] < 10e6


def test_pickles(field):
    x = points(4, 3)
    copy = pickle.loads(pickle.dumps(field))
    assert np.array_equal(copy.velocity(0.5, x), field.velocity(0.5, x))
    sourced = MarginalField(
        Path("ot"), PointCloud([[0.0], [1.0]]), source=PointCloud([[2.0]]), tube="constant", tube_sigma=0.5
    )
    again = pickle.loads(pickle.dumps(sourced))
    assert again.velocity(0.5, np.ones(1)) == sourced.velocity(0.5, np.ones(1))
    error = pickle.loads(pickle.dumps(flowref.SingularError("no value", "t")))
    assert (error.field, error.message, error.code) == ("t", "no value", "singular")
