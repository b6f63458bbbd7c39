#!/usr/bin/env python3
"""Adapter for the torch library flow_matching 1.0.10 (CC-BY-NC: called, not copied).

The library takes only t, which the greeting says. Its schedules have no variance and no log-SNR; they are sigma^2 and
log(alpha/sigma) here, as in its own schedule transform.
"""

from importlib.metadata import version

import torch
from flow_matching.path import AffineProbPath
from flow_matching.path.scheduler import (
    CondOTScheduler, CosineScheduler, LinearVPScheduler, PolynomialConvexScheduler,
    ScheduleTransformedModel, VPScheduler)
from flow_matching.solver import ODESolver
from flow_matching.utils import ModelWrapper

import wire
from wire import Refusal, Slopes

REAL = getattr(torch, wire.PRECISION)
OPERATIONS = [
    "schedule", "time_at_log_snr", "conditional_flow", "conditional_velocity", "convert", "schedule_transform"]
OWN = {
    "ot": {"sigma_min"}, "cosine": set(), "linear_vp": set(), "polynomial": {"exponent"},
    "vp": {"beta_min", "beta_max"}}
NAMES = {"x1": "target", "noise": "epsilon", "velocity": "velocity"}


def scheduler(path):
    """The library's scheduler of a path; others are unsupported, wrong parameters its own business."""
    kind = path["kind"]
    if kind not in OWN or path.get("sigma_min", 0) != 0:
        raise Refusal("unsupported")
    if not set(path) <= {"kind"} | OWN[kind]:
        raise Refusal("unknown_field")
    if kind == "ot":
        return CondOTScheduler()
    if kind == "cosine":
        return CosineScheduler()
    if kind == "linear_vp":
        return LinearVPScheduler()
    if kind == "polynomial":
        return PolynomialConvexScheduler(path["exponent"])
    return VPScheduler(path.get("beta_min", 0.1), path.get("beta_max", 20.0))


def tensor(value):
    return torch.tensor(value, dtype=REAL)


class Exact(ModelWrapper):
    """The exact velocity of an isotropic Gaussian mixture, for the schedule transform to transform."""

    def __init__(self, path, target):
        super().__init__(None)
        if target.get("kind") != "gaussian_mixture" or "std" not in target:
            raise Refusal("unsupported")
        self.schedule = scheduler(path)
        self.means = tensor(target["means"])
        count = len(target["means"])
        std = target["std"]
        self.variance = tensor(std if isinstance(std, list) else [std] * count) ** 2
        self.logs = torch.log(tensor(target.get("weights", [1] * count)))

    def forward(self, x, t, **extras):
        s = self.schedule(t)
        v = s.sigma_t ** 2 + s.alpha_t ** 2 * self.variance
        rest = x - s.alpha_t * self.means
        logs = self.logs - (rest ** 2).sum(1) / (2 * v) - x.shape[-1] / 2 * torch.log(v)
        weights = torch.softmax(logs, 0)[:, None]
        rate = (s.sigma_t * s.d_sigma_t + s.alpha_t * s.d_alpha_t * self.variance) / v
        return (weights * (s.d_alpha_t * self.means + rate[:, None] * rest)).sum(0, keepdim=True)


def answer(request):
    op = request["op"]
    plan = scheduler(request["path"])
    if op == "time_at_log_snr":
        t = plan.snr_inverse(torch.exp(tensor(request["log_snr"]))).item()
        return {"t": t, "one_minus_t": (1 - tensor(t)).item()}
    t = tensor(request["t"])
    path = AffineProbPath(plan)
    if op == "schedule":
        s = plan(t)
        a, b, da, db = s.alpha_t, s.sigma_t, s.d_alpha_t, s.d_sigma_t
        values = {
            "alpha": a, "sigma": b, "variance": b * b, "alpha_dot": da, "sigma_dot": db,
            "variance_dot": 2 * b * db, "log_snr": torch.log(a / b), "log_snr_dot": da / a - db / b}
        return {name: value.item() for name, value in values.items()}
    if op == "conditional_flow":
        x0, x1 = tensor([request["x0"]]), tensor([request["x1"]])
        return path.sample(x_0=x0, x_1=x1, t=t[None]).x_t[0].tolist()
    if op == "conditional_velocity":
        return path.target_to_velocity(
            x_1=tensor(request["x1"]), x_t=tensor(request["x"]), t=t).tolist()
    if op == "schedule_transform":
        model = ScheduleTransformedModel(
            Exact(request["path"], request["target"]), plan, scheduler(request["to_path"]))
        return model(x=tensor([request["x"]]), t=t)[0].tolist()
    source, to = NAMES.get(request["from"]), NAMES.get(request["to"])
    if source is None or to is None or source == to:
        raise Refusal("unsupported")
    value = tensor(request["value"])
    given = {{"target": "x_1"}.get(source, source): value}
    return getattr(path, f"{source}_to_{to}")(x_t=tensor(request["x"]), t=t, **given).tolist()


class Supplied(ModelWrapper):
    """A model whose slopes are asked for."""

    def __init__(self, request):
        super().__init__(None)
        self.slopes = Slopes(request)

    def forward(self, x, t, **extras):
        return tensor(self.slopes(t.item(), x.tolist()))


# The methods that the documentation of ODESolver names; its adaptive ones take a grid of times.
INTEGRATORS = {
    **wire.integrators({"dopri5": [5]}, ["adaptive", "dense"]), **wire.integrators({"euler": [1], "midpoint": [2], "heun3": [3]}, ["steps"])}


def integrate(request):
    t0, t1 = request["t0"], request["t1"]
    times, how = [t0, *request.get("times", [t1])], {"step_size": None}
    if "steps" in request:
        how = {"step_size": abs(t1 - t0) / request["steps"]}
    else:
        how |= {"rtol": request["rtol"], "atol": request["atol"]}
    states = ODESolver(Supplied(request)).sample(
        x_init=tensor([request["x"]]), method=request["solver"], time_grid=tensor(times), return_intermediates=True, **how)
    return {"states": states[1:, 0].tolist()} if "times" in request else {"x": states[-1, 0].tolist()}


torch.set_num_threads(1)
wire.serve(
    {"name": "flow_matching", "version": version("flow_matching"), "time": "t_only", "integrators": INTEGRATORS},
    {**dict.fromkeys(OPERATIONS, answer), "integrate": integrate})
