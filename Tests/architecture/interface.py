#!/usr/bin/env python3
"""The public interface of the products, one declaration per line, as files in docs/interface.

    interface.py            compare the files with the sources; exit code 1 and the differences if they differ,
                            or if a public declaration has neither a comment of its own nor one to inherit
    interface.py --write    write the files

Only products have `public` declarations; what other modules of the package share is `package`. A declaration may
inherit the comment of one with the same name: a protocol's requirement, the first of several overloads.
"""

import argparse
import difflib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "interface"
STANDARD = {"description", "rawValue", "hash", "debugDescription"}

DECLARATION = re.compile(
  r"^(\s*)((?:@\w+(?:\([^)]*\))?\s+)*)((?:[a-z]+(?:\(\w+\))?\s+)*)"
  r"(struct|enum|class|protocol|actor|func|typealias|let|var|init|subscript|extension|case|associatedtype)\b(.*)$"
)


def products() -> list[str]:
  text = (ROOT / "Package.swift").read_text()
  return re.findall(r'\.library\(\s*name: "(\w+)", targets', text)


def modules() -> list[str]:
  """Those that others import: a tool has no interface, and that of a dynamic library is its header."""
  text = (ROOT / "Package.swift").read_text()
  tools = re.findall(r'\.executableTarget\(\s*name: "(\w+)"', text)
  tools += re.findall(r'type: \.dynamic,\s*targets: \["(\w+)"', text)
  return sorted(p.name for p in (ROOT / "Sources").iterdir() if any(p.rglob("*.swift")) and p.name not in tools)


def signature(lines: list[str], start: int) -> str:
  """The declaration from its first line to the brace or the end."""
  text = ""
  depth = 0
  for line in lines[start : start + 40]:
    line = re.sub(r"//.*", "", line)
    for character in line:
      if character in "([":
        depth += 1
      if character in ")]":
        depth -= 1
      if character == "{" and depth == 0:
        return tidy(text)
      text += character
    if depth == 0 and not re.search(r"[,:(<&]\s*$|\bwhere\s*$|->\s*$|=\s*$", text.rstrip()):
      following = lines[lines.index(line, start) + 1] if line in lines[start:] else ""
      if not re.match(r"\s*(\)|->|where\b|throws\b|&)", following):
        return tidy(text)
    text += " "
  return tidy(text)


def tidy(text: str) -> str:
  text = re.sub(r"\s+", " ", text).strip()
  text = re.sub(r"\s*=\s*[^,)]*$", "", text) if re.match(r".*\b(let|var)\b", text) and "func" not in text else text
  return text.replace("( ", "(").replace(" )", ")")


def declarations(path: pathlib.Path):
  """(line in the interface, name, whether it has a comment) of every public declaration of a file."""
  lines = path.read_text().split("\n")
  scope: list[tuple[int, str, bool]] = []
  for i, line in enumerate(lines):
    match = DECLARATION.match(line)
    if not match or line.lstrip().startswith("//"):
      continue
    indent = len(match[1])
    while scope and scope[-1][0] >= indent:
      scope.pop()
    words = match[3].split() + match[2].split()
    kind, rest = match[4], match[5]
    name = (re.match(r"\s*`?([\w.]+|\S)", rest) or [None, kind])[1] if kind not in ("init", "subscript") else kind
    inside = scope[-1] if scope else None
    is_public = "public" in words or (kind in ("case", "func", "var", "init", "associatedtype", "subscript")
                                      and inside is not None and inside[2] and not words_hide(words))
    opens = kind in ("struct", "enum", "class", "protocol", "actor", "extension")
    if opens:
      full = rest.strip().split("{")[0].strip()
      owner = re.match(r"[\w.]+", full)[0] if re.match(r"[\w.]+", full) else full
      # Inside a public protocol, or of a public enum the cases, everything is public.
      scope.append((indent, owner, kind == "protocol" and "public" in words))
      if kind == "enum" and "public" in words:
        scope[-1] = (indent, owner, False)
    elif kind in ("func", "init", "var", "let", "subscript"):
      scope.append((indent, name, False))
    if kind == "extension" or not is_public or "import" in line:
      continue
    j = i - 1
    while j >= 0 and (re.match(r"\s*@\w+(\([^)]*\))?\s*$", lines[j]) or re.match(r"\s*nonisolated\(unsafe\)\s*$", lines[j])):
      j -= 1
    documented = j >= 0 and lines[j].strip().startswith("///")
    owners = ".".join(s[1] for s in scope if s[0] < indent)
    text = signature(lines, i)
    text = re.sub(r"@(inlinable|inline\(__always\)|usableFromInline)\s*", "", text)
    yield f"{owners + ': ' if owners else ''}{text}", name, documented


def words_hide(words: list[str]) -> bool:
  return bool({"private", "fileprivate", "internal", "package"} & set(words))


def main() -> int:
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--write", action="store_true")
  options = parser.parse_args()
  faults = []
  listed = products()
  for module in modules():
    found = []
    known = set()
    for path in sorted((ROOT / "Sources" / module).rglob("*.swift")):
      for line, name, documented in declarations(path):
        found.append((line, name, documented, path))
        if documented:
          known.add(name)
    if module not in listed:
      public = [p for line, _, _, p in found]
      if public and not serves_products(module, listed):
        faults.append(f"{module} is no product and has public declarations, such as in {public[0].relative_to(ROOT)}")
      continue
    bare = [(line, path) for line, name, documented, path in found
            if not documented and name not in known and name not in STANDARD and not re.match(r"\W", name)]
    for line, path in bare:
      faults.append(f"{path.relative_to(ROOT)}: no comment: {line}")
    text = "".join(sorted({line + "\n" for line, *_ in found}))
    file = FOLDER / f"{module}.txt"
    if options.write:
      FOLDER.mkdir(parents=True, exist_ok=True)
      file.write_text(text)
      print(f"wrote {file.relative_to(ROOT)}: {len(set(text.splitlines()))} declarations")
      continue
    old = file.read_text() if file.exists() else ""
    if old != text:
      faults.append(f"{file.relative_to(ROOT)} is not the interface (make interface writes it):")
      faults += [d for d in difflib.unified_diff(old.splitlines(), text.splitlines(), "written", "sources", lineterm="", n=0)][2:20]
  print("\n".join(faults) or f"interface: {', '.join(listed)}: as written")
  return 1 if faults else 0


def serves_products(module: str, listed: list[str]) -> bool:
  """Whether a product's interface names the module, so that its declarations must be public."""
  return any(
    re.search(rf"^public import {module}$", path.read_text(), re.M)
    for product in listed for path in (ROOT / "Sources" / product).rglob("*.swift"))


if __name__ == "__main__":
  sys.exit(main())
