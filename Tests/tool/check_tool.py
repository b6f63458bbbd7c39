"""What `make test` checks of the tool's options, files and messages from outside the process.

    python check_tool.py path/to/flowref [name ...]
"""
import json, os, random, shutil, signal, stat, subprocess, sys, tempfile, time

import numpy as np

# Under nohup, or in the background of a script, they would be ignored, by the tool as well, as it should be.
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

flowref = os.path.abspath(sys.argv[1])
chosen = sys.argv[2:]
line = '{"kind":"gaussian_mixture","means":[[0]],"std":1}'
checks = []


def check(function):
    checks.append(function)
    return function


def run(*arguments, **options):
    return subprocess.run([flowref, *arguments], capture_output=True, text=True, **options)


def velocity(*arguments, data=line):
    return run("field", "--data", data, "--path", "ot", "--quantity", "velocity", "--t", "0.5", *arguments)


def written(name, text):
    with open(name, "wb" if isinstance(text, bytes) else "w") as file:
        file.write(text)
    return name


def expect(done, code, *words):
    assert done.returncode == code, (done.args, done.returncode, done.stderr)
    for word in words:
        assert word in done.stderr, (done.args, word, done.stderr)
    return done


def oracle(requests, *options):
    text = "".join(json.dumps(request) + "\n" for request in requests)
    done = expect(run("oracle", *options, input=text), 0)
    return [json.loads(answer) for answer in done.stdout.splitlines()]


@check
def a_first_row_with_a_defect_is_named_wherever_a_file_is_read():
    for cell in ["NA", "1.0D+00", "0x10", "1_000"]:
        points = written("points.csv", f"{cell}\n1\n2\n")
        place = f"points.csv, line 1, column 1: \"{cell}\""
        expect(velocity("--points", points), 2, place)
        expect(velocity("--grid", "0:0:1", data=points), 2, place)
        expect(velocity("--grid", "0:0:1", "--source", points), 2, place)
        done = run("train", "--data", points, "--steps", "1", "--out", "run")
        expect(done, 2, place)
        found = oracle([{"op": "define", "name": "a", "target": {"kind": "file", "path": points}}], "--allow-files")
        assert not found[0]["ok"] and "line 1, column 1" in found[0]["error"]["message"]
        assert cell not in found[0]["error"]["message"]
        expect(velocity("--points", points, "--points-header", "yes"), 0)
        expect(velocity("--points", points, "--header", "yes"), 0)


@check
def headers_delimiters_and_columns_are_chosen_for_data_and_for_points():
    named = written("named.csv", "7,y\n0,1\n2,3\n")
    expect(velocity("--points", named, "--columns", "1"), 2, "\"y\" is no number")
    done = velocity("--points", named, "--columns", "1", "--header", "yes")
    assert [row.split(",")[0] for row in expect(done, 0).stdout.split()[1:]] == ["1.0", "3.0"]
    counted = written("counted.csv", "0,1\n5,6\n")
    done = velocity("--points", counted, "--columns", "0")
    assert len(expect(done, 0, "counts columns", "--header yes").stdout.split()) == 3
    spaced = written("spaced.txt", "x y\n 1  2\n3 4\n")
    done = velocity(
        "--data", spaced, "--delimiter", "space", "--columns", "x", "--points", named, "--points-header", "yes",
        "--points-columns", "y", data=spaced)  # fmt: skip
    assert len(expect(done, 0).stdout.split()) == 3
    semicolons = written("semicolons.csv", "1;2\n")
    expect(velocity("--points", semicolons), 2, "delimiter semicolon")
    expect(velocity("--grid", "0:0:1", "--columns", "0"), 64, "need a file")
    expect(run("verify", "--data", "eight_gaussians", "--header", "yes"), 64, "need a file")


