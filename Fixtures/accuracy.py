"""The largest error of an oracle by regime, on the fixtures of one target: a Markdown table.

    python3 Fixtures/accuracy.py uniform-boxes .build/release/flowref oracle

Errors are in u (|y| + s): u = 2^-53, y the certified value and s its sensitivity to the inputs."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

TIMES = {
    "t = 0, 2^-20": ("t-0", "t-2-20"),
    "t = 1/4 to 9/10": ("t-0.25", "t-0.5", "t-0.75", "t-0.9"),
    "t = 0.999 to 1 - 1e-12": ("t-0.999", "t-1-2-20", "r-1e-6", "r-1e-12"),
}


def numbers(value):
    return [x for part in value for x in numbers(part)] if isinstance(value, list) else [Fraction(value)]


def error(answer, expected):
    parts = [numbers(expected[k]) for k in ("value", "tail", "sensitivity")]
    worst = Fraction(0)
    for y, value, tail, sensitivity in zip(numbers(answer), *parts, strict=True):
        difference = abs(y - value - tail)
        if difference:
            worst = max(worst, difference / ((abs(value) + sensitivity) / 2**53))
    return worst


def main(topic, command):
    cases = []
    for path in sorted(Path(__file__).parent.glob(f"*/{topic}.json")):
        cases += [c for c in json.loads(path.read_text())["cases"] if "value" in c.get("expected", {})]
    asked = "".join(json.dumps({"id": n, **case["request"]}) + "\n" for n, case in enumerate(cases))
    told = subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout
    answers = {a["id"]: a for a in map(json.loads, told.splitlines()) if "id" in a}
    table = {}
    for n, case in enumerate(cases):
        parts = case["id"].split("/")
        found = [(k, i) for i, part in enumerate(parts) for k, labels in TIMES.items() if part in labels]
        if not found:
            continue
        column, i = found[0]
        name, place = parts[i - 1], parts[i + 1] if i + 1 < len(parts) else "all places"
        if not answers[n]["ok"]:
            sys.exit(f"{case['id']}: {answers[n]['error']['message']}")
        worst = error(answers[n]["value"], case["expected"])
        row = table.setdefault((name, place), {})
        row.setdefault(column, []).append(worst)
    print("| target, place | " + " | ".join(TIMES) + " |")
    print("|---|" + "--:|" * len(TIMES))
    for (name, place), row in table.items():
        cells = (f"{float(max(row[k])):.2f} of {len(row[k])}" if k in row else "" for k in TIMES)
        print(f"| {name}, {place} | " + " | ".join(cells) + " |")
    everything = [e for row in table.values() for errors in row.values() for e in errors]
    print(f"\n{len(everything)} values, worst {float(max(everything)):.2f} u")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
