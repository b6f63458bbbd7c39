// From noise to data along the exact flow, and the log density of where it lands.
import FlowIntegration
import FlowMatching

let target = try GaussianMixture(
  dimension: 2, means: [-2, 0, 2, 1], stds: [0.5, 0.3], weights: [1, 3])
let field = MarginalField(path: try VariancePreservingPath(), target: target)
let tolerance = try Tolerance(relative: 1e-10, absolute: 1e-10)

let flow = try Flow(of: field, solver: .dop853, steps: .adaptive(tolerance))
let end = try flow.solution(from: 0, to: 1, at: [0.3, -1.1])
print("lands at", end.x, "-", end.status, "after", end.evaluations.total, "evaluations")

// log p_1 along the trajectory, by the integral of the divergence, beside the closed form.
let likelihood = try Likelihood(of: field, base: .marginal(field), steps: .adaptive(tolerance))
let found = try likelihood.logDensities(of: end.x, at: 1, base: 0)[0].logDensity ?? .nan
let exact = try field.value(of: .logDensity, at: try Time(1), of: end.x)[0]
print("log p by the flow", found, "in closed form", exact, "difference", found - exact)
