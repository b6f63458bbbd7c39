#!/usr/bin/env python3
"""Runs the correct version and every mutant over the fixtures and writes RESULT.md.

The correct version answers every case. While it does, each place where a mistake could be made is noted; a mutant can
differ only on cases that pass its place, so only those are asked of it: all of them up to WHOLE, else at most PER_FLAG
for each flag of each file, evenly spread over the file. Adaptive steps, which take long, are asked of the mutants that
nothing else concerns, FEW of each file. The judge is that of flowref_fixtures; methods are claimed exactly. A mutant that is
caught in no tier that fails a validation by itself is named. Exit status 1 if a mutant survives or the correct version fails.

    python3 run.py [--quick] [--only NAME ...]    (with either nothing is written)

--quick    of every file only QUICK cases, or an eighth, for each flag, by the hash of their ids, and of a mutant only what it takes
           to kill it; for `make test`
"""

import collections
import hashlib
import json
import multiprocessing
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "Python/fixtures/src"))

import integrators  # noqa: E402
import mutant  # noqa: E402
import solvers  # noqa: E402
import switches  # noqa: E402
from flowref_fixtures import Case, Integrator, Terms, asked, integrated, judge_error, judge_value, tiers  # noqa: E402
from wire import Refusal  # noqa: E402

WHOLE, PER_FLAG, QUICK = 600, 3, 6
SLOW, FEW = {"flow_map/adaptive.json", "flow_map/levels.json", "flow_map/zero-tolerance.json", "log_likelihood/adaptive.json",
             "log_likelihood/levels.json"}, 8
# Every method is claimed exactly, so that counts and error estimates are judged.
TERMS = Terms(solvers={name: name for name in solvers.FILES})
INTEGRATORS = {name: Integrator(**known) for name, known in integrators.INTEGRATORS.items()}
UNCAUGHT = {
    "gap": "`cfm_gap` is not answered here",
    "curve": "curves are not answered here", "heavy_tail": "densities on a line are not answered here",
    "kink": "densities on a line are not answered here", "smooth_near_data": "densities on a line are not answered here",
    "box": "boxes are not answered here", "box_edge": "boxes are not answered here",
    "box_narrow": "boxes are not answered here", "ring_centre": "rings are not answered here",
    "ring_far": "rings are not answered here", "product": "products are not answered here",
    "normalisation": "densities on a line are not answered here", "small_exponent_beta": "densities on a line are not answered here",
    "end_of_beta": "densities on a line are not answered here", "far_origin": "densities on a line are not answered here",
    "scale": "densities on a line are not answered here", "gap_narrow": "`cfm_gap` is not answered here",
    "rank_deficient": "sources other than the standard normal are not answered here",
    "general_source": "sources other than the standard normal are not answered here",
    "digits": "targets of more than 64 components or 8 axes are not answered here",
    "high_dimension": "targets of more than 64 components or 8 axes are not answered here",
    "many_components": "targets of more than 64 components or 8 axes are not answered here",
}


def judged(case):
    """What the judge says of the answer to a case."""
    if "field" in case:
        return integrated(Case.of(case), lambda velocity: reply(case["request"], lambda t, x: velocity(t, x).tolist()), TERMS)
    try:
        return judge_value(case, mutant.answer(case["request"]), TERMS)
    except Refusal as refusal:
        return judge_error(case, refusal.code, str(refusal))


def reply(request, velocity):
    """What is answered, in the form of the wire."""
    try:
        return {"ok": True, "value": mutant.answer(request, velocity)}
    except (Refusal, ArithmeticError, ValueError) as error:  # of the harness too, where a state is not finite
        return {"ok": False, "error": {"code": getattr(error, "code", "internal"), "message": str(error)}}


def verdict(case):
    """passed, failed or unsupported."""
    found = judged(case)
    return "failed" if found.is_failure else found.kind


def seriousness(case):
    """The place of the tier of a case that fails, 0 the most serious."""
    return list(tiers()).index(judged(case).tier)


def load():
    for path in sorted(HERE.parent.glob("*/*.json")):
        document = json.loads(path.read_text())
        if "cases" not in document:
            continue
        for name, target in document.get("definitions", {}).items():
            try:
                mutant.answer({"op": "define", "name": name, "target": target})
            except Refusal:
                pass
        for case in document["cases"]:
            if "formats" not in case or "float64" in case["formats"]:
                for one in asked(Case.of(case), INTEGRATORS):
                    if "field" not in case or one.asked_of is not None:
                        yield str(path.relative_to(HERE.parent)), one.record


def groups(cases):
    """The positions of the cases by file and flag."""
    found = collections.defaultdict(list)
    for index, (file, case) in enumerate(cases):
        for flag in case["flags"]:
            found[file, flag].append(index)
    return found.values()


