"""Writes scipy_parity.json: the steps and evaluations of scipy's RK45 and DOP853 on twenty fields.

The fields are written out here in numpy, literally from their definitions; nothing is shared with the
code under test. Run with: python3 scipy_parity.py (needs numpy and scipy).
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.integrate import solve_ivp

# alpha, sigma^2 and their derivatives in t; r = 1 - t.
L = np.log(50 / 0.01)
BETA, BETA_MIN = 20.0, 0.1


def vp(t):
    r = 1 - t
    total = r * BETA_MIN + r * r * (BETA - BETA_MIN) / 2
    beta = BETA_MIN + r * (BETA - BETA_MIN)
    alpha = np.exp(-total / 2)
    return alpha, -np.expm1(-total), beta * alpha / 2, -beta * np.exp(-total)


PATHS = {
    "ot": lambda t: (t, (1 - t) ** 2, 1.0, -2 * (1 - t)),
    "vp": vp,
    "ve": lambda t: (
        1.0, 1e-4 * np.expm1(2 * (1 - t) * L), 0.0, -2e-4 * L * np.exp(2 * (1 - t) * L)),
    "ve_geometric": lambda t: (
        1.0, 2500 * np.exp(-2 * t * L), 0.0, -5000 * L * np.exp(-2 * t * L)),
    "cosine": lambda t: (
        np.sin(np.pi * t / 2), np.cos(np.pi * t / 2) ** 2, np.pi / 2 * np.cos(np.pi * t / 2),
        -np.pi / 2 * np.sin(np.pi * t)),
    "linear_vp": lambda t: (t, (1 - t) * (1 + t), 1.0, -2 * t),
    "polynomial": lambda t: (t**2, (1 - t**2) ** 2, 2 * t, -4 * t * (1 - t**2)),
    "shifted_ot": lambda t: (t, (1 - t + 1e-4) ** 2, 1.0, -2 * (1 - t + 1e-4)),
    "icfm": lambda t: (t, (1 - t) ** 2 + 0.01, 1.0, -2 * (1 - t)),
    "schrodinger_bridge": lambda t: (
        t, (1 - t) * (1 - t + 0.25 * t), 1.0, -2 * (1 - t) + 0.25 * (1 - 2 * t)),
}

EIGHT = [[4 * np.cos(np.pi * k / 4), 4 * np.sin(np.pi * k / 4)] for k in range(8)]
TARGETS = {
    "eight": {"means": np.round(EIGHT, 12).tolist(), "stds": [0.3] * 8, "weights": [1.0] * 8},
    "line": {"means": [[-2.0], [0.5], [3.0]], "stds": [0.4, 0.2, 0.7], "weights": [1.0, 2.0, 1.0]},
    "five": {
        "means": [[1.0, -1.0, 0.5, 0.0, 2.0], [-2.0, 0.25, 1.0, -1.5, 0.0]],
        "stds": [0.5, 0.35], "weights": [0.3, 0.7]},
}
STARTS = {
    "eight": [[0.35, -1.2], [1.9, 0.4]],
    "line": [[0.8], [-1.1]],
    "five": [[0.3, -0.7, 1.1, 0.2, -1.4], [-0.5, 0.1, 0.9, -1.3, 0.6]],
}
TOLERANCES = [(1e-3, 1e-6), (1e-6, 1e-6), (1e-8, 1e-8), (1e-9, 1e-11)]


def velocity(schedule, target):
    means, stds = np.array(target["means"]), np.array(target["stds"])
    weights = np.array(target["weights"])
    d = means.shape[1]

    def u(t, x):
        alpha, v, alpha_dot, v_dot = schedule(t)
        spread = alpha**2 * stds**2 + v
        g = (x - alpha * means) / spread[:, None]
        logits = np.log(weights) - np.sum((x - alpha * means) * g, axis=1) / 2
        logits = logits - d / 2 * np.log(spread)
        p = np.exp(logits - logits.max())
        p = p / p.sum()
        data = (v * means + (alpha * stds**2)[:, None] * x) / spread[:, None]
        return alpha_dot * (p @ data) + v_dot / 2 * (p @ g)

    return u


def main():
    cases = []
    for index in range(20):
        path = list(PATHS)[index % 10]
        target = ["eight", "line", "five"][index % 3]
        rtol, atol = TOLERANCES[index % 4]
        forward = index % 5 != 4
        start, end = (0.0, 1.0) if forward else (1.0, 0.0)
        x = STARTS[target][index // 10]
        if path.startswith("ve") and forward:
            x = [50 * value for value in x]
        field = velocity(PATHS[path], TARGETS[target])
        for method, stages in [("RK45", 6), ("DOP853", 12)]:
            result = solve_ivp(
                field, (start, end), np.array(x), method=method, rtol=rtol, atol=atol)
            assert result.success
            accepted = len(result.t) - 1
            cases.append({
                "field": index, "path": path, "target": target, "x": x, "t0": start, "t1": end,
                "rtol": rtol, "atol": atol, "method": method, "nfev": int(result.nfev),
                "accepted": accepted, "rejected": (int(result.nfev) - 2) // stages - accepted,
                "state": result.y[:, -1].tolist(),
            })
    written = {
        "made_by": f"scipy_parity.py with scipy {scipy.__version__}, numpy {np.__version__}",
        "targets": TARGETS, "cases": cases,
    }
    out = pathlib.Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(written, indent=1) + "\n")


main()
