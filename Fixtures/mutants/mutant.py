#!/usr/bin/env python3
"""Answers wire protocol 1 on standard input and output: correctly, or with one mistake on purpose.

    python3 mutant.py                  the correct version
    python3 mutant.py --mutant NAME    with exactly one mistake
    python3 mutant.py --list           the mistakes

The correct version evaluates definitions with hundreds of digits (mpmath) and shares nothing with the generator.
"""

import json
import sys

from mpmath import mp, mpf

import conditional
import discrete
import few_steps
import integrators
import levels
import mixtures
import solvers
import switches
import transport
from wire import FIELDS, Refusal, check_fields

ANSWERS = {
    "schedule": conditional.schedule_values, "time_at_log_snr": conditional.inverse,
    "conditional_flow": conditional.affine, "conditional_velocity": conditional.affine,
    "conditional_score": conditional.affine, "conditional_log_density": conditional.affine,
    "pair_velocity": conditional.pair, "convert": conditional.convert, "convert_convention": conditional.convention,
    "schedule_transform": mixtures.transform, "guided_velocity": mixtures.guided,
    "sigma_grid": discrete.grid, "ddpm_posterior": discrete.ddpm, "bits_per_dim": discrete.bits,
    "trace_estimate": discrete.trace, "assignment": discrete.assignment,
    "sinkhorn": transport.sinkhorn, "gaussian_ot_map": transport.gaussian_map,
    "solver_step": solvers.solver_step, "flow_map": solvers.flow_map, "log_likelihood": solvers.log_likelihood,
    "average_velocity": levels.average_velocity, "flow_jacobian": levels.flow_jacobian,
    "flow_log_determinant": levels.flow_log_determinant, "few_step_map": few_steps.few_step_map,
}


def answer(request, velocity=None):
    """The value of a request as JSON; a refusal is raised. velocity(t, x) asks back for the slope of an integration."""
    mp.prec = 600
    request = dict(request)
    check_fields(request)
    op = request["op"]
    if op == "hello":
        return {"protocol": 1, "name": "mutant" if switches.active else "definitions", "version": "1",
                "precision": "float64", "ops": sorted(FIELDS), "solvers": {name: name for name in solvers.FILES}, "integrators": integrators.INTEGRATORS}
    if op == "echo":
        return request["value"]
    if op == "define":
        mixtures.defined[request["name"]] = request["target"]
        return len(mixtures.parse_target(request["target"])[1][0])
    try:
        if op == "integrate":
            return plain(integrators.integrate(request, velocity))
        return plain(ANSWERS.get(op, mixtures.marginal)(request))
    except (TypeError, ZeroDivisionError, OverflowError, ValueError) as error:
        if switches.active is None:
            raise
        return "nan"  # a mistake may divide by zero


def plain(value):
    if isinstance(value, dict):
        return {name: plain(v) for name, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, (float, mpf, mp.mpf)):
        value = float(value)
        if value != value:
            return "nan"
        return value if abs(value) < float("inf") else ("inf" if value > 0 else "-inf")
    return value if value is None or isinstance(value, (int, str)) else "nan"


def asking(identity):
    """The slope at a point, asked for over the pipe."""

    def velocity(t, x):
        print(json.dumps({"id": identity, "ask": "velocity", "t": t, "x": x}), flush=True)
        reply = json.loads(sys.stdin.readline())
        if "error" in reply:
            raise Refusal(reply["error"]["code"], reply["error"]["message"])
        return reply["velocity"]

    return velocity


def main():
    arguments = sys.argv[1:]
    if arguments == ["--list"]:
        for name, description in switches.MUTANTS.items():
            print(f"{name:30} {description}")
        return
    if arguments:
        if arguments[0] != "--mutant" or len(arguments) != 2 or arguments[1] not in switches.MUTANTS:
            sys.exit("usage: mutant.py [--list | --mutant NAME]")
        switches.active = arguments[1]
    for line in iter(sys.stdin.readline, ""):
        identity = None
        try:
            request = json.loads(line)
            identity = request.get("id")
            reply = {"id": identity, "ok": True, "value": answer(request, asking(identity))}
        except Refusal as refusal:
            reply = {"id": identity, "ok": False, "error": {"code": refusal.code, "message": str(refusal)}}
        except (json.JSONDecodeError, AttributeError):
            reply = {"id": None, "ok": False, "error": {"code": "malformed_json", "message": "not a JSON object"}}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
