"""The named mixtures, written out."""

from flint import arb

DEFAULTS = {
    "eight_gaussians": {"radius": 4.0, "std": 0.3},
    "ring_of_gaussians": {"modes": 8, "radius": 3.0, "std": 0.2},
    "two_moons": {"std": 0.1},
    "two_spirals": {"std": 0.1},
    "swiss_roll": {"std": 0.1},
    "circles": {"std": 0.05, "factor": 0.5},
    "checkerboard": {},
}


def complete(target):
    """The target with the numbers of its defaults written out."""
    if target.get("kind") in ("preset", "curve") and target["name"] in DEFAULTS:
        return {**target, **{k: v for k, v in DEFAULTS[target["name"]].items() if k not in target}}
    return target


def expanded(target):
    """A preset in balls as the mixture, boxes or curve that it stands for."""
    if target["name"] == "checkerboard":
        low = [[arb(x), arb(y)] for x, ys in ((-4, (-4, 0)), (-2, (-2, 2)), (0, (-4, 0)), (2, (-2, 2))) for y in ys]
        return {"kind": "uniform_boxes", "lower": low, "upper": [[a + 2 for a in corner] for corner in low]}
    if target["name"] in ("two_moons", "two_spirals", "swiss_roll", "circles"):
        return {**target, "kind": "curve"}
    modes = 8 if target["name"] == "eight_gaussians" else target["modes"]
    means = []
    for k in range(modes):
        angle = arb(2 * k) / modes
        means.append([target["radius"] * angle.cos_pi(), target["radius"] * angle.sin_pi()])
    return {"kind": "gaussian_mixture", "means": means, "std": target["std"]}
