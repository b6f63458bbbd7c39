"""The paper's comparison at toy scale: five ways to train one network on one data set, three seeds.

    python comparison.py path/to/flowref [updates] [data] [method...]      # all five methods by default

Flow matching on the paths ot and vp, and on vp DDPM's noise prediction, score matching and ScoreFlow: the
same network (MLP, 5 maps of 128, SiLU), Adam, updates and seeds. What is measured of each is described by
`flowref score --help`; mean and spread (standard deviation) over the seeds.
"""
import functools, json, statistics, subprocess, sys, tempfile

METHODS = {
    "FM, ot": "--path ot --sigma-min 1e-5",
    "FM, diffusion (vp)": "--path vp --time-cut-high 1e-5",
    "DDPM (noise, vp)": "--path vp --time-cut-high 1e-5 --prediction noise",
    "score matching (vp)": "--path vp --time-cut-high 1e-5 --prediction score --error noise",
    "ScoreFlow (vp)": "--path vp --time-cut-high 1e-5 --prediction score --error score_flow",
}
SEEDS = (1, 2, 3)


def run(*arguments):
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)}\n{done.stderr}")
    return json.loads(done.stdout)


def cell(values, digits=3):
    return f"{statistics.mean(values):.{digits}g} ± {statistics.stdev(values):.1g}"


flowref = sys.argv[1]
updates = sys.argv[2] if len(sys.argv) > 2 else "20000"
data = sys.argv[3] if len(sys.argv) > 3 else "checkerboard"
common = f"--data {data} --network mlp --width 128 --layers 5 --batch 512 --steps {updates} --rate 1e-3".split()
print(f"{data}, {updates} updates of 512 rows")
print("| method | true loss E\\|w-u\\|^2 | NLL (exact) | energy distance | sliced W2 (exact) | NFE of dopri5 at 1e-5 |")
print("|---|---|---|---|---|---|")
for name, options in METHODS.items():
    if sys.argv[4:] and name not in sys.argv[4:]:
        continue
    with tempfile.TemporaryDirectory() as directory:
        scores = []
        for seed in SEEDS:
            run(flowref, "train", *common, *options.split(), "--seed", str(seed), "--out", directory)
            scores.append(run(flowref, "score", directory))
    value = lambda *path: [functools.reduce(lambda o, k: o[k], path, s) for s in scores]
    nll, w2 = "negative_log_likelihood", "sliced_wasserstein"
    print(
        f"| {name} | {cell(value('true_loss', 'value'))} "
        f"| {cell(value(nll, 'model'), 4)} ({statistics.mean(value(nll, 'exact')):.3f}) "
        f"| {cell(value('energy_distance', 'model'))} "
        f"| {cell(value(w2, 'model'))} ({statistics.mean(value(w2, 'exact')):.2f}) "
        f"| {cell(value('evaluations', '1e-05'), 4)} |",
        flush=True,
    )