@check
def every_number_of_the_command_line_may_be_negative():
    found = json.loads(run("--experimental-dump-help").stdout)["command"]
    known, asked = set(), 0

    def visit(command, names):
        nonlocal asked
        for option in command.get("arguments", []):
            words = [f"--{name['name']}" for name in option.get("names", []) if name["kind"] == "long"]
            if option["kind"] != "option" or not words:
                continue
            takes_word = option.get("valueName") in ("file", "dir", "directory", "kind", "glob", "preset|file|json")
            if takes_word or option["names"][0]["name"] in texts:
                continue
            # An unknown flag behind it, so that nothing is begun.
            done = expect(run(*names, words[0], "-1", "--no-such-flag"), 64)
            assert "Missing value" not in done.stderr, (names, words, done.stderr)
            known.add(words[0])
            asked += 1
        for below in command.get("subcommands", []):
            if below["commandName"] != "help":
                visit(below, names + [below["commandName"]])

    # Options whose values are words.
    texts = {
        "activation", "coupling", "decay", "divergence", "error", "format", "header", "network", "points-header",
        "prediction", "scheme", "time-law", "source", "base", "solvers", "solver", "targets", "paths", "labels", "precision",
        "controller", "quantity",
    }  # fmt: skip
    visit(found, [])
    assert asked > 80 and {"--offset", "--scale", "--guidance", "--grid", "--seed"} <= known, (asked, known)
    data = written("data.csv", "0,1\n5,6\n")
    done = velocity("--offset", "-1", "--scale", "-2", "--grid", "-1:-1:1,0:0:1", "--header", "no", data=data)
    assert done.stdout == velocity(
        "--offset=-1", "--scale=-2", "--grid=-1:-1:1,0:0:1", "--header", "no", data=data).stdout  # fmt: skip
    expect(done, 0)


@check
def arrays_are_read_as_numpy_reshapes_them():
    random_numbers = np.random.default_rng(3)
    types = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]
    for shape in [(4,), (4, 2), (2, 3, 2), (2, 1, 2, 2)]:
        for kind in types:
            for order in "<>":
                array = random_numbers.integers(0, 100, shape).astype(order + kind)
                for layout in "CF":
                    np.save("array.npy", np.asarray(array, order=layout))
                    rows = array.reshape(len(array), -1).astype("f8")
                    normal = json.dumps({"kind": "gaussian_mixture", "means": [[0.0] * rows.shape[1]], "std": 1})
                    done = expect(velocity("--points", "array.npy", data=normal), 0)
                    table = [[float(a) for a in line.split(",")] for line in done.stdout.split()[1:]]
                    assert np.array_equal(np.array(table)[:, : rows.shape[1]], rows), (shape, kind, order, layout)
    np.savez("array.npz", rows)
    expect(velocity("--points", "array.npz"), 2, "NPZ", "np.save")


@check
def headers_that_numpy_refuses_are_refused():
    random.seed(5)
    count, good, requests = 5000, [], []
    array = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    np.save("good.npy", array)
    bytes_ = open("good.npy", "rb").read()
    os.makedirs("fuzzed", exist_ok=True)
    pieces = [b"'", b"{", b"}", b"(", b")", b",", b":", b" ", b"x", b"1", b"0", b"False", b"True", b"junk", b"\\", b"\n", b"<"]
    for k in range(count):
        text = bytearray(bytes_[10:128])
        for _ in range(random.choice([1, 1, 1, 2, 3])):
            place = random.randrange(70)
            kind = random.randrange(3)
            piece = random.choice(pieces)
            if kind == 0:
                text[place : place + 1] = piece
            elif kind == 1:
                text[place:place] = piece
            else:
                del text[place : place + random.randrange(1, 4)]
        name = f"fuzzed/{k}.npy"
        written(name, bytes_[:8] + len(text).to_bytes(2, "little") + bytes(text) + bytes_[128:])
        try:
            found = np.load(name, allow_pickle=False)
            good.append(found.reshape(len(found), -1).shape[1] if found.ndim and found.size else None)
        except Exception:
            good.append(None)
        requests.append({"id": k, "op": "define", "name": "a", "target": {"kind": "file", "path": name}})
    answers = oracle(requests, "--allow-files")
    accepted = [answer["value"] if answer["ok"] else None for answer in answers]
    wrong = [k for k in range(count) if accepted[k] is not None and accepted[k] != good[k]]
    assert not wrong, (len(wrong), wrong[:5], [requests[k] for k in wrong[:3]])
    both = sum(a is not None for a in accepted)
    assert both > 100, both
    print(f"  of {count} headers {both} are read, all as numpy reads them; numpy reads {sum(g is not None for g in good)}")


