"""What the README and the first docstring show runs."""

import re
import textwrap
from pathlib import Path

import flowref

HERE = Path(__file__).resolve().parent


def test_readme():
    blocks = re.findall(r"```python\n(.*?)```", (HERE.parent / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_docstring():
    block = flowref.__doc__.partition("process.\n")[2]
    exec(compile(textwrap.dedent(block), "flowref", "exec"), {})


def test_version():
    assert flowref.__version__ == flowref.version() == "0.1.0"
