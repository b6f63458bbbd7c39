"""A model of one Gaussian on the ot path, moved to the cosine schedule, next to and at t = 1; the exact field there is near 0."""
import torch
from flow_matching.path.scheduler import CondOTScheduler, CosineScheduler, ScheduleTransformedModel, VPScheduler
from flow_matching.utils import ModelWrapper
class Gaussian(ModelWrapper):  # x1 from N(0, 1): u = (2t - 1)/(t^2 + (1 - t)^2) x
    def forward(self, x, t, **extras):
        return (2 * t - 1) / (t * t + (1 - t) ** 2) * x
model = ScheduleTransformedModel(Gaussian(None), CondOTScheduler(), CosineScheduler())
for t in (0.5, 1 - 2.0**-20, 1.0):  # alpha^2 + sigma^2 = 1: the exact transformed field is 0
    x = torch.ones(1, 1, dtype=torch.float64)
    print(f"t = {t:.8f}: {model(x=x, t=torch.tensor(t, dtype=torch.float64)).item():.3e}, exact 0")
print("snr_inverse of a constant beta:", VPScheduler(beta_min=1.0, beta_max=1.0).snr_inverse(torch.tensor(1.0)).item())
