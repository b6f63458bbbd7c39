"""One step of sample_dpmpp_3m_sde without noise after two others, for a denoiser that is the square of log(sigma): order 3 means no error."""
import math
import torch
from k_diffusion.sampling import sample_dpmpp_3m_sde

def error(h, states=None):
    states, l = [], h * torch.arange(4, dtype=torch.float64)
    y = sample_dpmpp_3m_sde(lambda y, sigma: sigma.log() ** 2 + 0 * y, torch.zeros(1, dtype=torch.float64), (-l).exp(), eta=0,
                            noise_sampler=lambda *s: 0, callback=lambda told: states.append(told["x"]), disable=True)
    integral = [math.exp(m) * (m * m - 2 * m + 2) for m in l.tolist()[2:]]  # of exp(l) l^2
    return y.item() - math.exp(-h) * states[2].item() - math.exp(-3 * h) * (integral[1] - integral[0])

print("errors", ", ".join(f"{error(h):+.1e}" for h in (0.4, 0.2, 0.1, 0.05)), "for steps of 0.4, 0.2, 0.1, 0.05")
