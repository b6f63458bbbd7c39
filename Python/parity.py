"""Compares the judge in Python with `flowref validate`, case by case: the same kind of verdict, the same tier and member, as
many notes, and the same error over allowance, to the bit.

    python parity.py FLOWREF [--full]

The answers that are judged are those of the mutants (Fixtures/mutants), each on the cases that pass the place of its
mistake (a sample; with --full as many as `make mutants` asks), and answers made up around what is certified: just within and
just beyond the allowance, of wrong shapes, of wrong kinds, in every precision and for every kind of claim. They are written down first, as fixtures of
their own, and played back to the tool. Integrators, which ask back, are asked twice: over the pipe and in process. Needs the packages of Fixtures/generate/requirements.txt.
"""

import collections
import hashlib
import json
import math
import multiprocessing
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE / "fixtures/src"), str(ROOT / "Fixtures/mutants")]

import mutant  # noqa: E402
import run as mutants  # noqa: E402
import switches  # noqa: E402
from flowref_fixtures import PRECISIONS, Outcome, Terms, applies, asked, cases, judge_answer  # noqa: E402
from flowref_fixtures._judge import budget  # noqa: E402
from wire import Refusal  # noqa: E402

NAMES = [one["name"] for one in json.loads((ROOT / "Fixtures/catalogue.json").read_text())["solvers"]]
# What an implementation may claim: nothing, every method, other methods by some names and times as t alone.
CLAIMS = {
    "nothing claimed": Terms(), "everything claimed": Terms(solvers={name: name for name in NAMES}),
    "other methods": Terms(solvers={"rk4": "rk4_three_eighths", "dopri5": "dopri5_shampine", "euler": "euler"}, names_only_t=True),
}
SAMPLE = 40  # cases of each mutant
PART = 1000  # cases of a file
MADE_UP = 1500  # cases for which answers are made up

PLAYER = '''
import json, sys
records = iter(open(sys.argv[1]))
for line in sys.stdin:
    request = json.loads(line)
    identity = request.pop("id")
    if request["op"] == "hello":
        answer = {"ok": True, "value": {"protocol": 1, "name": "player", "version": "1", **json.loads(sys.argv[2])}}
    elif request["op"] == "echo":
        answer = {"ok": True, "value": request["value"]}
    else:
        wanted, answer = json.loads(next(records))
        if wanted != request:
            sys.exit("another request came than was written down")
    print(json.dumps({"id": identity, **answer}), flush=True)
'''


def reply(name, request):
    """What a mutant answers, in the form of the wire."""
    switches.active = name
    try:
        return {"ok": True, "value": mutant.answer(request)}
    except Refusal as refusal:
        return {"ok": False, "error": {"code": refusal.code, "message": str(refusal)}}


def places(case):
    """The places of mistakes that a case passes."""
    switches.active = None
    switches.asked.clear()
    mutants.verdict(case.record)
    return sorted(switches.asked)


def answers_of(task):
    name, members = task
    return [reply(name, case.record["request"]) for case in members]


def mutant_answers(full):
    """(case, what it is, answer) for every mutant."""
    told = [case for case in cases(root=ROOT / "Fixtures") if case.definition is None and "field" not in case.record]
    told = [case for case in told if applies(case.record, PRECISIONS["float64"])]
    if not full:
        chosen = {id(record) for _, record in mutants.few([(case.file, case.record) for case in told])}
        told = [case for case in told if id(case.record) in chosen and case.file + ".json" not in mutants.SLOW]
        # An eighth of these, by the hash of their ids.
        told = [case for case in told if hashlib.sha256(case.id.encode()).digest()[0] < 32]
    passing = collections.defaultdict(list)
    with multiprocessing.get_context("fork").Pool() as pool:
        for case, found in zip(told, pool.imap(places, told, 64)):
            for name in found:
                passing[name].append(case)
        names = [name for name in switches.MUTANTS if not name.startswith("integrator_")]
        tasks = []
        for name in names:
            members = passing[name]
            if full:
                known = {id(case.record): case for case in members}
                pairs = mutants.without_slow([(case.file + ".json", case.record) for case in members])
                members = [known[id(record)] for _, record in mutants.sample(pairs)]
            else:
                members = sorted(members, key=lambda case: hashlib.sha256((name + case.id).encode()).digest())[:SAMPLE]
            tasks.append((name, members))
        tasks.append((None, told if full else told[:2000]))
        for (name, members), found in zip(tasks, pool.imap(answers_of, tasks)):
            for case, answer in zip(members, found):
                yield case, name or "correct", answer


