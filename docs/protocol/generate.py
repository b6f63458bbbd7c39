#!/usr/bin/env python3
"""Writes a JSON Schema per operation of the wire protocol, and the table in ../PROTOCOL.md, from what the oracle says.

    python3 docs/protocol/generate.py path/to/flowref          write them
    python3 docs/protocol/generate.py path/to/flowref --check  see that they are those, and that they hold (needs jsonschema_rs)

Nothing is typed in here twice: which operations, paths and targets there are is the answer to `hello`; which fields an operation takes
stands in its refusal of an unknown one, and which it needs in its refusals of missing ones; what stands in a field and in
an answer is taken from the certified fixtures.
"""

import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parents[1] / "Fixtures"
PAGE = HERE.parent / "PROTOCOL.md"
# One of two, never both.
PAIRS = [("t", "one_minus_t"), ("x", "points")]
BEGIN, END = "<!-- operations: begin -->", "<!-- operations: end -->"


def ask(flowref, requests):
    text = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run([flowref, "oracle"], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def cases():
    """Requests and expectations by operation."""
    result = {}
    for path in sorted(FIXTURES.glob("*/*.json")):
        if path.parent.name not in ("schema", "data", "adapters"):
            for case in json.loads(path.read_text())["cases"]:
                result.setdefault(case["request"]["op"], []).append((case["request"], case["expected"]))
    return result


def kind(value):
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return {str: "string", list: "array", dict: "object", type(None): "null"}[type(value)]


def shape(values, depth=0):
    """A schema that all the values meet."""
    kinds = sorted({kind(value) for value in values})
    result = {"type": kinds[0] if len(kinds) == 1 else kinds}
    lists = [value for value in values if isinstance(value, list)]
    inner = [item for value in lists for item in value][:2000]
    if lists and inner and depth < 3:
        result["items"] = shape(inner, depth + 1)
    return result


def needed(flowref, op, example):
    """The fields without which the operation says that one is missing."""
    request, found = {"op": op}, []
    for _ in range(30):
        answer = ask(flowref, [request])[0]
        if answer["ok"] or answer["error"]["code"] != "missing_field":
            return found
        field = answer["error"]["field"]
        if field in request or field not in example:
            return found + ([field] if field not in request else [])
        found.append(field)
        request[field] = example[field]
    raise SystemExit(f"{op}: no end of missing fields")


def schema(flowref, op, own):
    words = ask(flowref, [{"op": op, "no_such_field": 1}])[0]["error"]["message"]
    accepted = [name for name in words.split("accepted here: ")[1].split(", ") if name not in ("op", "id")]
    good = [(request, expected["value"]) for request, expected in own if "value" in expected]
    example = max((request for request, _ in good), key=len, default={})
    # Tolerances or steps: what one solver needs another does not.
    required = [name for name in needed(flowref, op, example) if all(name in request for request, _ in good)]
    pairs = [pair for pair in PAIRS if all(name in accepted for name in pair)]
    alternatives = {name for pair in pairs for name in pair}
    properties = {"op": {"const": op}, "id": True}
    for name in accepted:
        values = [request[name] for request, _ in good if name in request]
        properties[name] = {"$ref": f"common.schema.json#/$defs/{name}"} if name in ("path", "target", "source") else (
            shape(values) if values else True)  # fmt: skip
    result = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A request {op}",
        "type": "object",
        "properties": properties,
        "required": ["op", *[name for name in required if name not in alternatives]],
        "additionalProperties": False,
    }
    if "points" in accepted:
        for name in ("t", "one_minus_t"):
            if name in accepted:
                properties[name] = {"type": ["number", "array"], "items": {"type": "number"}}
        properties["points"] = {"type": "array", "items": properties["x"]}
    if pairs:
        result["allOf"] = [{"oneOf": [{"required": [name]} for name in pair]} for pair in pairs]
    answers = [value for _, value in good]
    if answers:
        members = sorted({name for value in answers if isinstance(value, dict) for name in value})
        result["$defs"] = {"value": shape(answers) | ({"properties": {
            name: shape([value[name] for value in answers if isinstance(value, dict) and name in value]) for name in members
        }} if members else {})}  # fmt: skip
    words = [f"`{name}`" for name in required if name not in alternatives] + [" or ".join(f"`{name}`" for name in pair) for pair in pairs]
    others = [f"`{name}`" for name in accepted if name not in alternatives and name not in required]
    return result, ", ".join(words), ", ".join(others)


def common(hello):
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What requests share",
        "$defs": {
            "path": {"type": "object", "properties": {"kind": {"enum": hello["paths"]}}, "required": ["kind"]},
            "target": {"type": "object", "properties": {"kind": {"enum": hello["targets"]}}, "required": ["kind"]},
            "source": {"type": "object", "properties": {"kind": {"enum": hello["targets"]}}, "required": ["kind"]},
        },
    }


def made(flowref):
    """The text of every file by its name, and the table."""
    hello = ask(flowref, [{"op": "hello"}])[0]["value"]
    own = cases()
    files = {"common.schema.json": common(hello)}
    rows = ["| operation | needs | may have | value |", "|---|---|---|---|"]
    for op in sorted(set(hello["ops"]) - {"hello", "define", "echo"}):
        files[f"{op}.schema.json"], required, optional = found = schema(flowref, op, own.get(op, []))
        value = found[0].get("$defs", {}).get("value", {})
        what = "`{" + ", ".join(value["properties"]) + "}`" if "properties" in value else str(value.get("type", "-"))
        rows.append(f"| [`{op}`](protocol/{op}.schema.json) | {required} | {optional} | {what} |")
    texts = {name: json.dumps(value, indent=1, ensure_ascii=False) + "\n" for name, value in files.items()}
    return texts, "\n".join(rows), own


def main():
    flowref = sys.argv[1]
    texts, table, own = made(flowref)
    page = PAGE.read_text()
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    page_made = f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"
    if "--check" not in sys.argv:
        for name, text in texts.items():
            (HERE / name).write_text(text)
        for path in HERE.glob("*.schema.json"):
            if path.name not in texts:
                path.unlink()
        PAGE.write_text(page_made)
        return
    import jsonschema_rs

    stale = [name for name, text in texts.items() if not (HERE / name).exists() or (HERE / name).read_text() != text]
    if stale or page != page_made:
        sys.exit(f"these are not what the oracle says; run {pathlib.Path(__file__).name}: {', '.join(stale) or PAGE.name}")
    defs = json.loads(texts["common.schema.json"])["$defs"]
    count = 0
    for op, ones in own.items():
        if f"{op}.schema.json" not in texts:
            continue
        schema_ = json.loads(texts[f"{op}.schema.json"].replace("common.schema.json#", "#"))
        schema_["$defs"] = schema_.get("$defs", {}) | defs
        validator = jsonschema_rs.validator_for(schema_)
        for request, expected in ones:
            if "value" in expected:
                assert validator.is_valid(request), (op, request)
                count += 1
        assert not validator.is_valid({**next(r for r, e in ones if "value" in e), "no_such_field": 1}), op
    print(f"{len(texts)} schemas hold for {count} requests of the fixtures")


if __name__ == "__main__":
    main()
