"""Turns a literal evaluation of a request into certified expected values.

The sensitivity is measured, not derived: every number of the request (and every parameter left at its default) is moved
by a 2^-240th part, and the answer's motion is read off at several hundred bits."""

from fractions import Fraction

from flint import arb, ctx

from .balls import FORMATS, Singular, Undecided, ceiling, fits, in_range, nearest, raised, split, up

TIMES = ("t", "one_minus_t")
COUNTS = {"step", "dimension", "steps", "modes", "label", "labels", "probes_count", "seed", "samples"}


def balls(node, key=None):
    """A request with its numbers as exact balls; names and counts stay."""
    if isinstance(node, dict):
        return {k: balls(v, k) for k, v in node.items()}
    if isinstance(node, list) and key not in COUNTS:
        return [balls(v, key) for v in node]
    if isinstance(node, (int, float)) and not isinstance(node, bool) and key not in COUNTS:
        return arb(node)
    return node


def slots(node, out=None):
    """Where the numbers are: (container, key, weight), the weight being |z|, or min(t, 1 - t) for a time."""
    out = [] if out is None else out
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        if isinstance(value, arb):
            weight = abs(value)
            if key in TIMES and not value < arb(0.5):
                weight = 1 - value
            if not weight == 0:
                out.append((node, key, weight))
        elif isinstance(value, (dict, list)):
            slots(value, out)
    return out


def flatten(value, out=None):
    """The leaves of an answer, in a fixed order."""
    out = [] if out is None else out
    if isinstance(value, dict):
        for v in value.values():
            flatten(v, out)
    elif isinstance(value, list):
        for v in value:
            flatten(v, out)
    else:
        out.append(value)
    return out


def rebuild(value, leaves):
    """The shape of an answer, filled with other leaves (an iterator)."""
    if isinstance(value, dict):
        return {k: rebuild(v, leaves) for k, v in value.items()}
    if isinstance(value, list):
        return [rebuild(v, leaves) for v in value]
    return next(leaves)


class Answer:
    """One certified answer: the shape, and per leaf value, tail, sensitivity, radius; the formats that may judge it."""

    def __init__(self, shape, leaves, formats, bits):
        self.shape, self.leaves, self.formats, self.bits = shape, leaves, formats, bits

    def expected(self):
        columns = ("value", "tail", "sensitivity", "radius")
        return {
            name: rebuild(self.shape, iter([leaf[i] for leaf in self.leaves]))
            for i, name in enumerate(columns)
        }


def certify(request, evaluate, explicit=None, intermediates=None, formats=tuple(FORMATS)):
    """Certifies evaluate(request in balls), which returns nested lists and dicts of balls.

    explicit: the request as sent, without defaults (its numbers decide the formats).
    intermediates: balls that must lie in a format's normal range too, as a function of the request."""
    for bits in raised():
        try:
            return _certify(request, evaluate, explicit or request, intermediates, formats, bits)
        except Undecided:
            continue


