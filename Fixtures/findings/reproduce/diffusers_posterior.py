"""DDPMScheduler's posterior mean with its default betas, beside the same formula in float64 from the float32 betas."""
import torch
from diffusers import DDPMScheduler
scheduler = DDPMScheduler(clip_sample=False, prediction_type="sample", variance_type="fixed_small")
betas = scheduler.betas.double()
zero, one = torch.zeros(1, 1), torch.ones(1, 1)
for k in (1, 2, 4, 5, 100, 999):  # the step counted from 1 is k + 1
    mean = [scheduler.step(m, k, s, generator=torch.manual_seed(0)).prev_sample for m, s in ((one, zero), (zero, zero))]
    coefficient = (mean[0] - mean[1]).double().item()
    before, after = torch.log1p(-betas[:k]).sum(), torch.log1p(-betas[: k + 1]).sum()
    exact = (torch.exp(before / 2) * betas[k] / -torch.expm1(after)).item()
    variance = (torch.expm1(before) / torch.expm1(after) * betas[k]).item()
    got = scheduler._get_variance(k).item()
    print(f"timestep {k}: weight of x0 {coefficient:.8f}, exact {exact:.8f} ({coefficient / exact - 1:+.1e});",
          f"variance off by {got / variance - 1:+.1e}")
