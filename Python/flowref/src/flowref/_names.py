"""The names that a type checker knows. Written by names.py from the library's catalogue."""

from typing import Literal

PathKind = Literal[
    "ot",
    "vp",
    "ve",
    "ve_geometric",
    "cosine",
    "linear_vp",
    "polynomial",
    "shifted_ot",
    "icfm",
    "schrodinger_bridge",
    "sigmoid",
]
Quantity = Literal[
    "marginal_log_density",
    "marginal_log_density_dt",
    "marginal_velocity",
    "marginal_score",
    "denoiser",
    "noise_prediction",
    "v_prediction",
    "marginal_divergence",
    "marginal_jacobian",
    "posterior_covariance",
    "posterior_weights",
]
PresetName = Literal[
    "eight_gaussians",
    "ring_of_gaussians",
    "checkerboard",
    "ring",
    "two_moons",
    "two_spirals",
    "swiss_roll",
    "circles",
    "laplace",
    "student_t",
    "arcsine",
    "triangular_x_beta",
    "banana",
]
CurveName = Literal[
    "two_moons",
    "two_spirals",
    "swiss_roll",
    "circles",
    "ring",
]
DensityName = Literal[
    "beta",
    "laplace",
    "logistic",
    "student_t",
    "triangular",
    "uniform",
]
SolverName = Literal[
    "euler",
    "midpoint",
    "heun",
    "rk4",
    "rk4_three_eighths",
    "bogacki_shampine",
    "dopri5",
    "dopri5_shampine",
    "tsit5",
    "verner65",
    "dop853",
    "gsl_rk2",
    "gsl_rk4",
    "gsl_rkf45",
    "gsl_rkck",
    "gsl_rk8pd",
    "gsl_rk1imp",
    "gsl_rk2imp",
    "gsl_rk4imp",
    "gsl_bsimp",
    "gsl_msadams",
    "gsl_msbdf",
]
ControllerName = Literal[
    "I",
    "PI",
    "PID",
    "scipy",
]
StatusName = Literal[
    "success",
    "landed",
    "step_limit",
    "step_underflow",
    "non_finite",
    "singular",
    "no_convergence",
    "field_failed",
]
Parameterisation = Literal[
    "velocity",
    "x1",
    "noise",
    "score",
    "v",
]
Convention = Literal[
    "noise0_data1",
    "data0_noise1",
    "data0_noise1_reversed",
]
PairKind = Literal[
    "icfm",
    "schrodinger_bridge",
    "vp_trigonometric",
]
ResidualMethod = Literal[
    "analytic",
    "automatic",
]
Law = Literal[
    "rademacher",
    "gaussian",
]
Scheme = Literal[
    "euler_maruyama",
    "heun",
]
Spacing = Literal[
    "karras",
    "exponential",
    "beta",
]
BaseName = Literal[
    "exact",
    "normal",
    "prior",
]
TubeKind = Literal[
    "constant",
    "bridge",
]
