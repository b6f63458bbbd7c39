"""Audits the proofs: axioms, golden statements, and the table of README.md in both directions.

Every `Theorem` of the sources is a main statement: it must rest on the four axioms of the standard
reals and no other, its printed statement must equal the golden file, and it must have a row in the
table. Every row must name a theorem that is in the file it names, and Swift functions and tests that
exist. The golden file also holds every notation and definition, and with each theorem the hypotheses
of its sections, the unused ones too. A kind of declaration that is not listed here is refused, since
nobody would see it change.
"""

import argparse
import difflib
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent.parent
ROOT = HERE.parent
BUILD = HERE / "build"
GOLDEN = HERE / "statements.txt"
FORBIDDEN = re.compile(
    r"\b(Admitted|admit|Abort|Axioms?|Parameters?|Conjecture|bypass_check|native_compute)\b"
    r"|\bUnset\s+(Guard|Positivity|Universe)|\bType\s+in\s+Type\b|type_in_type"
)
# What the sources may say: every kind here is printed, or changes no statement.
STATEMENTS = "Theorem|Lemma|Corollary"
DEFINITIONS = "Definition|Fixpoint|Inductive|Record"
ASSUMPTIONS = "Variables?|Hypothes[ie]s|Let|Context"
KINDS = re.compile(
    rf"(?:{STATEMENTS}|{DEFINITIONS}|{ASSUMPTIONS}|Notation|Ltac|From|Require|Import|Open|Section|End|Proof|Qed)$")
SEALED = re.compile(r"Reals\.Rdefinitions\.(RbaseSymbolsImpl|RinvImpl)\.|ssr\.ssrunder\.Under_rel\.")
ALLOWED_AXIOMS = {
    "ClassicalDedekindReals.sig_not_dec",
    "ClassicalDedekindReals.sig_forall_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "Classical_Prop.classic",
}


def sources():
    lines = (HERE / "_CoqProject").read_text().splitlines()
    return [line for line in lines if line.endswith(".v")]


def without_comments(text):
    """The text with (nested) Coq comments blanked out, line numbers kept."""
    out, depth, i = [], 0, 0
    while i < len(text):
        two = text[i : i + 2]
        if two == "(*":
            depth, i = depth + 1, i + 2
        elif two == "*)" and depth:
            depth, i = depth - 1, i + 2
        else:
            out.append(text[i] if depth == 0 or text[i] == "\n" else "")
            i += 1
    return "".join(out)


def sentences(file):
    """(keyword, sentence) of every sentence that begins with a capital letter or an attribute: tactics
    do not."""
    for text in re.split(r"\.(?=\s|$)", without_comments((HERE / file).read_text())):
        sentence = " ".join(text.split()).lstrip("-+*{} ")
        first = re.match(r"#|[A-Z]\w*", sentence)
        if first:
            yield first[0], sentence


def is_a(keyword, kinds):
    return re.fullmatch(kinds, keyword) is not None


def declared(kinds):
    """(name, file) of every declaration of these kinds, in file order."""
    return [
        (re.match(r"\w+ ([\w']+)", sentence)[1], file)
        for file in sources() for keyword, sentence in sentences(file) if is_a(keyword, kinds)
    ]


def assumptions():
    """What the open sections assume, by theorem: their hypotheses, abbreviations and contexts as they
    stand in the source, whether the proof uses them or not."""
    found = {}
    for file in sources():
        sections = []
        for keyword, sentence in sentences(file):
            if keyword == "Section":
                sections.append([])
            elif keyword == "End":
                sections.pop()
            elif is_a(keyword, "Hypothes[ie]s|Let|Context"):
                sections[-1].append(sentence)
            elif keyword == "Theorem":
                found[sentence.split()[1]] = [line for lines in sections for line in lines]
    return found


def check_kinds():
    """Nothing is declared that the golden file would not show."""
    faults = []
    for file in sources():
        depth = 0
        for keyword, sentence in sentences(file):
            depth += {"Section": 1, "End": -1}.get(keyword, 0)
            where = f"{file}: {sentence[:60]}"
            if not KINDS.match(keyword):
                faults.append(f"{where}: this kind of declaration is not in the golden file")
            elif keyword == "Notation" and (depth or not re.match(r"Notation [\w']+ ", sentence)):
                faults.append(f"{where}: only a notation of one word outside sections can be printed")
            elif is_a(keyword, ASSUMPTIONS) and not depth:
                faults.append(f"{where}: assumed outside of a section, which makes it an axiom")
    return faults


