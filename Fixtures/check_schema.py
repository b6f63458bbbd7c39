#!/usr/bin/env python3
"""Validates every fixture file against the JSON Schema, and sees that the schema refuses what is no fixture file.

    python3 Fixtures/check_schema.py       (needs Fixtures/generate/requirements.txt)
"""

import json
import pathlib
import sys

import jsonschema_rs

HERE = pathlib.Path(__file__).resolve().parent
REFUSED = {
    "another format": lambda d: d.update(format=2),
    "an unknown member": lambda d: d.update(notes="none"),
    "no cases": lambda d: d.update(cases=[]),
    "a case without a flag": lambda d: d["cases"][0].update(flags=[]),
    "a case without an id": lambda d: d["cases"][0].pop("id"),
    "an id with a space": lambda d: d["cases"][0].update(id="a/b/c d"),
    "an answer without its radius": lambda d: d["cases"][0]["expected"].pop("radius"),
    "an answer without formats": lambda d: d["cases"][0].pop("formats"),
    "a field without a target": lambda d: d["cases"][0].update(field={"path": {"kind": "ot"}}),
    "an order of 0": lambda d: d["cases"][0].update(order=0),
    "an unknown error": lambda d: d["cases"][0].update(expected={"error": "wrong"}),
    "a value that is a word": lambda d: d["cases"][0]["expected"].update(value="many"),
}


def main():
    schema = json.loads((HERE / "schema/fixture.schema.json").read_text())
    jsonschema_rs.meta.validate(schema)
    validator = jsonschema_rs.validator_for(schema)
    complaints, files, ids = [], 0, set()
    for path in sorted(HERE.glob("*/*.json")):
        if path.parent.name == "schema":
            continue
        document = json.loads(path.read_text())
        files += 1
        for error in validator.iter_errors(document):
            complaints.append(f"{path.relative_to(HERE)}: {error.message[:200]} at {list(error.instance_path)}")
        for case in document.get("cases", []):
            if case["id"] in ids:
                complaints.append(f"{path.relative_to(HERE)}: the id {case['id']} is taken")
            ids.add(case["id"])
            undescribed = set(case["flags"]) - set(document["flags"])
            if undescribed:
                complaints.append(f"{case['id']}: no description of {sorted(undescribed)}")
    good = (HERE / "schedule/ot.json").read_text()
    for name, spoil in REFUSED.items():
        document = json.loads(good)
        spoil(document)
        if validator.is_valid(document):
            complaints.append(f"the schema admits {name}")
    print("\n".join(complaints) or f"{files} files with {len(ids)} cases are as the schema says")
    sys.exit(1 if complaints or not files else 0)


if __name__ == "__main__":
    main()
