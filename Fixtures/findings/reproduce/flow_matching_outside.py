"""ODESolver with method dopri5 asks the model beyond the times of its grid."""
import torch
from flow_matching.solver import ODESolver
from flow_matching.utils import ModelWrapper
class Model(ModelWrapper):  # points to N(0, 1) at the same time: x' = (2t - 1)/(t^2 + (1 - t)^2) x
    def forward(self, x, t, **extras):
        asked.append(t.item())
        return (2 * t - 1) / (t ** 2 + (1 - t) ** 2) * x
for tolerance in (1e-3, 1e-5):  # 1e-5 is the library's default
    asked = []
    end = ODESolver(Model(None)).sample(torch.ones(1, 1), step_size=None, method="dopri5", atol=tolerance, rtol=tolerance)
    print(f"tolerance {tolerance:g}: the model was asked from t = {min(asked):.4g} to {max(asked):.4g}; |x(1) - 1| = {abs(end.item() - 1):.1e}")
