import FlowFiles
import FlowMatching

/// How to ask for the quantities of a worst case again.
enum WorstCase {
  /// The operations of the protocol that a check compares, by its name.
  private static let operations: [String: [String]] = [
    "schedule": ["schedule"],
    "continuity (closed forms)": ["continuity_residual"],
    "continuity (dual numbers)": ["continuity_residual"],
    "score = grad log p": ["marginal_score", "marginal_log_density"],
    "velocity from score": ["marginal_velocity", "marginal_score"],
    "Tweedie": ["denoiser", "marginal_score"],
    "trace of Jacobian": ["marginal_divergence", "marginal_jacobian"],
    "Jacobian": ["marginal_jacobian"],
  ]
  private static let presets = [
    "eight_gaussians", "ring_of_gaussians", "checkerboard", "two_moons",
  ]

  /// Requests of the wire protocol, one a line, for targets that these know by a name; `nil` for others.
  static func request(_ result: CheckResult) -> String? {
    guard let operations = operations[result.check], let time = result.time else { return nil }
    let isSchedule = result.check == "schedule"
    guard isSchedule || presets.contains(result.target) else { return nil }
    guard isSchedule || result.point != nil else { return nil }
    // Next to 1 a time is known by its distance.
    let moment =
      time.remaining < 0.5 ? "\"one_minus_t\":\(time.remaining)" : "\"t\":\(time.t)"
    let target = isSchedule ? "" : ",\"target\":{\"kind\":\"preset\",\"name\":\"\(result.target)\"}"
    let x = result.point.map { ",\"x\":[\($0.map { "\($0)" }.joined(separator: ","))]" } ?? ""
    return operations.enumerated().map { k, operation in
      "{\"id\":\(k + 1),\"op\":\"\(operation)\",\"path\":{\"kind\":\"\(result.path)\"}\(target),\(moment)\(isSchedule ? "" : x)}"
    }.joined(separator: "\n")
  }
}