def module(file):
    return file[:-2].replace("/", ".")


def qualified(name, file):
    return f"FlowProofs.{module(file)}.{name}"


def coq(stem, body):
    BUILD.mkdir(exist_ok=True)
    script = BUILD / f"{stem}.v"
    imports = " ".join(module(file) for file in sources())
    script.write_text(f"From FlowProofs Require {imports}.\n{body}")
    run = subprocess.run(
        ["coqc", "-q", "-Q", str(HERE), "FlowProofs", "-w", "none", str(script)],
        capture_output=True, text=True, cwd=BUILD,
    )
    if run.returncode:
        sys.exit(f"{stem}: {run.stderr}")
    return run.stdout


def check_unfinished():
    faults = []
    for file in sources():
        text = without_comments((HERE / file).read_text())
        for number, line in enumerate(text.splitlines(), 1):
            if FORBIDDEN.search(line):
                faults.append(f"{file}:{number}: unfinished proof or axiom: {line.strip()}")
    strays = {str(p.relative_to(HERE)) for p in HERE.glob("*/*.v")} - set(sources())
    faults += [f"{s}: not listed in _CoqProject" for s in sorted(strays) if not s.startswith("build")]
    return faults


def check_axioms(theorems):
    # One tuple, one traversal: a Print Assumptions for each theorem would take a minute.
    names = ", ".join("@" + qualified(*theorem) for theorem in theorems)
    log = coq("Audit", f"Definition audit := ({names}).\nPrint Assumptions audit.\n")
    found = set(re.findall(r"^([A-Za-z_][\w.']*)\s*(?::|$)", log, re.M)) - {"Axioms"}
    if not found:
        return ["the audit printed no axiom at all: it did not run"]
    print("axioms: " + ", ".join(sorted(found)))
    return [f"axiom not allowed: {name}" for name in sorted(found - ALLOWED_AXIOMS)]


def statements(theorems):
    # The notations come before the imports, which would abbreviate one by another.
    body = "Require Import Reals List. From Coquelicot Require Import Coquelicot.\nImport ListNotations.\n"
    body += "Open Scope R_scope.\nSet Printing Width 98.\n"
    for name, file in declared("Notation"):
        body += f"Print {qualified(name, file)}.\n"
    body += "".join(f"Import {module(file)}.\n" for file in sources()) + "Open Scope R_scope.\n"
    for name, file in declared(DEFINITIONS):
        body += f"Print {qualified(name, file)}.\n"
    for name, file in theorems:
        body += f"Check {qualified(name, file)}.\n"
    printed = coq("Statements", body)
    # Coq prints the hypotheses that a proof used, without names; the source adds names and the others.
    assumed, at = assumptions(), 0
    for name, _ in theorems:
        start = re.compile(rf"^(?:\w+\.)*{re.escape(name)}\n     : ", re.M).search(printed, at)
        following = re.compile(r"^[\w.']+\n     : ", re.M).search(printed, start.end())
        at = following.start() if following else len(printed)
        lines = "".join(f"   in the section: {line}.\n" for line in assumed[name])
        printed = printed[:at] + lines + printed[at:]
        at += len(lines)
    return printed


def check_statements(theorems, update):
    now = statements(theorems)
    if update:
        GOLDEN.write_text(now)
        print(f"statements: golden file rewritten, {len(theorems)} theorems")
        return []
    golden = GOLDEN.read_text() if GOLDEN.exists() else ""
    difference = list(difflib.unified_diff(
        golden.splitlines(), now.splitlines(), "statements.txt", "now", lineterm="", n=1))
    if difference:
        print("\n".join(difference))
        return ["a statement differs from statements.txt; if on purpose: make statements"]
    return []


ROW = re.compile(r"^\| (.*) \| `([\w']+)` \| `([\w/]+\.v)` \| ([^|]*) \| ([^|]*) \|$")


def rows():
    text = (HERE / "README.md").read_text()
    table = text.split("<!-- table -->")[1].split("<!-- end of table -->")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [(line, ROW.match(line)) for line in lines if not line.startswith("| Statement |")]