def leaves(value, place=()):
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, (*place, name))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from leaves(one, (*place, index))
    else:
        yield place, value


def at(value, place):
    for step in place:
        value = value[step]
    return value


def changed(value, place, new):
    if not place:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = changed(value[place[0]], place[1:], new)
    return copy


def made_up(case, draw, precision):
    """Answers around what is certified."""
    expected = case.record["expected"]
    yield {"ok": False, "error": {"code": "unsupported"}}
    yield {"ok": False, "error": {"code": "singular", "message": "so"}}
    if "error" in expected:
        yield {"ok": False, "error": {"code": expected["error"]}}
        yield {"ok": True, "value": 0}
        return
    value = expected["value"]
    yield {"ok": True, "value": value}
    for answer in ({"ok": True}, {"ok": 1, "value": value}, {"value": value}, {"ok": False}, {"ok": False, "error": {"code": 3}},
                   {"ok": False, "error": "singular"}, {"ok": True, "value": [value]}, {"ok": True, "value": None},
                   {"ok": True, "value": {}}, {"ok": True, "value": []}, {"ok": True, "value": "nan"}):
        if draw.random() < 0.3:
            yield answer
    if isinstance(value, list):
        yield {"ok": True, "value": value[:-1]}
        yield {"ok": True, "value": [*value, 0]}
    if isinstance(value, dict):
        name = draw.choice(sorted(value))
        yield {"ok": True, "value": {key: one for key, one in value.items() if key != name}}
        yield {"ok": True, "value": {**value, "more": 1}}
    place, leaf = draw.choice(list(leaves(value)))
    for new in (None, True, "inf", "-inf", "nan", 10**400, -(10**400), 0, -0.0, [leaf], {"a": leaf}, "success", 1, 5e-324):
        if draw.random() < 0.4:
            yield {"ok": True, "value": changed(value, place, new)}
    if isinstance(leaf, (int, float)) and not isinstance(leaf, bool):
        sensitivity, radius, tail = (at(expected[name], place) for name in ("sensitivity", "radius", "tail"))
        unit = precision.unit_roundoff * (abs(leaf) + sensitivity) + precision.smallest_normal
        allowed = budget(case.operation) * unit + radius
        if leaf == int(leaf):
            yield {"ok": True, "value": changed(value, place, int(leaf) + draw.choice([-1, 1]))}
        for factor in (0.5, 1 - 1e-15, 1, 1 + 1e-15, 1.001, 3, 1e6, 1e300):
            moved = leaf + (tail + draw.choice([-1, 1]) * factor * allowed)
            if math.isfinite(moved):
                yield {"ok": True, "value": changed(value, place, moved)}


def written(records, folder, terms):
    """The records as fixtures of their own, and the answers in the order in which they will be asked for."""
    by_operation = collections.defaultdict(list)
    for number, (case, name, answer) in enumerate(records):
        by_operation[case.operation].append((f"{case.id}@{name}@{number}", case, answer))
    order = []
    with open(folder / "answers.jsonl", "w") as played:
        for operation in sorted(by_operation):
            (folder / "fixtures" / operation).mkdir(parents=True)
            members = by_operation[operation]
            # Files of a size that the tool reads.
            for part, first in enumerate(range(0, len(members), PART)):
                entries = []
                for identity, case, answer in members[first:first + PART]:
                    # A flag may decide the tier; what it hunts is not compared.
                    entries.append({**case.record, "id": identity})
                    order.append((identity, case, answer))
                    if terms.reason_to_skip(case.record) is None:
                        played.write(json.dumps([terms.in_own_names(case.record), answer]) + "\n")
                flags = {flag: {"mistake": "", "effect": ""} for entry in entries for flag in entry["flags"]}
                file = {"format": 1, "operation": operation, "title": "", "reference": "", "generator": "", "flags": flags,
                        "cases": entries}
                (folder / "fixtures" / operation / f"part-{part:06}.json").write_text(json.dumps(file))
    (folder / "player.py").write_text(PLAYER)
    return order


