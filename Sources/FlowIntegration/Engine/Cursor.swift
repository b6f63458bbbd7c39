import FlowMatching

/// Where the trajectory in one lane stands.
struct Cursor {
  /// Which trajectory; negative while the lane is idle.
  var row = -1
  /// The size that the controller wants for the next step, without sign.
  var proposal = 0.0
  /// The errors of the last two accepted steps.
  var errors = SIMD2<Double>(1, 1)
  /// Whether the step is a repetition.
  var isRepeated = false
  /// Whether the field does not exist at the end, so that steps must stay short of it.
  var endIsSingular = false
  /// Why the last attempt was thrown away, if the field refused.
  var trouble: Status?
  /// What the field said in this attempt.
  var failure: FlowError?
  /// What it said in the last attempt that it refused.
  var refusal: FlowError?
  /// The time at which it said so.
  var failureTime = 0.0
  /// Evaluations that are not yet accounted for.
  var asks = 0
  /// Steps taken, where they are counted beforehand.
  var steps = 0
  var solution = Solution(x: [], t: 0)

  var isActive: Bool { row >= 0 }

  /// What a refusal means for the solver.
  static func status(of failure: FlowError) -> Status {
    switch failure.code {
    case .singular: .singular
    case .nonFinite, .outOfDomain: .nonFinite
    case .tooLarge, .dimensionMismatch, .unsupported, .noConvergence: .fieldFailed
    }
  }
}
