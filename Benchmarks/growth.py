"""How the time and memory of the exact velocity grow: with the number of points, with the dimension,
and towards the data; and what share of the machine's peak the kernels reach. Writes the tables and,
with gnuplot, the figures.

    growth.py PEER_TIMER FOLDER
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np

TIMES = [0.1, 0.5, 0.9, 0.99]
QUERIES = 512


def timed(timer, folder, m, t, runs=5, count=QUERIES):
    """Nanoseconds per pair, and what the queries add to the largest resident size in MB."""
    generator = np.random.default_rng(2)
    x = t * m[generator.integers(len(m), size=count)]
    x = x + (1 - t) * generator.standard_normal(x.shape)
    paths = [os.path.join(folder, name) for name in ("means", "queries", "values")]
    m.tofile(paths[0])
    x.tofile(paths[1])
    done = subprocess.run(
        [timer, "field", str(m.shape[1]), "0", repr(t), str(runs), "marginal_velocity",
         *paths],
        check=True, capture_output=True, text=True)
    report = json.loads(done.stdout)
    # What all cores spent, shared among them: the same whatever else the machine does.
    seconds = report["core_seconds"] / os.cpu_count()
    added = report["resident"] - report["resident_before"]
    return seconds / count / len(m) * 1e9, added / 1e6


def shares(timer, folder):
    """What a pair costs at the measured peak of the vector units, beside what it does cost, where
    every component matters, at t = 0. Counted per pair are operations on eight queries at once."""
    peak = json.loads(subprocess.run([timer, "peak"], check=True, capture_output=True,
                                     text=True).stdout)
    generator = np.random.default_rng(1)
    names = [name for name in peak if name != "cores"]
    print(f"\nNanoseconds per operation on eight doubles, {peak['cores']} cores at work:\n\n| "
          + " | ".join(name.replace("_", " ") for name in names) + " |\n|" + "---|" * len(names)
          + "\n| " + " | ".join(f"{peak[name]:.3g}" for name in names) + " |\n")
    lines = ["Nanoseconds per pair:", "", "| cloud at t = 0 | loads | differences | exp | sums | together at peak "
             "| measured | share of peak |", "|---|---|---|---|---|---|---|---|"]
    for d, count, queries in [(2, 4096, 4096), (8, 4096, 2048), (64, 4096, 1024), (784, 10_000, 512)]:
        m = generator.standard_normal((count, d))
        measured, _ = timed(timer, folder, m, 0.0, 7, queries)
        scale = 1 / 8 / peak["cores"]
        if d < 16:
            # x - alpha m and its square; m - m_j twice, two products; a sum.
            broadcasts, differences, sums = 3 * d, 5 * d, 2 * d
        else:
            # Products with the point, and a sum.
            broadcasts, differences, sums = 2 * d, d, d
        cost = {
            # What a number from memory costs more than one in a register.
            "loads": broadcasts * max(0, peak["broadcast_fused"] - peak["fused"]) * scale,
            "differences": differences * peak["fused"] * scale,
            "exp": peak["exp"] * scale, "sums": sums * peak["fused"] * scale}
        whole = sum(cost.values())
        lines.append(
            f"| d={d}, {count:,} x {queries:,} | " + " | ".join(
                f"{value:.2f}" for value in cost.values())
            + f" | {whole:.2f} | {measured:.2f} | {whole / measured:.0%} |")
    print("\n".join(lines))


def table(path, header, rows):
    """Prints the table and writes its numbers for gnuplot."""
    print("\n| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    with open(path, "w") as file:
        for row in rows:
            print("| " + " | ".join(shown(value) for value in row) + " |")
            file.write(" ".join(f"{value:.6g}" for value in row) + "\n")


def shown(value):
    return f"{value:,}" if isinstance(value, int) else f"{value:.2g}" if value < 100 else f"{value:.0f}"


def figure(path, lines):
    style = ["set terminal pngcairo size 1000,700 font 'sans,13'", f"set output '{path}'",
             "set logscale xy", "set format y '%g'", "set grid", "set key outside right"]
    subprocess.run(["gnuplot"], input="\n".join(style + lines), text=True, check=True)


def curves(data, times):
    return "plot " + ", ".join(
        f"'{data}' using 1:{k + 2} with linespoints lw 2 title 't = {t:g}'"
        for k, t in enumerate(times))


def points(timer, folder, out):
    generator = np.random.default_rng(1)
    rows, sizes = [], []
    for count in [1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000]:
        m = generator.standard_normal((count, 2))
        results = [timed(timer, folder, m, t) for t in TIMES]
        rows.append([count] + [ns * count / 1e3 for ns, _ in results])
        sizes.append([count, m.nbytes / 1e6, max(size for _, size in results)])
    data = os.path.join(folder, "points.txt")
    print("\nMicroseconds per query of the velocity, d = 2:")
    table(data, ["points"] + [f"t = {t:g}" for t in TIMES], rows)
    print("\nMemory in MB:")
    table(os.path.join(folder, "memory.txt"), ["points", "they take", "512 queries add"], sizes)
    figure(os.path.join(out, "points.png"), [
        "set xrange [800:1.2e6]", "set xlabel 'points (d = 2)'", "set ylabel 'microseconds per query'",
        curves(data, TIMES) + f", {rows[-1][1] / 1e6} * x with lines dt 2 lc 'gray' title 'linear'"])


def memory(timer, folder):
    generator = np.random.default_rng(1)
    m = generator.standard_normal((10_000, 2))
    rows = []
    for count in [1000, 10_000, 100_000, 1_000_000]:
        _, added = timed(timer, folder, m, 0.9, 1, count)
        rows.append([count, added, count * 16 / 1e6])
    print("\nMemory in MB that the velocity at so many queries adds, 10,000 points:")
    table(os.path.join(folder, "queries.txt"), ["queries", "added", "the results take"], rows)


def axes(timer, folder, out):
    generator = np.random.default_rng(1)
    rows = []
    for d in [2, 4, 8, 16, 32, 64, 128, 256, 512, 784]:
        m = generator.standard_normal((4096, d))
        rows.append([d] + [timed(timer, folder, m, t, 3)[0] for t in TIMES])
    data = os.path.join(folder, "axes.txt")
    print("\nNanoseconds per pair, 4,096 points:")
    table(data, ["d"] + [f"t = {t:g}" for t in TIMES], rows)
    figure(os.path.join(out, "axes.png"), [
        "set xrange [1.6:1000]", "set xlabel 'dimension (4,096 points)'", "set ylabel 'nanoseconds per pair'",
        curves(data, TIMES) + f", {rows[-1][1] / 784} * x with lines dt 2 lc 'gray' title 'linear'"])


def towards_data(timer, folder, out):
    generator = np.random.default_rng(1)
    rows = []
    m = generator.standard_normal((50_000, 2))
    for k in range(0, 25):
        rest = 10 ** (-k / 4)
        runs = 10 if rest > 0.1 else 300
        rows.append([rest, timed(timer, folder, m, 1 - rest, runs)[0]])
    data = os.path.join(folder, "towards_data.txt")
    print("\nTowards the data, 50,000 points, d = 2:")
    table(data, ["1 - t", "nanoseconds per pair"], rows)
    figure(os.path.join(out, "towards_data.png"), [
        "set xlabel '1 - t'", "set ylabel 'nanoseconds per pair (50,000 points, d = 2)'",
        "set xrange [1:1e-6] reverse", "unset key",
        f"plot '{data}' using 1:2 with linespoints lw 2"])


def main():
    timer, out = sys.argv[1:3]
    os.makedirs(out, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        points(timer, folder, out)
        memory(timer, folder)
        axes(timer, folder, out)
        towards_data(timer, folder, out)
        shares(timer, folder)


if __name__ == "__main__":
    main()
