"""ruff and mypy --strict on the Python packages; `lint.py --format` mends what ruff can."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FORMAT = sys.argv[1:] == ["--format"]


def main():
    failed = False
    for package in ("flowref", "fixtures"):
        folder = HERE / package
        ruff = [sys.executable, "-m", "ruff"]
        for command in (
            [*ruff, "format", *([] if FORMAT else ["--check"]), "."],
            [*ruff, "check", *(["--fix"] if FORMAT else []), "."],
            [sys.executable, "-m", "mypy", "--strict"],
        ):
            failed |= subprocess.run(command, cwd=folder, check=False).returncode != 0
    sys.exit(failed)


main()
