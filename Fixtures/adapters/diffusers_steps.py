"""The schedulers of diffusers as the methods of few steps, with the exact denoiser as the model (`prediction_type="sample"`).

`ddim` is FlowMatchEulerDiscreteScheduler on `ot`, EulerDiscreteScheduler on the exploding paths, DDIMScheduler on the others;
`dpmpp_2m` and `dpmpp_3m` are DPMSolverMultistepScheduler, away from the data DPMSolverMultistepInverseScheduler; `unipc_2` and
`unipc_3` are UniPCMultistepScheduler, `unip_3` the same with its corrector off; `heun_sigma` is HeunDiscreteScheduler.

A grid is named as each scheduler allows: sigmas where it takes them; else a table `trained_betas` with an entry for each time, after
the change of scale to alpha^2 + sigma^2 = 1 under which all these methods are the same. DPMSolverMultistepScheduler takes no sigmas:
its table is used off `ot`; on `ot` its `sigmas` are set after set_timesteps. `lower_order_final` is off, except for UniPC's step
onto the data, which has no other. A level of alpha = 0 is `rescale_betas_zero_snr`, where the scheduler has it.
"""

import diffusers
import numpy
import torch

from field import Exact, schedule
from wire import Refusal

PLAIN = {"prediction_type": "sample"}


class Grid:
    """The levels of a request, from its first time to its last."""

    def __init__(self, request):
        self.path, self.times = request["path"], request["times"]
        if len(self.times) < 2:
            raise Refusal("unsupported", "no step")
        self.steps, self.ahead = len(self.times) - 1, self.times[1] > self.times[0]
        self.alpha, _, self.variance, _ = (numpy.array(level) for level in zip(*(schedule(self.path, t) for t in self.times)))
        self.share = self.alpha ** 2 / (self.alpha ** 2 + self.variance)
        if self.variance[0] == 0:
            raise Refusal("unsupported", "no noise to begin with")

    def onto_data(self):
        return self.variance[-1] == 0

    def sigmas(self):
        """sigma, for alpha + sigma = 1."""
        return [1 - t for t in self.times]

    def ratios(self):
        """sigma/alpha."""
        if not self.alpha.all():
            raise Refusal("unsupported", "sigma/alpha is infinite")
        return numpy.sqrt(self.variance) / self.alpha

    def scales(self):
        """Of x with alpha^2 + sigma^2 = 1."""
        return 1 / numpy.sqrt(self.alpha ** 2 + self.variance)

    def table(self):
        """Betas for one timestep per time, the noisiest last; sigma = 0 has none. With what they need of a scheduler."""
        share = self.share[:-1] if self.onto_data() else self.share
        share = share[::-1] if self.ahead else share
        betas = 1 - share / numpy.append(1, share[:-1])
        zero = {"rescale_betas_zero_snr": True} if share[-1] == 0 else {}
        return {"trained_betas": betas.astype(float).tolist(), "num_train_timesteps": len(betas), **zero}


def last(grid):
    return {"final_sigmas_type": "zero" if grid.onto_data() else "sigma_min"}


def flow_euler(grid):
    """Away from the data with the option for models whose time runs the other way."""
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(invert_sigmas=not grid.ahead)
    given = grid.sigmas() if grid.ahead else grid.times
    scheduler.set_timesteps(sigmas=given[:-1] if given[-1] == 0 else given)
    return scheduler


def sigma_euler(grid):
    scheduler = diffusers.EulerDiscreteScheduler(**PLAIN)
    scheduler.set_timesteps(sigmas=grid.ratios().astype(float))
    return scheduler


def ddim(grid):
    if not grid.ahead:
        raise Refusal("unsupported")
    table = grid.table()
    table.pop("rescale_betas_zero_snr", None)  # not needed: sigma/alpha is not formed
    scheduler = diffusers.DDIMScheduler(**table, **PLAIN, clip_sample=False, set_alpha_to_one=bool(grid.onto_data()))
    scheduler.set_timesteps(table["num_train_timesteps"])
    return scheduler


