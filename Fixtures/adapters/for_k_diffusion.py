#!/usr/bin/env python3
"""Adapter for k-diffusion: sample_euler, sample_dpmpp_2m and sample_heun, and the grids of get_sigmas_karras and get_sigmas_exponential.

The samplers move y = x/alpha along sigma/alpha, with a denoiser of (y, sigma/alpha): the adapter changes the scale of the state, and
sigma/alpha must be finite. `ddim` is sample_euler, the same method in these variables. They compute in the precision of what they are
given; the grids are of torch's default type, which is set to it. Of `sigma_grid` those of one spacing between 1 and 1/1000 can be
asked, the ends being the arguments; the library has no timesteps, so the adapter answers 1000 sigma.
"""

import importlib.metadata

import numpy
import torch
from k_diffusion import sampling

import wire
from field import Exact, schedule
from wire import Refusal

SAMPLERS = {"ddim": sampling.sample_euler, "dpmpp_2m": sampling.sample_dpmpp_2m, "heun_sigma": sampling.sample_heun}
PUBLISHED = [*SAMPLERS, "dpmpp_3m", "unip_3", "unipc_2", "unipc_3"]
SPACINGS = {"karras": sampling.get_sigmas_karras, "exponential": sampling.get_sigmas_exponential}


def few_step_map(request):
    exact, times, method = Exact(request), request["times"], request["method"]
    if method not in SAMPLERS:
        raise Refusal("unsupported" if method in PUBLISHED else "invalid_field", "method")
    levels = [schedule(request["path"], t) for t in times]
    alpha, ratios = [numpy.array(level) for level in zip(*((a, numpy.sqrt(v) / a if a else numpy.inf) for a, _, v, _ in levels))]
    if not alpha.all():
        raise Refusal("unsupported", "sigma/alpha is infinite")
    sigmas = torch.tensor(ratios.astype(float).tolist())
    at = {sigma: k for k, sigma in reversed(list(enumerate(sigmas.tolist())))}

    def model(y, sigma):
        k = at[sigma.item()]
        return torch.tensor(exact.denoiser(times[k], (y[0].numpy() * alpha[k]).astype(float)).tolist())[None]

    y = torch.tensor((numpy.array(request["x"]) / alpha[0]).astype(float).tolist())[None]
    y = SAMPLERS[method](model, y, sigmas, disable=True)
    return (y[0].numpy() * alpha[-1]).astype(float).tolist()


def sigma_grid(request):
    if not isinstance(request["steps"], int):
        raise Refusal("invalid_field", "steps")
    if {"shift", "mu", "terminal", "shift_twice"} & set(request) or request.get("spacing", "beta") == "beta":
        raise Refusal("unsupported")
    if request["spacing"] not in SPACINGS:
        raise Refusal("invalid_field", "spacing")
    sigmas = SPACINGS[request["spacing"]](request["steps"], 1 / 1000, 1)
    return {"sigmas": sigmas.tolist(), "timesteps": (1000 * sigmas[:-1]).tolist()}


torch.set_default_dtype(getattr(torch, wire.PRECISION))
torch.set_num_threads(1)
wire.serve(
    {"name": "k-diffusion", "version": importlib.metadata.version("k-diffusion"), "time": "t_only"},
    {"few_step_map": few_step_map, "sigma_grid": sigma_grid})
