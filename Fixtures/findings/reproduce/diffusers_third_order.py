"""One step of order 3 after two others, for a denoiser that is the square of l = log(alpha/sigma): an order of 3 means no error at all."""
import numpy as np
import torch
from diffusers import DPMSolverMultistepScheduler, UniPCMultistepScheduler

def error(scheduler, h, **options):
    l = h * np.arange(4)
    a = 1 / (1 + np.exp(-2 * l))  # alpha^2
    s = scheduler(trained_betas=1 - a[::-1] / np.append(1, a[:0:-1]), num_train_timesteps=4, prediction_type="sample",
                  final_sigmas_type="sigma_min", lower_order_final=False, **options)
    s.set_timesteps(3)
    for k in range(3):  # from x = 0 each time
        x = s.step(torch.full((1, 1), l[k] ** 2).float(), s.timesteps[k], torch.zeros(1, 1)).prev_sample
    integral = [np.exp(m) * (m * m - 2 * m + 2) for m in l[2:]]  # of exp(l) l^2
    return x.item() / a[3] ** 0.5 - np.exp(-l[3]) * (integral[1] - integral[0])  # in x/alpha

for name, scheduler, options in (("DPM-Solver++ order 2", DPMSolverMultistepScheduler, {"solver_order": 2}),
                                 ("DPM-Solver++ order 3", DPMSolverMultistepScheduler, {"solver_order": 3}),
                                 ("UniP order 3", UniPCMultistepScheduler, {"solver_order": 3, "disable_corrector": [0, 1, 2]})):
    print(f"{name}: errors", ", ".join(f"{error(scheduler, h, **options):+.1e}" for h in (0.4, 0.2, 0.1)), "for steps of 0.4, 0.2, 0.1")
