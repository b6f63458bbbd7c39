"""Fixture documents: assembled, checked for unique ids, written whole or not at all."""

import json
import math
import os

from .flags import FLAGS

VERSION = "1"


def plain(node):
    """Numbers that are whole become integers, so that files are short and every language reads them alike."""
    if isinstance(node, dict):
        return {k: plain(v) for k, v in node.items()}
    if isinstance(node, (list, tuple)):
        return [plain(v) for v in node]
    if isinstance(node, float):
        if node == 0:
            return 0
        if node.is_integer() and abs(node) < 2**53:
            return int(node)
        if not math.isfinite(node):
            raise ValueError("a number that JSON does not have")
    return node


class Fixture:
    """One file: an operation and a topic."""

    def __init__(self, operation, topic, title, reference, method="Arb balls", definitions=None, seed=None):
        self.operation, self.topic, self.title, self.reference = operation, topic, title, reference
        self.method, self.definitions, self.seed = method, definitions, seed
        self.cases, self.ids, self.bits = [], set(), 0

    @property
    def path(self):
        return f"{self.operation}/{self.topic}.json"

    def add(self, name, flags, request, answer=None, error=None, comment=None, field=None, order=None):
        """One case; name is the end of its permanent id. field: whose slopes the harness supplies; order: of which integrators."""
        identity = f"{self.operation.replace('_', '-')}/{self.topic.replace('_', '-')}/{name}"
        if identity in self.ids:
            raise ValueError(f"the id {identity} is taken")
        self.ids.add(identity)
        case = {"id": identity, "flags": flags}
        if comment:
            case["comment"] = comment
        case["request"] = request
        if field:
            case["field"] = field
        if order:
            case["order"] = order
        if error:
            case["expected"] = {"error": error}
        else:
            if not answer.formats:
                return
            case["formats"] = answer.formats
            case["expected"] = answer.expected()
            self.bits = max(self.bits, answer.bits)
        self.cases.append(case)

    def text(self):
        used = sorted({f for c in self.cases for f in c["flags"]})
        generator = {"script": "Fixtures/generate/generate.py", "version": VERSION, "method": self.method}
        generator["digits"] = int(max(self.bits, 640) * 0.30103)
        if self.seed is not None:
            generator["seed"] = self.seed
        head = {
            "format": 1,
            "operation": self.operation,
            "title": self.title,
            "reference": self.reference,
            "generator": generator,
            "flags": {f: FLAGS[f] for f in used},
        }
        lines = json.dumps(plain(head), ensure_ascii=False, indent=2)[:-1].rstrip()
        if self.definitions:
            lines += f',\n  "definitions": {json.dumps(plain(self.definitions), ensure_ascii=False)}'
        body = ",\n".join("    " + json.dumps(plain(c), ensure_ascii=False) for c in self.cases)
        text = f'{lines},\n  "cases": [\n{body}\n  ]\n}}\n'
        json.loads(text)
        if len(text) > 1_000_000:
            raise ValueError(f"{self.path} would have {len(text)} bytes")
        return text


def write(text, path):
    """Writes a file whole or not at all."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = f"{path}.tmp{os.getpid()}"
    with open(temporary, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    os.replace(temporary, path)
