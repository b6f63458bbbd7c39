"""OTPlanSampler(method="sinkhorn") as it comes (reg = 0.05) on normal batches of 64: a uniform plan in place of POT's zero plan."""
import warnings
import ot, torch
from torchcfm.optimal_transport import OTPlanSampler
half = torch.full((64,), 1 / 64, dtype=torch.float64)
for size in (2, 16, 64):
    torch.manual_seed(0)
    x0, x1 = torch.randn(64, size), torch.randn(64, size)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        plan = torch.as_tensor(OTPlanSampler(method="sinkhorn").get_map(x0, x1))
        best = ot.sinkhorn(half, half, torch.cdist(x0, x1).double() ** 2, 0.05, method="sinkhorn_log")
    said = any("uniform" in str(w.message) for w in caught)
    print(f"{size} dimensions: largest share of a point {64 * plan.max().item():.3f}, with sinkhorn_log {64 * best.max().item():.3f};",
          "warned" if said else "no warning")
