"""This package as an implementation of the fixtures, by its arrays and not by the protocol."""

import functools
import json

import numpy as np
from flowref_fixtures import Implementation, Refusal, batched

import flowref


@functools.lru_cache(maxsize=64)
def _target(text):
    described = json.loads(text)
    kind = described.pop("kind")
    if kind == "gaussian_mixture":
        return flowref.GaussianMixture(**described)
    if kind == "point_cloud":
        return flowref.PointCloud(**described)
    if kind == "uniform_boxes":
        return flowref.UniformBoxes(**described)
    if kind == "product":
        return flowref.Product([target(one) for one in described["factors"]])
    if kind == "ring":
        return flowref.Ring(**described)
    made = {
        "curve": flowref.Curve,
        "preset": flowref.Preset,
        "density_1d": flowref.Density,
        "file": flowref.DataFile,
    }[kind]
    return made(described.pop("name" if kind != "file" else "path"), **described)


def _plain(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def target(described):
    return _target(json.dumps(_plain(described), sort_keys=True))


@functools.lru_cache(maxsize=64)
def _path(text):
    return flowref.Path(**json.loads(text))


def path(described):
    return _path(json.dumps(described, sort_keys=True))


@functools.lru_cache(maxsize=64)
def _field(path_text, target_text, source_text, tube_text):
    tube = json.loads(tube_text)
    return flowref.MarginalField(
        _path(path_text),
        _target(target_text),
        source=_target(source_text) if source_text else None,
        tube=tube["kind"] if tube else None,
        tube_sigma=tube["sigma"] if tube else 0.0,
    )


def field(request):
    def text(described):
        return json.dumps(_plain(described), sort_keys=True)

    source = request.get("source")
    return _field(
        text(request["path"]), text(request["target"]), text(source) if source else "", text(request.get("tube"))
    )


def refusing(method):
    """Exceptions of the package as the protocol's refusals."""

    @functools.wraps(method)
    def answer(self, **request):
        try:
            return method(self, **request)
        except flowref.FlowError as error:
            raise Refusal(error.code, str(error)) from error

    return answer


def time(request):
    return {"t": request.get("t"), "one_minus_t": request.get("one_minus_t")}


def _quantity(name):
    @batched
    @refusing
    def method(self, **request):
        # Python would say TypeError before the package is asked.
        if "x" not in request:
            raise Refusal("missing_field")
        return field(request).value(name, request.get("t"), request["x"], one_minus_t=request.get("one_minus_t"))

    return method


def _between(function, request):
    points = request.get("points", request.get("x"))
    return np.asarray(function(field(request), points, t0=request["t0"], t1=request["t1"])).tolist()


class Exact(Implementation):
    """Every operation that has arrays."""

    schedule = batched(refusing(lambda self, **request: path(request["path"]).schedule(**time(request))._asdict()))

    @batched
    @refusing
    def time_at_log_snr(self, **request):
        t, remaining = path(request["path"]).time_at_log_snr(request["log_snr"])
        return {"t": t, "one_minus_t": remaining}

    @batched
    @refusing
    def convert(self, **request):
        return path(request["path"]).convert(
            request.get("t"), request["x"], request["value"], request["from_"], request["to"],
            one_minus_t=request.get("one_minus_t"),
        )  # fmt: skip

    @batched
    @refusing
    def pair_velocity(self, **request):
        return flowref.pair_velocity(
            request["kind"], request["sigma"], request.get("t"), request["x"], request["x0"], request["x1"],
            one_minus_t=request.get("one_minus_t"),
        )  # fmt: skip

    @batched
    @refusing
    def guided_velocity(self, **request):
        return field(request).guided_velocity(
            request.get("t"), request["x"], request["label"], request["weight"],
            one_minus_t=request.get("one_minus_t"),
        )  # fmt: skip

    @batched
    @refusing
    def schedule_transform(self, **request):
        return field(request).transformed_velocity(
            path(request["to_path"]), request.get("t"), request["x"], one_minus_t=request.get("one_minus_t")
        )

    @batched
    @refusing
    def continuity_residual(self, **request):
        found = field(request).continuity_residual(
            request.get("t"), request["x"], method=request["method"], one_minus_t=request.get("one_minus_t")
        )
        return found._asdict()

    @refusing
    def cfm_gap(self, **request):
        more = {name: request[name] for name in ("samples", "seed") if name in request}
        return field(request).loss_gap(**time(request), **more)._asdict()

    @refusing
    def flow_map(self, **request):
        points = request.get("points", request.get("x"))
        found = flowref.flow(field(request), points, **_steps(request))
        if "landed" in np.atleast_1d(found.counts.status):
            # A flow ends on the point that owns it; the protocol says what the solver by itself comes to there.
            raise NotImplementedError
        return _solutions(found.counts, {"x": found.x}, batch="points" in request)

    @refusing
    def average_velocity(self, **request):
        return _between(flowref.average_velocity, request)

    @refusing
    def flow_jacobian(self, **request):
        return _between(flowref.flow_jacobian, request)

    @refusing
    def flow_log_determinant(self, **request):
        return _between(flowref.flow_log_determinant, request)

    @refusing
    def log_likelihood(self, **request):
        points = request.get("points", request.get("x"))
        divergence = request["divergence"]
        more = {} if divergence == "exact" else {name: divergence[name] for name in divergence}
        if "base" in request:
            more["base"] = request["base"]
        found = flowref.likelihood(field(request), points, **_steps(request), **more)
        values = {"log_density": found.log_density, "standard_error": found.standard_error, "x0": found.x0}
        return _solutions(found.counts, values, batch="points" in request)

    @refusing
    def assignment(self, x0, x1):
        return flowref.assignment(x0, x1)._asdict()

    @refusing
    def sinkhorn(self, x0, x1, epsilon, tolerance=0.0):
        return flowref.sinkhorn(x0, x1, epsilon, tolerance=tolerance)._asdict()

    @refusing
    def gaussian_ot_map(self, **request):
        return flowref.gaussian_map(
            request["x"], request["mean0"], request["covariance0"], request["mean1"], request["covariance1"]
        ).x

    @refusing
    def sigma_grid(self, **request):
        return flowref.sigma_grid(**request)._asdict()

    @refusing
    def ddpm_posterior(self, **request):
        return flowref.ddpm_posterior(**request)._asdict()

    @refusing
    def bits_per_dim(self, **request):
        return flowref.bits_per_dim(**request)


def _steps(request):
    names = ("t0", "t1", "solver", "steps", "rtol", "atol", "controller")
    return {name: request[name] for name in names if name in request}


def _solutions(counts, values, batch):
    columns = {**values, **counts._asdict()}
    columns = {name: np.asarray(column) for name, column in columns.items()}

    def one(row):
        answer = {name: column[row] for name, column in columns.items()}
        # What there is not is NaN here and null on the wire.
        return {
            name: None if np.size(x) == 1 and x.dtype.kind == "f" and np.isnan(x).all() else x
            for name, x in answer.items()
        }

    return [one(row) for row in range(len(columns["x"]))] if batch else one(())


for _name in (one["name"] for one in flowref.catalogue()["quantities"]):
    if _name != "v_prediction":
        setattr(Exact, _name, _quantity(_name))
for _name in ("flow", "velocity", "score", "log_density"):

    def _conditional(self, _name=f"conditional_{_name}", **request):
        first = "x0" if _name == "conditional_flow" else "x"
        return getattr(path(request["path"]), _name)(
            request.get("t"), request[first], request["x1"], one_minus_t=request.get("one_minus_t")
        )

    setattr(Exact, f"conditional_{_name}", batched(refusing(_conditional)))
