"""The slope that chooses the first step may lie beyond the end, also where step_t says that steps end there."""
import torch
from torchdiffeq import odeint
t = torch.tensor([0.0, 1.0], dtype=torch.float64)
for slope in (1.0, 0.005, 0.0001):
    asked = []
    def field(t, x):
        asked.append(t.item())
        return slope * torch.cos(t) * x
    odeint(field, torch.ones(1, dtype=torch.float64), t, method="dopri5", rtol=1e-6, atol=1e-6, options={"step_t": t[1:]})
    print(f"x' = {slope:g} cos(t) x over [0, 1] with step_t = 1: asked at t = {max(asked):g}")
