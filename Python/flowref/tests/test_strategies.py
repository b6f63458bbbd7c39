"""Requests that hypothesis draws: the engine answers them, mistakes are found and made small, what is right passes."""

import json
import math

import numpy as np
import pytest
from flowref_fixtures import Refusal
from hypothesis import HealthCheck, find, given, settings
from hypothesis.errors import NoSuchExample

import flowref
from flowref import strategies

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
)


@pytest.mark.parametrize("operation", strategies.OPERATIONS)
def test_the_engine_answers_most_requests(operation):
    counts = {"value": 0, "error": 0, "nothing": 0}
    oracle = flowref.Oracle()

    @QUICK
    @given(strategies.requests(operation))
    def draw(request):
        assert request["op"] == operation
        expected = strategies.expectation(request)
        answer = json.loads(oracle.answer(json.dumps(request).encode()))
        if expected is None:
            counts["nothing"] += 1
        elif "error" in expected:
            counts["error"] += 1
            assert answer["error"]["code"] == expected["error"]
        else:
            counts["value"] += 1
            assert answer["value"] == expected["value"]

    draw()
    assert counts["value"] > sum(counts.values()) / 2, counts


def schedule(path, t):
    """alpha and sigma of some paths in double precision, carefully."""
    if path["kind"] == "ot":
        return t, (1 - t) + path["sigma_min"] * t
    if path["kind"] == "linear_vp":
        return t, math.sqrt((1 - t) * (1 + t))
    raise AssertionError(path)


REQUESTS = strategies.requests("conditional_flow", paths=["ot", "linear_vp"], one_minus_t=False)


def conditional_flow(request, mistaken=False):
    path, t = request["path"], request["t"]
    if mistaken and path["kind"] == "linear_vp":
        alpha, sigma = t, math.sqrt(1 - t * t)
    else:
        alpha, sigma = schedule(path, t)
    return alpha * np.array(request["x1"]) + sigma * np.array(request["x0"])


def test_what_is_right_passes():
    @settings(QUICK, max_examples=300)
    @given(REQUESTS)
    def draw(request):
        strategies.check(request, conditional_flow(request))

    draw()


def fails(request):
    try:
        strategies.check(request, conditional_flow(request, mistaken=True))
    except AssertionError:
        return True
    except BaseException:
        return False
    return False


def test_a_mistake_is_found_and_made_small():
    found = find(REQUESTS, fails, settings=settings(QUICK, max_examples=3000))
    assert found["path"]["kind"] == "linear_vp"
    assert len(found["x0"]) == 1
    assert len(json.dumps(found)) < 120
    with pytest.raises(AssertionError, match="allow"):
        strategies.check(found, conditional_flow(found, mistaken=True))


def test_arrays_of_the_package_pass():
    from exact import Exact

    exact = Exact()

    @settings(QUICK, max_examples=200)
    @given(strategies.requests())
    def draw(request):
        if not exact.offers(request["op"]):
            return
        from flowref_fixtures import PRECISIONS

        try:
            answer = exact.answer(request, PRECISIONS["float64"])
        except Refusal as refusal:
            answer = refusal
        strategies.check(request, answer)

    draw()


def test_single_precision():
    request = {"op": "conditional_flow", "path": {"kind": "ot", "sigma_min": 0.0}, "t": 0.5, "x0": [1.0], "x1": [2.0]}
    strategies.check(request, np.float32(1.5) * np.ones(1, np.float32), precision="float32")
    with pytest.raises(AssertionError):
        strategies.check(request, [1.5 + 1e-5], precision="float32")
    with pytest.raises(AssertionError, match="raised"):
        strategies.check(request, RuntimeError("so"))


def test_nothing_to_find():
    with pytest.raises(NoSuchExample):
        find(REQUESTS, lambda request: request["path"]["kind"] == "vp", settings=settings(QUICK, max_examples=200))
    with pytest.raises(ValueError, match="not of nothing"):
        strategies.requests("nothing")
