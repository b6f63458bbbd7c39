"""Names and defaults of paths and presets, as the engine lists them. Never formulas."""

import json
import pathlib

_ALL = json.loads((pathlib.Path(__file__).resolve().parents[2] / "catalogue.json").read_text())


def defaults(section):
    """Name to the parameters and their defaults; None where a parameter must be given."""
    def value(parameter):
        number = parameter["default"]
        return number if number is None else int(number) if parameter["integer"] else float(number)

    return {item["name"]: {p["name"]: value(p) for p in item.get("parameters", [])} for item in _ALL[section]}
