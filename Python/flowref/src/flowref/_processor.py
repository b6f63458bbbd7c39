"""Which of the libraries in this wheel suits the processor."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def flags() -> frozenset[str]:
    """What the processor can do, in the words of Linux."""
    if sys.platform == "linux":
        try:
            text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
        except OSError:
            return frozenset()
        for line in text.splitlines():
            if line.startswith(("flags", "Features")):
                return frozenset(line.partition(":")[2].split())
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        told = subprocess.run(
            ["sysctl", "-n", "machdep.cpu.features", "machdep.cpu.leaf7_features"],
            capture_output=True,
            text=True,
            check=False,
        )
        return frozenset(told.stdout.lower().split())
    return frozenset()


def library() -> Path:
    """The first library of the list whose needs the processor meets.

    ``FLOWREF_LIBRARY`` names one by hand: a file, or one of the list such as ``x86-64-v3``.
    """
    listed = json.loads((HERE / "_libraries.json").read_text(encoding="utf-8"))["libraries"]
    wish = os.environ.get("FLOWREF_LIBRARY")
    if wish:
        for entry in listed:
            if entry["level"] == wish:
                return HERE / str(entry["file"])
        return Path(wish)
    able = flags()
    for entry in listed:
        if able.issuperset(entry["needs"]):
            return HERE / str(entry["file"])
    lacking = sorted(set(listed[-1]["needs"]) - able)
    raise ImportError(
        f"this flowref was built for a processor with {', '.join(lacking)}, which this one has not: "
        "build it here with `make python`, or use a wheel for every x86-64"
    )
