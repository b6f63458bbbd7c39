"""Cases with large targets: the digits, thousands of components, 784 dimensions. Each target is defined once per file."""

import csv
import math
import os
import random

import flint

from .balls import FORMATS
from .cases_conditional import TIME
from .cases_marginal import REFERENCE, short
from .cases_paths import PATHS, REFERENCES
from .certify import balls, representable
from .conditional import with_path
from .large import certify_large
from .paths import schedule
from .writer import Fixture

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
METHOD = "Arb balls; sensitivities by closed-form derivatives"
SCALARS = ["marginal_log_density", "marginal_log_density_dt", "marginal_divergence"]
VECTORS = ["marginal_velocity", "marginal_score", "denoiser", "noise_prediction"]


def digits_rows():
    with open(os.path.join(ROOT, "data", "digits.csv"), encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return [int(r[0]) for r in rows], [[int(p) * 0.125 - 1 for p in r[1:]] for r in rows]


DIGITS = {
    "kind": "file",
    "path": "Fixtures/data/digits.csv",
    "columns": [f"p{i}" for i in range(64)],
    "label_column": "label",
    "scale": 0.125,
    "offset": -1,
}


def digits_target():
    labels, points = digits_rows()
    return {"kind": "point_cloud", "points": points, "labels": labels}


def line_target():
    """10,000 components on a line, weights and standard deviations of few bits."""
    draw = random.Random(10000)
    return {
        "kind": "gaussian_mixture",
        "weights": [draw.randrange(1, 16) for _ in range(10000)],
        "means": [[draw.randrange(-512, 513) / 64] for _ in range(10000)],
        "std": [draw.choice((0.0625, 0.125, 0.25, 0.5)) for _ in range(10000)],
    }


def plane_target():
    """1,000 components in the plane, one standard deviation."""
    draw = random.Random(1000)
    return {
        "kind": "gaussian_mixture",
        "means": [[draw.randrange(-256, 257) / 32, draw.randrange(-256, 257) / 32] for _ in range(1000)],
        "std": 0.25,
    }


def images_target():
    """12 components in 784 dimensions, in three tight families, as near-duplicate images are."""
    draw = random.Random(784)
    families = [[draw.randrange(-8, 9) / 8 for _ in range(784)] for _ in range(3)]
    means = [[m + draw.choice((0, 0, 0, -0.125, 0.125)) for m in families[k % 3]] for k in range(12)]
    return {"kind": "gaussian_mixture", "means": means, "std": 0.125, "labels": [k % 3 for k in range(12)]}


TARGETS = {
    "digits": (digits_target, "The 1,797 digits as a point cloud", "digits"),
    "ten-thousand": (line_target, "10,000 components on a line", "many_components"),
    "thousand": (plane_target, "1,000 components in the plane", "many_components"),
    "images": (images_target, "12 components in 784 dimensions", "high_dimension"),
}

# target: the (path, times) asked; each time is asked with one or two points
PLANS = {
    "digits": [("ot", ["t-0", "t-0.25", "t-0.75", "t-0.9", "t-0.999", "r-1e-6"]), ("vp", ["t-0.25", "t-0.75", "t-0.9", "r-1e-6"]),
               ("ve", ["t-0.5", "t-0.9"]), ("ve_geometric", ["t-0.75"]), ("cosine", ["t-0.5", "t-0.999"]),
               ("linear_vp", ["t-0.75", "r-2-20"]), ("polynomial", ["t-0.9"]), ("shifted_ot", ["t-1"]), ("icfm", ["t-0.9", "t-1"]),
               ("schrodinger_bridge", ["t-0.75", "r-2-20"])],
    "ten-thousand": [("ot", ["t-0.25", "t-0.5", "t-0.9", "t-1"]), ("vp", ["t-0.5", "t-0.9", "r-2-20"]), ("cosine", ["t-0.5"]),
                     ("ve", ["t-0.75"]), ("linear_vp", ["t-1-2-20"])],
    "thousand": [("ot", ["t-0.25", "t-0.75", "t-1"]), ("vp", ["t-0.25", "t-0.9"]), ("ve_geometric", ["t-0.5"]),
                 ("polynomial", ["t-0.75"]), ("icfm", ["t-0.9"]), ("schrodinger_bridge", ["t-0.25"])],
    "images": [("ot", ["t-0.25", "t-0.9", "r-2-20"]), ("vp", ["t-0.5", "t-1-2-20"]), ("cosine", ["t-0.75"])],
}


def operations(name):
    out = VECTORS + SCALARS
    if name in ("digits", "images"):
        out = out + ["guided_velocity"]
    if name in ("digits", "thousand"):
        out = out + ["posterior_weights"]
    return out


def query(target, number, alpha, sigma, near):
    """A point as the path would draw it: data number k, and noise of few bits."""
    means = target.get("means") or target["points"]
    draw = random.Random(number)
    k = draw.randrange(len(means))
    std = target.get("std", 0)
    std = std[k] if isinstance(std, list) else std
    scale = math.sqrt(sigma * sigma + alpha * alpha * std * std)
    bits = 53 if near else 9
    out = []
    for m in means[k]:
        noise = sum(draw.randrange(-4, 5) for _ in range(4)) / 8
        out.append(short(alpha * m + scale * noise, bits))
    return out


def middle(target, number, alpha):
    """Half way between two data points."""
    means = target.get("means") or target["points"]
    draw = random.Random(number + 7)
    a, b = means[draw.randrange(len(means))], means[draw.randrange(len(means))]
    return [short(alpha * (p + q) / 2, 12) for p, q in zip(a, b)]


def large(name):
    make, title, flag = TARGETS[name]
    target = make()
    definition = DIGITS if name == "digits" else target
    fixtures = {}
    for operation in operations(name):
        fixtures[operation] = Fixture(
            operation, name, f"{title}: {REFERENCE.get(operation, 'guided velocity')}",
            REFERENCE.get(operation, "u_w = u_empty + w (u_label - u_empty)"), METHOD, {name: definition}, 1,
        )
    inner = balls(target)
    formats = [f for f in FORMATS if representable(target, f)]
    number = weights_given = 0
    for kind, times in PLANS[name]:
        path_name, path, _, _ = PATHS[kind][0]
        for label in times:
            t_flag, time = TIME[label]
            flint.ctx.prec = 200
            full = with_path({"path": path, **time})
            tree = balls(full)
            s = schedule(tree["path"], tree["t"] if "t" in tree else 1 - tree["one_minus_t"])
            near = t_flag in ("near_data", "remaining_time", "end_data")
            for place in ("drawn", "between"):
                number += 1
                if place == "between" and number % 4:
                    continue
                alpha, sigma = float(s.alpha), float(s.sigma)
                x = query(target, number, alpha, sigma, near) if place == "drawn" else middle(target, number, alpha)
                request = {"path": path, "target": {"kind": "defined", "name": name}, **time, "x": x}
                names = [o for o in operations(name) if usable(o, s, weights_given, label, name)]
                weights_given += "posterior_weights" in names
                asked = {**request}
                if "guided_velocity" in names:
                    labels = target["labels"]
                    asked.update(label=labels[number % len(labels)], weight=(2, 0.5, 3)[number % 3])
                answers = certify_large(with_path(asked), names, inner, asked, formats)
                for operation in names:
                    sent = {"op": operation, **(asked if operation == "guided_velocity" else request)}
                    fixtures[operation].add(f"{kind.replace('_', '-')}-{path_name}/{label}/{place}",
                                            list(dict.fromkeys([flag, t_flag])), sent, answers[operation])
    return list(fixtures.values())


def usable(operation, s, weights_given, label, name):
    """The answers with a number per component are long: a few suffice. At alpha = 0 some closed forms divide by 0."""
    if operation == "posterior_weights":
        return weights_given < 4 and label in ("t-0.25", "t-0.75", "t-0.9", "r-1e-6")
    return not (s.alpha == 0 and operation == "marginal_divergence")


def jobs():
    return [([f"{o}/{name}.json" for o in operations(name)], large, (name,)) for name in TARGETS]