def declarations(text):
    """Everything declared in a Swift file."""
    names = set(re.findall(
        r"\b(?:func|var|let|struct|class|enum|protocol|actor|typealias|extension)\s+`?(\w+)", text))
    for line in re.findall(r"^\s*case (\w+(?: = [^,\n]+)?(?:, \w+(?: = [^,\n]+)?)*)$", text, re.M):
        names |= set(re.findall(r"(?:^|, )(\w+)", line))
    return names


def swift_paths(folder):
    paths = sorted((ROOT / folder).glob("**/*.swift"))
    if not paths:
        sys.exit(f"no Swift file in {folder}: moved? the names of the table are looked for there")
    return paths


def swift_names(folder):
    """What each Swift file of a folder declares, and its stem."""
    return [{path.stem} | declarations(path.read_text()) for path in swift_paths(folder)]


def is_missing(item, files):
    """Neither a folder of fixtures nor declared; `Type.member` must stand in one file."""
    if item.startswith("Fixtures/"):
        return not any((ROOT / item).glob("*.json"))
    return not any(set(re.findall(r"\w+", item)) <= names for names in files)


def check_table(theorems):
    faults, named = [], {}
    functions = swift_names("Sources")
    tests = swift_names("Tests") + swift_names("Sources/FlowVerification")
    known = dict(theorems)
    for line, row in rows():
        if not row:
            faults.append(f"README row does not parse: {line}")
            continue
        _, name, file, swift, test = row.groups()
        if name in named:
            faults.append(f"README names {name} twice")
        named[name] = file
        if known.get(name) != file:
            faults.append(f"README names {name} in {file}: no such theorem there")
        for column, files in ((swift, functions), (test, tests)):
            items = re.findall(r"`([^`]+)`", column)
            if not items and column.strip() != "—":
                faults.append(f"{name}: the cell names nothing and is no dash: {column}")
            faults += [f"{name}: {item} does not exist" for item in items if is_missing(item, files)]
    faults += [f"{name} ({file}) has no row in README.md" for name, file in theorems if name not in named]
    return faults


def swift_files():
    """(path, what it declares, the lemmas that its doc comments name after `*Proof*:`) per source."""
    files = []
    for path in swift_paths("Sources"):
        text = path.read_text()
        named = set()
        for paragraph in re.findall(r"\*Proof\*:(.*(?:\n\s*/// [^*-].*)*)", text):
            named |= set(re.findall(r"`(\w+)`", paragraph))
        files.append((path, declarations(text), named))
    return files


def check_doc_comments(theorems):
    """Doc comments and table in both directions: a lemma named in a doc comment exists and stands in a
    row of something declared in that file; a function that the table names is declared in a file
    whose doc comments name one of its lemmas."""
    known, faults, files = {name for name, _ in theorems}, [], swift_files()
    lemmas = {}
    for _, row in rows():
        for item in re.findall(r"`([^`]+)`", row[4]) if row else ():
            lemmas.setdefault(item, set()).add(row[2])
    for item, names in sorted(lemmas.items()):
        parts = set(re.findall(r"\w+", item))
        declaring = [named for _, declared, named in files if parts <= declared]
        if declaring and not any(named & names for named in declaring):
            faults.append(f"{item}: its doc comment names no lemma")
    for path, declared, named in files:
        rows_here = set().union(*(
            names for item, names in lemmas.items()
            if set(re.findall(r"\w+", item)) & (declared | {path.stem})))
        for name in sorted(named):
            if name not in known:
                faults.append(f"{path.name} names the proof {name}, which does not exist")
            elif name not in rows_here:
                faults.append(f"{path.name} names {name}: its row in README.md names nothing there")
    return faults


