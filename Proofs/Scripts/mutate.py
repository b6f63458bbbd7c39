"""Checks that the statements bite: flips a sign or a constant in each, and expects the proof to fail.

A mutant counts as caught when the changed declaration is still well formed and Coq fails later, in a
proof. That a script fails to prove a changed statement does not show the statement false; it shows that
the proof depends on that sign or constant. A proof that only runs out of time shows nothing and is not
counted: such a mutant is to be replaced by one on which the proof ends. The time is the processor's, so
that a busy machine changes no verdict. Names given as arguments choose the mutants of these
declarations.
"""

import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent.parent
LIMIT = 120

# (file, declaration, text in it, replacement)
MUTANTS = [
    ("Foundation/Gaussian", "gauss_bayes", "(s * r / sqrt V)", "(s * r * sqrt V)"),
    ("Paths/ConditionalField", "conditional_velocity", "+ meanDot i", "- meanDot i"),
    ("Paths/ConditionalField", "flow_pushes_density", "* Rabs (prodn", "/ Rabs (prodn"),
    ("Paths/AffinePaths", "path_velocity", "(x i - alpha p s * x1 i)", "(x i + alpha p s * x1 i)"),
    ("Paths/AffinePaths", "OptimalTransportPath", "- (1 - smin)", "(1 - smin)"),
    ("Paths/AffinePaths", "VariancePreservingPath", "exp (- vp_T bmin bmax (1 - t)) / 2)",
     "exp (- vp_T bmin bmax (1 - t)) / 4)"),
    ("Paths/AffinePaths", "VarianceExplodingPath", "- (smin * smin)", "(smin * smin)"),
    ("Paths/AffinePaths", "CosinePath", "PI / 4", "PI / 2"),
    ("Paths/AffinePaths", "SchrodingerBridgePath", "(1 - 2 * t)", "(1 + 2 * t)"),
    ("Paths/LogSNR", "log_snr_derivative", "(alpha p t * sigma p t)", "(alpha p t + sigma p t)"),
    ("Paths/LogSNR", "vp_time", "1 - 2 * T", "1 - T"),
    ("Paths/LogSNR", "icfm_time", "- 1) * c", "+ 1) * c"),
    ("Paths/PaperForms", "paper_ve_field", "- (ds /", "(ds /"),
    ("Paths/PairPaths", "bridge_pair_velocity", "(1 - 2 * t)", "(1 + 2 * t)"),
    ("Paths/ScheduleTransform", "transformed_velocity", "SDot / S b", "- SDot / S b"),
    ("Fields/PosteriorMoments", "component_denoiser", "m k i + alpha", "m k i - alpha"),
    ("Fields/PosteriorMoments", "mixture_velocity", "+ halfVarianceDot", "- halfVarianceDot"),
    ("Fields/PosteriorMoments", "jacobian", "- halfVarianceDot p t)", "+ halfVarianceDot p t)"),
    ("Fields/PosteriorMoments", "posterior_covariance", "+ variance p t / alpha p t",
     "- variance p t / alpha p t"),
    ("Fields/PosteriorMoments", "log_density_rate", "- h / component", "+ h / component"),
    ("Fields/Conversions", "conversion_table", "velocity (- half)", "velocity half"),
    ("Fields/Diffusion", "fokker_planck", "- c * sumn d lap", "+ c * sumn d lap"),
    ("Fields/Diffusion", "vp_probability_flow", "(- (beta / 2) *", "((beta / 2) *"),
    ("Fields/Diffusion", "ddpm_posterior", "(1 - abar * a) * beta in", "(1 - abar * a) * a in"),
    ("Flows/Likelihood", "log_density_rate", "(- sumn d dw)", "(sumn d dw)"),
    ("Flows/Likelihood", "log_likelihood_integral", "- RInt", "+ RInt"),
    ("Fields/AnyProbability", "probability", "c * E f", "E f"),
    ("Fields/AnyProbability", "mean_velocity", "/ mean_density", "* mean_density"),
    ("Fields/BoundedData", "data_flux", "- (x i", "+ (x i"),
    ("Fields/BoundedData", "data_dt", "- halfVarianceDot", "+ halfVarianceDot"),
    ("Fields/DataWithMoments", "derives_within", "- (s - t) * df z", "+ (s - t) * df z"),
    ("Fields/DataWithMoments", "spread", "1 + sumn", "sumn"),
    ("Fields/DataWithMoments", "data_with_second_moments_velocity_generates", "path_velocity p (point z))", "path_velocity p (fun i => 2 * point z i))"),
    ("Objectives/AnyLossEquality", "seen_velocity", "/ seen_density", "* seen_density"),
    ("Objectives/AnyLossEquality", "any_losses_equal_gradients", "LF th + whole", "LF th - whole"),
    ("Fields/BayesOnTheLine", "denoiser_is_the_posterior_mean", "density * denoiser", "density / denoiser"),
    ("Fields/BayesOnTheLine", "marginal_is_an_integral", "(sqrt V)", "(V * V)"),
    ("Foundation/LevelCurves", "level_curve_derive", "(- l / m)", "(l / m)"),
    ("Foundation/NormalMass", "normal_mass_total_derivative", "(- (gauss", "((gauss"),
    ("Flows/TransportOnTheLine", "mass_flows", "(- (p t x * u t x))", "(p t x * u t x)"),
    ("Flows/TransportOnTheLine", "flow_changes_variables", "p s x / p t", "p s x * p t"),
    ("Flows/MixtureTransport", "law_below", "Req_EM_T s 0", "Req_EM_T s 1"),
    ("Flows/MixtureTransport", "Hq1", "= 1", "= 2"),
    ("Flows/MixtureTransport", "noise_becomes_data", "normal_mass 0 1 y)", "normal_mass 1 1 y)"),
    ("Flows/MixtureTransport", "positive_noise_becomes_the_right_point", "0 < y", "-1 < y"),
    ("Flows/LawsOnTheLine", "law_mass", "(alpha p t * point z)", "(- alpha p t * point z)"),
    ("Flows/LawsOnTheLine", "law_flow_carries_the_density", "x / law_density", "x * law_density"),
    ("Flows/LawsOnTheLine", "interval_mass", "(sigma p t)", "(2 * sigma p t)"),
    ("Flows/LawsOnTheLine", "interval_below", "q c (kept x)", "q (kept x) d"),
    ("Flows/LawsOnTheLine", "noise_becomes_continuous_data", "normal_mass 0 1 y)", "normal_mass 1 1 y)"),
    ("Paths/PathEnds", "carries_noise_to_data", "alpha p 0 = 0", "alpha p 0 = 1"),
    ("Paths/PathEnds", "rows_from_noise_to_data", "OptimalTransportPath 0", "OptimalTransportPath 1"),
    ("Foundation/GrowthBounds", "gronwall", "<= E s *", "<= E s / 2 *"),
    ("Flows/FlowsInSpace", "smooth_field", "j * v j", "j * - v j"),
    ("Flows/StartDerivative", "variational_equation", "kronecker i k /\\", "2 * kronecker i k /\\"),
    ("Flows/StartDerivative", "flow_differentiable_in_its_start", "(moved x v h)", "(moved x v (2 * h))"),
    ("Flows/FlowLikelihood", "flow_changes_variables_in_space", "+ log_volume", "- log_volume"),
    ("Flows/FlowLikelihood", "flow_likelihood", "- RInt", "+ RInt"),
    ("Flows/MixtureFlow", "mixture_jacobian", "- alphaDot", "+ alphaDot"),
    ("Flows/MixtureFlow", "rows_are_smooth", "0 <= T < 1", "0 <= T <= 1"),
    ("Flows/GaussianFlow", "gaussian_flow", "- alpha p t0 * m i", "+ alpha p t0 * m i"),
    ("Flows/Hutchinson", "hutchinson_variance", "(moment 4 - 1)", "(moment 4 + 1)"),
    ("Flows/Hutchinson", "off_diagonal", "(A i j + A j i) * (A i j + A j i)",
     "(A i j - A j i) * (A i j - A j i)"),
    ("Foundation/SymmetricMatrices", "schur", "A i j - A i d", "A i j + A i d"),
    ("Foundation/MatrixDerivatives", "inverse_derivative", "(- product d", "(product d"),
    ("Foundation/FullGaussian", "full_gauss", "- log_determinant d C / 2", "- log_determinant d C"),
    ("Foundation/FullGaussian", "full_gauss_factors", "m i + C i d", "m i - C i d"),
    ("Foundation/Eigenbasis", "eigenbasis_inverse", "/ V a", "V a"),
    ("Foundation/Eigenbasis", "jacobi_formula", "/ 2 * log", "2 * log"),
    ("Fields/FullCovariance", "full_gaussian_path_continuity", "+ / 2 *", "+ / 3 *"),
    ("Fields/FullCovariance", "full_variance", "alpha p t * alpha p t", "alpha p t"),
    ("Fields/FullCovariance", "full_jacobians_by_shifts", "- alpha p t * alpha p t", "+ alpha p t * alpha p t"),
    ("Fields/FullCovariance", "full_log_density_rate", "+ quadratic d H g", "- quadratic d H g"),
    ("Flows/Volume", "liouville", "(product d A (J t))", "(product d (J t) (J t))"),
    ("Flows/FullGaussianFlow", "full_gaussian_flow", "- alpha p t0", "+ alpha p t0"),
    ("Objectives/LossGap", "loss_gap", "+ sumn points", "- sumn points"),
    ("Objectives/WeightedLosses", "noise_loss_weight", "a / det * (a / det)", "s / det * (s / det)"),
    ("Objectives/TimeSampling", "logit_normal_density", "(t * (1 - t))", "(t + (1 - t))"),
    ("Objectives/BitsPerDimension", "bits_per_dimension", "+ 7", "+ 8"),
    ("Foundation/Determinants", "order_sign", "then -1 else", "then 1 else"),
    ("Foundation/Determinants", "volume_is_the_determinant", "/ 2 * log", "2 * log"),
    ("Foundation/SpaceIntegrals", "scaled_coordinates", "Rabs (prodn d s) *", "Rabs (prodn d s) * 2 *"),
    ("Foundation/SpaceIntegrals", "full_normal_total", "(full_gauss d m C) 1", "(full_gauss d m C) 2"),
    ("Flows/AffinePushForward", "affine_map_pushes_normal", "* Rabs (determinant", "/ Rabs (determinant"),
    ("Flows/FlowMapsOnTheLine", "line_mean_flow_identity", "u t x - (t - r)", "u t x + (t - r)"),
    ("Flows/FlowMapsOnTheLine", "line_mean_flow_identity_reversed", "- u (1 - q) y", "u (1 - q) y"),
    ("Flows/FlowMaps", "flow_forgets_its_start", "s (- sumn", "s (sumn"),
    ("Flows/FlowMaps", "mean_flow_identity", "u t x i - (t - r)", "u t x i + (t - r)"),
    ("Flows/ContinuityMeansTransport", "carried_by_the_flow", "* Rabs (determinant", "/ Rabs (determinant"),
    ("Paths/AnyBase", "towards", "(x1 i - x i)", "(x1 i + x i)"),
    ("Fields/NoiseStart", "marginal_starts_at_the_noise", "sumn n q = 1", "sumn n q = 2"),
    ("Objectives/GradientVariance", "crossing_raises_gradient_variance", "+ 4 * over_pairs", "+ 2 * over_pairs"),
    ("Flows/NormalProbe", "normal_probe_variance", "(2 * sumn", "(3 * sumn"),
    ("Flows/NormalProbe", "normal_fourth_moment", "x * x * x * x", "x * x * x"),
    ("Fields/BayesInSpace", "denoiser_is_the_posterior_mean_in_space", "y j * (given", "y j + (given"),
    ("Paths/SigmoidRow", "SigmoidPath", "* - sigmoid_alpha_dot", "* sigmoid_alpha_dot"),
    ("Refutations/Refutations", "linear_interpolation_is_not_the_straightest", "(1 / 2) < 1", "(1 / 2) < 1 / 2"),
    ("Refutations/Refutations", "random_pairing_action_is_not_optimal", "0 1 (2 - PI / 2)",
     "0 1 (2 + PI / 2)"),
    ("Orders/OrderConditions", "dormand_prince_order", "dormand_prince54 5", "dormand_prince54 6"),
    ("Rounding/OptimalTransport", "ot_sigma_fused64", "2 / 9007199254740992", "1 / 9007199254740992"),
    ("Rounding/RelativePrecision", "near", "exp th", "exp (- th / 2)"),
    ("Rounding/OperationTrees", "rounded", "rnd64 x", "rnd64 (2 * x)"),
    ("Rounding/ExecutedSchedules", "ot_schedule_rounding", "<= 2 * u64 * sigma", "<= 1 * u64 * sigma"),
    ("Rounding/ExecutedSchedules", "ve_schedule_rounding", "near (5 + 2 * E)", "near (3 + 2 * E)"),
    ("Rounding/ExecutedVelocity", "ot_velocity_rounding", "<= 4 * u64", "<= 3 * u64"),
    ("Rounding/ExecutedVelocity", "ve_velocity_rounding", "then 12 else 16", "then 10 else 16"),
    ("Rounding/SquareRates", "square_rate", "near 3", "near 2"),
    ("Rounding/SquareRates", "rounded_doubling", "z = y * 2", "z = x * 2"),
    ("Rounding/ExecutedPaths", "shifted_ot_velocity_rounding", "<= 4 * u64", "<= 3 * u64"),
    ("Rounding/ExecutedPaths", "linear_vp_velocity_rounding", "<= 4 * u64", "<= 3 * u64"),
    ("Rounding/ExecutedPaths", "icfm_schedule_rounding", "near 3 (r * r", "near 2 (r * r"),
    ("Rounding/ExecutedCurves", "bridge_velocity_rounding", "else 11 / 2", "else 10 / 2"),
    ("Rounding/ExecutedCurves", "ve_geometric_velocity_rounding", "81 / 10", "71 / 10"),
    ("Rounding/ExecutedCurves", "cosine_schedule_rounding", "near (62 / 10)", "near (52 / 10)"),
    ("Rounding/ExecutedCosine", "cosine_velocity_rounding", "113 / 10", "103 / 10"),
    ("Rounding/Twofold", "area_twofold", "<= 20 * u64", "<= 15 * u64"),
    ("Rounding/Twofold", "twofold", "head + tail - T", "head - tail - T"),
    ("Rounding/ExecutedVariancePreserving", "vp_schedule_rounding", "near (251 / 100)", "near (151 / 100)"),
    ("Rounding/ExecutedVPVelocity", "vp_velocity_rounding", "63 * u64", "53 * u64"),
    ("Rounding/ExecutedPowers", "polynomial_loss", "Rabs (n - 1)", "Rabs n"),
    ("Rounding/ExecutedPowers", "polynomial_schedule_rounding", "near (111 / 10)", "near (101 / 10)"),
    ("Rounding/ExecutedPowers", "polynomial_velocity_rounding", "134 / 10", "124 / 10"),
    ("Rounding/ExecutedPowers", "part", "exp (- (k * x))", "exp (k * x)"),
    ("Rounding/ExecutedPowers", "sigmoid_schedule_rounding", "near (27 + ", "near (17 + "),
    ("Rounding/ExecutedMixture", "logit_error", "(11 + 1 / 256)", "(9 + 1 / 256)"),
    ("Rounding/ExecutedMixture", "mixture_denoiser_rounding", "u64 * D_error", "u64 * D_error / 2"),
    ("Rounding/ExecutedMixture", "mixture_log_density_rounding", "quadratic + volume) / 2", "quadratic - volume) / 2"),
]


