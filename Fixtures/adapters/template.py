#!/usr/bin/env python3
"""Adapter: answers wire protocol 1 with your library. Fill in `answer`, leave the rest."""

import json
import sys

# import your_library


class Refusal(Exception):
    """Raise Refusal("singular"), Refusal("out_of_domain"), ... where your library says so itself."""


def answer(request):
    """The value of one request; anything that your library does not offer is unsupported."""
    op, path = request["op"], request.get("path", {})
    if op == "integrate" and request["solver"] in INTEGRATORS:
        return integrate(request)
    if op == "conditional_velocity" and path.get("kind") == "ot" and "t" in request:
        # return your_library.velocity(request["x"], request["x1"], request["t"], path.get("sigma_min", 0))
        pass
    raise Refusal("unsupported")


def integrate(request):
    """Moves x along a field from t0 to t1, by the slopes that ask(request, t, x) tells. In the place of this: your solver."""
    x, t0, t1, n = request["x"], request["t0"], request["t1"], request["steps"]
    for k in range(n):
        x = [a + (t1 - t0) / n * u for a, u in zip(x, ask(request, t0 + (t1 - t0) * k / n, x))]
    return {"x": x, "t": t1, "nfe": n}  # where it stands and how often it asked may be left out


OPS = ["hello", "echo", "conditional_velocity", "integrate"]  # what `answer` knows
# Those with "adaptive" get rtol and atol, those with "steps" a number of equal steps, those with "dense" also times on the way.
INTEGRATORS = {"my_euler": {"order": 1, "steps": True}}


def ask(request, t, x):
    print(json.dumps({"id": request["id"], "ask": "velocity", "t": t, "x": x}), flush=True)
    reply = json.loads(sys.stdin.readline())
    if "error" in reply:
        raise ValueError(reply["error"]["message"])
    return reply["velocity"]


def plain(value):
    """JSON has no infinities: they travel as strings."""
    if isinstance(value, dict):
        return {name: plain(v) for name, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return {True: "inf", False: "-inf"}[value > 0] if value == value else "nan"
    return value


def reply(line):
    identity = None
    try:
        request = json.loads(line)
        identity, op = request.get("id"), request["op"]
        if op == "hello":
            # May also hold "time": "t_only", and "solvers": {"rk4": "rk4_three_eighths"}: docs/PROTOCOL.md, The greeting.
            value = {"protocol": 1, "name": "template", "version": "1", "precision": "float64", "ops": OPS,
                     "integrators": INTEGRATORS}
        else:
            value = request["value"] if op == "echo" else plain(answer(request))
        return {"id": identity, "ok": True, "value": value}
    except Refusal as refusal:
        code, message = str(refusal), ""
    except json.JSONDecodeError as error:
        code, message = "malformed_json", str(error)
    except Exception as error:  # whatever the library raises that is no refusal of its own
        code, message = "internal", f"{type(error).__name__}: {error}"
    return {"id": identity, "ok": False, "error": {"code": code, "message": message}}


for line in iter(sys.stdin.readline, ""):
    print(json.dumps(reply(line)), flush=True)
