"""Threads, limits, progress, ends from elsewhere; and that none of them changes a bit."""

import shutil
import threading

import numpy as np
import pytest

import flowref
from flowref import Cancellation, MarginalField, Path, PointCloud, Preset, Run


@pytest.fixture(scope="module")
def field():
    return MarginalField(Path("ot"), Preset("eight_gaussians"))


@pytest.fixture(scope="module")
def cloud():
    rng = np.random.default_rng(0)
    return MarginalField(Path("ot"), PointCloud(rng.standard_normal((2000, 8)))), rng.standard_normal((3000, 8))


def test_there_is_no_swift_here():
    assert shutil.which("swift") is None


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads(cloud, threads):
    field, x = cloud
    expected = field.velocity(0.5, x)
    assert np.array_equal(field.velocity(0.5, x, run=Run(threads)), expected)
    with Run(threads):
        assert np.array_equal(field.velocity(0.5, x), expected)


def test_progress_and_slices(cloud):
    field, x = cloud
    x = np.tile(x, (6, 1))
    t = np.linspace(0.2, 0.8, len(x))
    told = []
    found = field.velocity(t, x, run=Run(progress=lambda done, total: told.append((done, total))))
    assert np.array_equal(found, field.velocity(t, x, run=Run(1)))
    assert np.array_equal(
        found[::999], np.stack([field.velocity(float(a), b) for a, b in zip(t[::999], x[::999], strict=True)])
    )
    assert len(told) > 1
    assert told[-1] == (len(x), len(x))
    assert sorted(told) == told


def test_slices_of_likelihoods_and_samples(field):
    x = field.sample(0.0, 300, seed=3)
    whole = flowref.likelihood(field, x, law="rademacher", probes=2, seed=9, steps=4, solver="rk4")
    with Run(progress=lambda done, total: None):
        parts = flowref.likelihood(field, x, law="rademacher", probes=2, seed=9, steps=4, solver="rk4")
    assert np.array_equal(whole.log_density, parts.log_density)
    assert np.array_equal(whole.x0, parts.x0)
    samples = flowref.sample(field, 100, seed=1, diffusion=0.5, steps=5)
    assert np.array_equal(samples[60:], flowref.sample(field, 40, seed=1, first=60, diffusion=0.5, steps=5))
    assert np.array_equal(flowref.sample(field, 9, seed=1)[4:], flowref.sample(field, 5, seed=1, first=4))
    assert np.array_equal(field.target.sample(9, seed=1)[4:], field.target.sample(5, seed=1, first=4))


def test_an_error_of_progress_ends_the_call(cloud):
    field, x = cloud

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        field.velocity(0.5, np.tile(x, (6, 1)), run=Run(progress=stop))


def test_cancellation_from_another_thread(field):
    cancellation = Cancellation()
    threading.Timer(0.2, cancellation.cancel).start()
    with pytest.raises(flowref.CancelledError):
        flowref.flow(field, np.zeros((20_000, 2)), steps=100_000, run=Run(cancellation=cancellation))
    with pytest.raises(flowref.CancelledError):
        field.velocity(0.5, np.zeros((2, 2)), run=Run(cancellation=cancellation))


def test_the_time_is_up(field):
    with pytest.raises(flowref.NoConvergenceError, match="limit of"):
        flowref.flow(field, np.zeros((2000, 2)), steps=100_000, run=Run(seconds=0.05))


@pytest.mark.parametrize("settings", [{"threads": 0}, {"seconds": -1.0}, {"memory": 0.0}, {"seconds": float("nan")}])
def test_settings(settings):
    with pytest.raises(ValueError, match="outside"):
        Run(**settings)


def test_many_python_threads(cloud):
    field, x = cloud
    expected = field.velocity(0.5, x[:50])
    found = [None] * 8

    def work(k):
        found[k] = field.velocity(0.5, x[:50])
        assert flowref.ask("bits_per_dim", log_density=-1.0, dimension=1) > 0
        with pytest.raises(flowref.OutOfDomainError):
            field.velocity(2.0, x[:50])

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert all(np.array_equal(one, expected) for one in found)
