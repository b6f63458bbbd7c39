"""What `make test` checks of the trained models from outside the process.

    python check_training.py path/to/flowref

- A run that is killed (SIGKILL) at 60 random moments and resumed leaves the same file, byte for byte, as
  one that is not; every file met on the way is whole.
- numpy loads the file and computes the same velocities.
- A damaged file is refused with exit code 2 and a sentence.
"""
import os, random, signal, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../Benchmarks/peers"))
import load_model
import numpy as np

KILLS = 60
flowref = sys.argv[1]
random.seed(20)
recipe = (
    "--data eight_gaussians --path ot --network time_mlp --width 32 --layers 4 --batch 64 --seed 3 "
    "--checkpoint-every 3 --decay cosine --clip 1 --weight-decay 0.01 --threads 2"
).split()


def run(*arguments):
    return subprocess.run([flowref, *arguments], capture_output=True, text=True)


def model(directory):
    return os.path.join(directory, "model.safetensors")


with tempfile.TemporaryDirectory() as root:
    # As many updates as take about eight seconds here, so that the kills fall all over the run.
    begin = time.monotonic()
    done = run("train", *recipe, "--steps", "300", "--out", os.path.join(root, "trial"))
    assert done.returncode == 0, done.stderr
    steps = int(300 * max(1.0, 8.0 / (time.monotonic() - begin)))
    # A machine that is busier at the beginning than later makes that too few: then as often with more.
    for attempt in range(4):
        whole, killed = (os.path.join(root, f"{name}-{attempt}") for name in ("whole", "killed"))
        done = run("train", *recipe, "--steps", str(steps), "--out", whole)
        assert done.returncode == 0, done.stderr
        kills, reached = 0, 0
        arguments = ["train", *recipe, "--steps", str(steps), "--out", killed]
        while kills < KILLS and reached < steps:
            child = subprocess.Popen([flowref, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            time.sleep(random.uniform(0, 0.12))
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
                kills += 1
            elif child.returncode != 0:
                sys.exit(f"failed after {kills} kills: {child.stderr.read().decode()}")
            child.communicate()
            if os.path.exists(model(killed)):
                reached = load_model.load(model(killed))[1]["step"]  # whole, by its check
                arguments = ["resume", killed]
        if kills >= 50:
            break
        steps *= 4
    assert kills >= 50, f"only {kills} kills before the end"
    done = run("resume", killed)
    assert done.returncode == 0, done.stderr
    same = open(model(whole), "rb").read() == open(model(killed), "rb").read()
    assert same, "the resumed run differs from the uninterrupted one"
    print(f"{kills} kills, the last at update {reached} of {steps} or soon after: the resumed run is equal byte for byte")

    tensors, configuration = load_model.load(model(whole))
    points = np.random.default_rng(1).normal(size=(200, 2)).astype("f4")
    np.savetxt(os.path.join(root, "points.csv"), points, delimiter=",", fmt="%.9g")
    worst = 0.0
    for t in (0.0, 0.3, 1.0):
        done = run(
            "field", "--model", model(whole), "--quantity", "velocity", "--t", str(t), "--points",
            os.path.join(root, "points.csv"), "--values-only")  # fmt: skip
        assert done.returncode == 0, done.stderr
        exact = np.array([[float(a) for a in line.split(",")] for line in done.stdout.split()[1:]])
        found = load_model.velocity(tensors, configuration["network"], t, points)
        worst = max(worst, np.abs(found - exact).max() / np.abs(exact).max())
    assert worst < 1e-5, worst
    print(f"numpy computes the same velocities: largest difference {worst:.1e} of the largest velocity")

    data = bytearray(open(model(whole), "rb").read())
    data[len(data) // 2] ^= 1
    open(model(whole), "wb").write(data)
    done = run("resume", whole)
    assert done.returncode == 2 and "damaged" in done.stderr, (done.returncode, done.stderr)
    print("a file with one changed bit is refused:", done.stderr.strip().replace(root, "..."))
