public import FlowMatching

/// How large an error of one step may be: `absolute + relative |y|` per axis, by the root mean square
/// over the axes.
public struct Tolerance: Sendable, Equatable {
  /// Error per size of the state.
  public let relative: Double
  /// Error where the state is small.
  public let absolute: Double

  /// - Throws: `nonFinite`, or `outOfDomain` unless both are at least 0 and one is above it.
  public init(relative: Double, absolute: Double) throws(FlowError) {
    for (name, value) in [("rtol", relative), ("atol", absolute)] {
      try FlowError.checkNonNegative(value, name)
    }
    guard relative + absolute > 0 else {
      throw FlowError(.outOfDomain, "rtol", "rtol = 0 and atol = 0 allow no error at all")
    }
    self.relative = relative
    self.absolute = absolute
  }
}

/// What decides the size of the steps.
public enum StepControl: Sendable {
  /// That many equal steps.
  case fixed(steps: Int)
  /// Steps whose estimated error meets the tolerance. The solvers of the GNU Scientific Library
  /// bring their own controller.
  case adaptive(Tolerance, Controller = .integral)
}
