"""What a call costs from Python: beside the pipe, and beside numpy doing the same field. Prints a table.

    python speed.py BIN      (BIN has the tool flowref)

Core time, of all cores together and divided by their number for what uses several: what the clock shows on a machine that has
nothing else to do. The fastest of several rounds each. What goes through a pipe is by the clock.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

import numpy as np

import flowref

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROUNDS, CORES = 15, os.cpu_count()


def best(call, repeats, cores=1):
    """Seconds of core time for one call."""
    call()
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(repeats):
            call()
        found.append((time.process_time() - start) / repeats / cores)
    return min(found)


def numpy_velocity(x, points, t):
    """The velocity of a point cloud on ot, as one writes it in numpy."""
    v = (1 - t) ** 2
    square = (x * x).sum(1)[:, None] - 2 * t * (x @ points.T) + t * t * (points * points).sum(1)[None, :]
    logits = -square / (2 * v)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    mean = (weights / weights.sum(axis=1, keepdims=True)) @ points
    return mean - (x - t * mean) / (1 - t)


def pipe(tool, request, count, window):
    """Requests a second through `flowref oracle`, so many on their way at a time."""
    with subprocess.Popen([tool, "oracle"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(request + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        start = time.perf_counter()
        for _ in range(0, count, window):
            process.stdin.write((request + b"\n") * window)
            process.stdin.flush()
            for _ in range(window):
                json.loads(process.stdout.readline())
        seconds = time.perf_counter() - start
        process.stdin.close()
    return count / seconds


def main():
    tool = pathlib.Path(sys.argv[1]) / "flowref"
    images = np.loadtxt(ROOT / "Fixtures/data/digits.csv", delimiter=",", skiprows=1)[:, 1:] / 16
    rng = np.random.default_rng(0)
    x = 0.5 * images[rng.integers(len(images), size=1000)] + 0.5 * rng.standard_normal((1000, 64))
    digits = flowref.MarginalField(flowref.Path("ot"), flowref.PointCloud(images))
    eight = flowref.MarginalField(flowref.Path("ot"), flowref.Preset("eight_gaussians"))
    point, many = np.array([0.2, -0.1]), rng.standard_normal((100_000, 2))

    started = subprocess.run(
        [sys.executable, "-c", "import numpy, time; t = time.process_time(); import flowref; print(time.process_time() - t)"],
        capture_output=True, text=True, check=True)
    print("| | |\n|---|---|")
    print(f"| `import flowref`, after numpy | {float(started.stdout) * 1e3:.0f} ms |")
    print(f"| velocity at one point, eight Gaussians | {best(lambda: eight.velocity(0.5, point), 5000) * 1e6:.1f} us |")
    print(f"| log density at one point | {best(lambda: eight.log_density(0.5, point), 5000) * 1e6:.1f} us |")
    each = best(lambda: eight.velocity(0.5, many), 5, CORES) / len(many)
    print(f"| velocity at 100,000 points, eight Gaussians | {each * 1e9:.1f} ns a point |")
    ours, theirs = best(lambda: digits.velocity(0.5, x), 5, CORES), best(lambda: numpy_velocity(x, images, 0.5), 3, CORES)
    print(f"| velocity at 1,000 points, 1,797 digits | {ours * 1e3:.2f} ms |")
    print(f"| the same in numpy | {theirs * 1e3:.1f} ms |")
    flow = best(lambda: flowref.flow(eight, many[:1000], rtol=1e-6, atol=1e-6), 2, CORES)
    print(f"| flow of 1,000 points, tolerance 1e-6 | {flow * 1e3:.1f} ms |")
    oracle = flowref.Oracle()
    requests = {
        "conditional_velocity": b'{"id":1,"op":"conditional_velocity","path":{"kind":"ot"},"t":0.5,"x":[0.2,-0.1],"x1":[1,2]}',
        "marginal_velocity of eight Gaussians": b'{"id":1,"op":"marginal_velocity","path":{"kind":"ot"},'
        b'"target":{"kind":"preset","name":"eight_gaussians"},"t":0.5,"x":[0.2,-0.1]}',
    }
    print("\n| requests a second | in process, one by one | together | through the pipe, one by one | 256 at a time |")
    print("|---|---|---|---|---|")
    for name, request in requests.items():
        block = b"\n".join([request] * 10_000)
        rates = [
            1 / best(lambda: oracle.answer(request), 3000),
            10_000 / best(lambda: oracle.answer(block), 1),
            pipe(tool, request, 5000, 1),
            pipe(tool, request, 20_000, 256),
        ]
        print(f"| {name} | " + " | ".join(f"{rate:,.0f}" for rate in rates) + " |")


main()
