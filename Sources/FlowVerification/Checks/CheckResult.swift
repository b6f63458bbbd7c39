public import FlowMatching

/// What one check found on one path and one target.
public struct CheckResult: Sendable {
  /// What errors are counted in.
  public enum Unit: String, Sendable {
    /// `u = 2^-53` times the sum of the magnitudes of the addends.
    case rounding = "u"
    /// The standard error of a mean.
    case standardError = "se"
    /// The solver's tolerance, per step.
    case tolerance = "tol"
    /// `2^-24` times the sum of the magnitudes of the addends.
    case floatRounding = "u32"
    /// Numbers whose bits differ.
    case differences = "bits"
  }

  /// The check's name.
  public let check: String
  /// The target's name.
  public let target: String
  /// The path's name.
  public let path: String
  /// What the errors are counted in.
  public let unit: Unit
  /// The largest error that passes.
  public let allowance: Double
  /// The worst error.
  public private(set) var worst = 0.0
  /// The time of the worst error.
  public private(set) var time: Time<Double>?
  /// The point of the worst error, where it is a point's.
  public private(set) var point: [Double]?
  /// Which of several statistics was worst.
  public private(set) var detail: String?
  /// How many errors were looked at.
  public private(set) var count = 0
  /// Why the engine refused to answer, if it did.
  public var failure: String?

  /// A check that has looked at nothing yet.
  public init(check: String, target: String, path: String, unit: Unit, allowance: Double) {
    self.check = check
    self.target = target
    self.path = path
    self.unit = unit
    self.allowance = allowance
  }

  /// Whether there was nothing to look at: the equation has no meaning there, or the target is too
  /// large for it.
  public var skipped: Bool { failure == nil && count == 0 }

  /// Whether every error stayed within the allowance.
  public var passed: Bool { failure == nil && worst <= allowance }

  /// Adds an error, and where it was found.
  public mutating func add(
    _ error: Double, at time: Time<Double>, point: ArraySlice<Double>? = nil, detail: String? = nil
  ) {
    count += 1
    if worst.isNaN || error <= worst, self.time != nil { return }
    worst = error
    self.time = time
    self.detail = detail
    self.point = point.map { Array($0) }
  }
}

extension CheckResult {
  /// The worst of the same check on several paths: a failure before a NaN before the largest.
  static func worse(_ a: CheckResult, _ b: CheckResult) -> CheckResult {
    if a.failure != nil || b.failure != nil { return a.failure != nil ? a : b }
    if a.worst.isNaN || b.worst.isNaN { return a.worst.isNaN ? a : b }
    return a.worst / a.allowance >= b.worst / b.allowance ? a : b
  }
}
