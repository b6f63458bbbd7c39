"""Literal evaluations of everything that is conditional on data, and of the conversions."""

from flint import arb

from .balls import Singular
from .paths import complete, schedule


def time_of(request):
    """The time of a request in balls, from either of its names."""
    return request["t"] if "t" in request else 1 - request["one_minus_t"]


def at(request):
    return schedule(request["path"], time_of(request))


def schedule_value(request):
    s = at(request)
    return {
        "alpha": s.alpha,
        "sigma": s.sigma,
        "variance": s.variance,
        "alpha_dot": s.alpha_dot,
        "sigma_dot": s.sigma_dot,
        "variance_dot": s.variance_dot,
        "log_snr": s.log_snr,
        "log_snr_dot": s.log_snr_dot,
    }


def conditional_flow(request):
    s = at(request)
    return [s.sigma * a + s.alpha * b for a, b in zip(request["x0"], request["x1"])]


def conditional_velocity(request):
    s = at(request).finite()
    if s.variance == 0:
        raise Singular
    rate = s.variance_dot / (2 * s.variance)
    return [rate * (x - s.alpha * y) + s.alpha_dot * y for x, y in zip(request["x"], request["x1"])]


def conditional_score(request):
    s = at(request)
    if s.variance == 0:
        raise Singular
    return [-(x - s.alpha * y) / s.variance for x, y in zip(request["x"], request["x1"])]


def conditional_log_density(request):
    s = at(request)
    if s.variance == 0:
        raise Singular
    total = arb(0)
    for x, y in zip(request["x"], request["x1"]):
        total += (x - s.alpha * y) * (x - s.alpha * y) / (2 * s.variance) + (2 * arb.pi() * s.variance).log() / 2
    return -total


def pair_velocity(request):
    t, kind = time_of(request), request["kind"]
    triples = list(zip(request["x"], request["x0"], request["x1"]))
    if kind == "icfm":
        return [b - a for _, a, b in triples]
    if kind == "schrodinger_bridge":
        if t == 0 or t == 1:
            raise Singular
        # s(t) = sigma sqrt(t (1 - t)), velocity (s'/s) (x - mean) + mean'
        s = request["sigma"] * (t * (1 - t)).sqrt()
        s_dot = request["sigma"] * (1 - 2 * t) / (2 * (t * (1 - t)).sqrt())
        return [s_dot / s * (x - (t * b + (1 - t) * a)) + b - a for x, a, b in triples]
    if kind == "vp_trigonometric":
        c, s = (t / 2).cos_pi(), (t / 2).sin_pi()
        return [arb.pi() / 2 * (c * b - s * a) for _, a, b in triples]
    raise ValueError(kind)


def convert(request):
    """Solves the two linear equations for (x1, noise), then forms what is wanted."""
    s = at(request)
    source, target = request["from"], request["to"]
    out = []
    for x, y in zip(request["x"], request["value"]):
        if (source, target) == ("noise", "score"):
            # one is the other over -sigma; x does not enter
            if s.sigma == 0:
                raise Singular
            out.append(-y / s.sigma)
            continue
        # a1 x1 + b1 noise = x, a2 x1 + b2 noise = c
        a1, b1 = s.alpha, s.sigma
        if source == "velocity":
            a2, b2, c = usable(s.alpha_dot), usable(s.sigma_dot), y
        elif source == "x1":
            a2, b2, c = arb(1), arb(0), y
        elif source == "noise":
            a2, b2, c = arb(0), arb(1), y
        elif source == "score":
            a2, b2, c = arb(0), arb(1), -s.sigma * y
        elif source == "v":
            a2, b2, c = -s.sigma, s.alpha, y
        determinant = a1 * b2 - a2 * b1
        if determinant == 0:
            raise Singular
        x1 = (x * b2 - c * b1) / determinant
        noise = (a1 * c - a2 * x) / determinant
        if target == "velocity":
            out.append(usable(s.alpha_dot) * x1 + usable(s.sigma_dot) * noise)
        elif target == "x1":
            out.append(x1)
        elif target == "noise":
            out.append(noise)
        elif target == "score":
            if s.sigma == 0:
                raise Singular
            out.append(-noise / s.sigma)
        elif target == "v":
            out.append(s.alpha * noise - s.sigma * x1)
    return out


def usable(x):
    if isinstance(x, str):
        raise Singular
    return x


CONVENTIONS = {"noise0_data1": (0, 1), "data0_noise1": (1, -1), "data0_noise1_reversed": (1, 1)}


def convert_convention(request):
    """Each convention is (time reversed?, sign of the velocity) against noise0_data1."""
    t = time_of(request)
    back, sign = CONVENTIONS[request["from"]]
    forth, other = CONVENTIONS[request["to"]]
    return {
        "t": 1 - t if back != forth else t,
        "x": list(request["x"]),
        "velocity": [sign * other * u for u in request["velocity"]],
    }


def ddpm_posterior(request):
    """q(z_{k-1} | z_k, x) from the product of two Gaussians in z_{k-1}."""
    betas, k = request["betas"], request["step"]
    before = arb(1)
    for b in betas[: k - 1]:
        before *= 1 - b
    beta = betas[k - 1]
    if k == 1:
        return {"mean": list(request["x"]), "variance": arb(0)}
    # z_{k-1} | x ~ N(sqrt(before) x, 1 - before);  z_k | z_{k-1} ~ N(sqrt(1 - beta) z_{k-1}, beta)
    precision = 1 / (1 - before) + (1 - beta) / beta
    mean = [
        (before.sqrt() * x / (1 - before) + (1 - beta).sqrt() * z / beta) / precision
        for x, z in zip(request["x"], request["z"])
    ]
    return {"mean": mean, "variance": 1 / precision}


def bits_per_dim(request):
    return -request["log_density"] / (request["dimension"] * arb(2).log()) + 7


def with_path(request):
    """A request whose path has its defaults written out."""
    return {**request, "path": complete(request["path"])}
