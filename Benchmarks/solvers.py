#!/usr/bin/env python3
"""Judges every solver by exact flow maps that are not linear, and writes Benchmarks/SOLVERS.md.

    python3 Benchmarks/solvers.py .build/release/flowref

The ends are those of Fixtures/flow_map/levels.json, certified by levels of distribution functions (Fixtures/generate): no solver is
judged by another. Adaptive solvers: the largest error over all flows in units of rtol = atol = tolerance times 1 + |x|, and the median
number of evaluations. Fixed steps: the order that the median error shows from 32 to 64 steps.
"""

import json
import math
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "..", "Fixtures")
TOLERANCES = [1e-2, 1e-4, 1e-6, 1e-8, 1e-10]
STEPS = [32, 64]


def flows():
    """The distinct flows of the fixtures: request without solver, certified end."""
    found = {}
    with open(os.path.join(FIXTURES, "flow_map", "levels.json")) as file:
        for case in json.load(file)["cases"]:
            if "expected" not in case:
                continue
            request = {k: v for k, v in case["request"].items() if k not in ("solver", "rtol", "atol", "steps", "controller")}
            value, tail = case["expected"]["value"]["x"], case["expected"]["tail"]["x"]
            found[json.dumps(request, sort_keys=True)] = (request, [v + r for v, r in zip(value, tail)])
    return list(found.values())


def answers(flowref, requests):
    lines = "".join(json.dumps({"id": i, **r}) + "\n" for i, r in enumerate(requests))
    done = subprocess.run([flowref, "oracle", "--seconds", "60"], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def errors(certified, replies):
    """Of every flow the error of the state, relative to 1 + |x|; None where the solver gave up."""
    out = []
    for (_, end), reply in zip(certified, replies):
        if not reply["ok"] or reply["value"]["status"] not in ("success", "landed"):
            out.append(None)
            continue
        out.append(max(abs(a - b) / (1 + abs(b)) for a, b in zip(reply["value"]["x"], end)))
    return out


def adaptive(flowref, certified, solvers):
    rows = []
    for solver in solvers:
        cells = [f"`{solver['name']}`", str(solver["order"] or "varies")]
        for tolerance in TOLERANCES:
            # Methods of low order take hundreds of thousands of steps there.
            if solver["order"] and solver["order"] <= 3 and tolerance < 1e-7:
                cells.append("-")
                continue
            replies = answers(flowref, [{**r, "solver": solver["name"], "rtol": tolerance, "atol": tolerance} for r, _ in certified])
            found = errors(certified, replies)
            worst = max((e / tolerance for e in found if e is not None), default=math.inf)
            counts = [r["value"]["nfe"] for r, e in zip(replies, found) if e is not None]
            missing = sum(e is None for e in found)
            cells.append(f"{worst:.2g} ({statistics.median(counts):.0f})" + (f", {missing} ended early" if missing else ""))
        rows.append(cells)
        print(" ".join(cells), file=sys.stderr, flush=True)
    return rows


def fixed(flowref, certified, solvers):
    rows = []
    for solver in solvers:
        medians = []
        for steps in STEPS:
            replies = answers(flowref, [{**r, "solver": solver["name"], "steps": steps} for r, _ in certified])
            medians.append(statistics.median(e for e in errors(certified, replies) if e is not None))
        order = math.log2(medians[0] / medians[1]) if medians[1] > 1e-14 else math.nan
        shown = "at rounding" if math.isnan(order) else f"{order:.2f}"
        rows.append([f"`{solver['name']}`", str(solver["order"] or "varies"), shown, *(f"{m:.1e}" for m in medians)])
        print(" ".join(rows[-1]), file=sys.stderr, flush=True)
    return rows


def table(head, rows):
    return "\n".join(["| " + " | ".join(r) + " |" for r in [head, ["---"] + ["--:"] * (len(head) - 1), *rows]])


def main():
    flowref = sys.argv[1]
    with open(os.path.join(FIXTURES, "catalogue.json")) as file:
        solvers = json.load(file)["solvers"]
    certified = flows()
    first = adaptive(flowref, certified, [s for s in solvers if s["adaptive"]])
    second = fixed(flowref, certified, [s for s in solvers if s["fixed"]])
    text = f"""# Solvers, judged by exact flows

{len(certified)} flow maps that are not linear: mixtures, point clouds, boxes, Laplace densities and products on all paths, forward and backward, with
ends certified without a solver (`Fixtures/flow_map/levels.json`). Written by [solvers.py](solvers.py).

## Error against tolerance

With rtol = atol = the tolerance: the largest error of an end over all flows, in tolerances (of 1 + |x|), and in brackets the median number of
evaluations. Error control bounds the error of a step; along a trajectory those errors add up and the flow stretches them, so that some tens of
tolerances are what it promises. Numbers that grow as the tolerance falls are those of many thousand steps (`gsl_rk1imp`) or of an
estimate that is too small (`gsl_bsimp`, the multistep methods). What ended early are GSL's
implicit methods, with a step that became too small, on two flows that are stiff: from a point of a cloud at t = 7/8, and of a box on `ve_geometric`. A dash: not asked, of methods of order 3 and below.

{table(["solver", "order", *(f"{t:.0e}" for t in TOLERANCES)], first)}

## Order with fixed steps

From the median error with {STEPS[0]} and {STEPS[1]} steps. On paths whose velocity is not smooth at an end every order falls, so that the median of all
flows may lie below the method's own.

{table(["solver", "order", "seen", *(f"{s} steps" for s in STEPS)], second)}
"""
    target = os.path.join(HERE, "SOLVERS.md")
    with open(target + ".part", "w") as file:
        file.write(text)
    os.replace(target + ".part", target)
    print(f"wrote {target}", file=sys.stderr)


main()
