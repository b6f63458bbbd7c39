"""Says for which platform a wheel is, and of which commit."""

import json
import os
import subprocess
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import sys_tags


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):  # noqa: ARG002
        root = Path(self.root)
        if self.target_name != "wheel":
            return
        if not (root / "src/flowref/_libraries.json").exists():
            raise RuntimeError("the library is not linked: run `make python` in the repository")
        # Any Python 3 of this platform: the library is loaded by ctypes.
        platform = os.environ.get("FLOWREF_PLATFORM") or next(
            tag.platform for tag in sys_tags() if "manylinux" not in tag.platform and "musllinux" not in tag.platform
        )
        build_data["tag"] = f"py3-none-{platform}"
        build_data["pure_python"] = False
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        commit = os.environ.get("FLOWREF_COMMIT") or told.stdout.strip() or "unknown"
        (root / "src/flowref/_build.json").write_text(json.dumps({"commit": commit}) + "\n")
