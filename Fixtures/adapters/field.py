"""Fields for the solvers under test: linear ones, and the exact velocity of a Gaussian mixture or a point cloud.

They are evaluated in extended precision where numpy has it and rounded to doubles once, so that what is judged is the solver.
`asked` is the range of times at which a field was evaluated.
"""

import math

import numpy

from wire import Refusal

REAL = numpy.longdouble
PI = 4 * numpy.arctan(REAL(1))


def schedule(path, t):
    """alpha, alpha', the variance sigma^2 and its derivative at t."""
    p = {name: REAL(value) for name, value in path.items() if name != "kind"}
    t = REAL(t)
    r, kind = 1 - t, path["kind"]
    if kind in ("ot", "shifted_ot"):
        low = p.get("sigma_min", REAL(0)) if kind == "ot" else p.get("sigma_min", REAL(0.0001))
        slope = low - 1 if kind == "ot" else REAL(-1)
        s = 1 + slope * t if kind == "ot" else r + low
        return t, REAL(1), s * s, 2 * s * slope
    if kind == "cosine":
        a, s = numpy.sin(PI * t / 2), numpy.sin(PI * r / 2)
        return a, PI / 2 * s, s * s, -PI * a * s
    if kind == "linear_vp":
        return t, REAL(1), r * (1 + t), -2 * t
    if kind == "polynomial":
        n = p["exponent"]
        a, rate = t ** n, n * t ** (n - 1)
        return a, rate, (1 - a) ** 2, -2 * (1 - a) * rate
    if kind == "icfm":
        return t, REAL(1), r * r + p["sigma"] ** 2, -2 * r
    if kind == "schrodinger_bridge":
        return t, REAL(1), r * r + p["sigma"] ** 2 * t * r, -2 * r + p["sigma"] ** 2 * (r - t)
    if kind == "vp":
        low, high = p.get("beta_min", REAL(0.1)), p.get("beta_max", REAL(20))
        total, beta = low * r + (high - low) * r * r / 2, low + r * (high - low)
        a = numpy.exp(-total / 2)
        return a, a * beta / 2, -numpy.expm1(-total), -a * a * beta
    if kind == "ve":
        low, ratio = p.get("sigma_min", REAL(0.01)), p.get("sigma_max", REAL(50)) / p.get("sigma_min", REAL(0.01))
        return REAL(1), REAL(0), low ** 2 * numpy.expm1(2 * r * numpy.log(ratio)), (
            -2 * low ** 2 * numpy.log(ratio) * ratio ** (2 * r))
    if kind == "ve_geometric":
        low, ratio = p.get("sigma_min", REAL(0.01)), p.get("sigma_max", REAL(50)) / p.get("sigma_min", REAL(0.01))
        v = low ** 2 * ratio ** (2 * r)
        return REAL(1), REAL(0), v, -2 * numpy.log(ratio) * v
    raise Refusal("unsupported", kind)


class Exact:
    """The marginal velocity and the denoiser of a mixture along a path."""

    def __init__(self, request):
        target = request["target"]
        self.path, kind = request["path"], target["kind"]
        if "source" in request or kind not in ("gaussian_mixture", "point_cloud") or self.path["kind"] == "sigmoid":
            raise Refusal("unsupported")
        self.means = numpy.array(target["means" if kind == "gaussian_mixture" else "points"], REAL)
        count, size = self.means.shape
        weights = target.get("weights", [1] * count)
        self.logs = numpy.log(numpy.array(weights, REAL))
        if "covariances" in target:
            covariances = numpy.array(target["covariances"], REAL)
        else:
            std = target.get("std", 0)
            std = numpy.array(std if isinstance(std, list) else [std] * count, REAL)
            covariances = std[:, None, None] ** 2 * numpy.eye(size, dtype=REAL)
        self.covariances, self.asked, self.singular = covariances, [math.inf, -math.inf], False
        if len(request.get("x", [])) != size:
            raise Refusal("dimension_mismatch", "x")

    def __call__(self, t, x):
        return self.average(t, x, lambda a, rate, v, v_rate, mean, covariance, z: rate * mean + a * rate * covariance @ z + v_rate / 2 * z)

    def denoiser(self, t, x):
        """The mean of the data given x at t."""
        return self.average(t, x, lambda a, rate, v, v_rate, mean, covariance, z: mean + a * covariance @ z)

    def average(self, t, x, part):
        """The average over the components, given x, of what part says of each, z being (a^2 C + v)^-1 (x - a m)."""
        t = float(t)
        if not (math.isfinite(t) and numpy.isfinite(x).all()):
            return numpy.full(len(x), math.nan)
        self.asked = [min(self.asked[0], t), max(self.asked[1], t)]
        a, rate, v, v_rate = schedule(self.path, t)
        x, eye = numpy.array(x, REAL), numpy.eye(len(x), dtype=REAL)
        logs, parts = [], []
        for log, mean, covariance in zip(self.logs, self.means, self.covariances):
            root = cholesky(a * a * covariance + v * eye)
            if root is None:  # no field there
                self.singular = self.singular or 0 <= t <= 1
                return numpy.full(len(x), math.nan)
            half = forward(root, x - a * mean)
            logs.append(log - (half @ half) / 2 - numpy.log(numpy.diag(root)).sum())
            parts.append(part(a, rate, v, v_rate, mean, covariance, backward(root, half)))
        weights = numpy.exp(numpy.array(logs) - max(logs))
        return ((weights[:, None] * numpy.array(parts)).sum(0) / weights.sum()).astype(float)

    def seen(self, answer):
        """The answer with the times that were asked. No library can be told that a field does not exist at its end."""
        if self.singular:
            raise Refusal("unsupported", "a field that ends")
        if self.asked[0] > self.asked[1]:
            return answer
        return {**answer, "t_min": self.asked[0], "t_max": self.asked[1]}


def cholesky(matrix):
    root = numpy.zeros_like(matrix)
    for i in range(len(matrix)):
        for j in range(i + 1):
            rest = matrix[i, j] - root[i, :j] @ root[j, :j]
            if i == j and not rest > 0:
                return None
            root[i, j] = numpy.sqrt(rest) if i == j else rest / root[j, j]
    return root


def forward(root, y):
    z = numpy.zeros_like(y)
    for i in range(len(y)):
        z[i] = (y[i] - root[i, :i] @ z[:i]) / root[i, i]
    return z


def backward(root, y):
    z = numpy.zeros_like(y)
    for i in reversed(range(len(y))):
        z[i] = (y[i] - root[i + 1:, i] @ z[i + 1:]) / root[i, i]
    return z


class Linear:
    """x' = (matrix + t matrix_dt) x + offset."""

    def __init__(self, request):
        field = request["field"]
        if field["kind"] != "linear":
            raise Refusal("invalid_field", "field.kind")
        size = len(request["x"])
        self.matrix = numpy.array(field["matrix"], REAL)
        self.rate = numpy.array(field.get("matrix_dt", numpy.zeros((size, size))), REAL)
        self.offset = numpy.array(field.get("offset", [0] * size), REAL)
        if not self.matrix.shape == self.rate.shape == (size, size) or len(self.offset) != size:
            raise Refusal("dimension_mismatch", "field")

    def __call__(self, t, x):
        return ((self.matrix + REAL(t) * self.rate) @ numpy.array(x, REAL) + self.offset).astype(float)
