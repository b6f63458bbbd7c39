"""Compiles Examples/c/fields.c with the system's C compiler, runs it and looks at what it prints.

    python check_c.py
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


def main():
    compiler = next((one for one in ("cc", "gcc", "clang") if shutil.which(one)), None)
    if compiler is None:
        print("there is no C compiler: left out")
        return
    library = _processor.library()
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "fields"
        subprocess.run(
            [compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", ROOT / "Examples/c/fields.c",
             "-I", ROOT / "Sources/CFlowReference", library, f"-Wl,-rpath,{library.parent}", "-o", program],
            check=True)
        printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()
    field = flowref.MarginalField(flowref.Path("ot"), flowref.GaussianMixture([[-2, 0], [2, 0]], 0.5, weights=[1, 3]))
    x = np.array([[0.2, -0.1], [1.5, 0.7]])
    u, p = field.velocity(0.5, x), field.log_density(0.5, x)
    ends = flowref.flow(field, x, rtol=1e-10, atol=1e-10)
    expected = [f"flowref {flowref.version()}"]
    expected += [f"u = ({u[k, 0]:.17g}, {u[k, 1]:.17g}), log p = {p[k]:.17g}" for k in range(2)]
    expected += [f"x = ({ends.x[k, 0]:.15g}, {ends.x[k, 1]:.15g}) after {ends.counts.nfe[k]} evaluations: success"
                 for k in range(2)]
    expected += ["out_of_domain (t): t = 1.5 is outside [0.0, 1.0]", '{"id":1,"ok":true,"value":[2.0]}']
    # The second density was asked at its own time.
    expected[2] = f"u = ({u[1, 0]:.17g}, {u[1, 1]:.17g}), log p = {field.log_density(0.25, x[1]):.17g}"
    if printed != expected:
        sys.exit("\n".join(["printed:", *printed, "expected:", *expected]))
    print("\n".join(printed))


main()
