#!/usr/bin/env python3
"""Judges the methods of few steps by exact flow maps that are not linear, and writes Benchmarks/SAMPLERS.md.

    python3 Benchmarks/samplers.py .build/release/flowref

The ends are those of Fixtures/flow_map/levels.json, certified by levels of distribution functions, of the flows from noise towards
data. Every method gets the same number of evaluations, of the velocity or of the denoiser, on the same kind of grid.
"""

import json
import math
import os
import statistics
import sys

from solvers import HERE, answers, flows

EVALUATIONS = [4, 8, 16, 32, 64]
# evaluations per step: of the methods of few steps, then of solvers with fixed steps
FEW = {"ddim": 1, "dpmpp_2m": 1, "dpmpp_3m": 1, "unip_3": 1, "unipc_2": 1, "unipc_3": 1, "heun_sigma": 2}
PLAIN = {"euler": 1, "midpoint": 2, "heun": 2, "rk4": 4}
FAMILIES = {"ot": "straight", "shifted_ot": "straight", "icfm": "straight", "vp": "preserving", "cosine": "preserving", "linear_vp": "preserving",
            "ve": "exploding", "ve_geometric": "exploding"}


def forward():
    return [(r, end) for r, end in flows() if r["t0"] < r["t1"] and r.get("source") is None]


