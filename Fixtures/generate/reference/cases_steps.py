"""Cases for single steps: what a method must answer to the last digit."""

from flint import arb

from .certify import certify
from .solvers import FILES, TABLEAUX, VARIANTS, linear, step
from .writer import Fixture

OWN = list(FILES)

# name, flag, field, x
FIELDS = [
    ("decay", "solver_step", {"kind": "linear", "matrix": [[-2]]}, [0.75]),
    ("turn", "solver_step", {"kind": "linear", "matrix": [[0, -1], [1, 0]]}, [1, 0.5]),
    ("shear", "solver_step", {"kind": "linear", "matrix": [[-1, 8], [0, -2]], "offset": [0.5, -1]}, [2, -0.25]),
    ("constant", "solver_step", {"kind": "linear", "matrix": [[0, 0], [0, 0]], "offset": [3, -0.125]}, [1, 1]),
    ("stiff", "solver_step", {"kind": "linear", "matrix": [[-50, 0], [49, -1]]}, [1, 0]),
    ("decimal", "solver_step", {"kind": "linear", "matrix": [[0.1, -0.7, 0.3], [1.1, 0.2, -0.9], [0.4, 0.6, -1.3]],
                                "offset": [0.3, 0.1, -0.2]}, [0.9, -1.7, 0.6]),
]
# The matrix moves with time: what no method sees on the fields above.
MOVING = [
    ("spin", "field_in_time", {"kind": "linear", "matrix": [[0, -1], [1, 0]], "matrix_dt": [[0, -4], [4, 0]]}, [1, 0.5]),
    ("growth", "field_in_time", {"kind": "linear", "matrix": [[-2]], "matrix_dt": [[8]], "offset": [0.5]}, [0.75]),
    ("turned-decimal", "field_in_time", {"kind": "linear", "matrix": [[0.1, -0.7], [1.1, 0.2]], "matrix_dt": [[-0.3, 1.3], [0.9, -2.1]],
                                         "offset": [0.3, -0.2]}, [0.9, -1.7]),
]
SIZES = [("0.25", "solver_step", 0.25), ("minus-0.5", "solver_backward", -0.5), ("2-10", "solver_step", 2.0**-10),
         ("0.1", "solver_step", 0.1), ("2", "solver_step", 2)]


def solver_step(request):
    tableau = TABLEAUX[request["solver"]]
    state, error = step(
        linear(request["field"]), tableau, request["method"], request["x"], request["t"], request["t"] + request["h"]
    )
    return {"x": state} if error is None else {"x": state, "error_estimate": error}


def steps():
    fixture = Fixture(
        "solver_step", "linear", "One step of a Runge-Kutta method on x' = M x + offset",
        "x + h sum b_i k_i, k_i = f(t + c_i h, x + h sum a_ij k_j); error_estimate is h sum (b_i - embedded_i) k_i, null without "
        "an embedded method. Tableaux: Proofs/tableaux; heun's embedded method is euler's, that of dop853 the one of order 5",
    )
    add(fixture, OWN, FIELDS)
    good = {"op": "solver_step", "solver": "rk4", "field": {"kind": "linear", "matrix": [[0, 1], [-1, 0]]}, "t": 0, "h": 0.5,
            "x": [1, 0]}
    fixture.add("error/solver", ["request_shape"], {**good, "solver": "rk5"}, error="invalid_field")
    fixture.add("error/field", ["request_shape"], {**good, "field": {"kind": "quadratic", "matrix": [[1]]}}, error="invalid_field")
    fixture.add("error/dimension", ["dimension"], {**good, "x": [1, 0, 0]}, error="dimension_mismatch")
    fixture.add("error/not-square", ["dimension"], {**good, "field": {"kind": "linear", "matrix": [[0, 1]]}}, error="dimension_mismatch")
    offset = {"kind": "linear", "matrix": [[0, 1], [-1, 0]], "offset": [1]}
    fixture.add("error/offset", ["dimension"], {**good, "field": offset}, error="dimension_mismatch")
    fixture.add("error/h-missing", ["request_shape"], {k: v for k, v in good.items() if k != "h"}, error="missing_field")
    return [fixture]


def add(fixture, names, fields):
    """A case for each method, field and step."""
    for name in names:
        for place, flag, field, x in fields:
            for size, more, h in SIZES:
                if abs(h) >= 2 and place not in ("decay", "turn"):
                    continue
                request = {"op": "solver_step", "solver": name, "field": field, "t": 0.25, "h": h, "x": x}
                tableau = TABLEAUX[name]
                # slopes are doubles: an error estimate is a small difference of them
                roundings = {**tableau.roundings(), "slopes": [[1] * len(x) for _ in range(tableau.stages)]}
                answer = certify({**request, "method": roundings}, solver_step, request)
                if TABLEAUX[name].embedded is None:
                    extend(answer, {"error_estimate": None})
                flags = [flag] + ([more] if more != flag else [])
                flags += ["embedded"] if TABLEAUX[name].embedded else []
                fixture.add(f"{name.replace('_', '-')}/{place}/h-{size}", flags, request, answer)


def moving_steps():
    fixture = Fixture(
        "solver_step", "in-time", "One step of a Runge-Kutta method on x' = (M + t N) x + offset",
        "as in linear.json, with the field's matrix M + t N at the time of each stage; N is `matrix_dt`. Methods whose steps on autonomous "
        "linear fields agree, such as rk4 and rk4_three_eighths, differ here",
    )
    add(fixture, OWN + list(VARIANTS), MOVING)
    good = {"op": "solver_step", "solver": "rk4", "t": 0, "h": 0.5, "x": [1, 0]}
    for name, rates in (("error/rate-dimension", [[1]]), ("error/rate-not-square", [[0, 1]])):
        field = {"kind": "linear", "matrix": [[0, 1], [-1, 0]], "matrix_dt": rates}
        fixture.add(name, ["dimension"], {**good, "field": field}, error="dimension_mismatch")
    return [fixture]


def variant_steps():
    fixture = Fixture(
        "solver_step", "variants", "One step of methods that libraries call rk4 and dopri5 too",
        "as in linear.json: rk4_three_eighths is Kutta's 3/8 rule; dopri5_shampine has the steps of dopri5 and Shampine's embedded weights "
        "(1/60 in the last place instead of 1/40). Tableaux: Proofs/tableaux",
    )
    add(fixture, list(VARIANTS), FIELDS)
    return [fixture]


def extend(answer, members):
    """More members: a name and what it must be (None, a word, or a number compared exactly), or (value, sensitivity, radius)."""
    for name, value in members.items():
        leaf = value if isinstance(value, tuple) else (value, 0.0, 0.0)
        answer.shape[name] = arb(0)
        answer.leaves.append((float(leaf[0]) if isinstance(leaf[0], int) else leaf[0], 0.0, leaf[1], leaf[2]))


def jobs():
    return [
        (["solver_step/linear.json"], steps, ()),
        (["solver_step/in-time.json"], moving_steps, ()),
        (["solver_step/variants.json"], variant_steps, ()),
    ]