def _certify(request, evaluate, explicit, intermediates, formats, bits):
    tree = balls(request)
    places = slots(tree)
    if tree.get("path", {}).get("kind") == "polynomial" and starts(tree):
        # t^(n-1) jumps at t = 0 when n passes 1; the exponent counts as a shape there
        places = [p for p in places if p[1] != "exponent"]
    shape = evaluate(tree)
    base = flatten(shape)
    for b in base:
        if not isinstance(b, str) and not b.is_finite():
            raise Undecided
    delta = arb(2) ** (-(bits * 3) // 8)
    totals = [arb(0)] * len(base)
    signs = []
    for holder, key, weight in places:
        kept = holder[key]
        step = delta * weight
        try:
            holder[key] = kept + step
            moved = flatten(evaluate(tree))
            slopes = [slope(m, b, delta) for m, b in zip(moved, base)]
        except Singular:
            holder[key] = kept - step
            moved = flatten(evaluate(tree))
            slopes = [-slope(m, b, delta) for m, b in zip(moved, base)]
        holder[key] = kept
        totals = [s + abs(x) for s, x in zip(totals, slopes)]
        signs.append([0 if x.contains(0) else (1 if x > 0 else -1) for x in slopes])
    leaves, exact = finish(base, totals)
    checked = [
        name
        for name in formats
        if representable(explicit, name)
        and results_fit(base, name)
        and (intermediates is None or all(in_range(float(m.mid()), name) for m in intermediates(tree)))
        and first_order(tree, evaluate, places, base, exact, signs, name)
    ]
    return Answer(shape, leaves, checked, bits)


def starts(tree):
    """Whether the time is exactly 0."""
    return ("t" in tree and tree["t"] == 0) or ("one_minus_t" in tree and tree["one_minus_t"] == 1)


def slope(moved, base, delta):
    """The difference quotient; 0 at an infinite leaf."""
    if isinstance(base, str) or isinstance(moved, str):
        return arb(0)
    return (moved - base) / delta


def finish(base, totals):
    """The four numbers of every leaf, and the sensitivities as fractions."""
    leaves, exact = [], []
    for b, s in zip(base, totals):
        if isinstance(b, str):
            leaves.append((b, 0.0, 0.0, 0.0))
            exact.append(Fraction(0))
            continue
        if not s.is_finite():
            raise Undecided
        top = ceiling(s)
        size = ceiling(b)
        if top > 0 and Fraction(nearest_up(s.rad())) > max(top / 1000, size / 2**60) and top > Fraction(1, 2**1090):
            raise Undecided
        value, tail, radius = split(b, top)
        # what lies below 2^-60 of the value cannot matter
        shown = up(top, 4) if top > size / 2**60 else (0.0 if top == 0 else up(min(top, size / 2**60), 2))
        leaves.append((value, tail, shown, radius))
        exact.append(top)
    return leaves, exact


def nearest_up(x):
    return ceiling(x)


def representable(node, name, key=None):
    """Whether all numbers of the request as sent are exact in a format."""
    if isinstance(node, dict):
        return all(representable(v, name, k) for k, v in node.items())
    if isinstance(node, list) and key not in COUNTS:
        return all(representable(v, name, key) for v in node)
    if isinstance(node, (int, float)) and key not in COUNTS:
        return fits(float(node), name)
    return True


def results_fit(base, name):
    return all(isinstance(b, str) or in_range(rough(b), name) for b in base)


def rough(ball):
    q = ceiling(ball)
    return 0.0 if q == 0 else nearest(q) if q < Fraction(2) ** 1024 else float("inf")


def first_order(tree, evaluate, places, base, exact, signs, name):
    """Whether moving every number by one u, in the worst directions, moves the answer as the sensitivity predicts."""
    unit = arb(2) ** FORMATS[name][3]
    patterns = []
    order = sorted(range(len(base)), key=lambda i: (-rank(base[i], exact[i]), i))
    for i in order:
        pattern = [s[i] for s in signs]
        if any(pattern) and pattern not in patterns and [-p for p in pattern] not in patterns:
            patterns.append(pattern)
        if len(patterns) == 3:
            break
    for pattern in patterns:
        for direction in (1, -1):
            kept = []
            try:
                for (holder, key, weight), sign in zip(places, pattern):
                    kept.append((holder, key, holder[key]))
                    holder[key] = holder[key] + direction * sign * unit * weight
                moved = flatten(evaluate(tree))
            except Singular:
                return False
            finally:
                for holder, key, value in kept:
                    holder[key] = value
            for i, (m, b) in enumerate(zip(moved, base)):
                if isinstance(b, str) != isinstance(m, str):
                    return False
                if isinstance(b, str):
                    continue
                predicted = sum_of_products([s[i] for s in signs], pattern, exact[i], direction) * unit
                slack = unit * arb_of(exact[i]) + unit / 2 * abs(b)
                same = [s[i] for s in signs] == pattern
                if same and not abs(m - b) >= unit * arb_of(exact[i]) / 2 - unit / 2 * abs(b):
                    return False
                if same and not abs(m - b - predicted) <= slack:
                    return False
                if not same and not abs(m - b) <= 2 * unit * arb_of(exact[i]) + unit / 2 * abs(b):
                    return False
    return True


def sum_of_products(mine, pattern, total, direction):
    """The predicted motion when the pattern is this leaf's own: all of its sensitivity."""
    return direction * arb_of(total) if mine == pattern else arb(0)


def rank(ball, total):
    """How ill-conditioned a leaf is."""
    size = ceiling(ball) if not isinstance(ball, str) else Fraction(1)
    return total / size if size else total


def arb_of(q):
    return arb(q.numerator) / arb(q.denominator)
