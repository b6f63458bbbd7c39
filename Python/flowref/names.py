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


# The types, and the sections of the catalogue.
TYPES = {
    "PathKind": "paths",
    "Quantity": "quantities",
    "PresetName": "presets",
    "CurveName": "curves",
    "DensityName": "densities",
    "SolverName": "solvers",
    "ControllerName": "controllers",
    "StatusName": "statuses",
    "Parameterisation": "parameterisations",
    "Convention": "conventions",
    "PairKind": "pair_kinds",
    "ResidualMethod": "residual_methods",
    "Law": "laws",
    "Scheme": "schemes",
    "Spacing": "spacings",
    "BaseName": "bases",
    "TubeKind": "tubes",
}


def text(catalogue):
    lines = [HEAD]
    for name, section in TYPES.items():
        body = "".join(f'    "{one["name"]}",\n' for one in catalogue[section])
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
