"""What each flag hunts: the mistake, and what it costs."""


def flag(mistake, effect):
    return {"mistake": mistake, "effect": effect}


FLAGS = {
    "basic": flag("a wrong formula: reversed time, alpha and sigma swapped, a sign", "wrong everywhere, by 10% or more"),
    "near_data": flag(
        "sigma near t = 1 from sqrt(1 - exp(-T)), sqrt(1 - t^2), 1 - (1 - sigma_min) t or cos(pi t / 2)",
        "float32 sigma 8.5% wrong at 1 - t = 1e-6 (vp), exactly 0 at 1e-7; digits lost in float64 as 1 - t falls",
    ),
    "near_noise": flag(
        "alpha or 1 - t^n near t = 0 by a formula that cancels or rounds t away",
        "a relative error that grows like 1/t: no digit of log_snr or alpha is right at t = 2^-60",
    ),
    "remaining_time": flag(
        "t = 1 - one_minus_t is formed first and 1 - t again from it",
        "1 - t is 11% wrong at one_minus_t = 1e-15 and zero at 2^-60: infinities instead of numbers",
    ),
    "end_data": flag(
        "t = 1 handled by an epsilon, a clamp or 0/0",
        "NaN or 1e8 where the quantity has a finite limit, or a finite number where it is infinite",
    ),
    "end_noise": flag("t = 0 handled by an epsilon or 0/0", "NaN, or log_snr about -20 instead of -inf"),
    "sigma_min_used": flag("sigma_min forgotten, or applied to the mean", "sigma off by sigma_min t: 100% at t = 1"),
    "parameters": flag("path parameters ignored or fixed at their defaults", "the schedule of another path"),
    "beta_integral": flag("the integral of beta without the factor 1/2", "alpha off by exp(-r^2 (B - b)/4)"),
    "small_exponent": flag("t^(n-1) evaluated for n < 1 at t = 0, or n taken as an integer", "NaN or alpha wrong"),
    "sigma_is_a_deviation": flag("sigma used as a variance", "sigma squared in place of sigma: wrong unless sigma = 1"),
    "inverse": flag("the inverse of log_snr for 2 log_snr, or through kappa = r/(1 + r)", "another time; NaN at large log_snr"),
    "inverse_tail": flag(
        "1 - t by subtraction after t was found, or t by subtraction at the noise end",
        "one_minus_t = 0 for log_snr above 37 instead of about exp(-log_snr)",
    ),
    "out_of_domain": flag("an argument outside its domain is clamped or answered", "a number where there is none"),
    "singular": flag("an epsilon in a denominator hides that the quantity does not exist", "a finite or huge wrong answer"),
    "dimension": flag("a vector of the wrong length is broadcast", "a number for a request that has no meaning"),
    "request_shape": flag("unknown or missing fields are ignored or guessed", "misspelt options change nothing, silently"),
    "near_mean": flag(
        "x - alpha x1 and alpha' x1 are fine but the division is by sigma with an epsilon",
        "velocity off by epsilon/sigma",
    ),
    "far_out": flag(
        "densities exponentiated one by one, softmax without the maximum taken out",
        "0/0 = NaN, or -inf for the log density, 40 standard deviations out",
    ),
    "offset": flag(
        "the expanded square |x|^2 - 2 x.m + |m|^2",
        "198 u at offset 100, all digits of the weights in float32 at offset 1000",
    ),
    "wide_stds": flag("standard deviations very unlike each other in one mixture", "overflow, or log V ratios that cancel"),
    "tiny_std": flag("an epsilon added to a variance or a covariance", "1e-6 on a variance of 1e-16 changes every digit"),
    "unnormalised_weights": flag("weights taken as probabilities", "log density off by the log of their sum"),
    "zero_weight": flag("log of a zero weight", "NaN instead of a component that is absent"),
    "full_covariance": flag("the covariance's off-diagonal part ignored, or Cholesky and its transpose confused", "wrong field"),
    "nearly_singular_covariance": flag(
        "an explicit inverse, or determinant by plain products, of an ill-conditioned covariance",
        "digits lost in proportion to the condition number",
    ),
    "log_constant": flag("log(2 pi)/2 once instead of d times", "log density off by 0.92 (d - 1)"),
    "unequal_axes": flag(
        "a full covariance solved in double once, its error relative to the longest coordinate",
        "no digit of the short coordinates is right: 1e6 u at coordinates 1000 and 1/1000",
    ),
    "one_component": flag("closed form of a single Gaussian", "any slip in the posterior shows unmasked"),
    "symmetry": flag("values that are zero by symmetry come out as rounding noise of large terms", "noise far above u"),
    "divergence": flag("the divergence misses an axis or the covariance term", "likelihoods off by a factor"),
    "labels": flag("guidance with the weights of v_c and v_empty swapped", "extrapolates to the wrong side"),
    "guidance_weight": flag("guidance weight w used as 1 + w", "off by one difference of fields"),
    "nearest_point": flag("posterior weights of a point cloud by plain exponentials", "0/0 once 1 - t is small"),
    "many_components": flag("a running sum of thousands of terms, or a maximum taken per block only", "47 u at 10,000 terms"),
    "high_dimension": flag("plain differences of logits in hundreds of dimensions", "100 u at d = 784"),
    "digits": flag("real data: duplicates, constant pixels, near ties", "NaN weights near the data"),
    "preset": flag("the preset's geometry: radius, number of modes, standard deviation as variance", "another target"),
    "pair": flag("1e-8 added to 2 t (1 - t)", "33% wrong at t = 1e-8, finite at t = 0 where it is singular"),
    "pair_trigonometric": flag("cos(pi t / 2) near t = 1", "a coefficient of -4e-8 instead of 0 in float32"),
    "pair_alone": flag(
        "one coefficient of vp_trigonometric from the other, or by its argument rounded, where only it counts",
        "the velocity's digits lost as t nears 1 (x0 = 0) or 0 (x1 = 0)",
    ),
    "conversion": flag("a parameterisation converted with alpha' and sigma' of another path or a lost sign", "another field"),
    "conversion_end": flag("division by sigma, alpha or the determinant at the ends", "NaN where the limit exists"),
    "convention_sign": flag("the velocity's sign lost when time is reversed", "samples move away from the data"),
    "convention_time": flag("t not reversed, or reversed twice", "the field of another time"),
    "transform": flag("the change of path through a' and S' near the ends", "NaN for 23 of 25 pairs at t = 1"),
    "ddpm": flag("alpha_k and the cumulative product confused, indices off by one", "another posterior"),
    "ddpm_first_step": flag("step 1 by the general formula", "0/0, or a variance that is not 0"),
    "ddpm_small_beta": flag("1 - abar by subtraction from 1", "digits lost in proportion to 1/beta"),
    "bits": flag("log base 2 forgotten, the 7 bits of the scale forgotten, or not divided by d", "off by a factor or by 7"),
    "gap": flag("the constant between the two losses taken as 0, or with sigma' at the end", "losses off by a constant"),
    "grid": flag("linspace off by one, or the final zero missing", "a grid of another length or another step"),
    "grid_double_shift": flag("sigma_min already shifted and shifted again, or not", "last sigma 0.0089 instead of 0.0030"),
    "grid_dynamic": flag("exp(mu) used in the linear shift or mu in the exponential one", "all sigmas wrong"),
    "grid_terminal": flag("the terminal stretch applied to sigma instead of 1 - sigma", "the last sigma misses its target"),
    "grid_spacing": flag("rho as exponent instead of its reciprocal, or ends swapped", "another grid"),
    "trace": flag("the mean not divided by the number of probes, or the standard error by k instead of sqrt(k)", "off by k"),
    "trace_variance": flag("variance of one probe from A instead of its symmetric part, or with the diagonal", "wrong error bars"),
    "box": flag("a truncated normal by differences of error functions far from the box", "0/0 or no digits"),
    "box_edge": flag("a point at the edge of a box near t = 1", "mean outside the box, variance negative"),
    "box_narrow": flag("moments of a narrow box by subtraction", "variance all noise"),
    "ring_centre": flag("A(kappa)/kappa at the centre of a ring as 0/0", "NaN at rho = 0"),
    "ring_far": flag("I0 and I1 without scaling", "inf/inf at kappa above 700"),
    "curve": flag("the curve's parameter not uniform, or its halves unequal", "another density"),
    "heavy_tail": flag("moments by quadrature over a range that misses the mass", "a plausible wrong mean"),
    "kink": flag("quadrature across a kink or an endpoint singularity", "half the digits lost"),
    "smooth_near_data": flag(
        "score and divergence of a smooth density as (x - alpha E[x1|x])/v by plain quadrature",
        "digits lost like 1/sigma in the score and 1/v in the divergence, though both have finite limits",
    ),
    "product": flag("factors that share a variable, or log densities multiplied", "another density"),
    "residual": flag(
        "a term of the continuity equation with another sign, its time derivative against the direction of t, or left out",
        "a residual as large as its terms instead of their rounding",
    ),
    "assignment": flag("rows and columns swapped, or rows drawn with replacement", "the inverse permutation; a cost that is too high"),
    "assignment_of_distances": flag("the distance not squared", "the permutation that is cheapest by distances, which is another"),
    "sinkhorn": flag("the plan not summing to one, the distance not squared, the entropy counted in the cost", "another plan or cost"),
    "sinkhorn_small_epsilon": flag(
        "factors exp(f/epsilon), exp(-C/epsilon) outside the log domain, or too few sweeps", "0/0, or a plan off by percents"
    ),
    "sinkhorn_ties": flag("equal points", "singular systems, or a plan that prefers one of them"),
    "gaussian_map": flag("the product of roots in the wrong order, or S1^1/2 S0^-1/2", "a linear map that is not symmetric"),
    "few_step": flag(
        "ratios of steps inverted, the denoiser before last taken for the last, h with the other sign", "an order lost, or another end"),
    "few_step_ends": flag("the step from alpha = 0 or onto sigma = 0 by the formula for a finite h", "NaN, or a last step of the wrong order"),
    "solver_step": flag("a coefficient of the method wrong, weights and stages swapped", "an order lost: errors h times larger"),
    "embedded": flag("the error estimate with the other sign, without h, or by the other method's weights", "wrong step sizes"),
    "solver_backward": flag("a negative step taken as its size, or times sorted", "integration in the other direction"),
    "solver_fixed": flag("steps of another size, one too many or too few", "a state beside the end"),
    "stage_times": flag("a stage asked at the start of the step, or at the next stage's time", "order one instead of the method's"),
    "evaluations": flag(
        "evaluations not counted or counted twice, the field asked past the end of the interval",
        "NFE that cannot be compared; NaN where the field ends",
    ),
    "fsal": flag("the last stage not used as the first of the next step, or counted all the same", "NFE off by one in every step"),
    "solver_end": flag("an epsilon at the end, or the end missed by a rounding", "a state that is not at t1; NaN at a singular end"),
    "solver_adaptive": flag("an error estimate or a controller that lets errors pass", "errors far above the tolerance"),
    "level_flow": flag("a flow map by a Gaussian's formula, by one step, or with its ends exchanged", "another map"),
    "gaussian_flow": flag("a square root of the wrong covariance, or its transpose", "the map of another Gaussian"),
    "flow_back": flag("times sorted, or the difference divided by its size", "the sign of the velocity, the inverse map"),
    "close_times": flag(
        "(phi - x)/(t1 - t0) by subtraction, or the velocity at one end in place of the mean", "no digit left as t1 approaches t0"),
    "likelihood": flag("the divergence added with the wrong sign, or without one axis", "densities off by the change of volume"),
    "likelihood_base": flag("the base density at t = 0, or N(0, I), whatever was asked", "a constant error"),
    "likelihood_probes": flag(
        "the sum over probes not divided by their number, or the standard error from one probe", "off by a factor of k"
    ),
    "general_source": flag("the source taken as standard normal", "the field of another problem"),
    "small_mean": flag(
        "the posterior mean as a difference of two halves, or about another point than the centre",
        "a mean of 1e-13 off by its fourth digit; 5e-10 at t = 1e-9 without a digit",
    ),
    "strict_zero": flag("a centre of symmetry without its oddness: two sums that should cancel", "1e-22 instead of 0"),
    "normalisation": flag(
        "the constant of a density from differences of log gamma", "the log density off by 1e-14 at a = b = 100, by 1e-9 at 1e6"),
    "rank_deficient": flag(
        "each covariance of a pair inverted or tested alone, where only their sum must be regular",
        "`singular` for a field that exists, or digits lost in proportion to the condition number",
    ),
    "orthogonal_path": flag(
        "alpha alpha' + sigma sigma' computed on a path where it is zero", "1e-16 times x: every digit of v at x = 1e8"),
    "falling_betas": flag(
        "beta_min + r (beta_max - beta_min) near the end where beta vanishes", "alpha' = 0, or without a digit, at t = 1e-16"),
    "guidance_large": flag(
        "the rounding of u_c - u multiplied by w", "31 times the allowance at w = 1000; guidance by equal labels changes the field"),
    "graded_covariance": flag(
        "a map through the inverse of a graded covariance's factor", "2e5 times the allowance at 2^-50; a map that is not symmetric"),
    "small_exponent_beta": flag("quadrature that resolves w^(a - 1) by bisection", "no answer at a = 0.05"),
    "end_of_beta": flag("nodes placed in the interval's own coordinate", "the variance 2.5% off next to an end"),
    "underflow": flag("alpha'/alpha or sigma'/sigma as a quotient of numbers that underflow", "`singular` or NaN at exponent 1000"),
    "gap_narrow": flag("a gap's integral over x with nodes set by the widest component", "digits lost where one is narrow"),
    "sinkhorn_sharp": flag(
        "sweeps stopped before the marginals hold", "columns off by 1e-6, a cost below the optimum, or no convergence"),
    "zero_tolerance": flag("a scale of atol + rtol |x| = 0 divided by", "`step_underflow` at the start, or NaN on the way"),
    "grid_extreme": flag("e^mu by itself", "inf/inf = NaN from mu = 709.8 on"),
    "likelihood_prior": flag("N(0, I) taken for the law at t = 0 of a path that starts wider", "-417 instead of -0.4 on ve"),
    "asymmetric": flag(
        "a covariance that is not symmetric replaced by its symmetric part, or one refused for its last bit",
        "an answer to another question, or none for what libraries compute as a covariance",
    ),
    "far_origin": flag(
        "nodes placed about the origin, or about the larger of location and x", "0.6 for 1.6 at location 1e17; digits lost at 1e6"),
    "field_in_time": flag(
        "the field asked at another time than the stage's, or another method of the same name",
        "an order lost; on fields that do not move the 3/8 rule passes for the classical rk4"),
    "sinkhorn_tolerance": flag(
        "sweeps stopped before the sums hold within the tolerance", "a plan and a cost that are off by more than the tolerance allows"),
    "scale": flag("squares that overflow or underflow, thresholds that are not relative", "NaN or half the digits at 1e-150 or 1e150"),
    "integrator_tolerance": flag("a tolerance that is ignored, halved in its exponent or taken of another norm", "errors far above it"),
    "integrator_order": flag("a wrong coefficient, a stage at a wrong time, slopes of the step before", "an order less than is said"),
    "integrator_dense": flag("states on the way by straight lines, or of the nearest step", "errors of h^2 between right ends"),
    "integrator_inside": flag("a last step that is not shortened to the end", "the field is asked where it does not exist"),
    "integrator_lands": flag("steps that stop short of the end or pass it", "the state of another time"),
    "integrator_counts": flag("evaluations of rejected steps or of the first step's choice forgotten", "a count that is no cost"),
}
