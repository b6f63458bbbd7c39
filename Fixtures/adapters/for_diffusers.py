#!/usr/bin/env python3
"""Adapter for diffusers: the grids of FlowMatchEulerDiscreteScheduler, its Euler steps, DDPMScheduler's posterior, and the samplers.

The schedulers hold their numbers in float32 whatever the samples are, so float32 is the precision of the answers. A grid with
`shift_twice` is the library's own; without it the sigmas are passed in, from 1 to 1/1000. Euler steps go from noise to data: the
time is 1 - sigma, the model's output -dx/dt, the sigmas those of Flux, linspace(1, 1/n, n). The noise of a DDPM step is set to 0.
The samplers of `few_step_map` stand in diffusers_steps.py.
"""

import logging

import diffusers
import numpy
import torch
from diffusers.schedulers import scheduling_ddpm

import diffusers_steps
import wire
from field import Exact
from wire import Refusal

SPACINGS = {"karras": "use_karras_sigmas", "exponential": "use_exponential_sigmas", "beta": "use_beta_sigmas"}
scheduling_ddpm.randn_tensor = lambda shape, dtype, **rest: torch.zeros(shape, dtype=dtype)


def tensor(value):
    return torch.tensor(value, dtype=torch.float32)


def sigma_grid(request):
    options, mu, steps = {}, request.get("mu"), request["steps"]
    if not isinstance(steps, int):
        raise Refusal("invalid_field", "steps")
    if "spacing" in request:
        if request["spacing"] not in SPACINGS:
            raise Refusal("invalid_field", "spacing")
        options[SPACINGS[request["spacing"]]] = True
    if "terminal" in request:
        options["shift_terminal"] = request["terminal"]
    if mu is not None and request.get("shift_twice"):
        raise Refusal("out_of_domain", "there is no second exponential shift")
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(
        shift=request.get("shift", 1.0), use_dynamic_shifting=mu is not None, **options)
    if request.get("shift_twice") or mu is not None or "shift" not in request:
        scheduler.set_timesteps(steps, mu=mu)
    else:
        scheduler.set_timesteps(sigmas=numpy.linspace(1, 1 / 1000, steps))
    return {"sigmas": scheduler.sigmas.tolist(), "timesteps": scheduler.timesteps.tolist()}


def flow_map(request):
    if request["solver"] != "euler" or "steps" not in request or (request["t0"], request["t1"]) != (0, 1):
        raise Refusal("unsupported")
    exact, n, x = Exact(request), request["steps"], tensor([request["x"]])
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(sigmas=numpy.linspace(1, 1 / n, n))
    for sigma, timestep in zip(scheduler.sigmas, scheduler.timesteps):
        slope = -tensor([exact((1 - sigma).item(), x[0].tolist()).tolist()])
        x = scheduler.step(slope, timestep, x).prev_sample
    return exact.seen({"x": x[0].tolist(), "status": "success"})


def ddpm_posterior(request):
    step, betas = request["step"], request["betas"]
    if not isinstance(step, int):
        raise Refusal("invalid_field", "step")
    scheduler = diffusers.DDPMScheduler(
        num_train_timesteps=len(betas), trained_betas=betas, clip_sample=False, prediction_type="sample")
    x, z = tensor([request["x"]]), tensor([request["z"]])
    mean = scheduler.step(x, step - 1, z).prev_sample
    variance = scheduler._get_variance(step - 1) if step > 1 else torch.zeros(())
    return {"mean": mean[0].tolist(), "variance": variance.item()}


if wire.PRECISION != "float32":
    raise SystemExit("float32 only")
logging.disable()
torch.set_num_threads(1)
wire.serve(
    {"name": "diffusers", "version": diffusers.__version__, "time": "t_only"},
    {"sigma_grid": sigma_grid, "flow_map": flow_map, "ddpm_posterior": ddpm_posterior, "few_step_map": diffusers_steps.few_step_map})