@check
def children_end_with_validate_and_fuzz():
    # It answers nothing, ignores the end of its input and every signal that can be ignored, and has a child in a session
    # of its own.
    written(
        "stubborn.py",
        """
import os, signal, subprocess, sys, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
print(os.getpid(), child.pid, file=open("children.new", "w"))
os.rename("children.new", "children")
time.sleep(1000)
""",
    )
    for command in (["validate", "--start-timeout", "600"], ["fuzz", "--seed", "1"]):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if os.path.exists("children"):
                os.remove("children")
            tool = subprocess.Popen(
                [flowref, *command, "--", sys.executable, "stubborn.py"], stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, cwd=os.getcwd(), env={**os.environ, "FLOWREF": "1"}, start_new_session=True)  # fmt: skip
            for _ in range(600):
                if os.path.exists("children") or tool.poll() is not None:
                    break
                time.sleep(0.05)
            assert tool.poll() is None, (command, tool.returncode)
            children = [int(word) for word in open("children").read().split()]
            tool.send_signal(number)
            assert tool.wait(20) == -number, tool.returncode
            left = [child for child in children if runs(child)]
            for child in left:
                os.kill(child, signal.SIGKILL)
            assert not left, (command, number, left)


def runs(process):
    for _ in range(40):
        try:
            if open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()[0] == "Z":
                return False
        except FileNotFoundError:
            return False
        time.sleep(0.05)
    return True


@check
def a_damaged_fixture_file_is_trouble_with_its_name():
    os.makedirs("fixtures/schedule", exist_ok=True)
    for text in ["", "{", '{"format":1,"operation":"schedule","cases":[]}']:
        written("fixtures/schedule/vp.json", text)
        done = run("validate", "--fixtures", "fixtures", "--", flowref, "oracle")
        expect(done, 2, "fixtures/schedule/vp.json", "damaged")


small = "--data eight_gaussians --width 8 --layers 2 --batch 8".split()


@check
def a_run_has_one_process_at_a_time():
    first = subprocess.Popen(
        [flowref, "train", *small, "--steps", "100000000", "--out", "locked"], stderr=subprocess.PIPE)
    try:
        while not os.path.exists("locked/model.safetensors"):
            assert first.poll() is None
            time.sleep(0.02)
        before = open("locked/configuration.json").read()
        for arguments in (["train", *small, "--seed", "9", "--out", "locked"], ["resume", "locked"]):
            expect(run(*arguments), 2, "locked", f"process {first.pid}")
        assert open("locked/configuration.json").read() == before
    finally:
        first.kill()
        first.wait()
    expect(run("train", *small, "--steps", "3", "--out", "locked", "--overwrite"), 0)
    assert sorted(os.listdir("locked")) == ["configuration.json", "model.safetensors"]


@check
def no_temporary_file_outlives_its_run():
    random.seed(7)
    arguments = "--data eight_gaussians --width 512 --layers 4 --batch 8 --checkpoint-every 1".split()
    for k in range(12):
        number = random.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
        child = subprocess.Popen(
            [flowref, "train", *arguments, "--steps", "1000000", "--out", "stopped", "--overwrite"], stderr=subprocess.PIPE)
        while not os.path.exists("stopped/model.safetensors") and child.poll() is None:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.3))
        child.send_signal(number)
        assert child.wait() == -number, child.stderr.read()
        assert sorted(os.listdir("stopped")) == ["configuration.json", "model.safetensors"], os.listdir("stopped")
    written("stopped/model.safetensors.12-3.tmp", "rest")
    expect(run("train", *small, "--steps", "1", "--out", "stopped", "--overwrite"), 0)
    assert sorted(os.listdir("stopped")) == ["configuration.json", "model.safetensors"]


