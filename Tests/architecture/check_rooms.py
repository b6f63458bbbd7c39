#!/usr/bin/env python3
"""Check that the rooms of each module use only rooms below them, and that none is overfull.

The order of the rooms stands in docs/ARCHITECTURE.md, in the tables headed `| room | ...`: a room may
name what is declared in the rooms above its own row, never what is declared below. A use is a name that
is declared at the top level of a file of exactly one room, or a member that only one room declares and
that is written after a dot. Comments and strings do not count.

    check_rooms.py            check; exit code 1 with the list of arrows that point up
    check_rooms.py --arrows   print every arrow with the names behind it
"""

import argparse
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "ARCHITECTURE.md"
MOST_FILES = 20

MODIFIERS = (
  r"(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|private|fileprivate|final|static|indirect|nonisolated"
  r"(?:\(unsafe\))?|mutating|override|consuming|borrowing|lazy|convenience|required|open)(?:\(set\))?\s+)*"
)
TOP = re.compile(rf"^({MODIFIERS})(struct|enum|class|protocol|actor|func|typealias|let|var)\s+(\w+)", re.M)
MEMBER = re.compile(rf"^ +({MODIFIERS})(func|var|let|case|struct|enum|typealias|class)\s+(\w+)", re.M)
# Members of the standard library's types under the same name.
STANDARD = set("allSatisfy contains count description first index isEmpty isFinite isNaN last rawValue rounded start store".split())


def code(text: str) -> str:
  """The text without comments and without the characters of strings (interpolations stay)."""
  text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
  text = re.sub(r"//[^\n]*", "", text)
  text = re.sub(r'"""(.*?)"""', lambda m: " ".join(re.findall(r"\\\(([^)]*)\)", m[1])), text, flags=re.S)
  return re.sub(r'"((?:[^"\\\n]|\\.)*)"', lambda m: " ".join(re.findall(r"\\\(([^)]*)\)", m[1])), text)


def orders() -> dict[str, list[str]]:
  """Module to its rooms from the bottom, from the page's tables under the headings `## Rooms of MODULE`."""
  result: dict[str, list[str]] = {}
  module = None
  for line in PAGE.read_text().splitlines():
    if heading := re.match(r"#+ Rooms of `(\w+)`", line):
      module = heading[1]
      result[module] = []
    elif line.startswith("#"):
      module = None
    elif module and (row := re.match(r"\| `([\w/]+)` \|", line)):
      result[module].append(row[1])
  return result


class Module:
  def __init__(self, name: str):
    self.folder = ROOT / "Sources" / name
    self.files: dict[str, list[pathlib.Path]] = collections.defaultdict(list)
    for path in sorted(self.folder.rglob("*.swift")):
      self.files[self.room(path)].append(path)

  def room(self, path: pathlib.Path) -> str:
    return path.parent.relative_to(self.folder).as_posix()

  def arrows(self) -> dict[tuple[str, str], dict[str, list[str]]]:
    """(from room, to room) to names to the files that use them."""
    texts = {p: code(p.read_text()) for paths in self.files.values() for p in paths}
    tops: dict[str, set[str]] = collections.defaultdict(set)
    members: dict[str, set[str]] = collections.defaultdict(set)
    for path, text in texts.items():
      for match in TOP.finditer(text):
        if "private" not in match[1]:
          tops[match[3]].add(self.room(path))
      for match in MEMBER.finditer(text):
        if "private" not in match[1].replace("private(set)", ""):
          members[match[3]].add(self.room(path))
    result: dict[tuple[str, str], dict[str, list[str]]] = collections.defaultdict(
      lambda: collections.defaultdict(list)
    )
    for path, text in texts.items():
      here = self.room(path)
      words = set(re.findall(r"(?<![.\w])[A-Za-z_]\w*", text))
      after_dot = set(re.findall(r"\.([A-Za-z_]\w*)", text))
      local = {m[3] for m in MEMBER.finditer(text)} | {m[3] for m in TOP.finditer(text)}
      for name in words - local:
        if len(tops.get(name, ())) == 1 and name[0].isupper() or len(tops.get(name, ())) == 1 and re.search(rf"(?<![.\w]){name}\(", text):
          (there,) = tops[name]
          if there != here:
            result[here, there][name].append(path.name)
      for name in after_dot - local:
        if len(members.get(name, ())) == 1 and name not in tops and len(name) > 4 and name not in STANDARD:
          (there,) = members[name]
          if there != here:
            result[here, there]["." + name].append(path.name)
    return result


def main() -> int:
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--arrows", action="store_true")
  options = parser.parse_args()
  faults = []
  for name, order in orders().items():
    module = Module(name)
    rank = {room: i for i, room in enumerate(order)}
    for room, files in module.files.items():
      if room not in rank and room != ".":
        faults.append(f"{name}/{room} has no row in {PAGE.relative_to(ROOT)}")
      if len(files) > MOST_FILES:
        faults.append(f"{name}/{room} has {len(files)} files, more than {MOST_FILES}")
    for room in order:
      if room not in module.files:
        faults.append(f"{name}/{room} has a row in {PAGE.relative_to(ROOT)} and no file")
    for (here, there), names in sorted(module.arrows().items()):
      if options.arrows:
        print(f"{name}: {here} -> {there}: " + ", ".join(f"{k} ({', '.join(v)})" for k, v in sorted(names.items())))
      if here in rank and there in rank and rank[there] > rank[here]:
        for used, files in sorted(names.items()):
          faults.append(f"{name}: {here} uses {there}, which stands above it: {used} in {', '.join(files)}")
  print("\n".join(faults) or f"rooms: {', '.join(orders())}: every arrow points down")
  return 1 if faults else 0


if __name__ == "__main__":
  sys.exit(main())
