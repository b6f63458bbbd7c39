"""Sigma of the schedules near t = 1 in float32, beside the same formula in float64 arithmetic that does not cancel."""
import math
import torch
from flow_matching.path.scheduler import CosineScheduler, VPScheduler
for r in (2.0**-10, 2.0**-20):
    total = 0.1 * r + 19.9 * r * r / 2  # the integral of beta from 1 - r to 1
    got = VPScheduler()(torch.tensor(1 - r)).sigma_t.item()
    print(f"VP, 1 - t = {r:.1e}: sigma {got:.6e}, exact {math.sqrt(-math.expm1(-total)):.6e}")
for dtype in (torch.float32, torch.float64):
    print(f"cosine, t = 1: sigma {CosineScheduler()(torch.tensor(1.0, dtype=dtype)).sigma_t.item():.2e}, exact 0")