def check_claims(theorems):
    """Every lemma that CLAIMS.md names must be a theorem, every command one of confirm.py, every test one of
    the tests; a claim that is not out of reach names one of them; and README.md counts the claims."""
    known = {name for name, _ in theorems}
    text = (HERE / "CLAIMS.md").read_text()
    named = set(re.findall(r"`([a-z]\w*_\w+)`", text))
    faults = [f"CLAIMS.md names {name}: no such theorem" for name in sorted(named - known)]
    commands = set(re.findall(r"^def (\w+)\(\):", (HERE / "Scripts" / "confirm.py").read_text(), re.M))
    run = set(re.findall(r"confirm\.py (\w+)`", text))
    faults += [f"CLAIMS.md runs confirm.py {name}: no such command" for name in sorted(run - commands)]
    tests = swift_names("Tests") + swift_names("Sources/FlowTraining")
    test = r"`(\w+(?:Tests(?:\.\w+)?|Checks))`"
    faults += [f"CLAIMS.md names {name}: no such test" for name in re.findall(test, text) if is_missing(name, tests)]
    sections = re.split(r"^## ", text, flags=re.M)[1:]
    parts = [len(re.findall(r"^\| \d+ \|", part, re.M)) for part in sections]
    for section in sections[:3]:
        for line in re.findall(r"^\| \d+ \|.*$", section, re.M):
            if not re.search(r"`[a-z]\w*_\w+`|confirm\.py \w+`|" + test, line):
                faults.append(f"CLAIMS.md: no theorem, command or test: {line[:60]}")
    counts = "{}: {} proved, {} refuted as stated, {} confirmed by a computation, {} out of reach".format(
        sum(parts), *parts)
    if counts not in (HERE / "README.md").read_text():
        faults.append(f"README.md counts the claims otherwise than: {counts}")
    return faults


def check_comments():
    """Above every main theorem stands a comment with its formula."""
    faults = []
    for file in sources():
        text = (HERE / file).read_text()
        for match in re.finditer(r"^Theorem (\w+)", text, re.M):
            if not text[: match.start()].rstrip().endswith("*)"):
                faults.append(f"{file}: {match[1]} has no comment above it")
    return faults


def check_counts(theorems):
    lines = sum((HERE / file).read_text().count("\n") for file in sources())
    lemmas = declared("Lemma|Corollary")
    names = [name for name, _ in theorems]
    faults = [f"two theorems called {name}" for name in sorted(set(names)) if names.count(name) > 1]
    print(f"{len(theorems)} theorems, {len(lemmas)} lemmas, {len(sources())} files, {lines} lines")
    return faults


def check_generated():
    """The Coq files made from tableaux/ and traces/ are what these say today."""
    faults = []
    for script in ("tableaux.py", "traces.py"):
        run = subprocess.run([sys.executable, HERE / "Scripts" / script, "--check"], capture_output=True, text=True)
        faults += [run.stderr.strip()] if run.returncode else []
    return faults


def recheck():
    # coqchk has no virtual machine: the one long computation would take it hours.
    modules = [f"FlowProofs.{module(file)}" for file in sources() if "DormandPrince853" not in file]
    norec = [argument for name in modules for argument in ("-norec", name)]
    run = subprocess.run(["coqchk", "-silent", "-o", "-Q", str(HERE), "FlowProofs", *norec],
                         capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stdout + run.stderr)
    sections = dict(re.findall(r"^\* ([^:\n]+):(.*(?:\n(?!\*).*)*)", run.stdout + run.stderr, re.M))
    axioms = {name.removeprefix("Coq.") for name in sections["Axioms"].split()}
    # coqchk also lists what a sealed module hides; the names without their folders are compared.
    axioms = {name for name in axioms if not SEALED.match(name)}
    faults = [name for name in axioms if ".".join(name.split(".")[-2:]) not in ALLOWED_AXIOMS]
    faults += [f"{title}: {body.strip()}" for title, body in sections.items()
               if title not in ("Axioms", "Theory") and body.strip() != "<none>"]
    print(f"coqchk: {len(modules)} modules, axioms: {', '.join(sorted(axioms))}")
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    return 1 if faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="rewrite statements.txt")
    parser.add_argument("--recheck", action="store_true", help="run coqchk on the compiled proofs")
    arguments = parser.parse_args()
    if arguments.recheck:
        sys.exit(recheck())
    theorems = declared("Theorem")
    faults = check_unfinished() + check_kinds()
    faults += check_axioms(theorems)
    faults += check_statements(theorems, arguments.update)
    faults += check_table(theorems)
    faults += check_doc_comments(theorems)
    faults += check_claims(theorems)
    faults += check_generated()
    faults += check_comments()
    faults += check_counts(theorems)
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    print("proofs: ok" if not faults else f"proofs: {len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
