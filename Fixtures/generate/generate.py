#!/usr/bin/env python3
"""Writes the fixtures: python3 Fixtures/generate/generate.py [--only GLOB] [--quick] [--check] [--list]

--only GLOB   only the files whose path below Fixtures/ matches (may be given several times)
--quick       leaves out the targets that take long (digits, images, densities, curves, small means, ...: SLOW below)
--check       writes nothing; fails unless the files on disk are what would be written, byte for byte
--list        names the files and stops
"""

import argparse
import fnmatch
import os
import sys
import time

SLOW = ("digits", "images", "ten-thousand", "curves", "densities", "products", "diffusers", "mixture", "small-means", "normalisation",
        "beta-ends", "scales", "graded", "narrow", "sharp")

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, HERE)

from reference import all_jobs  # noqa: E402
from reference.writer import write  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="GLOB")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    wanted = [
        (paths, make, arguments)
        for paths, make, arguments in all_jobs()
        if (not options.only or any(fnmatch.fnmatch(p, g) for p in paths for g in options.only))
        and not (options.quick and paths[0].split("/")[1][: -len(".json")] in SLOW)
    ]
    if options.list:
        print("\n".join(p for paths, _, _ in wanted for p in paths))
        return 0
    if not wanted:
        print("no file matches", file=sys.stderr)
        return 64
    different = cases = 0
    for done, (paths, make, arguments) in enumerate(wanted, 1):
        start = time.monotonic()
        fixtures = make(*arguments)
        if sorted(f.path for f in fixtures) != sorted(paths):
            raise SystemExit(f"{make.__name__}{arguments} makes {sorted(f.path for f in fixtures)}, not {sorted(paths)}")
        for fixture in fixtures:
            if options.only and not any(fnmatch.fnmatch(fixture.path, g) for g in options.only):
                continue
            text, path = fixture.text(), os.path.join(ROOT, fixture.path)
            cases += len(fixture.cases)
            if options.check:
                if not os.path.exists(path) or open(path, encoding="utf-8").read() != text:
                    different += 1
                    print(f"differs: {fixture.path}")
            else:
                write(text, path)
        if sys.stderr.isatty() or os.environ.get("PROGRESS"):
            seconds = time.monotonic() - start
            print(f"[{done}/{len(wanted)}] {paths[0]} ({len(paths)} files) {seconds:.1f} s", file=sys.stderr)
    print(f"{cases} cases, {different} files differ" if options.check else f"{cases} cases", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
