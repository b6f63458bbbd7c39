"""Identities that the values must satisfy, and closed forms beside them."""

import json

import numpy as np
import pytest

import flowref
from flowref import GaussianMixture, MarginalField, Path, PointCloud, Preset


@pytest.fixture(scope="module")
def field():
    return MarginalField(Path("ot"), GaussianMixture([[-2, 0], [2, 0]], 0.5, weights=[1, 3]))


X = np.array([[0.2, -0.1], [1.5, 0.7], [-3.0, 2.0]])


def test_one_gaussian_in_closed_form():
    mean, std, t = np.array([1.0, -2.0]), 0.5, 0.3
    field = MarginalField(Path("ot"), GaussianMixture([mean], std))
    variance = (t * std) ** 2 + (1 - t) ** 2
    rate = (t * std**2 - (1 - t)) / variance
    assert np.allclose(field.velocity(t, X), mean + rate * (X - t * mean), rtol=1e-14, atol=1e-15)
    assert np.allclose(field.score(t, X), -(X - t * mean) / variance, rtol=1e-14)
    density = -((X - t * mean) ** 2).sum(1) / (2 * variance) - np.log(2 * np.pi * variance)
    assert np.allclose(field.log_density(t, X), density, rtol=1e-14)
    assert np.allclose(field.jacobian(t, X), rate * np.eye(2), rtol=1e-13)


def test_derivatives(field):
    velocity, product = field.jacobian_product(0.5, X, np.array([0.3, -2.0]))
    assert np.allclose(product, np.einsum("nij,j->ni", field.jacobian(0.5, X), [0.3, -2.0]), rtol=1e-13)
    assert np.allclose(velocity, field.velocity(0.5, X), rtol=1e-14)
    both = field.velocity_and_divergence(0.5, X)
    assert np.allclose(both[1], np.trace(field.jacobian(0.5, X), axis1=1, axis2=2), rtol=1e-13)
    h = 1e-5
    assert np.allclose(
        field.time_derivative(0.5, X), (field.velocity(0.5 + h, X) - field.velocity(0.5 - h, X)) / (2 * h), rtol=1e-7
    )
    assert np.allclose(
        field.log_density_rate(0.5, X), (field.log_density(0.5 + h, X) - field.log_density(0.5 - h, X)) / (2 * h),
        rtol=1e-7,
    )  # fmt: skip


def test_guidance():
    target = GaussianMixture([[-2.0], [2.0], [0.0]], 0.5, labels=[0, 1, "x"])
    field = MarginalField(Path("ot"), target)
    alone = MarginalField(Path("ot"), GaussianMixture([[2.0]], 0.5))
    x = np.array([[0.5], [-1.0]])
    free, given = field.velocity(0.5, x), alone.velocity(0.5, x)
    assert np.allclose(field.guided_velocity(0.5, x, 1, 2.5), free + 2.5 * (given - free), rtol=1e-12)
    assert np.array_equal(field.guided_velocity(0.5, x, "x", 0.0), free)


def test_sources():
    data, source = PointCloud([[0.0], [1.0]]), GaussianMixture([[3.0]], 1.0)
    field = MarginalField(Path("ot"), data, source=source)
    shifted = MarginalField(Path("ot"), PointCloud([[-3.0], [-2.0]]))
    t, x = 0.4, np.array([[0.3]])
    # x - 3 has the law of the path from N(0, I) to the data less 3.
    assert np.allclose(field.velocity(t, x), shifted.velocity(t, x - 3.0), rtol=1e-13)
    assert np.allclose(field.sample(0.0, 2000).mean(), 3.0, atol=0.2)


def test_conversions_go_round(field):
    path = field.path
    velocity = field.velocity(0.4, X)
    score = path.convert(0.4, X, velocity, "velocity", "score")
    assert np.allclose(score, field.score(0.4, X), rtol=1e-12)
    assert np.allclose(path.convert(0.4, X, score, "score", "x1"), field.denoiser(0.4, X), rtol=1e-12)
    t, x, v = flowref.convert_convention(0.4, X[0], velocity[0], "noise0_data1", "data0_noise1")
    assert (t, v.tolist()) == (0.6, (-velocity[0]).tolist())
    assert np.array_equal(x, X[0])


def test_flow_and_likelihood(field):
    ends = flowref.flow(field, X, rtol=1e-11, atol=1e-11)
    assert (ends.counts.status == "success").all()
    back = flowref.flow(field, ends.x, t0=1, t1=0, rtol=1e-11, atol=1e-11)
    assert np.allclose(back.x, X, atol=1e-8)
    found = flowref.likelihood(field, ends.x, rtol=1e-11, atol=1e-11)
    assert np.allclose(found.log_density, field.log_density(1.0, ends.x), atol=1e-8)
    estimate = flowref.likelihood(field, np.tile(ends.x[:1], (400, 1)), law="gaussian", seed=1, rtol=1e-6, atol=1e-6)
    error = estimate.log_density.std() / 20
    assert abs(estimate.log_density.mean() - found.log_density[0]) < 6 * error


