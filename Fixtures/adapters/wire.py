"""The wire protocol for the adapters of this directory: they say what they offer and how a request is answered."""

import json
import math
import pathlib
import sys

OPERATIONS = {
    item["name"]: item
    for item in json.loads((pathlib.Path(__file__).resolve().parents[1] / "catalogue.json").read_text())["operations"]}
PRECISION = sys.argv[1] if len(sys.argv) > 1 else "float64"
SHAPE = ("shape", "dimension", "size", "broadcast", "length", "inhomogeneous", "same number", "aligned")


class Refusal(Exception):
    """An error code of the protocol."""


def check_form(request):
    """Which fields a request has is the business of the wire, not of the library."""
    operation = OPERATIONS[request["op"]]
    for name in request:
        if name not in ["op", "id", *operation["required"], *operation["optional"]]:
            raise Refusal("unknown_field", name)
    for name in operation["required"]:
        if name not in request:
            raise Refusal("missing_field", name)


def plain(value):
    """JSON has no infinities: they travel as strings."""
    if isinstance(value, dict):
        return {name: plain(v) for name, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if value != value else "inf" if value > 0 else "-inf"
    return value


class Slopes:
    """The field of a request `integrate`: its slopes are asked for over the pipe, x one point or rows of points."""

    def __init__(self, request):
        self.identity = request["id"]

    def __call__(self, t, x):
        question = {"id": self.identity, "ask": "velocity", "t": plain(t), "x": plain(x)}
        print(json.dumps(question), file=PIPE[0], flush=True)
        answer = json.loads(sys.stdin.readline())
        if "error" in answer:
            raise Refusal(answer["error"]["code"], answer["error"]["message"])
        return answer["velocity"]


PIPE = [sys.stdout]


def integrators(known, given):
    """What the greeting says of integrators: from names to (order, what they take), `given` being what all of them take."""
    return {name: {"order": order, **dict.fromkeys([*given, *takes], True)} for name, (order, *takes) in known.items()}


def reply(line, greeting, answers):
    identity = None
    try:
        request = json.loads(line)
        identity, op = request.get("id"), request["op"]
        if op == "hello":
            value = {"protocol": 1, "precision": PRECISION, "ops": ["hello", "echo", *answers], **greeting}
        elif op == "echo":
            value = request["value"]
        elif op in answers:
            check_form(request)
            value = plain(answers[op](request))
        else:
            raise Refusal("unsupported")
        return {"id": identity, "ok": True, "value": value}
    except Refusal as refusal:
        code, message = refusal.args[0], " ".join(map(str, refusal.args[1:]))
    except (ValueError, AssertionError, RuntimeError) as error:  # refusals of the library, and of its arrays
        message = f"{type(error).__name__}: {error}"
        code = "dimension_mismatch" if any(word in str(error) for word in SHAPE) else "out_of_domain"
    except KeyError as error:
        code, message = "missing_field", str(error)
    except TypeError as error:
        code, message = "invalid_field", str(error)
    except Exception as error:  # whatever else it raises is no refusal
        code, message = "internal", f"{type(error).__name__}: {error}"
    return {"id": identity, "ok": False, "error": {"code": code, "message": message[:300]}}


def serve(greeting, answers):
    """Answers requests: `greeting` is what `hello` says beside the usual, `answers` a function for each operation."""
    sys.stdout = sys.stderr  # some libraries print
    for line in iter(sys.stdin.readline, ""):
        print(json.dumps(reply(line, greeting, answers)), file=PIPE[0], flush=True)
