"""What it costs to build the library without the machine's own instructions (-march=native).

    builds.py --root . --timer NATIVE --plain PLAIN      # the two built PeerTimers

The same work by both builds, turn by turn; core time, so that other work on the machine matters little.
"""

import argparse
import tempfile

import numpy as np

import fields
import peers


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", required=True, help="the repository")
    parser.add_argument("--timer", required=True, help="PeerTimer built with -march=native")
    parser.add_argument("--plain", required=True, help="PeerTimer built without")
    arguments = parser.parse_args()
    print("| work | t | native, ns | plain, ns | ratio | digits in common |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        native = peers.Timer(arguments.timer, folder)
        plain = peers.Timer(arguments.plain, folder)
        for title, m, s, count in peers.cases(arguments.root):
            if m.size > 1e6 and "away" in title or len(m) == 50000:
                continue
            for t in [0.1, 0.5, 0.9]:
                x = peers.queries(np.random.default_rng(2), m, t, s, count)
                kinds = ["marginal_velocity"] + ["velocity_and_divergence"] * (m.size < 1e6)
                for kind in kinds:
                    fast, ours = native.field(x, m, t, s, 5, kind)
                    slow, theirs = plain.field(x, m, t, s, 1, kind)
                    width = 1 if len(ours) == len(x) else m.shape[1]
                    same = fields.digits(theirs.reshape(-1, width), ours.reshape(-1, width))
                    pairs = len(x) * len(m) / 1e9
                    report(title + (", with divergence" if width == 1 else ""), f"{t:g}",
                           peers.core_time(fast["core_seconds"]) / pairs,
                           peers.core_time(slow["core_seconds"]) / pairs, same)
        starts = np.random.default_rng(3).standard_normal((1000, 2))
        fast, ours = native("flow", starts, peers.ring(), 1e-8, 0.3, 10, "dop853")
        slow, theirs = plain("flow", starts, peers.ring(), 1e-8, 0.3, 2, "dop853")
        same = fields.digits(theirs.reshape(-1, 2), ours.reshape(-1, 2))
        report("a trajectory by dop853 to 1e-8, microseconds", "", peers.core_time(fast["core_seconds"]) * 1e6 / len(starts),
               peers.core_time(slow["core_seconds"]) * 1e6 / len(starts), same)


def report(title, t, fast, slow, same):
    print(f"| {title} | {t} | {fast:.3g} | {slow:.3g} | {slow / fast:.1f} | {same:.1f} |", flush=True)


if __name__ == "__main__":
    main()
