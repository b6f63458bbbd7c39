#!/usr/bin/env python3
"""Check that every target declares the targets of this package that it imports: one that does not is built, or not, by the
order in which the others happen to be.

    check_imports.py            check; exit code 1 with the list of undeclared imports
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMPORT = re.compile(r"^(?:@\w+ |public |package |internal )*import (?:struct |enum |func )?(\w+)", re.M)


def main() -> int:
  told = subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, capture_output=True, text=True, check=True)
  targets = {target["name"]: target for target in json.loads(told.stdout)["targets"]}
  faults = []
  for name, target in targets.items():
    declared = {name} | {dependency["byName"][0] for dependency in target["dependencies"] if "byName" in dependency}
    folder = ROOT / (target.get("path") or ("Tests/" if target["type"] == "test" else "Sources/") + name)
    for path in sorted(folder.rglob("*.swift")):
      for used in IMPORT.findall(path.read_text()):
        if used in targets and used not in declared:
          faults.append(f"{path.relative_to(ROOT)}: {name} imports {used}, which Package.swift does not say")
  print("\n".join(faults) or f"imports: {len(targets)} targets declare what they import")
  return 1 if faults else 0


if __name__ == "__main__":
  sys.exit(main())
