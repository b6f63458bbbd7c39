public import FlowMatching

/// How a solver ended.
public enum Status: String, Sendable, CaseIterable {
  /// It stands exactly on the end.
  case success
  /// It stands on the end, on the data point that owns the trajectory: the field does not exist there, the limit of
  /// the trajectory does.
  case landed
  /// It used up its attempts.
  case stepLimit = "step_limit"
  /// The step that the tolerance asks for is lost in the rounding of t.
  case stepUnderflow = "step_underflow"
  /// A state or a velocity overflowed or was not a number.
  case nonFinite = "non_finite"
  /// The field does not exist where the next step would have to look.
  case singular
  /// The equations of an implicit step could not be solved.
  case noConvergence = "no_convergence"
  /// The field refused for another reason.
  case fieldFailed = "field_failed"

  /// Whether the trajectory has its end: ``Solution/t`` is the time that was asked for.
  public var arrives: Bool { self == .success || self == .landed }

  /// What to do about it.
  public var advice: String {
    switch self {
    case .success: "reached the end"
    case .landed:
      "reached the end on the data point that owns the trajectory, where the law of the data has an atom and no "
        + "density"
    case .stepLimit:
      "the limit of attempted steps was reached: raise the limit, loosen the tolerance, or take an "
        + "implicit solver if the field is stiff"
    case .stepUnderflow:
      "the step became too small for double precision: loosen the tolerance, or take an implicit "
        + "solver if the field is stiff"
    case .nonFinite:
      "a state or a velocity left the range of double precision: take smaller steps, or a smaller "
        + "interval"
    case .singular:
      "the field does not exist there (where sigma = 0 the density may be zero, outside the data's "
        + "support, or an atom at every data point): end or begin at a time where sigma is above 0, or give the "
        + "path a sigma_min or the points a std; the state is the last good one"
    case .noConvergence:
      "the equations inside an implicit step could not be solved: take more steps"
    case .fieldFailed: "the field refused: see the failure"
    }
  }
}

extension Status: Explained {
  package var help: String { advice }
}

/// Where a trajectory ended and what it took to get there.
public struct Solution: Sendable {
  /// The last good state.
  public var x: [Double]
  /// Its time; exactly the end that was asked for when the status ``Status/arrives``.
  public var t: Double
  /// How the trajectory ended.
  public var status: Status
  /// What the field said when it refused.
  public var failure: FlowError?
  /// How often the field was asked.
  public var evaluations = Evaluations()
  /// Steps that were kept.
  public var accepted = 0
  /// Steps that were attempted and thrown away.
  public var rejected = 0
  /// The smallest and largest time at which the field was asked; `nil` if it never was.
  public var asked: ClosedRange<Double>?
  /// How often a stepper asked a few ulps beyond the end and was given the end instead.
  public var clampedToEnd = 0
  /// The steps, if they were asked for.
  public var trajectory: Trajectory?

  init(x: [Double], t: Double, status: Status = .success, failure: FlowError? = nil) {
    self.x = x
    self.t = t
    self.status = status
    self.failure = failure
  }

  /// Notes that the field was asked at `t`.
  mutating func ask(at t: Double) {
    asked = asked.map { min($0.lowerBound, t)...max($0.upperBound, t) } ?? t...t
  }
}

/// How often a field was asked, and what for.
public struct Evaluations: Sendable, Equatable {
  /// Before the first step: the slope at the start and a probe for the size of the first step.
  public var initial = 0
  /// For steps that were kept.
  public var accepted = 0
  /// For steps that were thrown away.
  public var rejected = 0
  /// Jacobians, counted apart.
  public var jacobians = 0

  public init() {}

  /// The number of function evaluations (NFE), without Jacobians.
  public var total: Int { initial + accepted + rejected }
}