@check
def a_run_goes_on_with_other_data_only_if_told_to():
    def table(seed, labels="ab"):
        numbers = np.random.default_rng(seed).normal(size=(20, 2))
        return "".join(f"{a},{b},{labels[k % 2]}\n" for k, (a, b) in enumerate(numbers))

    shape = "--width 8 --layers 2 --batch 8 --checkpoint-every 5".split()
    for name, options, first, second in [
        ("rows", [], table(1), table(2)), ("smoothed", ["--std", "0.1"], table(1), table(2)),
        ("labelled", ["--conditional"], table(1), table(1, "ba")),
    ]:  # fmt: skip
        data = written(f"{name}.csv", first)
        done = run("train", "--data", data, "--label-column", "2", *options, *shape, "--steps", "10", "--out", name)
        expect(done, 0)
        expect(run("resume", name), 0)
        written(data, second)
        expect(run("resume", name), 2, "not what the run began with", "--accept-new-data")
        expect(run("resume", name, "--accept-new-data"), 0)
        expect(run("resume", name), 0)
        assert '"header"' not in open(f"{name}/configuration.json").read()
    written("labelled.csv", table(1, "ac"))
    expect(run("resume", "labelled", "--accept-new-data"), 2, "labels")
    written("source.csv", "1,2\n3,4\n")
    done = run("train", *small, "--source", "source.csv", "--steps", "10", "--out", "sourced")
    expect(done, 0)
    written("source.csv", "1,2\n3,5\n")
    expect(run("resume", "sourced"), 2, "not what the run began with", "source_crc32")


@check
def absurd_networks_are_refused_at_once():
    expect(
        run("train", "--data", "eight_gaussians", "--width", "16384", "--layers", "256", "--out", "absurd"), 2,
        "parameters")  # fmt: skip


@check
def written_files_follow_links_and_keep_no_privileges():
    os.symlink("nowhere/file.csv", "dangling.csv")
    expect(velocity("--grid", "0:0:1", "--out", "dangling.csv"), 2, "dangling.csv", "nowhere/file.csv")
    assert os.path.islink("dangling.csv")
    written("privileged.csv", "")
    os.chmod("privileged.csv", 0o4755)
    expect(velocity("--grid", "0:0:1", "--out", "privileged.csv"), 0)
    assert stat.S_IMODE(os.stat("privileged.csv").st_mode) == 0o755


@check
def options_that_would_change_nothing_are_refused():
    sample = ["sample", "--data", "eight_gaussians", "--path", "ot", "--count", "2"]
    expect(run(*sample, "--diffusion", "1", "--steps", "3", "--solver", "euler"), 64, "--solver")
    expect(run(*sample, "--scheme", "heun"), 64, "--diffusion")
    expect(run(*sample, "--steps", "3", "--controller", "PI"), 64, "--controller")
    likelihood = ["likelihood", "--data", line, "--path", "ot", "--grid", "0:0:1"]
    expect(run(*likelihood, "--probes", "4"), 64, "--divergence")
    expect(run("train", "--data", "eight_gaussians", "--average", "1", "--out", "none"), 2, "average = 1.0")
    assert not os.path.exists("none")


@check
def counts_are_written_as_integers():
    done = run("flow", "--data", line, "--path", "ot", "--grid", "0:0:1", "--solver", "euler", "--steps", "4")
    assert expect(done, 0).stdout.splitlines()[1].split(",")[2:9] == ["1.0", "4", "0", "0", "0", "4", "0"], done.stdout
    written(
        "typed.py",
        """
import json, sys
for line in sys.stdin:
    counts = [word for word in line.replace("}", ",").split(",") if word.startswith('"steps":')]
    for word in counts: int(word.split(":")[1])
    request = json.loads(line)
    value = {"protocol": 1, "name": "a", "version": "1", "precision": "float64"} if request["op"] == "hello" else request.get("value")
    answer = {"ok": True, "value": value} if request["op"] in ("hello", "echo") else {"ok": False, "error": {"code": "unsupported"}}
    print(json.dumps({"id": request["id"], **answer}), flush=True)
""",
    )
    done = run("validate", "--only", "flow-map/*", "--json", "--", sys.executable, "typed.py")
    report = json.loads(expect(done, 0).stdout)
    assert report["conforms"] and report["restarts"] == 0, done.stdout[:500]


@check
def a_grid_that_misses_the_density_is_refused_with_the_one_that_does_not():
    def scored(grid):
        done = run("field", "--data", "eight_gaussians", "--path", "ot", "--quantity", "velocity", "--t", "0.5", "--grid", grid)
        written("velocities.csv", expect(done, 0).stdout)
        return run(
            "conservation", "--data", "eight_gaussians", "--path", "ot", "--velocities", "velocities.csv", "--t", "0.5")

    for grid in ("-3:3:24,-3:3:24", "-12:12:24,-12:12:24"):
        expect(scored(grid), 2, "misses about", "128 points from -8.0 in steps of 0.125")
    expect(scored("-8:8:44,-8:8:44"), 0, "misses about")
    done = expect(scored("-9:9:144,-9:9:144"), 0)
    assert "misses" not in done.stderr and float(done.stdout.splitlines()[1].split(",")[1]) < 1e-10


