"""Runs the notebooks and writes them, with what they print and draw, as pages.

    python run.py [--pages FOLDER]

Every cell must run; the notebooks hold assertions of their own. They are kept without outputs, the pages with.
"""

import pathlib
import sys

import nbclient
import nbconvert
import nbformat

HERE = pathlib.Path(__file__).resolve().parent


def main():
    pages = pathlib.Path(sys.argv[2]) if sys.argv[1:2] == ["--pages"] else None
    for path in sorted(HERE.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells):
            sys.exit(f"{path.name} is kept without outputs")
        nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(HERE)}}).execute()
        print(f"{path.name}: {len(notebook.cells)} cells")
        if pages:
            body, resources = nbconvert.MarkdownExporter().from_notebook_node(
                notebook, resources={"output_files_dir": f"{path.stem}", "unique_key": path.stem})
            pages.mkdir(parents=True, exist_ok=True)
            text = "\n".join(line.rstrip() for line in body.splitlines()) + "\n"
            (pages / f"{path.stem}.md").write_text(f"<!-- Made by make notebooks of Python/notebooks/{path.name}. -->\n\n{text}")
            if resources["outputs"]:
                (pages / path.stem).mkdir(exist_ok=True)
            for old in (pages / path.stem).glob("*"):
                old.unlink()
            for name, data in resources["outputs"].items():
                (pages / name).write_bytes(data)


main()