def test_exact_flows_agree_with_a_solver_and_with_each_other():
    line = MarginalField(Path("vp"), GaussianMixture([[-1], [1]], 0.5, weights=[1, 3]))
    x = np.array([[-2.0], [0.1], [3.0]])
    exact = flowref.exact_flow(line, x, t0=0.25, t1=0.875)
    assert np.allclose(exact.x, flowref.flow(line, x, t0=0.25, t1=0.875, rtol=1e-11, atol=1e-11).x, atol=1e-8)
    assert (exact.uncertainty < 1e-13).all()
    average = flowref.average_velocity(line, x, t0=0.25, t1=0.875)
    assert np.allclose(x + 0.625 * average, exact.x, rtol=1e-14, atol=1e-14)
    assert np.array_equal(flowref.average_velocity(line, x, t0=0.25, t1=0.25), line.velocity(0.25, x))
    jacobian = flowref.flow_jacobian(line, x, t0=0.25, t1=0.875)
    logs = flowref.flow_log_determinant(line, x, t0=0.25, t1=0.875)
    assert jacobian.shape == (3, 1, 1)
    assert np.allclose(np.log(jacobian[:, 0, 0]), logs, rtol=1e-13)
    assert np.allclose(logs, line.log_density(0.25, x) - line.log_density(0.875, exact.x), atol=1e-13)
    assert flowref.ask("average_velocity", field=line, x=x[0], t0=0.25, t1=0.875) == average[0].tolist()
    with pytest.raises(flowref.UnsupportedError):
        flowref.exact_flow(MarginalField(Path("ot"), Preset("eight_gaussians")), X)


def test_flow_counts_are_the_protocols(field):
    wire = flowref.ask("flow_map", field=field, points=X, t0=0, t1=1, solver="tsit5", rtol=1e-6, atol=1e-6)
    own = flowref.flow(field, X, solver="tsit5", rtol=1e-6, atol=1e-6)
    for row, one in enumerate(wire):
        assert one["x"] == own.x[row].tolist()
        for name in ("status", "nfe", "nfe_initial", "nfe_rejected", "accepted", "rejected", "t_min", "t_max"):
            assert one[name] == getattr(own.counts, name)[row]


def test_a_trajectory_that_stops_says_why():
    field = MarginalField(Path("ot"), Preset("eight_gaussians"))
    found = flowref.flow(field, X, rtol=1e-12, atol=1e-12, step_limit=2)
    assert (found.counts.status == "step_limit").all()
    assert (found.counts.t < 1).all()


def test_trajectories_of_points_land_on_them():
    data = np.array([[1.0, 2.0], [-3.0, 0.5]])
    found = flowref.flow(MarginalField(Path("ot"), flowref.PointCloud(data)), np.array([[0.3, 0.4], [-1.0, -1.0]]))
    assert np.array_equal(found.x, data)
    assert (found.counts.status == "landed").all()
    assert (found.counts.t == 1).all()


@pytest.mark.parametrize("solver", [one["name"] for one in flowref.catalogue()["solvers"]])
def test_every_solver(field, solver):
    about = next(one for one in flowref.catalogue()["solvers"] if one["name"] == solver)
    settings = {"steps": 40} if not about["adaptive"] else {"rtol": 1e-6, "atol": 1e-6}
    found = flowref.flow(field, X, solver=solver, **settings)
    exact = flowref.flow(field, X, rtol=1e-11, atol=1e-11)
    assert (found.counts.status == "success").all()
    assert np.allclose(found.x, exact.x, atol=0.2 if solver == "euler" else 1e-2)


def test_couplings():
    rng = np.random.default_rng(0)
    x0, x1 = rng.standard_normal((20, 2)), rng.standard_normal((20, 2)) + 1
    pairing = flowref.assignment(x0, x1)
    assert sorted(pairing.permutation) == list(range(20))
    assert np.isclose(pairing.cost, ((x0 - x1[pairing.permutation]) ** 2).sum())
    assert pairing.cost <= ((x0 - x1) ** 2).sum()
    plan = flowref.sinkhorn(x0, x1, 1e-2, weights0=np.arange(1, 21.0))
    assert np.allclose(plan.plan.sum(1), np.arange(1, 21) / 210, rtol=1e-12)
    assert np.allclose(plan.plan.sum(0), 1 / 20, rtol=1e-12)
    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    image = flowref.gaussian_map(x0, np.zeros(2), np.eye(2), np.ones(2), covariance)
    root = np.linalg.cholesky(covariance)
    assert np.allclose(np.cov((image.x - 1).T), np.cov(x0.T) @ covariance, atol=0.5)
    assert image.squared_distance == pytest.approx(2 + 3 + 2 - 2 * np.sqrt(np.linalg.eigvalsh(covariance)).sum())
    assert root.shape == (2, 2)