def compare(tool, records, terms):
    hello = {"precision": terms.precision.name, "solvers": dict(terms.solvers), "time": "t_only" if terms.names_only_t else None}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        order = written(records, folder, terms)
        told = subprocess.run(
            [tool, "validate", "--json", "--fixtures", folder / "fixtures", "--",
             sys.executable, folder / "player.py", folder / "answers.jsonl", json.dumps(hello)],
            capture_output=True, text=True, check=False)
        if not told.stdout:
            sys.exit(told.stderr)
        report = json.loads(told.stdout)
    if report["trouble"] or report["restarts"]:
        sys.exit(f"the player and the tool fell out: {report['trouble']}")
    verdicts = {case["id"]: case for case in report["cases"]}
    counts, differ = collections.Counter(), []
    for identity, case, answer in order:
        theirs = verdicts[identity]
        skipped = terms.reason_to_skip(case.record)
        own = Outcome(skipped) if skipped else judge_answer(case.record, answer, terms)
        number = theirs.get("ratio")
        number = math.inf if number == "inf" else number
        counts[theirs.get("tier", theirs["outcome"])] += 1
        found = (own.kind, own.ratio, own.tier, own.member, len(own.notes))
        there = (theirs["outcome"], number, theirs.get("tier"), theirs.get("member"), len(theirs.get("information", [])))
        if found != there:
            differ.append(f"{identity}: {found} here, {there} there")
    return counts, differ


def integrations(tool, full):
    """The correct version and the mistaken integrators, over the pipe and in process: the slopes are those of two programs, so that
    errors over allowance agree in what they are, not in their digits."""
    fields = ["*"] if full else ["*/ot/two/*", "*/icfm/cloud/*"]
    own = [one for case in cases([f"integrate/{field}" for field in fields], ROOT / "Fixtures") for one in asked(case, mutants.INTEGRATORS)]
    differ, counts = [], collections.Counter()
    for name in [None, *(name for name in switches.MUTANTS if name.startswith("integrator_"))]:
        told = subprocess.run(
            [tool, "validate", "--json", *(f"--only=integrate/{field}" for field in fields), "--fixtures", ROOT / "Fixtures", "--",
             sys.executable, ROOT / "Fixtures/mutants/mutant.py", *(["--mutant", name] if name else [])],
            capture_output=True, text=True, check=False)
        theirs = {case["id"]: case for case in json.loads(told.stdout)["cases"]}
        switches.active = name
        for case in own:
            there = theirs[case.id]
            if case.asked_of is None:
                found = ("not_applicable", None, None, 0)
            else:
                one = mutants.judged(case.record)
                found = (one.kind, one.tier, one.member, len(one.notes))
            said = (there["outcome"], there.get("tier"), there.get("member"), len(there.get("information", [])))
            counts[there.get("tier", there["outcome"])] += 1
            if found != said:
                differ.append(f"{case.id} of {name or 'the correct version'}: {found} here, {said} there")
    switches.active = None
    print(f"integrators: {sum(counts.values())} verdicts, {len(differ)} differ; {dict(counts)}", flush=True)
    print("\n".join(differ[:20]))
    return bool(differ)


def main():
    tool, full = sys.argv[1], sys.argv[2:] == ["--full"]
    failed = integrations(tool, full)
    mutated = list(mutant_answers(full))
    runs = [(f"float64, {name}", terms, mutated) for name, terms in CLAIMS.items()]
    runs += [(name, Terms(one), []) for name, one in PRECISIONS.items() if name != "float64"]
    for name, terms, records in runs:
        precision, records = terms.precision, list(records)
        pool = [case for case in cases(root=ROOT / "Fixtures")
                if case.definition is None and "field" not in case.record and applies(case.record, precision)]
        draw = random.Random(name)
        for case in draw.sample(pool, min(len(pool), len(pool) if full else MADE_UP)):
            records += [(case, "made-up", answer) for answer in made_up(case, draw, precision)]
        # Members are what solvers and couplings have; a sample of everything has few of them.
        for case in pool:
            if case.operation in ("solver_step", "flow_map", "log_likelihood", "sinkhorn", "assignment", "time_at_log_snr"):
                records += [(case, "made-up", answer) for answer in made_up(case, draw, precision) if draw.random() < 0.25]
        counts, differ = compare(tool, records, terms)
        total = sum(counts.values())
        count = len({what for _, what, _ in records} - {"made-up", "correct"})
        print(f"{name}: {total} verdicts ({count} mutants), {len(differ)} differ; {dict(counts)}", flush=True)
        print("\n".join(differ[:20]))
        failed |= bool(differ)
    sys.exit(failed)


if __name__ == "__main__":
    main()
