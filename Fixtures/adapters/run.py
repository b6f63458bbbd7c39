#!/usr/bin/env python3
"""Judges the libraries of this directory and writes a page for each: Fixtures/findings/NAME.md.

    python3 Fixtures/adapters/run.py FLOWREF [NAME ...]       all libraries, or those named
    python3 Fixtures/adapters/run.py --again [NAME ...]       the pages anew from the last runs, without running anything

Each library has an environment of its own, .adapters/NAME, with the versions of requirements/NAME.txt. Its classes of failure
stand in Fixtures/findings/NAME.toml: every failure must be in exactly one. It takes minutes and gigabytes: by hand, never in CI.
"""

import datetime
import fnmatch
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time
import tomllib
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FINDINGS = ROOT / "Fixtures" / "findings"
PRECISIONS = ("float64", "float32")
GOOD = {"passed", "unsupported", "not_applicable", "time_not_named", "not_asked"}
VERDICTS = {
    "defect": "a defect", "limit": "a limit of the method or the interface", "convention": "a matter of convention",
    "unchecked": "an unchecked input"}


def environment(name):
    """The Python of a library's environment, made when its requirements have changed."""
    directory, wanted = ROOT / ".adapters" / name, HERE / "requirements" / f"{name}.txt"
    python, made = directory / "bin" / "python", directory / "requirements.txt"
    if not made.exists() or made.read_text() != wanted.read_text():
        venv.create(directory, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", wanted], check=True)
        shutil.copy(wanted, made)
    return python


def judge(flowref, name, precision, timeout=10):
    """What flowref says of a library in one precision, with the time that it took."""
    start = time.monotonic()
    process = subprocess.run(
        [flowref, "validate", "--strict", "--json", "--timeout", str(timeout), "--", environment(name),
         HERE / f"for_{name}.py", precision],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{name}, {precision}: {process.stderr or process.stdout[:400]}")
    found = json.loads(process.stdout)
    if found["trouble"]:
        raise SystemExit(f"{name}, {precision}: {found['trouble']}")
    found["seconds"], found["date"] = round(time.monotonic() - start), datetime.date.today().isoformat()
    return found


def failures(found):
    return [case for case in found["cases"] if case["outcome"] not in GOOD]


def tier(case):
    return case.get("tier") or "refusal"


def belongs(case, kind, precision):
    return (
        any(fnmatch.fnmatchcase(case["id"], pattern) for pattern in kind["cases"])
        and not any(fnmatch.fnmatchcase(case["id"], pattern) for pattern in kind.get("except", []))
        and precision in kind.get("precisions", PRECISIONS)
        and re.search(kind.get("says", ""), case.get("detail", "")) is not None)


def classify(name, runs, classes):
    """For each class its failures by precision; ends with a list of those in none or in two."""
    sorted_out = {kind["name"]: {precision: [] for precision in runs} for kind in classes}
    astray = []
    for precision, found in runs.items():
        for case in failures(found):
            own = [kind["name"] for kind in classes if belongs(case, kind, precision)]
            if len(own) == 1:
                sorted_out[own[0]][precision].append(case)
            else:
                astray.append(f"{precision} {case['id']}: {' and '.join(own) or 'no class'}: {case.get('detail', '')[:150]}")
    idle = [title for title, cases in sorted_out.items() if not any(cases.values())]
    if astray or idle:
        raise SystemExit("\n".join([f"{name}: {len(astray)} failures are not in exactly one class", *astray,
                                    *(f"{name}: no failure is in the class {title}" for title in idle)]))
    return sorted_out


def table(head, rows):
    return [
        "| " + " | ".join(map(str, head)) + " |", "|" + "---|" * len(head),
        *("| " + " | ".join(map(str, row)) + " |" for row in rows), ""]


def cell(counts):
    return f"{counts['passed']} / {counts['failed']}" if counts["passed"] or counts["failed"] else "-"


def counted(found):
    """Passed and failed by operation; greetings and echoes are none."""
    return {
        item["operation"]: {"passed": item["passed"], "failed": sum(item["tiers"].values())}
        for item in found["operations"] if item["operation"] != "protocol"}


def detail(case):
    """What the judge says of a case, in one line that holds in a table and names no directory."""
    text = re.sub(r";? ?standard error ends:.*", "", case.get("detail", "")).replace("|", "\\|")
    text = re.sub(r"/\S*/", "", text)
    return text if len(text) < 220 else text[:217] + "..."


def reproduce(name, item, again):
    """A program without our tool, and what it prints: from the last run if nothing is to be run."""
    file = FINDINGS / "reproduce" / item["file"]
    kept = ROOT / ".adapters" / f"{file.stem}.out"
    if not again or not kept.exists():
        run = subprocess.run(
            [environment(name), file], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300, check=True)
        kept.write_text(run.stdout)
    return [
        f"### {item['title']}", "", f"[`reproduce/{file.name}`](reproduce/{file.name}):", "", "```python",
        file.read_text().strip(), "```", "", "prints", "", "```", kept.read_text().strip(), "```", ""]


def versions(name):
    lines = (HERE / "requirements" / f"{name}.txt").read_text().split()
    return ", ".join(line.replace("==", " ") for line in lines if "==" in line)


def page(name, about, runs, classes, again):
    first = next(iter(runs.values()))
    names = list(runs)
    out = [
        f"# {about['title']} {first['version']}", "", about["asked"].strip(), "",
        f"{versions(name)}; " + ", ".join(
            f"{precision} on {found['date']} in {found['seconds']} s" for precision, found in runs.items()) + ".",
        f"Adapter: [`for_{name}.py`](../adapters/for_{name}.py). Again: `make adapters NAMES={name}`.",
        "This page is written by [`run.py`](../adapters/run.py) from the run and [the classes](" + name + ".toml).", "",
        "## What is right", "", about["right"].strip(), "", "## Passed and failed", "",
        "With `--strict`: every tier counts. What the library does not offer, and what cannot be asked in a precision, is left out.", ""]
    counts = {precision: counted(found) for precision, found in runs.items()}
    operations = [op for op in counts[names[0]] if any(cell(counts[p][op]) != "-" for p in names)]
    total = {p: {key: sum(item[key] for item in counts[p].values()) for key in ("passed", "failed")} for p in names}
    out += table(
        ["operation", *(f"{p}: passed / failed" for p in names)],
        [[op, *(cell(counts[p][op]) for p in names)] for op in operations]
        + [["**all**", *(f"**{cell(total[p])}**" for p in names)]])
    out += table(["tier", *names], [[key, *(runs[p]["tiers"][key] for p in names)] for key in first["tiers"]])
    if about.get("class"):
        out += ["## The classes of failure", ""]
        out += table(
            ["class", "what it is", *names],
            [[kind["name"], VERDICTS[kind["verdict"]], *(len(classes[kind["name"]][p]) for p in names)]
             for kind in about["class"]])
    for kind in about.get("class", []):
        cases = [case for p in names for case in classes[kind["name"]][p]]
        example = next((case for case in cases if case["id"] == kind["confirmed"]), None)
        if example is None:
            raise SystemExit(f"{name}: the confirmed case {kind['confirmed']} is no failure of {kind['name']}")
        out += [f"### {kind['name']}", "", kind["cause"].strip(), "", "What a user notices: " + kind["notice"].strip(), "",
                f"Example, confirmed by a second computation: `{example['id']}`: {detail(example)}.", ""]
    if about.get("reproduction"):
        out += ["## To see it without this project", ""]
        for item in about["reproduction"]:
            out += reproduce(name, item, again)
    if about.get("also"):
        out += ["## Also seen", "", about["also"].strip(), ""]
    (FINDINGS / f"{name}.md").write_text("\n".join(out).rstrip() + "\n")
    print(f"{name} {first['version']}: " + ", ".join(f"{p} {cell(total[p])}" for p in names), flush=True)


def overview():
    """The table of Fixtures/FINDINGS.md, from the pages."""
    rows = []
    for file in sorted(FINDINGS.glob("*.md"), key=lambda file: file.stem):
        text = file.read_text()
        columns = re.search(r"^\| operation \|(.*)\|$", text, re.M)[1].replace(": passed / failed", "").split("|")
        counts = dict(zip((c.strip() for c in columns), (
            c.strip(" *") for c in re.search(r"^\| \*\*all\*\* \|(.*)\|$", text, re.M)[1].split("|"))))
        defects = re.findall(r"^\| ([^|]*) \| a defect \||^- \*\*Defect: (.*)\.\*\*", text, re.M)
        rows.append([f"[{text.splitlines()[0][2:]}](findings/{file.name})", *(counts.get(p, "-") for p in PRECISIONS),
                     "; ".join(map("".join, defects)) or "none"])
    page = ROOT / "Fixtures" / "FINDINGS.md"
    before, after = re.split(r"<!-- pages: begin -->.*<!-- pages: end -->", page.read_text(), flags=re.S)
    lines = table(["library", *(f"{p}: passed / failed" for p in PRECISIONS), "defects"], rows)
    page.write_text(before + "\n".join(["<!-- pages: begin -->", *lines, "<!-- pages: end -->"]) + after)


def main():
    again = "--again" in sys.argv
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    if not again and not words:
        raise SystemExit(__doc__)
    flowref = None if again else words.pop(0)
    for name in words or sorted(file.stem for file in FINDINGS.glob("*.toml")):
        about = tomllib.loads((FINDINGS / f"{name}.toml").read_text())
        runs = {}
        for precision in about.get("precisions", PRECISIONS):
            kept = ROOT / ".adapters" / f"{name}.{precision}.json"
            if not again:
                kept.parent.mkdir(exist_ok=True)
                kept.write_text(json.dumps(judge(flowref, name, precision, about.get("timeout", 10))))
            runs[precision] = json.loads(kept.read_text())
        page(name, about, runs, classify(name, runs, about.get("class", [])), again)
    overview()


if __name__ == "__main__":
    main()
