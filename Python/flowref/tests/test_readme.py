"""What the README and the first docstring show runs."""

import re
import textwrap
from pathlib import Path

import flowref

HERE = Path(__file__).resolve().parent


def blocks(path):
    return re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


def test_readme():
    found = blocks(HERE.parent / "README.md")
    assert found
    for block in found:
        exec(compile(block, "README.md", "exec"), {})


def test_the_section_of_the_repository():
    page = next(one for one in (HERE.parent / "repository.md", HERE.parents[2] / "README.md") if one.exists())
    found = [block for block in blocks(page) if "from flowref import" in block]
    assert len(found) == 1
    exec(compile(found[0], "README.md", "exec"), {})


def test_the_page():
    """One block after the other; but for those that are about your library, or need torch."""
    page = next(one / "python.md" for one in (HERE.parent, HERE.parents[2] / "docs") if (one / "python.md").exists())
    names = {}
    run = [block for block in blocks(page) if "my_" not in block and "torch" not in block]
    assert len(run) > 4
    for block in run:
        exec(compile(block, "python.md", "exec"), names)


def test_docstring():
    block = flowref.__doc__.partition("process.\n")[2]
    exec(compile(textwrap.dedent(block), "flowref", "exec"), {})


def test_version():
    assert flowref.__version__ == flowref.version() == "0.1.0"
