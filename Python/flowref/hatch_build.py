"""Says for which platform a wheel is, of which commit, and under which licence it is with what is in it."""

import json
import os
import subprocess
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface
from packaging.tags import sys_tags


class CustomMetadataHook(MetadataHookInterface):
    def update(self, metadata):
        # The sources are under the Apache licence. The GNU Scientific Library, whose steppers are the solvers gsl_*, is
        # under the GPL, so that a wheel that holds it is too.
        gsl = os.environ.get("FLOWREF_GSL") != "no"
        metadata["license"] = "Apache-2.0 AND GPL-3.0-or-later" if gsl else "Apache-2.0"
        metadata["license-files"] = ["LICENSES/*"] if gsl else ["LICENSES/Apache-2.0.txt"]
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        if not gsl:
            text = text.partition("## Licence")[0] + "## Licence\n\nApache License 2.0; built without GSL's steppers.\n"
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):  # noqa: ARG002
        root = Path(self.root)
        if self.target_name != "wheel":
            return
        if not (root / "src/flowref/_libraries.json").exists():
            raise RuntimeError("the library is not linked: run `make python` in the repository")
        # Any Python 3 of this platform: the library is loaded by ctypes.
        platform = next(
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
