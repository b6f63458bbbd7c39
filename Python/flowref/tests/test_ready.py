"""Few points at a time: the calls whose arguments stand ready are nobody else's."""

import concurrent.futures
import signal
import time

import numpy as np
import pytest

import flowref
from flowref import MarginalField, Oracle, Path, Preset


@pytest.fixture
def field():
    return MarginalField(Path("ot"), Preset("eight_gaussians"))


X = np.random.default_rng(0).standard_normal((400, 2))


def test_results_are_kept_apart(field):
    expected = field.velocity(0.5, X)
    found = [field.velocity(0.5, x) for x in X]
    assert np.array_equal(found, expected)
    assert type(field.log_density(0.5, X[0])) is np.float64
    assert X.base is None
    found[0][:] = 0
    assert np.array_equal(field.velocity(0.5, X[0]), expected[0])


def test_batches_of_all_shapes(field):
    """More shapes than are kept ready at a time."""
    expected = field.jacobian(0.5, X)
    for count in range(1, 150):
        assert np.array_equal(field.jacobian(0.5, X[:count]), expected[:count])
        assert np.array_equal(field.jacobian(0.5, X[: 2 * count : 2]), expected[: 2 * count : 2])
    assert np.array_equal(field.jacobian(0.5, X.reshape(4, 100, 2)), expected.reshape(4, 100, 2, 2))


def test_after_an_error(field):
    before = field.score(0.5, X[0])
    for _ in range(3):
        with pytest.raises(flowref.NonFiniteError):
            field.score(0.5, np.array([np.nan, 0]))
        with pytest.raises(flowref.OutOfDomainError):
            field.score(1.5, X[0])
        assert np.array_equal(field.score(0.5, X[0]), before)
    with pytest.raises(flowref.InvalidFieldError):
        field.value("nothing", 0.5, X[0])


def test_threads(field):
    expected = field.velocity(0.5, X)

    def work(first):
        rows = [*range(first, len(X))] * 3
        return all(np.array_equal(field.velocity(0.5, X[k]), expected[k]) for k in rows)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(16)))


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_what_interrupts_a_call_makes_its_own(field):
    expected = field.velocity(0.5, X)
    interrupted = []
    before = signal.signal(signal.SIGALRM, lambda *_: interrupted.append(field.velocity(0.5, X[0])))
    signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)
    try:
        end = time.monotonic() + 1
        while time.monotonic() < end:
            for x, value in zip(X, expected, strict=True):
                assert np.array_equal(field.velocity(0.5, x), value)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted
    assert np.array_equal(interrupted[-1], expected[0])


def test_answers_of_any_length():
    oracle = Oracle()
    line = b'{"id":%d,"op":"echo","value":[%s]}'
    for count in (1, 5000, 2, 40_000, 3, 0, 41_000):
        numbers = b",".join(b"%d" % k for k in range(count))
        wanted = b'{"id":7,"ok":true,"value":[%s]}\n' % b",".join(b"%d.0" % k for k in range(count))
        assert oracle.answer(line % (7, numbers)) == wanted
    assert oracle.answer(bytearray(line % (1, b""))) == b'{"id":1,"ok":true,"value":[]}\n'
    with pytest.raises(TypeError):
        oracle.answer("{}")
    with pytest.raises(flowref.InvalidFieldError):
        oracle.answer(b"")
