"""Exact reference values for flow matching: fields, flows, likelihoods, couplings, in process.

import numpy as np
from flowref import GaussianMixture, MarginalField, Path

field = MarginalField(Path("ot"), GaussianMixture([[-2, 0], [2, 0]], 0.5, weights=[1, 3]))
field.velocity(0.5, np.array([0.2, -0.1]))
"""

from ._couplings import Assignment, EntropicPlan, GaussianMap, assignment, gaussian_map, sinkhorn
from ._errors import (
    CancelledError,
    DimensionMismatchError,
    FlowError,
    InvalidFieldError,
    MalformedJSONError,
    MissingFieldError,
    NoConvergenceError,
    NonFiniteError,
    OutOfDomainError,
    SingularError,
    TooLargeError,
    UnknownFieldError,
    UnknownOperationError,
    UnsupportedError,
)
from ._fields import ContinuityResidual, LossGap, MarginalField
from ._flows import Counts, FlowResult, LikelihoodResult, flow, likelihood, sample
from ._levels import ExactFlow, average_velocity, exact_flow, flow_jacobian, flow_log_determinant
from ._library import catalogue, version
from ._oracle import Oracle
from ._paths import Path, Schedule, pair_velocity
from ._residual import continuity_residual
from ._run import Cancellation, Run
from ._small import (
    Converted,
    DDPMPosterior,
    SigmaGrid,
    TraceEstimate,
    ask,
    bits_per_dim,
    convert_convention,
    ddpm_posterior,
    sigma_grid,
    trace_estimate,
    trace_variance,
)
from ._targets import (
    Curve,
    DataFile,
    Density,
    GaussianMixture,
    PointCloud,
    Preset,
    Product,
    Ring,
    Target,
    UniformBoxes,
)

__version__ = version()

__all__ = [
    "Assignment",
    "Cancellation",
    "CancelledError",
    "ContinuityResidual",
    "Converted",
    "Counts",
    "Curve",
    "DDPMPosterior",
    "DataFile",
    "Density",
    "DimensionMismatchError",
    "EntropicPlan",
    "ExactFlow",
    "FlowError",
    "FlowResult",
    "GaussianMap",
    "GaussianMixture",
    "InvalidFieldError",
    "LikelihoodResult",
    "LossGap",
    "MalformedJSONError",
    "MarginalField",
    "MissingFieldError",
    "NoConvergenceError",
    "NonFiniteError",
    "Oracle",
    "OutOfDomainError",
    "Path",
    "PointCloud",
    "Preset",
    "Product",
    "Ring",
    "Run",
    "Schedule",
    "SigmaGrid",
    "SingularError",
    "Target",
    "TooLargeError",
    "TraceEstimate",
    "UniformBoxes",
    "UnknownFieldError",
    "UnknownOperationError",
    "UnsupportedError",
    "ask",
    "assignment",
    "average_velocity",
    "bits_per_dim",
    "catalogue",
    "continuity_residual",
    "convert_convention",
    "ddpm_posterior",
    "exact_flow",
    "flow",
    "flow_jacobian",
    "flow_log_determinant",
    "gaussian_map",
    "likelihood",
    "pair_velocity",
    "sample",
    "sigma_grid",
    "sinkhorn",
    "trace_estimate",
    "trace_variance",
    "version",
]