@check
def a_base_far_from_the_start_is_said_and_the_path_has_one_of_its_own():
    def likelihood(base):
        done = run("likelihood", "--data", line, "--path", "ve", "--grid", "0.1:0.1:1", "--base", base)
        return expect(done, 0), float(done.stdout.splitlines()[1].split(",")[1])

    exact, normal, prior = likelihood("exact"), likelihood("normal"), likelihood("prior")
    assert "nats off" in normal[0].stderr and normal[1] < exact[1] - 1
    assert "nats off" not in prior[0].stderr + exact[0].stderr and abs(prior[1] - exact[1]) < 1e-3


def cloud(name, count, dimension, seed=1):
    numbers = np.random.default_rng(seed).normal(size=(count, dimension))
    return written(name, "".join(",".join(map(str, row)) + "\n" for row in numbers)), numbers


@check
def points_of_a_file_are_data_that_just_works():
    for dimension in (1, 2, 5):
        data, numbers = cloud("cloud.csv", 300, dimension)
        for path in ("ot", "vp", "cosine"):
            for solver in ([], ["--solver", "rk4", "--steps", "20"], ["--solver", "gsl_rkf45"]):
                sample = ["sample", "--data", data, "--path", path, "--count", "40", *solver]
                done = expect(run(*sample, "--format", "jsonl"), 0, "landed", "--std")
                rows = [json.loads(line) for line in done.stdout.splitlines()]
                assert {row["status"] for row in rows} == {"landed"}
                ends = np.array([[row[f"x_{k + 1}"] for k in range(dimension)] for row in rows])
                nearest = np.abs(ends[:, None] - numbers).max(axis=2).min(axis=1)
                # alpha(1) is 1 on all of them.
                assert nearest.max() == 0, (dimension, path, solver, nearest.max())
    done = run("likelihood", "--data", data, "--grid", ",".join(["0:0:1"] * dimension))
    expect(done, 2, "--t1 0.99", "--std")
    expect(run("likelihood", "--data", data, "--grid", ",".join(["0:0:1"] * dimension), "--t1", "0.99"), 0)
    expect(run("likelihood", "--data", data, "--grid", ",".join(["0:0:1"] * dimension), "--std", "0.1"), 0)


@check
def a_run_finds_its_data_from_everywhere_and_is_not_lost():
    os.makedirs("below", exist_ok=True)
    data, _ = cloud("below/mine.csv", 100, 2)
    train = ["train", "--data", "mine.csv", "--steps", "20", "--width", "8", "--layers", "2", "--batch", "8", "--out", "mine"]
    done = run(*train, cwd="below")
    expect(done, 0)
    done = run("score", "below/mine", "--samples", "300")
    scores = json.loads(expect(done, 0, "negative_log_likelihood is left out", "--std").stdout)
    assert "negative_log_likelihood" not in scores and scores["true_loss"]["value"] > 0
    assert scores["energy_distance"]["model"] > 0 and len(scores["evaluations"]) == 3
    before = open("below/mine/model.safetensors", "rb").read()
    expect(run(*train, "--seed", "5", cwd="below"), 64, "20 of 20 updates", "--overwrite", "flowref resume")
    assert open("below/mine/model.safetensors", "rb").read() == before
    expect(run("resume", "below/mine"), 0)
    expect(run(*train, "--seed", "5", "--overwrite", cwd="below"), 0)
    assert open("below/mine/model.safetensors", "rb").read() != before


