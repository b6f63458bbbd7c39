"""odeint over [0, 1] with the default dopri5: the last step overshoots, and the end is read off the interpolant."""
import torch
from torchdiffeq import odeint
for tolerance in (1e-3, 1e-6):
    for options in ({}, {"step_t": torch.tensor([1.0], dtype=torch.float64)}):
        asked = []
        def field(t, x):
            asked.append(t.item())
            return torch.cos(t) * x
        odeint(field, torch.ones(1, dtype=torch.float64), torch.tensor([0.0, 1.0]), rtol=tolerance, atol=tolerance, options=options)
        print(f"tolerance {tolerance:g}, {'step_t = 1' if options else 'default'}: asked from {min(asked):.4g} to {max(asked):.4g}")
def root(t, x):  # sqrt(1 - t^2) does not exist beyond 1
    return -t * x / torch.sqrt(1 - 0.999 * t * t)
try:
    print(odeint(root, torch.ones(1), torch.tensor([0.0, 1.0]), rtol=1e-3, atol=1e-3)[-1].item())
except AssertionError as error:
    print("a field that ends just behind 1:", error)
