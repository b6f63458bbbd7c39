"""Writes src/flowref/_names.py, the names that a type checker knows, from the library's catalogue.

python names.py [--check]
"""

import ctypes
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

HEAD = '''"""The names that a type checker knows. Written by names.py from the library's catalogue."""

from typing import Literal

'''


def text(catalogue):
    def unique(names):
        return list(dict.fromkeys(names))

    targets = catalogue["targets"]
    lists = {
        "PathKind": [one["kind"] for one in catalogue["paths"]],
        "Quantity": catalogue["quantities"],
        "PresetName": [one["name"] for one in targets if one["kind"] == "preset"],
        "CurveName": [one["name"] for one in targets if one["kind"] == "curve"],
        "DensityName": [one["name"] for one in targets if one["kind"] == "density_1d"],
        "SolverName": [one["name"] for one in catalogue["solvers"]],
        "ControllerName": catalogue["controllers"],
        "StatusName": [one["name"] for one in catalogue["statuses"]],
        "Parameterisation": catalogue["parameterisations"],
        "Convention": catalogue["conventions"],
        "PairKind": catalogue["pair_kinds"],
        "ResidualMethod": catalogue["residual_methods"],
        "Law": catalogue["laws"],
        "Scheme": catalogue["schemes"],
        "Spacing": catalogue["spacings"],
        "BaseName": catalogue["bases"],
        "TubeKind": catalogue["tubes"],
    }
    lines = [HEAD]
    for name, names in lists.items():
        body = "".join(f'    "{one}",\n' for one in unique(names))
        lines.append(f"{name} = Literal[\n{body}]\n")
    return "".join(lines)


def main():
    folder = Path(sys.argv[2]) if sys.argv[1:2] == ["--check"] else HERE / "src/flowref"
    library = next(one for one in folder.glob("libflowref-*") if one.suffix != ".built")
    loaded = ctypes.CDLL(str(library))
    loaded.flowref_catalogue.restype = ctypes.c_char_p
    wanted = text(json.loads(loaded.flowref_catalogue()))
    place = folder / "_names.py"
    if sys.argv[1:2] == ["--check"]:
        if place.read_text() != wanted:
            sys.exit(f"{place} is not what the catalogue says: python {Path(__file__).name}")
    elif not place.exists() or place.read_text() != wanted:
        place.write_text(wanted)


main()
