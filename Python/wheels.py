"""Builds the wheels of the Python packages from what is linked, reproducibly: equal inputs, equal bytes.

    python wheels.py [--publish] [--gsl no]

They are written to dist. On Linux what the library needs beside the C runtime (GSL) is put inside by auditwheel, which
also finds the oldest manylinux that the wheel runs on. With --publish the platform is named after that; without it the
wheel says nothing but `linux`, since it is for the processor of this machine.
"""

import os
import pathlib
import platform
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
DIST = HERE / "dist"


def run(*command, **more):
    told = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if told.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{told.stdout}{told.stderr}")
    return told.stdout


def main():
    publish, gsl = "--publish" in sys.argv, sys.argv[-2:] != ["--gsl", "no"]
    told = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=HERE, capture_output=True, text=True, check=False)
    environment = {**os.environ, "FLOWREF_GSL": "yes" if gsl else "no", "SOURCE_DATE_EPOCH": told.stdout.strip() or "315532800"}
    environment["PATH"] = f"{pathlib.Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    DIST.mkdir(exist_ok=True)
    for old in DIST.glob("*.whl"):
        old.unlink()
    made = []
    for package in ("flowref", "fixtures"):
        out = HERE / package / "dist"
        for old in out.glob("*.whl"):
            old.unlink()
        run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, HERE / package, env=environment)
        wheel = next(out.glob("*.whl"))
        if package == "flowref" and platform.system() == "Linux":
            kind = ["--only-plat"] if publish else ["--no-update-tags"]
            run("auditwheel", "repair", "--plat", "auto", *kind, "-w", DIST, wheel, env=environment)
            wheel.unlink()
        else:
            wheel.replace(DIST / wheel.name)
        made.append(max(DIST.glob("*.whl"), key=lambda one: one.stat().st_mtime))
    run("twine", "check", "--strict", *made, env=environment)
    for wheel in made:
        print(f"{wheel.relative_to(HERE.parent)}  {wheel.stat().st_size / 1e6:.1f} MB")
    print("pip install " + " ".join(str(wheel.relative_to(HERE.parent)) for wheel in made))


main()
