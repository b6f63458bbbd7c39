#!/usr/bin/env python3
"""Runs the ten lines of Python in README.md, as they stand there, with a right and a wrong implementation behind them.

    python3 Fixtures/check_readme.py       (needs Fixtures/generate/requirements.txt)

The right one is the correct version of the mutants: every case must print True. With a mistake some must print False.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FILES = ["schedule/vp.json", "conditional_velocity/ot.json", "pair_velocity/vp_trigonometric.json", "ddpm_posterior/all.json"]
MINE = """
import os, sys
sys.path.insert(0, os.environ["MUTANTS"])
import mutant, switches
switches.active = os.environ.get("MUTANT")
answer = mutant.answer
"""


def results(directory, file, mistake=None):
    environment = {**os.environ, "MUTANTS": str(HERE / "mutants")}
    if mistake:
        environment["MUTANT"] = mistake
    done = subprocess.run([sys.executable, "ten.py", str(HERE / file)], cwd=directory, env=environment, text=True,
                          capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{file}: the ten lines failed:\n{done.stderr}")
    return [line.split()[0] for line in done.stdout.splitlines()]


def main():
    block = re.search(r"## Use them in ten lines\n+```python\n(.*?)```", (HERE / "README.md").read_text(), re.DOTALL).group(1)
    if len([line for line in block.splitlines() if line.strip()]) != 10:
        sys.exit("README.md: the ten lines are not ten")
    with tempfile.TemporaryDirectory() as directory:
        (pathlib.Path(directory) / "ten.py").write_text(block)
        (pathlib.Path(directory) / "mine.py").write_text(MINE)
        judged = 0
        for file in FILES:
            found = results(directory, file)
            values = [c for c in json.loads((HERE / file).read_text())["cases"] if "float64" in c.get("formats", [])]
            if found != ["True"] * len(values):
                sys.exit(f"{file}: of {len(values)} values {found.count('True')} were found right")
            judged += len(found)
        if "False" not in results(directory, "conditional_velocity/ot.json", "velocity_sign"):
            sys.exit("a wrong sign was not noticed")
    print(f"the ten lines of README.md judge {judged} values as they should")


if __name__ == "__main__":
    main()
