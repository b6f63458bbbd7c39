"""ot.sinkhorn with its default method on points 32 apart: the kernel exp(-C/reg) underflows, and the plan is zero."""
import warnings
import numpy as np, ot
warnings.simplefilter("ignore")
x0, x1 = np.array([[0.0], [1.0]]), np.array([[32.0], [34.0]])
a = b = np.array([0.5, 0.5])
cost = ot.dist(x0, x1)
for method in ("sinkhorn", "sinkhorn_log"):
    plan = ot.sinkhorn(a, b, cost, 1.0, method=method)
    print(method, "mass", plan.sum(), "cost", (plan * cost).sum(), "sinkhorn2", ot.sinkhorn2(a, b, cost, 1.0, method=method))
