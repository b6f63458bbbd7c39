"""The named mixtures, written out."""

from flint import arb

DEFAULTS = {
    "eight_gaussians": {"radius": 4.0, "std": 0.3},
    "ring_of_gaussians": {"modes": 8, "radius": 3.0, "std": 0.2},
}


def complete(target):
    """The target with the numbers of a preset's defaults written out."""
    if target.get("kind") == "preset" and target["name"] in DEFAULTS:
        return {**target, **{k: v for k, v in DEFAULTS[target["name"]].items() if k not in target}}
    return target


def expanded(target):
    """A preset in balls as the mixture that it stands for."""
    modes = 8 if target["name"] == "eight_gaussians" else target["modes"]
    means = []
    for k in range(modes):
        angle = arb(2 * k) / modes
        means.append([target["radius"] * angle.cos_pi(), target["radius"] * angle.sin_pi()])
    return {"kind": "gaussian_mixture", "means": means, "std": target["std"]}
