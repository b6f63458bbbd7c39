"""What a call costs from Python: beside Swift, numpy and jax doing the same field, and beside the pipe. Prints tables.

    python speed.py BIN [TIMER]     BIN has the tool flowref; TIMER is the program that times the calls in Swift
    python speed.py --levels        the libraries of a published wheel beside one another

Core time, of all cores together and divided by their number for what uses several: what the clock shows on a machine that has
nothing else to do. The fastest of several rounds each, taken in turn. What goes through a pipe is by the clock.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

import flowref

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Benchmarks/peers"))
ROUNDS, CORES, T = 15, os.cpu_count(), 0.5
RING = np.array([[4 * np.cos(k * np.pi / 4), 4 * np.sin(k * np.pi / 4)] for k in range(8)])


def seconds(call, repeats):
    """Core time of one call."""
    start = time.process_time()
    for _ in range(repeats):
        call()
    return (time.process_time() - start) / repeats


def best(call, repeats, rounds=ROUNDS):
    call()
    return min(seconds(call, repeats) for _ in range(rounds))


def digits():
    """The 1,797 digits and 1,000 points halfway to them."""
    images = np.loadtxt(ROOT / "Fixtures/data/digits.csv", delimiter=",", skiprows=1)[:, 1:] / 16
    rng = np.random.default_rng(0)
    return images, T * images[rng.integers(len(images), size=1000)] + (1 - T) * rng.standard_normal((1000, 64))


def in_swift(timer, x, data, std, quantity, repeats):
    with tempfile.TemporaryDirectory() as folder:
        files = [os.path.join(folder, name) for name in ("data", "points", "values")]
        data.tofile(files[0])
        x.tofile(files[1])
        told = subprocess.run(
            [timer, "field", str(data.shape[1]), repr(std), repr(T), str(repeats), quantity, *files],
            capture_output=True, text=True, check=True)
    return json.loads(told.stdout)["core_seconds"]


def fields(timer):
    """The same fields by all."""
    import fields as peers

    names = ["numpy", "jax"]
    images, x = digits()
    many = np.random.default_rng(1).standard_normal((100_000, 2))
    one = np.array([0.2, -0.1])
    ring = flowref.MarginalField(flowref.Path("ot"), flowref.GaussianMixture(RING, 0.3))
    cloud = flowref.MarginalField(flowref.Path("ot"), flowref.PointCloud(images))
    rows = [
        ("velocity at one point, 8 Gaussians", lambda: ring.velocity(T, one), one[None], RING, 0.3, 5000, 1e6, 1),
        ("log density at one point, 8 Gaussians", lambda: ring.log_density(T, one), one[None], RING, 0.3, 2000, 1e6, 1),
        ("velocity at 1,000 points, 1,797 digits", lambda: cloud.velocity(T, x), x, images, 0.0, 5, 1e6, CORES),
        ("velocity at 100,000 points, 8 Gaussians", lambda: ring.velocity(T, many), many, RING, 0.3, 5, 1e6, CORES),
    ]
    print("| microseconds | Python | Swift | beyond | " + " | ".join(names) + " |\n|---|---|---|---|" + "---|" * len(names))
    for title, call, points, data, std, repeats, unit, cores in rows:
        quantity = "marginal_log_density" if "density" in title else "marginal_velocity"
        call()
        pairs = [(seconds(call, repeats), timer and in_swift(timer, points, data, std, quantity, repeats))
                 for _ in range(ROUNDS)]
        own = min(pair[0] for pair in pairs) * unit / cores
        line = [f"{own:,.1f}", "", ""]
        if timer:
            swift = min(pair[1] for pair in pairs) * unit / cores
            line[1:] = [f"{swift:,.1f}", f"{own - swift:,.1f} ({own / swift - 1:.0%})"]
        for name in names:
            if quantity == "marginal_velocity":
                peer = getattr(peers, name + "_field")(points, data, T, std)
                line.append(f"{best(peer, min(repeats, 500), 5) * unit / cores:,.1f}")
            else:
                line.append("")
        print(f"| {title} | " + " | ".join(line) + " |", flush=True)


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
        elapsed = time.perf_counter() - start
        process.stdin.close()
    return count / elapsed


def requests(tool):
    oracle = flowref.Oracle()
    asked = {
        "conditional_velocity": b'{"id":1,"op":"conditional_velocity","path":{"kind":"ot"},"t":0.5,"x":[0.2,-0.1],"x1":[1,2]}',
        "marginal_velocity, 8 Gaussians by name": b'{"id":1,"op":"marginal_velocity","path":{"kind":"ot"},'
        b'"target":{"kind":"preset","name":"eight_gaussians"},"t":0.5,"x":[0.2,-0.1]}',
    }
    print("\n| requests a second | in process, one by one | together | through the pipe, one by one | 256 at a time |")
    print("|---|---|---|---|---|")
    for name, request in asked.items():
        block = b"\n".join([request] * 10_000)
        rates = [
            1 / best(lambda: oracle.answer(request), 3000, 60),
            10_000 / best(lambda: oracle.answer(block), 1),
            pipe(tool, request, 5000, 1),
            pipe(tool, request, 20_000, 256),
        ]
        print(f"| {name} | " + " | ".join(f"{rate:,.0f}" for rate in rates) + " |", flush=True)


def others():
    from hypothesis import HealthCheck, given, settings

    from flowref import strategies

    started = subprocess.run(
        [sys.executable, "-c", "import numpy, time; t = time.process_time(); import flowref; print(time.process_time() - t)"],
        capture_output=True, text=True, check=True)
    oracle, count = flowref.Oracle(), 2000

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(strategies.requests("conditional_velocity", one_minus_t=False))
    def judged(request):
        answer = json.loads(oracle.answer(json.dumps(request).encode()))
        strategies.check(request, answer["value"] if answer["ok"] else strategies.Refusal(answer["error"]["code"]))

    print("\n| | |\n|---|---|")
    print(f"| `import flowref`, after numpy | {float(started.stdout) * 1e3:.0f} ms |")
    print(f"| requests drawn, answered and judged under hypothesis | {count / best(judged, 1, 3):,.0f} a second |")


def level():
    """What one library takes, for the comparison of several."""
    images, x = digits()
    ring = flowref.MarginalField(flowref.Path("ot"), flowref.GaussianMixture(RING, 0.3))
    cloud = flowref.MarginalField(flowref.Path("ot"), flowref.PointCloud(images))
    many = np.random.default_rng(1).standard_normal((100_000, 2))
    return {
        "velocity at 1,000 points, 1,797 digits": best(lambda: cloud.velocity(T, x), 5, 5) / CORES,
        "velocity at 100,000 points, 8 Gaussians": best(lambda: ring.velocity(T, many), 5, 5) / CORES,
        "flow of 1,000 points to 1e-6": best(lambda: flowref.flow(ring, many[:1000], rtol=1e-6, atol=1e-6), 1, 5) / CORES,
        "velocity at one point": best(lambda: ring.velocity(T, many[0]), 5000),
    }


def levels():
    from flowref import _processor

    able = _processor.flags()
    listed = json.loads((_processor.HERE / "_libraries.json").read_text())["libraries"]
    found = {}
    for one in listed:
        if able.issuperset(one["needs"]):
            told = subprocess.run([sys.executable, __file__, "--level"], env={**os.environ, "FLOWREF_LIBRARY": one["level"]},
                                  capture_output=True, text=True, check=True)
            found[one["level"]] = json.loads(told.stdout)
    first = next(iter(found))
    print("| microseconds | " + " | ".join(found) + " |\n|---|" + "---|" * len(found))
    for title in found[first]:
        cells = [f"{found[one][title] * 1e6:,.1f} ({found[one][title] / found[first][title]:.2f})" for one in found]
        print(f"| {title} | " + " | ".join(cells) + " |")


def main():
    if sys.argv[1] == "--level":
        print(json.dumps(level()))
    elif sys.argv[1] == "--levels":
        levels()
    else:
        fields(sys.argv[2] if len(sys.argv) > 2 else None)
        requests(pathlib.Path(sys.argv[1]) / "flowref")
        others()


if __name__ == "__main__":
    main()
