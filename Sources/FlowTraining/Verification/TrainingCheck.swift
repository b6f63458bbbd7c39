public import FlowMatching

/// What one cross-check of the trainer found on one path or one network.
public struct TrainingCheck: Sendable {
  /// What errors are counted in.
  public enum Unit: Sendable {
    /// `2^-53` times the sizes of what was added.
    case rounding
    /// `2^-24` times the sizes of what was added.
    case floatRounding
    /// The standard error of a mean.
    case standardError
    /// Numbers whose bits differ.
    case differences
  }

  public let name: String
  /// The path or the kind of network.
  public let subject: String
  /// What the errors are counted in.
  public let unit: Unit
  /// The largest error that passes.
  public let allowance: Double
  /// What was found, and at which time.
  public private(set) var errors: [(error: Double, time: Time<Double>)] = []
  /// Why nothing was found, if something refused.
  public private(set) var failure: FlowError?

  init(
    _ name: String, _ subject: String, _ unit: Unit, allowance: Double,
    _ body: (inout TrainingCheck) throws(FlowError) -> Void
  ) {
    self.name = name
    self.subject = subject
    self.unit = unit
    self.allowance = allowance
    do throws(FlowError) {
      try body(&self)
    } catch {
      failure = error
    }
  }

  mutating func add(_ error: Double, at time: Time<Double> = .start) {
    errors.append((error, time))
  }

  /// Whether there was something to look at and every error stayed within the allowance.
  public var passed: Bool {
    failure == nil && !errors.isEmpty && errors.allSatisfy { $0.error <= allowance }
  }
}
