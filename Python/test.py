"""Tests the wheels where they will live: in a fresh environment, with no Swift on the path.

    python test.py BIN [--full]
    python test.py --notebooks FOLDER
    python test.py --speed BIN TIMER | --levels

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
    """The environment without a Swift toolchain on its path, and without what would find another library or package."""
    other = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME")
    kept = {name: value for name, value in os.environ.items()
            if name not in other and not name.startswith(("SWIFT", "FLOWREF"))}
    folders = os.environ["PATH"].split(os.pathsep)
    kept["PATH"] = os.pathsep.join([str(FRESH / "bin")] + [
        one for one in folders if one and not shutil.which("swift", path=one)])
    return kept


def fresh(*more):
    """The environment with the wheels, and its interpreter."""
    shutil.rmtree(FRESH, ignore_errors=True)
    environment = without_swift()
    wheels = sorted((HERE / "dist").glob("*.whl"))
    run("a fresh environment", sys.executable, "-m", "venv", FRESH)
    python = FRESH / "bin/python"
    run("pip install", python, "-m", "pip", "install", "-q", *wheels, *more, env=environment)
    return python, environment


def test(tool, full):
    python, environment = fresh("-r", HERE / "tests.txt", "-r", HERE / "notebooks/requirements.txt")
    library = next((FRESH / "lib").glob("python*/site-packages/flowref"))
    run("programs in other languages", python, HERE / "check_programs.py", env=environment)
    run("names", python, HERE / "flowref/names.py", "--check", library, env=environment)
    with tempfile.TemporaryDirectory() as folder:
        # Away from the sources, so that nothing but the wheels is found.
        for package in ("flowref", "fixtures"):
            shutil.copytree(HERE / package / "tests", pathlib.Path(folder) / package / "tests")
            for name in ("pyproject.toml", "README.md"):
                shutil.copy(HERE / package / name, pathlib.Path(folder) / package / name)
            shutil.copy(ROOT / "docs/python.md", pathlib.Path(folder) / package / "python.md")
            shutil.copy(ROOT / "README.md", pathlib.Path(folder) / package / "repository.md")
            run(f"tests of {package}", python, "-m", "pytest", cwd=pathlib.Path(folder) / package, env=environment)
    run("notebooks", python, HERE / "notebooks/run.py", env=environment)
    tools = ROOT / ".venv/bin/python"
    run("verdicts", tools, HERE / "parity.py", tool, *(["--full"] if full else []))


def main():
    arguments = sys.argv[1:]
    if arguments[0] == "--notebooks":
        python, environment = fresh("-r", HERE / "notebooks/requirements.txt")
        run("notebooks", python, HERE / "notebooks/run.py", "--pages", ROOT / arguments[1], env=environment)
    elif arguments[0] == "--speed":
        python, environment = fresh("-r", HERE / "tests.txt")
        run("speed", python, HERE / "speed.py", *arguments[1:], env=environment)
    else:
        test(pathlib.Path(arguments[0]) / "flowref", arguments[1:] == ["--full"])


main()
