"""The bridge velocity at t = 2^-20: (1 - 2t)/(2t(1 - t)) (x - mu) + x1 - x0, in exact fractions and by torchcfm in float64."""
from fractions import Fraction
import torch
from torchcfm.conditional_flow_matching import SchrodingerBridgeConditionalFlowMatcher
one = lambda v: torch.tensor([[v]], dtype=torch.float64)
for t in (0.25, 2.0**-10, 2.0**-20):
    got = SchrodingerBridgeConditionalFlowMatcher(sigma=1.0).compute_conditional_flow(
        one(0.0), one(1.0), torch.tensor([t], dtype=torch.float64), one(0.5)).item()
    f = Fraction(t)
    exact = (1 - 2 * f) / (2 * f * (1 - f)) * (Fraction(1, 2) - f) + 1
    print(f"t = {t:.3g}: {got:.12g}, exact {float(exact):.12g}, relative error {abs(got - exact) / exact:.1e}")
