#!/usr/bin/env python3
"""Adapter for torchcfm: the velocities of its four matchers, the samples of the target matcher, and its pairings.

It takes only t. `pair_velocity` asks ConditionalFlowMatcher (icfm), SchrodingerBridgeConditionalFlowMatcher and
VariancePreservingConditionalFlowMatcher (vp_trigonometric); the path ot with sigma_min is TargetConditionalFlowMatcher. A plan is
that of OTPlanSampler; its cost, which the library does not say, is sum P C.
"""

import warnings
from importlib.metadata import version

import numpy
import torch
from torchcfm import conditional_flow_matching as cfm
from torchcfm.optimal_transport import OTPlanSampler

import wire
from wire import Refusal

REAL = getattr(torch, wire.PRECISION)
PAIRS = {
    "icfm": cfm.ConditionalFlowMatcher, "schrodinger_bridge": cfm.SchrodingerBridgeConditionalFlowMatcher,
    "vp_trigonometric": cfm.VariancePreservingConditionalFlowMatcher}


def tensor(value):
    return torch.tensor(value, dtype=REAL)


def pair_velocity(request):
    if request["kind"] not in PAIRS:
        raise Refusal("invalid_field", "kind")
    matcher = PAIRS[request["kind"]](sigma=request["sigma"])
    x0, x1, x = (tensor([request[name]]) for name in ("x0", "x1", "x"))
    return matcher.compute_conditional_flow(x0, x1, tensor([request["t"]]), x)[0].tolist()


def target(request):
    path = request["path"]
    if path["kind"] != "ot":
        raise Refusal("unsupported")
    if not set(path) <= {"kind", "sigma_min"}:
        raise Refusal("unknown_field")
    return cfm.TargetConditionalFlowMatcher(sigma=path.get("sigma_min", 0.0))


def conditional_velocity(request):
    matcher, x, x1 = target(request), tensor([request["x"]]), tensor([request["x1"]])
    return matcher.compute_conditional_flow(None, x1, tensor([request["t"]]), x)[0].tolist()


def conditional_flow(request):
    matcher, x0, x1 = target(request), tensor([request["x0"]]), tensor([request["x1"]])
    return matcher.sample_xt(torch.zeros_like(x1), x1, tensor([request["t"]]), epsilon=x0)[0].tolist()


def transport(request, sampler):
    x0, x1 = tensor(request["x0"]), tensor(request["x1"])
    plan = sampler.get_map(x0, x1)
    return plan, float((plan * (torch.cdist(x0, x1) ** 2).numpy()).sum())


def sinkhorn(request):
    if request.get("tolerance") != 1e-9:
        raise Refusal("unsupported", "the tolerance is POT's default, 1e-9")
    plan, cost = transport(request, OTPlanSampler(method="sinkhorn", reg=request["epsilon"]))
    return {"plan": plan.tolist(), "cost": cost}


def assignment(request):
    if len(request["x0"]) != len(request["x1"]):
        raise Refusal("unsupported", "another problem: masses are split")
    plan, cost = transport(request, OTPlanSampler(method="exact"))
    return {"permutation": numpy.asarray(plan).argmax(1).tolist(), "cost": len(plan) * cost}


warnings.simplefilter("ignore")
torch.set_num_threads(1)
wire.serve(
    {"name": "torchcfm", "version": version("torchcfm"), "time": "t_only"},
    {"pair_velocity": pair_velocity, "conditional_velocity": conditional_velocity, "conditional_flow": conditional_flow,
     "sinkhorn": sinkhorn, "assignment": assignment})
