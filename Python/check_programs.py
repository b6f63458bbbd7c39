"""Runs the programs of Examples that use the C interface from other languages, and looks at what they print: in C, with the
system's compiler, and in Julia, each where it is installed.

    python check_programs.py
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np

import flowref
from flowref import _processor

ROOT = pathlib.Path(__file__).resolve().parent.parent


def printed(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def in_c(library):
    compiler = next((one for one in ("cc", "gcc", "clang") if shutil.which(one)), None)
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "fields"
        subprocess.run(
            [compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", ROOT / "Examples/c/fields.c",
             "-I", ROOT / "Sources/CFlowReference", library, f"-Wl,-rpath,{library.parent}", "-o", program],
            check=True)
        return printed(program)


def in_julia(library):
    if shutil.which("julia") is None:
        return None
    return printed("julia", "--startup-file=no", ROOT / "Examples/julia/fields.jl", library)


def expected():
    """What the C program prints; the one in Julia leaves out flows and the protocol."""
    field = flowref.MarginalField(flowref.Path("ot"), flowref.GaussianMixture([[-2, 0], [2, 0]], 0.5, weights=[1, 3]))
    x = np.array([[0.2, -0.1], [1.5, 0.7]])
    u, p = field.velocity(0.5, x), field.log_density([0.5, 0.25], x)
    ends = flowref.flow(field, x, rtol=1e-10, atol=1e-10)
    return [
        f"flowref {flowref.version()}",
        *(f"u = ({u[k, 0]:.17g}, {u[k, 1]:.17g}), log p = {p[k]:.17g}" for k in range(2)),
        *(f"x = ({ends.x[k, 0]:.15g}, {ends.x[k, 1]:.15g}) after {ends.counts.nfe[k]} evaluations: success"
          for k in range(2)),
        "out_of_domain (t): t = 1.5 is outside [0.0, 1.0]",
        '{"id":1,"ok":true,"value":[2.0]}',
    ]


def main():
    library = _processor.library()
    lines = expected()
    for language, run, wanted in (("C", in_c, lines), ("Julia", in_julia, [*lines[:3], lines[5]])):
        found = run(library)
        if found is None:
            print(f"{language} is not installed here: left out")
        elif found != wanted:
            sys.exit("\n".join([f"the program in {language} printed:", *found, "expected:", *wanted]))
        else:
            print("\n".join([f"the program in {language}:", *found]))


main()