def test_the_loss_gap_is_the_protocols(field):
    wire = flowref.ask("cfm_gap", field=field, t=0.5)
    assert field.loss_gap(0.5)._asdict() == wire


def test_residuals(field):
    exact = flowref.continuity_residual(field.velocity, field, 0.5, X)
    assert (np.abs(exact.residual) < 1e-10 * exact.scale).all()
    sure = flowref.continuity_residual(field.velocity, field, 0.5, X, divergence=field.divergence)
    assert (np.abs(sure.residual) < 1e-13 * sure.scale).all()
    # One per cent too fast: the residual is one per cent of div u + u . score = -d log p/dt.
    fast = flowref.continuity_residual(lambda t, x: 1.01 * field.velocity(t, x), field, 0.5, X)
    assert np.allclose(fast.residual, -0.01 * field.log_density_rate(0.5, X), rtol=1e-6)
    # A rotation around the centre of N(0, I) moves no mass; another field would not see it.
    round_ = MarginalField(Path("ot"), GaussianMixture([[0.0, 0.0]], 1.0))
    turning = flowref.continuity_residual(
        lambda t, x: round_.velocity(t, x) + np.stack([-x[:, 1], x[:, 0]], 1), round_, 0.5, X
    )
    assert (np.abs(turning.residual) < 1e-10 * turning.scale).all()
    own = field.continuity_residual(0.5, X)
    assert (np.abs(own.residual) < 1e-14 * own.scale).all()


def test_small_operations():
    grid = flowref.sigma_grid(10, shift=3.0, spacing="karras")
    assert grid.sigmas[-1] == 0
    assert grid.sigmas.shape == (11,)
    posterior = flowref.ddpm_posterior([0.1, 0.2], 2, [1.0, 2.0], [0.5, 0.5])
    assert posterior.mean.shape == (2,)
    assert flowref.bits_per_dim(-np.log(2.0), 1) == 8
    assert flowref.trace_estimate(np.eye(2), [[1, 1], [1, -1]]) == (2.0, 0.0)
    assert flowref.trace_variance(np.eye(2), "gaussian") == 4.0


def test_the_protocol_in_python_values():
    found = flowref.ask("schedule", path=Path("ve"), t=1)
    assert found["sigma"] == 0
    assert found["log_snr"] == np.inf
    assert flowref.ask("define", name="mine", target=Preset("ring_of_gaussians", modes=5)) == 2
    with pytest.raises(flowref.InvalidFieldError, match="finite"):
        flowref.ask("bits_per_dim", log_density=np.inf, dimension=1)
    with pytest.raises(flowref.MalformedJSONError):
        raise flowref._errors.error("malformed_json", "no JSON")
    lines = flowref.Oracle().answer(b'{"id":1,"op":"hello"}\n{"id":2}').splitlines()
    assert [json.loads(line)["id"] for line in lines] == [1, 2]


def test_every_named_target():
    kinds = {"presets": flowref.Preset, "curves": flowref.Curve, "densities": flowref.Density}
    for kind, entry in [(kinds[one], entry) for one in kinds for entry in flowref.catalogue()[one]]:
        standard = {"radius": 2.0, "std": 0.2, "location": 0.5, "scale": 1.5, "degrees": 5.0}
        standard |= {"lower": -1.0, "mode": 0.0, "upper": 1.0, "a": 2.0, "b": 3.0}
        given = {p["name"]: standard[p["name"]] for p in entry.get("parameters", []) if p["default"] is None}
        target = kind(entry["name"], **given)
        # The defaults of the catalogue are those of the engine.
        full = {p["name"]: p["default"] for p in entry.get("parameters", []) if p["default"] is not None} | given
        same = kind(entry["name"], **full)
        x = np.full((3, target.dimension), 0.3)
        one, other = (MarginalField(Path("ot"), each).velocity(0.5, x) for each in (target, same))
        assert np.array_equal(one, other)
    assert flowref.Ring(2, 0.2).dimension == 2
    product = flowref.Product([flowref.Density("laplace", location=0, scale=1), flowref.Preset("eight_gaussians")])
    assert product.dimension == 3
    boxes = flowref.UniformBoxes([[0.0, 0.0]], [[1.0, 2.0]], weights=[1.0])
    assert boxes.sample(1000).min() >= 0
