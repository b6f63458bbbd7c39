"""The end by interpolation: what it is worth beside that of the same method made to step on it."""
import math
import torch
from torchdiffeq import odeint
t = torch.tensor([0.0, 1.0], dtype=torch.float64)
exact = math.exp(math.sin(4.0) / 4)
for method in ("bosh3", "dopri5", "dopri8"):
    for tolerance in (1e-3, 1e-6):
        ends = [odeint(lambda t, x: torch.cos(4 * t) * x, torch.ones(1, dtype=torch.float64), t, method=method, rtol=tolerance,
                       atol=tolerance, options=o)[-1].item() for o in ({}, {"step_t": t[1:]})]
        print(method, f"{tolerance:g}: error {abs(ends[0] - exact):.1e} by interpolation, {abs(ends[1] - exact):.1e} with step_t")
