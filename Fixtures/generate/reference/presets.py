"""The named mixtures, written out."""

from flint import arb

from .catalogue import defaults

# The scale of a curve is left out where it is one: the curves are written for that.
DEFAULTS = {
    name: {k: v for k, v in numbers.items() if k != "scale"}
    for name, numbers in defaults("presets").items()
    if name in ("eight_gaussians", "ring_of_gaussians", "two_moons", "two_spirals", "swiss_roll", "circles", "checkerboard")
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
