"""The exact fields beside what people would use instead: one run, the same points.

Every program is timed in float64 on all cores, turn by turn: by the clock (the median), and by core time,
which says more on a machine that has other things to do and which ratios are of. How many digits each
got right is measured against 64-bit mantissas with direct differences on some of the queries.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import tempfile
import time

import numpy as np

import fields
import trajectories


class Timer:
    """This library, through the executable that times it."""

    def __init__(self, executable, folder):
        self.executable, self.folder = executable, folder

    def __call__(self, kind, points, m, number, s, runs, name):
        paths = [os.path.join(self.folder, file) for file in ("means", "points", "values")]
        m.tofile(paths[0])
        points.tofile(paths[1])
        done = subprocess.run(
            [self.executable, kind, str(m.shape[1]), repr(s), repr(number), str(runs), name, *paths],
            check=True, capture_output=True, text=True)
        return json.loads(done.stdout), np.fromfile(paths[2])

    def field(self, x, m, t, s, runs, quantity="marginal_velocity"):
        return self("field", x, m, t, s, runs, quantity)


def ring():
    return 4 * np.array([[math.cos(k * math.pi / 4), math.sin(k * math.pi / 4)] for k in range(8)])


def cases(root):
    generator = np.random.default_rng(1)
    table = np.loadtxt(os.path.join(root, "Fixtures/data/digits.csv"), delimiter=",", skiprows=1)
    images = table[:, 1:] / 16
    yield "cloud, d=2, 4,096 x 1,000", generator.standard_normal((4096, 2)), 0.0, 1000
    yield "cloud, d=2, 50,000 x 1,000", generator.standard_normal((50000, 2)), 0.0, 1000
    yield "digits, d=64, 1,797 x 1,000", images, 0.0, 1000
    far = generator.standard_normal((10000, 784))
    yield "cloud, d=784, 10,000 x 500", far, 0.0, 500
    yield "cloud, d=784, 10,000 x 500, 1000 away from 0", far + 1000, 0.0, 500
    yield "eight Gaussians, d=2, 8 x 100,000", ring(), 0.3, 100000


def queries(generator, m, t, s, count):
    data = m[generator.integers(len(m), size=count)]
    data = data + s * generator.standard_normal(data.shape)
    return t * data + (1 - t) * generator.standard_normal(data.shape)


def measure(run, runs):
    """The median of the seconds of some runs after one to warm up, the mean core time, and what it
    returns."""
    run()
    seconds = []
    before = time.process_time()
    for _ in range(runs):
        start = time.perf_counter()
        values = run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), core_time((time.process_time() - before) / runs), values


def core_time(seconds):
    """What all cores together spent, shared among them: what the clock shows on an idle machine, less
    what is lost at the end of a batch."""
    return seconds / os.cpu_count()


def compare_fields(timer, arguments, names):
    print("Velocities: core time in nanoseconds per pair, in brackets beside this library's.\n")
    print("| velocity | t | this library | by the clock | " + " | ".join(names) + " |")
    print("|---|---|---|---|" + "---|" * len(names))
    rows = []
    for title, m, s, count in cases(arguments.root):
        if arguments.only not in title:
            continue
        for t in map(float, arguments.times.split()):
            x = queries(np.random.default_rng(2), m, t, s, count)
            some = slice(0, 10 if m.size > 1e6 else 50)
            expected = fields.truth(x[some], m, t, s)
            report, values = timer.field(x, m, t, s, arguments.runs)
            values = values.reshape(x.shape)
            pairs = len(x) * len(m) / 1e9
            own = core_time(report["core_seconds"]) / pairs
            line = [title, f"{t:g}", f"{own:.3g}",
                    f"{statistics.median(report['seconds']) / pairs:.3g}"]
            right = [title, f"{t:g}", fields.digits(values[some], expected)]
            for name in names:
                peer = getattr(fields, name + "_field")(x, m, t, s)
                _, cores, theirs = measure(peer, max(1, arguments.runs // 2))
                same = fields.digits(theirs, values)
                note = "" if same > 3 else f", differs in digit {max(same, 0):.0f}"
                line.append(f"{cores / pairs:.3g} ({cores / pairs / own:.1f}{note})")
                right.append(fields.digits(theirs[some], expected))
            rows.append(right)
            print("| " + " | ".join(line) + " |", flush=True)
    print("\nRight digits of the worst query:\n")
    print("| velocity | t | this library | " + " | ".join(names) + " |")
    print("|---|---|---|" + "---|" * len(names))
    for title, t, *digits in rows:
        print(f"| {title} | {t} | " + " | ".join(f"{one:.1f}" for one in digits) + " |")


def compare_divergences(timer, arguments):
    print("\nThe velocity with its divergence; core time, nanoseconds per pair.\n")
    print("| | t | velocity alone | with its divergence | ratio | jax, both | ratio to jax "
          "| digits in common |")
    print("|---|---|---|---|---|---|---|---|")
    for title, m, s, count in cases(arguments.root):
        if arguments.only not in title or len(m) == 50000 or "away" in title:
            continue
        for t in [0.1, 0.3, 0.5, 0.7, 0.9, 0.99]:
            x = queries(np.random.default_rng(2), m, t, s, count)
            runs = arguments.runs if m.size < 1e6 else 2
            alone, both = [], []
            # Turn by turn, so that both see the same state of the machine.
            for _ in range(5 if m.size < 1e6 else 2):
                alone.append(timer.field(x, m, t, s, runs)[0]["core_seconds"])
                report, values = timer.field(x, m, t, s, runs, "velocity_and_divergence")
                both.append(report["core_seconds"])
            pairs = len(x) * len(m) / 1e9
            _, cores, theirs = measure(fields.jax_divergence(x, m, t, s), max(1, runs // 2))
            velocity, own = (core_time(statistics.median(one)) / pairs for one in (alone, both))
            size = np.sqrt((values ** 2).mean())
            common = -math.log10(max(np.abs(theirs - values).max() / size, 1e-17))
            print(f"| {title} | {t:g} | {velocity:.2f} | {own:.2f} | {own / velocity:.2f} "
                  f"| {cores / pairs:.2f} | {cores / pairs / own:.1f} | {common:.1f} |", flush=True)


def compare_flows(timer, arguments):
    """1,000 trajectories of the exact eight-Gaussian field (radius 4, std 0.3) to 1e-8."""
    m, s, tolerance = ring(), 0.3, 1e-8
    starts = np.random.default_rng(3).standard_normal((1000, 2))
    few = 100
    expected = trajectories.reference(starts[:few], m, s)
    lines = []
    for solver in ["dop853", "dopri5", "tsit5"]:
        report, ends = timer("flow", starts, m, tolerance, s, 4 * arguments.runs, solver)
        ends = ends.reshape(starts.shape)
        seconds = statistics.median(report["seconds"]) / len(starts)
        cores = core_time(report["core_seconds"]) / len(starts)
        lines.append((solver, seconds, cores, f"{report['evaluations']:.0f} evaluations", ends))
    own, theirs = lines[0][2], lines[0][4]
    for solver in ["Dopri8", "Dopri5", "Tsit5"]:
        run = trajectories.diffrax_flow(starts, m, s, tolerance, solver)
        seconds, cores, (ends, steps) = measure(run, arguments.runs)
        lines.append(("diffrax " + solver, seconds / len(starts), cores / len(starts), f"{steps:.0f} steps", ends))
    seconds, cores, (ends, asked) = measure(
        trajectories.scipy_flow(starts[:few], m, s, tolerance), 1)
    lines.append(("scipy DOP853", seconds / few, cores / few, f"{asked:.0f} evaluations", ends))
    print("\n1,000 trajectories to 1e-8; microseconds each.\n")
    print("| | clock | core time | ratio | per trajectory | largest error | largest difference |")
    print("|---|---|---|---|---|---|---|")
    for name, seconds, cores, work, ends in lines:
        error = np.abs(ends[:few] - expected).max()
        difference = np.abs(ends - theirs[:len(ends)]).max()
        # One trajectory after the other: the other cores are free.
        spent = seconds if name.startswith("scipy") else cores
        print(f"| {name} | {seconds * 1e6:.1f} | {cores * 1e6:.1f} | {spent / own:.1f} "
              f"| {work} | {error:.0e} | {difference:.0e} |", flush=True)
        if difference > 1e-4:
            raise SystemExit(f"{name} does not end where the others do")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--timer", required=True, help="the built PeerTimer")
    parser.add_argument("--root", required=True, help="the repository")
    parser.add_argument("--peers", default="numpy jax")
    parser.add_argument("--parts", default="fields divergences flows")
    parser.add_argument("--times", default="0.1 0.5 0.9 0.99")
    parser.add_argument("--only", default="", help="fields whose name contains this")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    parts = arguments.parts.split()
    with tempfile.TemporaryDirectory() as folder:
        timer = Timer(arguments.timer, folder)
        if "fields" in parts:
            compare_fields(timer, arguments, arguments.peers.split())
        if "divergences" in parts:
            compare_divergences(timer, arguments)
        if "flows" in parts:
            compare_flows(timer, arguments)


if __name__ == "__main__":
    main()