@check
def tables_mean_one_thing_in_every_format():
    flow = ["flow", "--data", "eight_gaussians", "--grid", "1:2:2,0.5:0.5:1"]
    rows = expect(run(*flow), 0).stdout.splitlines()
    names = rows[0].split(",")
    assert names[:3] == ["x_1", "x_2", "log10_growth"] and names[-1] == "status", names
    lines = [json.loads(line) for line in expect(run(*flow, "--format", "jsonl"), 0).stdout.splitlines()]
    assert [list(line) for line in lines] == [names, names]
    expect(run(*flow, "--out", "flow.npy"), 0)
    table = np.load("flow.npy")
    assert list(table.dtype.names) == names and table["nfe"].dtype == "<i8" and table["x_1"].dtype == "<f8"
    for k, line in enumerate(lines):
        cells = dict(zip(names, rows[k + 1].split(",")))
        for name in names:
            assert table[name][k] == line[name] and type(line[name])(cells[name]) == line[name], name
    # A structured array is read again, by its names.
    done = velocity("--data", "eight_gaussians", "--points", "flow.npy", "--points-columns", "x_1,x_2", data="eight_gaussians")
    assert done.stdout.splitlines()[0] == "x_1,x_2,velocity_1,velocity_2", done.stderr
    expect(velocity("--points", "flow.npy", data="eight_gaussians"), 2, "status")
    sample = ["sample", "--data", "eight_gaussians", "--count", "5", "--points-only"]
    expect(run(*sample, "--out", "points.npy"), 0)
    plain = np.load("points.npy")
    assert plain.shape == (5, 2) and plain.dtype == "<f8"
    text = expect(run(*sample), 0).stdout
    assert np.array_equal(np.loadtxt(text.splitlines(), delimiter=","), plain)
    # No rows are a table without rows.
    written("none.csv", "a,b\n")
    done = expect(velocity("--points", "none.csv", data="eight_gaussians"), 0)
    assert len(done.stdout.splitlines()) == 1
    expect(run("flow", "--data", "eight_gaussians", "--points", "none.csv"), 0)


@check
def unstable_trajectories_say_so():
    flow = ["flow", "--data", "eight_gaussians", "--path", "ot"]
    done = expect(run(*flow, "--grid", "0:0:1,0:0:1"), 0, "1 of 1 trajectories are unstable", "log10_growth")
    assert float(done.stdout.splitlines()[1].split(",")[2]) > 16
    done = expect(run(*flow, "--grid", "1:1:1,0.5:0.5:1"), 0)
    assert "unstable" not in done.stderr and float(done.stdout.splitlines()[1].split(",")[2]) < 2
    assert "log10_growth" not in expect(run(*flow, "--grid", "0:0:1,0:0:1", "--no-growth"), 0).stdout


@check
def wrong_words_on_the_command_line_are_usage():
    field = ["field", "--quantity", "velocity", "--t", "0.5", "--grid", "0:0:1,0:0:1"]
    for arguments, words in [
        ([*field, "--data", "{'kind':'ring'}"], ["double quotes"]),
        ([*field, "--data", '{"kind":"rung"}'], ["rung"]),
        ([*field, "--data", "eight_gausians"], ["did you mean eight_gaussians"]),
        ([*field, "--data", "eight_gaussians", "--path", "cosin"], ["did you mean cosine"]),
        (["flow", "--data", "eight_gaussians", "--grid", "0:0:1,0:0:1", "--solver", "dopri"], ["did you mean dopri5"]),
        (["flow", "--data", "eight_gaussians", "--gird", "0:0:1,0:0:1"], ["--grid"]),
        (["vrify"], ["did you mean verify"]),
        ([*field, "--dat", "eight_gaussians"], ["There is no option --dat; did you mean --data?"]),
        (["verify", "--pth", "ot", "--data", "ring"], ["There is no option --pth; did you mean --path?"]),
        (["flow", "--data", "laplace", "--grid", "0:1:2", "--no-determinant"], ["need --quantile"]),
        (["flow", "--data", "laplace", "--grid", "0:1:2", "--quantile", "--no-growth"], ["--quantile takes no", "growth"]),
        (["flow", "--data", "laplace", "--grid", "0:1:2", "--quantile", "--steps", "4"], ["--quantile takes no solver"]),
        (["benchmark", "nef"], ["did you mean nfe"]),
        ([*field[:-1], "0:0:1", "--data", "eight_gaussians"], ["--grid has 1 axes", "2 coordinates"]),
        ([*field, "--data", "eight_gaussians", "--source", "laplace"], ["--source has 1"]),
    ]:
        expect(run(*arguments), 64, *words)
    written("three.csv", "1,2,3\n4,5,6\n")
    expect(velocity("--points", "three.csv", data="eight_gaussians"), 64, "--points has 3 columns", "--points-columns")
    expect(velocity("--points", "three.csv", "--points-columns", "0:2", data="eight_gaussians"), 0)
    conservation = ["conservation", "--data", "eight_gaussians", "--velocities", "three.csv", "--t", "0.5"]
    expect(run(*conservation), 64, "--velocities has 3 columns", "4 are needed")
    expect(velocity("--points", written("semicolon.csv", "1;2\n"), data="eight_gaussians"), 2, "delimiter semicolon", "--points-delimiter")


