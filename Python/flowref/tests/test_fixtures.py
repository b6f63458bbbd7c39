"""The package answers the certified fixtures: by its arrays in batches, and by the protocol in process."""

import json
from collections import Counter

import pytest
from exact import Exact
from flowref_fixtures import cases, judge_answer, operations

import flowref

# What arrays have no way to ask wrongly, or refuse as Python does: a field too many or too few.
SHAPE = {"unknown_field", "missing_field", "invalid_field", "unknown_op"}


@pytest.mark.parametrize("operation", [one for one in operations() if Exact().offers(one)])
def test_arrays(operation):
    members = [
        case for case in cases(operations=frozenset([operation])) if case.record["expected"].get("error") not in SHAPE
    ]
    found = Exact().outcomes(members)
    failed = [(case.id, one.detail) for case, one in zip(members, found, strict=True) if one.is_failure]
    assert not failed
    assert Counter(one.kind for one in found)["passed"] > 0.9 * len(members)


def test_protocol():
    oracle = flowref.Oracle(allow_files=True)
    defined, failed, count = {}, [], 0
    for case in cases():
        if case.record["request"].get("op") == "integrate":  # a conversation, which one answer is not
            continue
        if case.definition is not None and defined.get(case.definition[0]) is not case.definition[1]:
            name, described = case.definition
            oracle.ask("define", name=name, target=described)
            defined[name] = described
        answer = json.loads(oracle.answer(json.dumps(case.record["request"]).encode()))
        outcome = judge_answer(case.record, answer)
        if "formats" in case.record and "float64" not in case.record["formats"]:
            continue
        count += 1
        if outcome.kind != "passed":
            failed.append((case.id, outcome))
    assert not failed
    assert count > 37_000
