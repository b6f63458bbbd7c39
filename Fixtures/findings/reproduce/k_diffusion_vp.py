"""get_sigmas_vp beside sqrt(expm1(...)) in float64: the last sigma before 0."""
import math
from k_diffusion.sampling import get_sigmas_vp
for eps in (1e-3, 1e-4, 1e-5):
    got = get_sigmas_vp(10, eps_s=eps)[-2].item()
    exact = math.sqrt(math.expm1(19.9 * eps ** 2 / 2 + 0.1 * eps))
    print(f"eps_s {eps:g}: sigma {got:.9f}, exact {exact:.9f} ({got / exact - 1:+.1e})")