@check
def no_points_have_the_columns_of_points():
    """A table without rows still says what its columns are."""
    written("none.csv", "x_1,x_2\n")
    for quantity, columns in [
        ("velocity", "x_1,x_2,velocity_1,velocity_2"),
        ("log_density", "x_1,x_2,log_density"),
        ("jacobian", None),
    ]:
        asked = ["field", "--data", "eight_gaussians", "--path", "ot", "--quantity", quantity, "--t", "0.5"]
        none = expect(run(*asked, "--points", "none.csv"), 0).stdout.splitlines()
        one = expect(run(*asked, "--grid", "0:0:1,0:0:1"), 0).stdout.splitlines()
        assert len(none) == 1 and none[0] == one[0], (none, one)
        assert columns is None or none[0] == columns, none


@check
def a_source_is_taken_wherever_a_field_is():
    both = ["--data", "two_moons", "--source", "eight_gaussians"]
    done = run("sample", *both, "--count", "60", "--points-only", "--rtol", "1e-5", "--atol", "1e-5")
    ends = np.loadtxt(expect(done, 0).stdout.splitlines(), delimiter=",")
    # Two moons lie in [-1, 2] x [-1/2, 1], their noise has std 0.1.
    assert ends[:, 0].min() > -1.5 and ends[:, 0].max() < 2.5 and abs(ends[:, 1].mean() - 0.25) < 0.3
    for command in (["flow", "--grid", "3:3:1,1:1:1", "--rtol", "1e-4", "--atol", "1e-4"],
                    ["likelihood", "--grid", "1:1:1,0:0:1", "--rtol", "1e-4", "--atol", "1e-4"],
                    ["field", "--quantity", "log_density", "--t", "0", "--grid", "4:4:1,0:0:1"]):  # fmt: skip
        expect(run(*command, *both), 0)
    sourced = expect(run("field", *both, "--quantity", "log_density", "--t", "0", "--grid", "4:4:1,0.1:0.1:1"), 0).stdout
    alone = run("field", "--data", "eight_gaussians", "--quantity", "log_density", "--t", "1", "--grid", "4:4:1,0.1:0.1:1").stdout
    assert abs(float(sourced.split(",")[-1]) - float(alone.split(",")[-1])) < 1e-12
    moons = run("field", *both, "--quantity", "log_density", "--t", "1", "--grid", "0:0:1,0.9:0.9:1").stdout
    exact = run("field", "--data", "two_moons", "--quantity", "log_density", "--t", "1", "--grid", "0:0:1,0.9:0.9:1").stdout
    assert abs(float(moons.split(",")[-1]) - float(exact.split(",")[-1])) < 1e-12, (moons, exact)


@check
def a_copied_program_finds_its_data():
    os.makedirs("elsewhere/bin", exist_ok=True)
    copied = os.path.abspath("elsewhere/bin/flowref")
    shutil.copy(flowref, copied)
    field = [copied, "field", "--data", "digits", "--quantity", "log_density", "--t", "0.5", "--grid", ",".join(["0:0:1"] * 64)]
    def answer(**variables):
        environment = {**os.environ, **variables}
        return subprocess.run(field, capture_output=True, text=True, env=environment)
    first = expect(answer(), 0).stdout
    expect(answer(FLOWREF_DATA=os.getcwd()), 2, "FLOWREF_DATA", "Fixtures/data/digits.csv")
    os.makedirs("elsewhere/share/flowref/Fixtures/data", exist_ok=True)
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    shutil.copy(os.path.join(root, "Fixtures/data/digits.csv"), "elsewhere/share/flowref/Fixtures/data")
    assert expect(answer(), 0).stdout == first
    assert expect(answer(FLOWREF_DATA=os.path.abspath("elsewhere/share/flowref")), 0).stdout == first
    assert expect(run("--version"), 0).stdout.startswith("0.")


with tempfile.TemporaryDirectory() as root:
    os.chdir(root)
    for function in checks:
        if chosen and function.__name__ not in chosen:
            continue
        function()
        print(function.__name__.replace("_", " "), flush=True)