def grids(flowref, requests, spacing):
    """Of every flow and number of steps the times, or None where the log-SNR of an end is infinite."""
    steps = sorted({n // stages for n in EVALUATIONS for stages in (1, 2, 4)})
    if spacing == "time":
        return [{n: [r["t0"] + (r["t1"] - r["t0"]) * k / n for k in range(n)] + [r["t1"]] for n in steps} for r in requests]
    ends = answers(flowref, [{"op": "schedule", "path": r["path"], "t": r[t]} for r in requests for t in ("t0", "t1")])
    logs = [e["value"]["log_snr"] if e["ok"] else None for e in ends]
    out = []
    for i, request in enumerate(requests):
        a, b = logs[2 * i], logs[2 * i + 1]
        if not all(isinstance(v, (int, float)) and math.isfinite(v) for v in (a, b)):
            out.append(None)
            continue
        inner = [(n, k) for n in steps for k in range(1, n)]
        places = [between(a, b, k / n, spacing) for n, k in inner]
        times = answers(flowref, [{"op": "time_at_log_snr", "path": request["path"], "log_snr": place} for place in places])
        grid = {n: [request["t0"]] for n in steps}
        for (n, _), t in zip(inner, times):
            grid[n].append(t["value"]["t"])
        out.append({n: times + [request["t1"]] for n, times in grid.items()})
    return out


def between(a, b, part, spacing):
    """The log-SNR a part of the way: in equal steps, or of the seventh root of sigma/alpha."""
    if spacing == "log_snr":
        return a + (b - a) * part
    return -7 * math.log(math.exp(-a / 7) + (math.exp(-b / 7) - math.exp(-a / 7)) * part)


def errors(flowref, certified, grid, method, evaluations):
    """Of every flow the largest error of a coordinate relative to 1 + |x|, None where there is none."""
    stages = FEW.get(method) or PLAIN[method]
    if evaluations < stages or evaluations % stages:
        return [None] * len(certified)
    requests, places = [], []
    for i, (request, _) in enumerate(certified):
        if grid[i] is None:
            continue
        base = {k: v for k, v in request.items() if k not in ("op", "t0", "t1")}
        times = grid[i][evaluations // stages]
        if method in FEW:
            requests.append({**base, "op": "few_step_map", "method": method, "times": times})
            places.append((i, 1))
        else:
            # one flow a step: the protocol's fixed steps are equal
            requests.append((base, times))
            places.append((i, 0))
    out = [None] * len(certified)
    if method in FEW:
        states = [a["value"] if a["ok"] else None for a in answers(flowref, requests)]
    else:
        states = [base["x"] for base, _ in requests]
        for k in range(evaluations // stages):
            asked = [(i, base, times) for i, (base, times) in enumerate(requests) if states[i] is not None]
            moved = answers(flowref, [
                {**base, "op": "flow_map", "x": states[i], "t0": times[k], "t1": times[k + 1], "solver": method, "steps": 1} for i, base, times in asked])
            for (i, _, _), reply in zip(asked, moved):
                good = reply["ok"] and reply["value"]["status"] in ("success", "landed")
                states[i] = reply["value"]["x"] if good else None
    for (i, _), x in zip(places, states):
        if x is not None:
            out[i] = max(abs(a - b) / (1 + abs(b)) for a, b in zip(x, certified[i][1]))
    return out


def text(value):
    return "-" if value is None else f"{value:.1e}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " --: |" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def main():
    flowref = sys.argv[1]
    certified = forward()
    requests = [r for r, _ in certified]
    parts = []
    for spacing, title in (("time", "Equal steps of time"), ("log_snr", "Equal steps of log(alpha/sigma)"),
                           ("karras", "Equal steps of (sigma/alpha)^(1/7)")):
        grid = grids(flowref, requests, spacing)
        found = {}
        for method in list(FEW) + list(PLAIN):
            for n in EVALUATIONS:
                found[method, n] = errors(flowref, certified, grid, method, n)
            print(f"{spacing}: {method}", file=sys.stderr)
        used = sum(1 for g in grid if g is not None)

        def median(method, n, kinds=None):
            values = [e for e, r in zip(found[method, n], requests) if e is not None and (kinds is None or FAMILIES.get(r["path"]["kind"]) == kinds)]
            return statistics.median(values) if values else None

        rows = [[f"`{m}`"] + [text(median(m, n)) for n in EVALUATIONS] for m in list(FEW) + list(PLAIN)]
        parts.append(f"## {title}\n\nThe median error of an end over {used} flows, by the number of evaluations.\n\n"
                     + table(["method"] + [str(n) for n in EVALUATIONS], rows))
        kinds = ["straight", "preserving", "exploding"]
        rows = [[f"`{m}`"] + [text(median(m, 16, k)) for k in kinds] for m in list(FEW) + list(PLAIN)]
        parts.append("With 16 evaluations, by kind of path: `ot`, `shifted_ot`, `icfm`; `vp`, `cosine`, `linear_vp`; `ve`, `ve_geometric`.\n\n"
                     + table(["method"] + kinds, rows))
    with open(os.path.join(HERE, "SAMPLERS.md"), "w") as file:
        file.write(HEAD.format(count=len(certified)) + "\n\n".join(parts) + "\n\n" + TAIL)
    print(f"wrote {os.path.join(HERE, 'SAMPLERS.md')}", file=sys.stderr)


HEAD = """# Methods of few steps, judged by exact flows

{count} flow maps that are not linear, from noise towards data: mixtures, point clouds, boxes, Laplace densities and products on all paths, with
ends certified without a solver (`Fixtures/flow_map/levels.json`). Written by [samplers.py](samplers.py). The methods of few steps ask for
the denoiser, the solvers below them for the velocity; both cost one evaluation. Errors are relative to 1 + |x|.

"""
TAIL = """## What the names promise

- With equal steps of time and 16 evaluations the multistep methods are five to thirty times closer than `ddim`, on every kind of path: on these flows, of
  which most end at t = 0.875. On the way to the data itself equal steps of time lose that, because the last ones are many units of log(alpha/sigma) long:
  of eight Gaussians on `ot` the median errors of `ddim` and `unipc_3` are 0.074 and 0.008 up to t = 0.875, 0.084 and 0.38 up to 0.999. On straight and
  preserving ones `rk4` on the velocity is closer still; on exploding ones, where the velocity is stiff, the solvers on the velocity are of no use and the
  multistep methods are.
- `heun_sigma` spends two evaluations a step; with as many evaluations `dpmpp_2m`, of the same order, was closer on every grid here.

- On `ot`, `ddim` is Euler's method, to the last rounding: with equal steps both rows agree there.
- `dpmpp_2m` and the predictor of UniPC of order 2 are the same method.
- `dpmpp_3m`, as it is published in its authors' program and used since, is of order 2 in the size of the steps, not 3: its update takes half of the
  second divided difference of the last three denoisers, where the parabola through them has all of it. `unip_3` is that parabola. On a
  Gaussian the errors of both with 40, 80, 160 and 320 steps fall by 2^2.3, 2^2.2, 2^2.1 and by 2^3.2, 2^3.1, 2^3.0 (`FewStepTests`, and once more in
  40 digits outside this project). With few steps it is no worse for that: see the tables.
- All of them begin with a step of order 1 (UniPC with one of order 2), which next to the noise, where the denoiser hardly changes, does no harm.
- What this makes of samples is another question, which `flowref study few-steps` answers: errors and energy distances of samples by path, target and
  spacing, orders, one and two evaluations, beside `dopri5`. It calls the methods by themselves; here they are asked through the oracle, and what they are
  held against is certified ([the gallery](../docs/GALLERY.md#which-sampler-is-worth-its-name) has what came out).
"""

if __name__ == "__main__":
    main()
