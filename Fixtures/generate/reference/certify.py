"""Turns a literal evaluation of a request into certified expected values.

The sensitivity is measured, not derived: every number of the request (and every parameter left at its default) is moved
by a 2^-240th part, and the answer's motion is read off at several hundred bits."""

from fractions import Fraction

from flint import arb, ctx

from .balls import FIRST_PRECISION, FORMATS, Singular, Undecided, ceiling, fits, in_range, nearest, raised, split, up
from .presets import expanded

TIMES = ("t", "one_minus_t", "t0", "t1")
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
    return certify_all(request, lambda tree: {"": evaluate(tree)}, explicit, intermediates, formats)[""]


def certify_all(
    request, evaluate, explicit=None, intermediates=None, formats=tuple(FORMATS), first=FIRST_PRECISION, check=True, points=None
):
    """The same for several quantities of one request: evaluate returns a dict of answers, and so does this.

    first: the precision to begin with. check: whether to test that first order is good enough (many evaluations).
    points: the part of the sensitivities that belongs to x and to the target's points, as a function of the request;
    without it x is moved like every other number."""
    for bits in raised(first):
        try:
            return _certify(request, evaluate, explicit or request, intermediates, formats, bits, check, points)
        except Undecided:
            continue


def _certify(request, evaluate, explicit, intermediates, formats, bits, check, points):
    tree = prepare(balls(request))
    places = slots(tree)
    if tree.get("path", {}).get("kind") == "polynomial" and starts(tree):
        # t^(n-1) jumps at t = 0 when n passes 1; the exponent counts as a shape there
        places = [p for p in places if p[1] != "exponent"]
    shape = evaluate(tree)
    base = flatten(shape)
    for b in base:
        if not isinstance(b, str) and not b.is_finite():
            raise Undecided
    if points:
        places = [p for p in places if p[0] is not tree["x"]]
    totals, signs = slopes(tree, evaluate, places, base, arb(2) ** (-(bits * 3) // 8))
    groups = spans(shape)
    if points:
        more = points(tree)
        for key, span in groups.items():
            for i, extra in zip(span, more[key]):
                totals[i] += arb(extra.upper())
    leaves, exact = finish(base, totals)
    good = {key: [] for key in groups}
    for name in formats:
        if not representable(explicit, name):
            continue
        if intermediates and not all(in_range(rough(m), name) for m in intermediates(tree)):
            continue
        linear = first_order(tree, evaluate, places, base, exact, signs, groups, name) if check else [True] * len(base)
        for key, span in groups.items():
            if all(linear[i] and (isinstance(base[i], str) or in_range(rough(base[i]), name)) for i in span):
                good[key].append(name)
    return {key: Answer(shape[key], leaves[g.start : g.stop], good[key], bits) for key, g in groups.items()}


def prepare(tree):
    """A preset counts as the mixture that it stands for: its means are rounded by everybody, each for itself."""
    tree = dict(tree)
    for role in ("target", "source"):
        if tree.get(role, {}).get("kind") == "preset":
            tree[role] = expanded(tree[role])
    return tree


def spans(shape):
    """Which leaves belong to which answer."""
    out, start = {}, 0
    for key, value in shape.items():
        stop = start + len(flatten(value))
        out[key] = range(start, stop)
        start = stop
    return out


def slopes(tree, evaluate, places, base, delta):
    """Per leaf the sum of |z dy/dz|, and per place and leaf the sign of dy/dz."""
    totals, signs = [arb(0)] * len(base), []
    for holder, key, weight in places:
        kept, step = holder[key], delta * weight
        try:
            holder[key] = kept + step
            moved = flatten(evaluate(tree))
        except Singular:
            step = -step
            holder[key] = kept + step
            moved = flatten(evaluate(tree))
        holder[key] = kept
        found = [slope(m, b, step / weight) for m, b in zip(moved, base)]
        totals = [s + abs(x) for s, x in zip(totals, found)]
        signs.append([0 if x.contains(0) else (1 if x > 0 else -1) for x in found])
    return totals, signs


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
        top, size = ceiling(s), ceiling(b)
        if top > Fraction(1, 2**1090) and ceiling(s.rad()) > max(top / 1000, size / 2**100):
            raise Undecided
        value, tail, radius = split(b, top)
        shown = up(top, 4) if top > size / 2**100 else 0.0
        leaves.append((value, tail, shown, radius))
        exact.append(top)
    return leaves, exact


def representable(node, name, key=None):
    """Whether all numbers of the request as sent are exact in a format."""
    if isinstance(node, dict):
        return all(representable(v, name, k) for k, v in node.items())
    if isinstance(node, list) and key not in COUNTS:
        return all(representable(v, name, key) for v in node)
    if isinstance(node, (int, float)) and key not in COUNTS:
        return fits(float(node), name)
    return True


def rough(ball):
    q = ceiling(ball)
    return 0.0 if q == 0 else nearest(q) if q < Fraction(2) ** 1024 else float("inf")


def first_order(tree, evaluate, places, base, exact, signs, groups, name):
    """Per leaf: whether moving every number by one u moves it as its sensitivity predicts, within a factor of two.

    The directions tried are the worst ones of the worst-conditioned leaf of every answer, and their opposites."""
    unit = arb(2) ** FORMATS[name][3]
    good = [True] * len(base)
    patterns = []
    for span in groups.values():
        worst = max(span, key=lambda i: (rank(base[i], exact[i]), -i))
        pattern = [s[worst] for s in signs]
        if any(pattern) and pattern not in patterns and [-p for p in pattern] not in patterns:
            patterns.append(pattern)
    columns = [[s[i] for s in signs] for i in range(len(base))]
    sizes = [None if isinstance(b, str) else (unit * ball_of(e), unit / 2 * abs(b)) for b, e in zip(base, exact)]
    for pattern in patterns:
        for direction in (1, -1):
            moved = moved_by(tree, evaluate, places, pattern, direction * unit)
            if moved is None:
                return [False] * len(base)
            for i, (m, b) in enumerate(zip(moved, base)):
                if isinstance(b, str) or isinstance(m, str):
                    good[i] = good[i] and isinstance(b, str) == isinstance(m, str)
                    continue
                motion, (reach, rounding) = abs(m - b), sizes[i]
                good[i] = good[i] and bool(motion <= 2 * reach + rounding)
                if columns[i] == pattern:
                    good[i] = good[i] and bool(motion >= reach / 2 - rounding)
    return good


def moved_by(tree, evaluate, places, pattern, unit):
    """The answer when every number moves by its weight times the unit, in the pattern's directions."""
    kept = [(holder, key, holder[key]) for holder, key, _ in places]
    try:
        for (holder, key, weight), sign in zip(places, pattern):
            holder[key] = holder[key] + sign * unit * weight
        return flatten(evaluate(tree))
    except Singular:
        return None
    finally:
        for holder, key, value in kept:
            holder[key] = value


def rank(ball, total):
    """How ill-conditioned a leaf is."""
    size = ceiling(ball) if not isinstance(ball, str) else Fraction(1)
    return total / size if size else total


def ball_of(q):
    return arb(q.numerator) / arb(q.denominator)