def without_slow(cases):
    """The cases of quick files; where there are none, FEW of each slow one, evenly spread."""
    quick = [pair for pair in cases if pair[0] not in SLOW]
    if quick:
        return quick
    chosen = []
    for slow in sorted(SLOW):
        members = [pair for pair in cases if pair[0] == slow]
        chosen += [members[i * len(members) // FEW] for i in range(FEW)] if len(members) > FEW else members
    return chosen


def sample(cases):
    """All cases up to WHOLE, else at most PER_FLAG of each flag of each file, evenly spread."""
    if len(cases) <= WHOLE:
        return list(cases)
    chosen = set()
    for members in groups(cases):
        step = max(1, len(members) / PER_FLAG)
        chosen.update(members[int(i * step)] for i in range(min(PER_FLAG, len(members))))
    return [cases[i] for i in sorted(chosen)]


def shuffled(case):
    """A sorting key without any pattern that a file could share."""
    return hashlib.sha256(case["id"].encode()).digest()


def few(cases):
    """QUICK cases of each flag of each file, and of many an eighth."""
    chosen = {index for members in groups(cases)
              for index in sorted(members, key=lambda i: shuffled(cases[i][1]))[:max(QUICK, len(members) // 8)]}
    return [cases[i] for i in sorted(chosen)]


def correct(case):
    """The verdict on the correct version, and the places that the case passed."""
    switches.asked.clear()
    return verdict(case), sorted(switches.asked)


def mistaken(task):
    """Which of the cases of a mutant fail, and the most serious tier."""
    switches.active, cases = task
    failed = [case for case in cases if verdict(case) == "failed"]
    return failed, min(map(seriousness, failed), default=None)


def killing(task):
    """The first case of a mutant that fails in a tier that fails a validation; else the first that fails at all."""
    switches.active, cases = task
    first = None
    for case in sorted(cases, key=shuffled):
        found = judged(case)
        if found.is_failure and (first is None or found.counts()):
            first = case
            if found.counts():
                break
    return ([], None) if first is None else ([first], seriousness(first))


def main():
    arguments = sys.argv[1:]
    quick = arguments[:1] == ["--quick"]
    if quick:
        del arguments[0]
    only = arguments[1:] if arguments[:1] == ["--only"] else None
    if only is None and arguments or not set(only or []) <= set(switches.MUTANTS):
        sys.exit("usage: run.py [--quick] [--only NAME ...]")
    cases = few(list(load())) if quick else list(load())
    count, wrong_cases, places, killed = collections.Counter(), [], collections.defaultdict(list), {}
    # Children inherit the definitions that were loaded.
    with multiprocessing.get_context("fork").Pool() as pool:
        for (file, case), (outcome, asked) in zip(cases, pool.imap(correct, [case for _, case in cases], 64)):
            count[outcome] += 1
            if outcome == "failed":
                wrong_cases.append(case["id"])
            if outcome != "unsupported":
                for name in asked:
                    places[name].append((file, case))
        print(f"correct version: {count['passed']} passed, {count['failed']} failed, {count['unsupported']} unsupported", flush=True)
        for identity in wrong_cases:
            print("  FAILED", identity)

        names = only or list(switches.MUTANTS)
        asked = {name: without_slow(places[name]) for name in names}
        tasks = [(name, [case for _, case in (asked[name] if quick else sample(asked[name]))]) for name in names]
        mild = []
        for name, (failed, tier) in zip(names, pool.imap(killing if quick else mistaken, tasks)):
            if failed and not list(tiers().values())[tier].always_fails:
                mild.append(f"{name} ({list(tiers())[tier]})")
            flags = collections.Counter(flag for case in failed for flag in case["flags"])
            killed[name] = (len(failed), flags, [set(case["flags"]) for case in failed])
            print(f"{name:30} {'killed' if failed else 'SURVIVED':8} {len(failed):5}  {' '.join(f for f, _ in flags.most_common(4))}", flush=True)
    if mild:
        print(f"caught only in a tier that fails with --strict: {', '.join(mild)}")
    survivors = [name for name, (n, _, _) in killed.items() if n == 0]
    print(f"killed {len(killed) - len(survivors)} / {len(killed)}")
    if only is None and not quick:
        report = text(count, killed, survivors)
        temporary = HERE / "RESULT.md.tmp"
        temporary.write_text(report)
        temporary.replace(HERE / "RESULT.md")
    sys.exit(1 if survivors or wrong_cases else 0)


def text(count, killed, survivors):
    every = sorted({flag for _, case in load() for flag in case["flags"]})
    lines = ["# Mutants", "",
             f"Killed {len(killed) - len(survivors)} of {len(killed)}. The correct version: {count['passed']} cases passed, "
             f"{count['failed']} failed, {count['unsupported']} unsupported (targets and operations that it does not answer).", "",
             f"Written by `run.py`. A mutant is asked the cases that pass the place of its mistake: all of them up to {WHOLE}, "
             f"else at most {PER_FLAG} for each flag of each file.", "",
             "| mutant | mistake | cases that catch it | flags, most frequent first |", "|---|---|---|---|"]
    for name, (n, flags, _) in killed.items():
        shown = ", ".join(flag for flag, _ in flags.most_common(5)) + (", ..." if len(flags) > 5 else "")
        lines.append(f"| `{name}` | {switches.MUTANTS[name]} | {n or '**survives**'} | {shown} |")
    lines += ["", "## Flags", "",
              "A flag is *needed* when some mutant is caught by no case without it: every case that catches the mutant carries the flag.", "",
              "| flag | needed by | mutants caught |", "|---|---|---|"]
    for flag in every:
        caught = [name for name, (_, flags, _) in killed.items() if flag in flags]
        needed = [f"`{name}`" for name, (_, _, sets) in killed.items() if sets and all(flag in s for s in sets)]
        why = ", ".join(needed) or (UNCAUGHT.get(flag, "no mutant here") if not caught else "none: other flags catch the same mutants")
        lines.append(f"| `{flag}` | {why} | {len(caught)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
