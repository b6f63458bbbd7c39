"""Runs every command of README.md and of the pages in docs/, and the example at the end of every help.

    python3 check_readme.py path/to/flowref [--list]

Commands stand in blocks of three backticks without a language; every line of such a block that begins with `flowref` or
`echo` is run by a shell, in the order of the page, in an empty directory that the page's commands share. `make` and
`export` are for the reader. A page may say in a comment of HTML before a block why it is not run: <!-- not run: ... -->.
The helps' examples share a directory too, in an order in which what one writes is there for the next.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLOWREF = os.path.abspath(sys.argv[1])
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# What must come first, and why.
FIRST = ["train", "benchmark nfe"]


def blocks(page):
    lines = page.read_text().splitlines()
    language, block, excused = None, [], False
    for line in lines:
        if language is None and line.startswith("```"):
            language, block = line[3:], []
        elif line == "```":
            if language == "" and not excused:
                yield "\n".join(block).replace("\\\n", " ")
            language, excused = None, False
        elif language is not None:
            block.append(line)
        elif line.strip():
            excused = line.startswith("<!-- not run: ")


def commands(page):
    for block in blocks(page):
        for line in block.splitlines():
            line = re.sub(r"\s+#.*", "", line).strip()
            if line.startswith(("flowref ", "echo ")):
                yield line
            elif line and not line.startswith(("make", "export ", "pip ")):
                raise SystemExit(f"{page.name}: \"{line}\" is in a block of commands and is none")


def examples():
    """The name of every command and the example at the end of its help."""
    found = json.loads(subprocess.run([FLOWREF, "--experimental-dump-help"], capture_output=True, text=True, check=True).stdout)

    def visit(command, words):
        below = [one for one in command.get("subcommands", []) if one["commandName"] != "help"]
        text = subprocess.run([FLOWREF, *words, "--help"], capture_output=True, text=True, check=True).stdout
        example = re.search(r"\nEXAMPLE:\n  (.*)\n\Z", text, re.DOTALL)
        if not example:
            raise SystemExit(f"flowref {' '.join(words)} --help ends without an example")
        yield " ".join(words), example[1].strip()
        for one in below:
            yield from visit(one, [*words, one["commandName"]])

    every = list(visit(found["command"], []))
    return sorted(every, key=lambda pair: FIRST.index(pair[0]) if pair[0] in FIRST else len(FIRST))


def run(where, line, directory):
    begin = time.monotonic()
    environment = {**os.environ, "PATH": os.path.dirname(FLOWREF) + os.pathsep + os.environ["PATH"]}
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=directory, env=environment)
    seconds = time.monotonic() - begin
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {seconds:6.1f} s  {where}: {line}", flush=True)
    if done.returncode != 0:
        print(done.stderr[-2000:], file=sys.stderr)
    return done.returncode == 0


def main():
    wrong = total = 0
    work = [(page.name, list(commands(page))) for page in PAGES]
    helps = examples()
    if "--list" in sys.argv:
        for name, lines in work:
            print(*[f"{name}: {line}" for line in lines], sep="\n")
        print(*[f"flowref {name} --help: {line}" for name, line in helps], sep="\n")
        return
    for name, lines in work:
        with tempfile.TemporaryDirectory() as directory:
            for line in lines:
                wrong += not run(name, line, directory)
                total += 1
    with tempfile.TemporaryDirectory() as directory:
        seen = set()
        for name, line in helps:
            if line not in seen:
                seen.add(line)
                wrong += not run(f"flowref {name} --help", line, directory)
                total += 1
    print(f"{total} commands, {wrong} failed")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
