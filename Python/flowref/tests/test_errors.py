"""Errors are typed and carry code, field and accepted range."""

import numpy as np
import pytest

import flowref
from flowref import FlowError, GaussianMixture, MarginalField, Path, PointCloud, Preset, Target
from flowref._errors import BY_CODE


@pytest.fixture(scope="module")
def field():
    return MarginalField(Path("ot"), PointCloud([[0.0, 1.0], [2.0, 3.0]], labels=["a", "b"]))


def test_a_class_for_every_code():
    assert [*(one["name"] for one in flowref.catalogue()["codes"]), "cancelled"] == list(BY_CODE)
    assert all(issubclass(one, FlowError) and one.code == code for code, one in BY_CODE.items())


CASES = [
    (lambda f: f.velocity(1.5, np.zeros(2)), "OutOfDomainError", "t", "[0.0, 1.0]"),
    (lambda f: f.velocity(float("nan"), np.zeros(2)), "NonFiniteError", "t", None),
    (lambda f: f.velocity(0.5, np.array([np.inf, 0])), "NonFiniteError", "x[0]", None),
    (lambda f: f.velocity(None, np.zeros(2), one_minus_t=-1), "OutOfDomainError", "one_minus_t", "[0.0, 1.0]"),
    (lambda f: f.score(1.0, np.zeros(2)), "SingularError", "t", None),
    (lambda f: f.value("nothing", 0.5, np.zeros(2)), "InvalidFieldError", "quantity", None),
    (lambda f: f.guided_velocity(0.5, np.zeros(2), "c", 1.0), "OutOfDomainError", "label", None),
    (lambda f: flowref.flow(f, np.zeros(2), solver="nothing"), "InvalidFieldError", "solver", None),
    (lambda f: flowref.flow(f, np.zeros(2), rtol=-1), "OutOfDomainError", "rtol", "[0, infinity)"),
    (lambda f: flowref.flow(f, np.zeros(2), steps=0), "OutOfDomainError", "steps", "[1, infinity)"),
    (lambda f: flowref.flow(f, np.zeros(2), steps=3, rtol=1e-3), "InvalidFieldError", "rtol", None),
    (lambda f: flowref.flow(f, np.zeros(2), solver="euler"), "UnsupportedError", "rtol", None),
    (lambda f: flowref.flow(f, np.zeros(2), t1=2), "OutOfDomainError", "t1", "[0.0, 1.0]"),
    (lambda f: flowref.likelihood(f, np.zeros(2), base="none"), "InvalidFieldError", "base", None),
    (lambda f: Path("none"), "InvalidFieldError", "path.kind", None),
    (lambda f: Path("polynomial"), "MissingFieldError", "path.exponent", None),
    (lambda f: Path("ot", sigma=1), "UnknownFieldError", "path.sigma", None),
    (lambda f: Path("ot", sigma_min=2), "OutOfDomainError", "sigma_min", None),
    (lambda f: Preset("none"), "InvalidFieldError", "target.name", None),
    (lambda f: GaussianMixture([[0.0]], -1.0), "OutOfDomainError", "std", None),
    (lambda f: GaussianMixture([[0.0]]), "InvalidFieldError", "std", None),
    (lambda f: GaussianMixture([[0.0]], 1.0, weights=[1, 2]), "DimensionMismatchError", "weights", None),
    (lambda f: GaussianMixture([[0.0]], covariances=[[[-1.0]]]), "OutOfDomainError", "covariances[0]", None),
    (lambda f: PointCloud([0.0, 1.0]), "DimensionMismatchError", "points", None),
    (lambda f: PointCloud([[0.0]], labels=["a", "b"]), "DimensionMismatchError", "labels", None),
    (lambda f: Target.from_request({"kind": "none"}), "InvalidFieldError", "target.kind", None),
    (lambda f: flowref.sinkhorn([[0.0]], [[1.0]], 0.0), "OutOfDomainError", "epsilon", "(0, infinity)"),
    (lambda f: flowref.assignment([[0.0]], [[1.0], [2.0]]), "DimensionMismatchError", "x1", None),
    (lambda f: flowref.ask("nothing"), "UnknownOperationError", "op", None),
    (lambda f: flowref.ask("schedule", t=0.5), "MissingFieldError", "path", None),
    (lambda f: flowref.sigma_grid(0), "OutOfDomainError", "steps", "[1, 1000000]"),
    (lambda f: MarginalField(f.path, f.target, tube="bridge"), "InvalidFieldError", "source", None),
    (lambda f: MarginalField(f.path, Preset("checkerboard")).posterior_weights(0.5, np.zeros(2)), None, None, None),
    (lambda f: MarginalField(f.path, Preset("two_moons")).posterior_weights(0.5, np.zeros(2)), "UnsupportedError",
     "target", None),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_errors(field, case):
    call, name, where, accepted = case
    if name is None:
        call(field)
        return
    with pytest.raises(FlowError) as found:
        call(field)
    error = found.value
    assert type(error).__name__ == name
    assert error.field == where
    assert error.code in str(error)
    if accepted is not None:
        assert error.accepted == accepted


def test_they_are_what_python_calls_them():
    assert issubclass(flowref.OutOfDomainError, ValueError)
    assert issubclass(flowref.UnsupportedError, NotImplementedError)
    assert issubclass(flowref.SingularError, ArithmeticError)
    assert issubclass(flowref.TooLargeError, MemoryError)


def test_too_large():
    field = MarginalField(Path("ot"), PointCloud(np.zeros((1, 3000))))
    with pytest.raises(flowref.TooLargeError), flowref.Run(memory=1e6):
        field.jacobian(0.5, np.zeros(3000))
