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


def shares(timer, folder, out):
    """What a pair costs at the measured peak of the vector units, beside what it does cost, where
    every component matters, at t = 0. Counted per pair are operations on eight queries at once."""
    peak = json.loads(subprocess.run([timer, "peak"], check=True, capture_output=True,
                                     text=True).stdout)
    generator = np.random.default_rng(1)
    lines = ["| " + " | ".join(f"{name} {peak[name]:.2f}" for name in peak if name != "cores")
             + f" | cores {peak['cores']} |", "",
             "| cloud at t = 0 | loads | differences | exp | sums | together at peak "
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
    with open(os.path.join(out, "peak.md"), "w") as file:
        file.write("\n".join(lines) + "\n")
    print("\n".join(lines))


def table(path, header, rows):
    with open(path, "w") as file:
        file.write("# " + header + "\n")
        for row in rows:
            file.write(" ".join(f"{value:.6g}" for value in row) + "\n")


def figure(path, lines):
    style = ["set terminal pngcairo size 1000,700 font 'sans,13'", f"set output '{path}'",
             "set logscale xy", "set format y '%g'", "set grid", "set key outside right"]
    subprocess.run(["gnuplot"], input="\n".join(style + lines), text=True, check=True)


def curves(data, times):
    return "plot " + ", ".join(
        f"'{data}' using 1:{k + 2} with linespoints lw 2 title 't = {t:g}'"
        for k, t in enumerate(times))


def main():
    timer, out = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    generator = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        rows, sizes = [], []
        for count in [1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000]:
            m = generator.standard_normal((count, 2))
            results = [timed(timer, folder, m, t) for t in TIMES]
            rows.append([count] + [ns * count / 1e3 for ns, _ in results])
            sizes.append([count, max(size for _, size in results), m.nbytes / 1e6])
        points, memory = os.path.join(out, "points.txt"), os.path.join(out, "memory.txt")
        table(points, "points, then microseconds per query at t = "
              + ", ".join(map(str, TIMES)), rows)
        table(memory, "points, MB that 512 queries add, MB of the points", sizes)
        figure(os.path.join(out, "points.png"), [
            "set xrange [800:1.2e6]", "set xlabel 'points (d = 2)'", "set ylabel 'microseconds per query'",
            curves(points, TIMES) + ", 0.0005 * x with lines dt 2 lc 'gray' title 'linear'"])

        rows = []
        for d in [2, 4, 8, 16, 32, 64, 128, 256, 512, 784]:
            m = generator.standard_normal((4096, d))
            rows.append([d] + [timed(timer, folder, m, t, 3)[0] for t in TIMES])
        axes = os.path.join(out, "axes.txt")
        table(axes, "d, then nanoseconds per pair at t = " + ", ".join(map(str, TIMES)), rows)
        figure(os.path.join(out, "axes.png"), [
            "set xrange [1.6:1000]", "set xlabel 'dimension (4,096 points)'", "set ylabel 'nanoseconds per pair'",
            curves(axes, TIMES) + ", 0.05 * x with lines dt 2 lc 'gray' title 'linear'"])

        rows = []
        m = generator.standard_normal((50_000, 2))
        for k in range(0, 25):
            rest = 10 ** (-k / 4)
            runs = 10 if rest > 0.1 else 300
            rows.append([rest, timed(timer, folder, m, 1 - rest, runs)[0]])
        data = os.path.join(out, "towards_data.txt")
        table(data, "1 - t, nanoseconds per pair (50,000 points, d = 2)", rows)
        figure(os.path.join(out, "towards_data.png"), [
            "set xlabel '1 - t'", "set ylabel 'nanoseconds per pair (50,000 points, d = 2)'",
            "set xrange [1:1e-6] reverse", "unset key",
            f"plot '{data}' using 1:2 with linespoints lw 2"])
        shares(timer, folder, out)


if __name__ == "__main__":
    main()
