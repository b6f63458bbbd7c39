"""Mixtures of thousands of components or hundreds of dimensions: values as sums, sensitivities by closed-form derivatives.

Moving a hundred thousand numbers one by one would take hours. Every quantity is y = sum_k p_k a_k, so a number z of
component k moves it by p_k ((a_k - y) dl_k/dz + da_k/dz), l_k being the logarithm of weight times density. The time,
the path's parameters and a shared standard deviation are moved one by one as for small requests. The check program
compares both ways on small mixtures."""

from flint import arb, ctx

from .balls import FORMATS, Undecided, in_range
from .certify import Answer, balls, finish, representable, rough, slope
from .clouds import values
from .conditional import time_of
from .paths import schedule
from .slopes import component_slopes


def shared_slots(tree):
    """The numbers that are moved one by one: the time, the path's parameters, one standard deviation for all."""
    out = []
    for key, value in tree["path"].items():
        if isinstance(value, arb) and not value == 0:
            out.append((tree["path"], key, abs(value)))
    time = "t" if "t" in tree else "one_minus_t"
    value = tree[time]
    weight = value if value < arb(0.5) else 1 - value
    if not weight == 0:
        out.append((tree, time, weight))
    std = tree["target"].get("std")
    if isinstance(std, arb) and not std == 0:
        out.append((tree["target"], "std", std))
    return out


def leaves_of(value):
    return value if isinstance(value, list) else [value]


def certify_large(request, names, target, explicit=None, formats=tuple(FORMATS)):
    """Certified answers for the named quantities; target is the balls of the big target, made once, and formats are
    those in which its numbers are exact."""
    for bits in (512, 1024, 2048, 4096, 8192):
        ctx.prec = bits
        try:
            return _certify_large(request, names, target, explicit or request, formats, bits)
        except Undecided:
            continue
    raise RuntimeError("no enclosure is tight enough")


def _certify_large(request, names, target, explicit, formats, bits):
    tree = {**balls(request), "target": dict(target)}
    out = values(tree, names)[-1]
    sums, relative = component_slopes(tree, names)
    delta = arb(2) ** (-(bits * 3) // 8)
    for holder, key, weight in shared_slots(tree):
        kept = holder[key]
        holder[key] = kept + delta * weight
        moved = values(tree, names)[-1]
        holder[key] = kept
        for name in names:
            steps = [abs(slope(m, b, delta)) for m, b in zip(leaves_of(moved[name]), leaves_of(out[name]))]
            sums[name] = [s + t for s, t in zip(sums[name], steps)]
    answers = {}
    for name in names:
        base = leaves_of(out[name])
        leaves, _ = finish(base, sums[name])
        s = schedule(tree["path"], time_of(tree))
        good = [
            f
            for f in formats
            if representable(explicit, f)
            and all(in_range(rough(b), f) for b in base)
            and in_range(rough(s.variance), f)
            and (s.variance == 0 or in_range(rough(1 / s.variance), f))
            and relative * arb(2) ** FORMATS[f][3] < arb(0.05)
        ]
        answers[name] = Answer(out[name], leaves, good, bits)
    return answers
