"""From proven enclosures to the four numbers of a fixture: value, tail, sensitivity, radius."""

import math
import struct
from fractions import Fraction

from flint import arb, ctx

FIRST_PRECISION = 640
LAST_PRECISION = 40960

# name: (significand bits, smallest normal exponent, largest finite number, unit roundoff exponent)
FORMATS = {
    "float64": (53, -1022, (2 - 2.0**-52) * 2.0**1023, -53),
    "float32": (24, -126, (2 - 2.0**-23) * 2.0**127, -24),
    "float16": (11, -14, 65504.0, -11),
    "bfloat16": (8, -126, (2 - 2.0**-7) * 2.0**127, -8),
}


class Singular(Exception):
    """The quantity does not exist at this place."""


class Undecided(Exception):
    """The enclosure is too wide at this precision."""


def number(x):
    """A float or int as an exact ball."""
    return arb(x)


def single(value):
    """The nearest number of single precision."""
    return struct.unpack("f", struct.pack("f", value))[0]


def fraction(x):
    """The exact value of a point ball."""
    man, exp = x.man_exp()
    man, exp = int(man), int(exp)
    return Fraction(man * 2**exp) if exp >= 0 else Fraction(man, 2**-exp)


def magnitude(x):
    """An exponent e with |x| < 2^e (None for an exact zero)."""
    top = abs(x).upper()
    if top == 0:
        return None
    man, exp = top.man_exp()
    return int(man).bit_length() + int(exp)


def nearest(q):
    """Correctly rounded double of a fraction."""
    return q.numerator / q.denominator


def up(q, digits=3):
    """A short decimal number that is at least the non-negative fraction q, as a double."""
    if q == 0:
        return 0.0
    if q < Fraction(1, 10**290):
        x = nearest(q)
        return x if Fraction(x) >= q else math.nextafter(x, math.inf)
    mantissa, exponent = f"{nearest(q):.{digits - 1}e}".split("e")
    mantissa, exponent = int(mantissa.replace(".", "")), int(exponent) - digits + 1
    while Fraction(float(f"{mantissa}e{exponent}")) < q:
        mantissa += 1
    return float(f"{mantissa}e{exponent}")


def ceiling(x):
    """A ball's largest magnitude as a fraction; tiny ones become 2^-1100."""
    e = magnitude(x)
    if e is None:
        return Fraction(0)
    if e < -1100:
        return Fraction(1, 2**1100)
    return fraction(abs(x).upper())


def split(ball, sensitivity):
    """value, tail, radius of one enclosure; raises Undecided when it is too wide."""
    if isinstance(ball, str):
        return ball, 0.0, 0.0
    if not ball.is_finite():
        raise Undecided
    e = magnitude(ball)
    if e is None:
        return 0.0, 0.0, 0.0
    if e < -1080:
        return 0.0, 0.0, 5e-324
    if ball.contains(0):
        if sensitivity > 0 and Fraction(2) ** e <= sensitivity / 2**200:
            return 0.0, 0.0, up(Fraction(2) ** e)
        raise Undecided
    low, high = fraction(ball.lower()), fraction(ball.upper())
    middle = (low + high) / 2
    value = nearest(low)
    if nearest(high) != value:
        if high - low > abs(middle) / 2**400:
            raise Undecided
        value = nearest((Fraction(value) + Fraction(nearest(high))) / 2)  # a tie, to 400 bits: to the even one
    error = max(abs(high - Fraction(value)), abs(low - Fraction(value)))
    if error <= abs(Fraction(value)) / 2**200:
        return value, 0.0, up(error)
    tail = nearest(middle - Fraction(value))
    missing = max(abs(high - Fraction(value) - Fraction(tail)), abs(low - Fraction(value) - Fraction(tail)))
    if missing > max(abs(middle) / 2**104, Fraction(1, 2**1074)):
        raise Undecided
    return value, tail, up(missing)


def fits(x, name):
    """Whether a double is zero or a normal number of the named format, exactly."""
    bits, low, top, _ = FORMATS[name]
    if x == 0:
        return True
    if abs(x) > top or abs(x) < 2.0**low:
        return False
    man, _ = math.frexp(x)
    return (man * 2**bits).is_integer()


def in_range(x, name):
    """Whether a result or an intermediate is zero or lies in the normal range of the named format."""
    _, low, top, _ = FORMATS[name]
    return x == 0 or 2.0**low <= abs(x) <= top


def raised(first=FIRST_PRECISION):
    """The precisions to try."""
    bits = first
    while bits <= LAST_PRECISION:
        ctx.prec = bits
        yield bits
        bits *= 2
    raise RuntimeError("no enclosure is tight enough")
