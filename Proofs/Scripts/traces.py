"""Writes Rounding/Trees.v from traces/*.json: the operations that functions of the library execute.

With --check it writes nothing and fails if the file on disk differs.
"""

import json
import pathlib
import sys

import generated

HERE = pathlib.Path(__file__).resolve().parent.parent
TARGET = HERE / "Rounding" / "Trees.v"
HEADER = """(* Generated from traces/*.json by Scripts/traces.py; do not edit. *)
Require Import ZArith List.
From FlowProofs Require Import OperationTrees.
Import ListNotations.
"""
NAMES = {
    "number": "Number", "sum": "Sum", "difference": "Difference", "product": "Product", "quotient": "Quotient",
    "negation": "Negation", "fused": "Fused", "fused_or_not": "FusedOrNot", "power": "Power", "exp": "Exp",
    "exp_minus_one": "ExpMinusOne", "log": "Log", "log_one_plus": "LogOnePlus", "root": "Root",
    "hypot": "Hypot", "sin_pi": "SinPi", "cos_pi": "CosPi", "choice": "Choice",
}


def operation(kind, arguments, inputs):
    if kind == "input":
        return f"Input {inputs.index(arguments[0])}"
    if kind not in NAMES:
        sys.exit(f"{kind}: Rounding/OperationTrees.v has no such operation")
    return f"{NAMES[kind]} " + " ".join(str(a) if a >= 0 else f"({a})" for a in arguments)


def definition(stem, trace):
    inputs = trace["inputs"]
    lines = [operation(kind, arguments, inputs) for kind, *arguments in trace["operations"]]
    text = f"\n(* {trace['function']}.\n   Inputs: {', '.join(inputs)}. *)\n"
    text += f"Definition {stem} : list operation :=\n  [ " + ";\n    ".join(lines) + " ].\n"
    for name, place in trace["outputs"].items():
        text += f"Definition {stem}_at_{name} : nat := {place}.\n"
    return text


def generate():
    files = sorted((HERE / "traces").glob("*.json"))
    if not files:
        sys.exit("traces/ has no tree: swift test --filter TraceTests with WRITE_TRACES=1 writes them")
    return HEADER + "".join(definition(file.stem, json.loads(file.read_text())) for file in files)


if __name__ == "__main__":
    generated.main(
        __doc__, TARGET, generate(), "Rounding/Trees.v does not match traces/*.json: run Scripts/traces.py, then mend the bounds")