def multistep(grid, order):
    options = {**PLAIN, "solver_order": order, "algorithm_type": "dpmsolver++", "lower_order_final": False}
    if not grid.ahead:
        if grid.share[-1] == 0:
            raise Refusal("unsupported", "sigma/alpha is infinite")
        scheduler = diffusers.DPMSolverMultistepInverseScheduler(**options, **grid.table())
        scheduler.set_timesteps(grid.steps)
    elif grid.path["kind"] == "ot":
        scheduler = diffusers.DPMSolverMultistepScheduler(**options, **last(grid), use_flow_sigmas=True)
        scheduler.set_timesteps(grid.steps)
        scheduler.sigmas = torch.tensor(grid.sigmas(), dtype=torch.float32)
    else:
        table = grid.table()
        scheduler = diffusers.DPMSolverMultistepScheduler(**options, **last(grid), **table)
        top = table["num_train_timesteps"] - 1
        scheduler.set_timesteps(timesteps=list(range(top, top - grid.steps, -1)))
    return scheduler


def unified(grid, order, corrected=True):
    if not grid.ahead:
        raise Refusal("unsupported")
    options = {
        **PLAIN, **last(grid), "solver_order": order, "lower_order_final": bool(grid.onto_data()),
        "disable_corrector": [] if corrected else list(range(grid.steps))}
    if grid.path["kind"] == "ot":
        scheduler = diffusers.UniPCMultistepScheduler(**options, use_flow_sigmas=True)
        scheduler.set_timesteps(sigmas=numpy.array(grid.sigmas()[:-1] if grid.onto_data() else grid.sigmas()))
    else:
        scheduler = diffusers.UniPCMultistepScheduler(
            **options, **grid.table(), timestep_spacing="trailing" if grid.onto_data() else "linspace")
        scheduler.set_timesteps(grid.steps)
    return scheduler


def heun(grid):
    if not grid.ahead:
        raise Refusal("unsupported")
    grid.ratios()
    table = grid.table()
    count = table["num_train_timesteps"]
    scheduler = diffusers.HeunDiscreteScheduler(**table, **PLAIN)
    scheduler.set_timesteps(timesteps=list(range(count - 1, -1, -1)))
    return scheduler


METHODS = {
    "dpmpp_2m": lambda grid: multistep(grid, 2), "dpmpp_3m": lambda grid: multistep(grid, 3), "unipc_2": lambda grid: unified(grid, 2),
    "unipc_3": lambda grid: unified(grid, 3), "unip_3": lambda grid: unified(grid, 3, corrected=False), "heun_sigma": heun}


def few_step_map(request):
    exact, grid, method, kind = Exact(request), Grid(request), request["method"], request["path"]["kind"]
    if method != "ddim" and method not in METHODS:
        raise Refusal("invalid_field", "method")
    straight = method == "ddim" and kind == "ot"
    if method == "ddim":
        scheduler = flow_euler(grid) if straight else sigma_euler(grid) if kind in ("ve", "ve_geometric") else ddim(grid)
    else:
        scheduler = METHODS[method](grid)
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(0)
    # in the scheduler's scale: x itself, x/alpha, or x with alpha^2 + sigma^2 = 1
    if kind == "ot" and (straight or (method != "heun_sigma" and grid.ahead)):
        scales = numpy.ones(grid.steps + 1)
    elif isinstance(scheduler, (diffusers.HeunDiscreteScheduler, diffusers.EulerDiscreteScheduler)):
        scales = 1 / grid.alpha
    else:
        scales = grid.scales()

    def model(k, x):
        """The velocity away from the data for the flow scheduler, the denoiser for the others."""
        inside = (x[0].numpy() / scales[k]).astype(float)
        value = -exact(grid.times[k], inside) if straight else exact.denoiser(grid.times[k], inside)
        return torch.tensor(numpy.array([value]), dtype=torch.float32)

    x = torch.tensor(numpy.array([numpy.array(request["x"]) * scales[0]]).astype(float), dtype=torch.float32)
    calls = grid.steps if method != "heun_sigma" else 2 * grid.steps - bool(grid.onto_data())
    for call in range(calls):
        k = call if method != "heun_sigma" else (call + 1) // 2
        x = scheduler.step(model(k, x), scheduler.timesteps[call], x).prev_sample
    return (x[0].numpy() / scales[-1]).astype(float).tolist()
