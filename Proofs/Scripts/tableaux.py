"""Writes Orders/Numbers.v from tableaux/*.json: integers over one common denominator.

With --check it writes nothing and fails if the file on disk differs.
"""

import json
import math
import pathlib
from fractions import Fraction

import generated

HERE = pathlib.Path(__file__).resolve().parent.parent
TARGET = HERE / "Orders" / "Numbers.v"
ORDER = [
    "euler", "midpoint", "heun", "rk4", "bogacki_shampine32", "dormand_prince54", "tsitouras54",
    "dormand_prince853",
]
HEADER = """(* Generated from tableaux/*.json by Scripts/tableaux.py; do not edit. *)
Require Import ZArith List.
From FlowProofs Require Import RootedTrees.
Import ListNotations.
Open Scope Z_scope.
"""


def integers(values, denominator):
    return "; ".join(str(int(value * denominator)) for value in values)


def definition(name, denominator, method, weights):
    nodes = integers(map(Fraction, method["c"]), denominator)
    rows = ";\n    ".join(f"[{integers(map(Fraction, row), denominator)}]" for row in method["a"])
    return (
        f"\n(* {method['reference']}. *)\n"
        f"Definition {name} : tableau := Tableau {denominator}\n"
        f"  [{nodes}]\n  [ {rows} ]\n  [{integers(map(Fraction, weights), denominator)}].\n"
    )


def generate():
    text = HEADER
    for stem in ORDER:
        method = json.loads((HERE / "tableaux" / f"{stem}.json").read_text())
        keys = ["b"] + [key for key in ("embedded", "embedded3") if key in method]
        numbers = method["c"] + [x for row in method["a"] for x in row]
        numbers += [x for key in keys for x in method[key]]
        denominator = math.lcm(*(Fraction(x).denominator for x in numbers))
        for key in keys:
            suffix = {"b": "", "embedded": "_embedded", "embedded3": "_embedded3"}[key]
            text += definition(stem + suffix, denominator, method, method[key])
    return text


if __name__ == "__main__":
    generated.main(
        __doc__, TARGET, generate(), "Orders/Numbers.v does not match tableaux/*.json: run Scripts/tableaux.py")
