#!/usr/bin/env python3
"""Adapter for POT: ot.sinkhorn with its default method, ot.emd, and the map between Gaussians.

A tolerance is `stopThr`; a request without one asks for the optimum, `stopThr = 0` with 10,000 sweeps. The weights are equal,
the costs squared distances by ot.dist. The cost of an entropic plan is sum P C.
"""

import warnings

import numpy
import ot

import wire

REAL = getattr(numpy, wire.PRECISION)


def problem(request):
    x0, x1 = (numpy.array(request[name], REAL) for name in ("x0", "x1"))
    return ot.unif(len(x0), type_as=x0), ot.unif(len(x1), type_as=x1), ot.dist(x0, x1)


def sinkhorn(request):
    a, b, cost = problem(request)
    plan = ot.sinkhorn(
        a, b, cost, REAL(request["epsilon"]), stopThr=request.get("tolerance", 0), numItermax=10000)
    return {"plan": plan.tolist(), "cost": float((plan * cost).sum())}


def assignment(request):
    a, b, cost = problem(request)
    if len(a) != len(b):
        raise wire.Refusal("unsupported", "another problem: masses are split")
    plan = ot.emd(a, b, cost)
    return {"permutation": plan.argmax(1).tolist(), "cost": float(len(a) * (plan * cost).sum())}


def gaussian_ot_map(request):
    mean0, mean1, c0, c1, x = (
        numpy.array(request[name], REAL) for name in ("mean0", "mean1", "covariance0", "covariance1", "x"))
    matrix, offset = ot.gaussian.bures_wasserstein_mapping(mean0, mean1, c0, c1)
    return (x @ matrix + offset).ravel().tolist()


warnings.simplefilter("ignore")
wire.serve(
    {"name": "POT", "version": ot.__version__},
    {"sinkhorn": sinkhorn, "assignment": assignment, "gaussian_ot_map": gaussian_ot_map})