def declaration(text, name):
    """Start and end of the declaration: up to its proof, or to the full stop of a definition."""
    start = re.search(rf"^(Theorem|Lemma|Definition|Hypothesis) {name}\b", text, re.M).start()
    stop = re.compile(r"\.(?=\s)").search(text, start).end()
    return start, stop


def limited():
    """For the process of a mutant: no more than LIMIT seconds of the processor."""
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT + 5))


def verdict(file, name, old, new):
    text = (HERE / f"{file}.v").read_text()
    start, stop = declaration(text, name)
    statement = text[start:stop]
    if statement.count(old) < 1:
        return f"the text to change is not there: {old}"
    changed = text[:start] + statement.replace(old, new, 1) + text[stop:]
    last = changed.count("\n", 0, stop + len(new) - len(old)) + 1
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "Mutant.v"
        script.write_text(changed)
        run = subprocess.run(
            ["coqc", "-q", "-Q", str(HERE), "FlowProofs", "-w", "none", str(script)],
            capture_output=True, text=True, preexec_fn=limited)
    if run.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"NOT CAUGHT, no verdict within {LIMIT} s of the processor"
    if run.returncode == 0:
        return "NOT CAUGHT"
    line = int(re.search(r"line (\d+), characters", run.stderr).group(1))
    return "caught" if line > last else f"malformed mutant: {run.stderr}"


def main():
    chosen = [mutant for mutant in MUTANTS if mutant[1] in (sys.argv[1:] or [mutant[1]])]
    caught = 0
    for file, name, old, new in chosen:
        result = verdict(file, name, old, new)
        caught += result == "caught"
        print(f"{result}: {name}: {old} -> {new}", flush=True)
    print(f"mutants: {caught} of {len(chosen)} caught")
    sys.exit(not chosen or caught != len(chosen))


if __name__ == "__main__":
    main()
