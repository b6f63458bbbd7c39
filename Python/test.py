"""Tests the wheels where they will live: in a fresh environment, with no Swift on the path.

    python test.py BIN [--full]

BIN has the tool `flowref`, with whose verdicts those of the judge in Python are compared, case by case: for every mutant
on a sample of the cases that pass its place, or with --full on all of them (an hour).
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
FRESH = HERE / ".venv-test"


def run(title, *command, **more):
    start = time.monotonic()
    print(f"== {title}", flush=True)
    if subprocess.run([str(word) for word in command], check=False, **more).returncode:
        sys.exit(f"== {title}: FAILED")
    print(f"== {title}: {time.monotonic() - start:.0f} s", flush=True)


def without_swift():
    """The environment with nothing of a Swift toolchain on its path, and none of its variables."""
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "TMPDIR", "PIP_INDEX_URL", "PIP_CONFIG_FILE")}
    folders = os.environ["PATH"].split(os.pathsep)
    kept["PATH"] = os.pathsep.join(
        [str(FRESH / "bin")] + [one for one in folders if one and not shutil.which("swift", path=one)])
    return kept


def main():
    tool = pathlib.Path(sys.argv[1]) / "flowref"
    full = sys.argv[2:] == ["--full"]
    wheels = sorted((HERE / "dist").glob("*.whl"))
    shutil.rmtree(FRESH, ignore_errors=True)
    environment = without_swift()
    run("a fresh environment", sys.executable, "-m", "venv", FRESH)
    python = FRESH / "bin/python"
    run("pip install", python, "-m", "pip", "install", "-q", *wheels, "-r", HERE / "tests.txt", env=environment)
    library = next((FRESH / "lib").glob("python*/site-packages/flowref"))
    run("the C program", python, HERE / "check_c.py", library, env=environment)
    run("names", python, HERE / "flowref/names.py", "--check", library, env=environment)
    with tempfile.TemporaryDirectory() as folder:
        # Away from the sources, so that nothing but the wheels is found.
        for package in ("flowref", "fixtures"):
            shutil.copytree(HERE / package / "tests", pathlib.Path(folder) / package / "tests")
            for name in ("pyproject.toml", "README.md"):
                shutil.copy(HERE / package / name, pathlib.Path(folder) / package / name)
            run(f"tests of {package}", python, "-m", "pytest", cwd=pathlib.Path(folder) / package, env=environment)
    tools = ROOT / ".venv/bin/python"
    run("verdicts", tools, HERE / "parity.py", tool, *(["--full"] if full else []))


main()
