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

extension StepControl {
  /// The steps are given, not chosen.
  var isGiven: Bool { if case .adaptive = self { false } else { true } }

  /// How many steps are given.
  var count: Int? {
    switch self {
    case .fixed(let steps): steps
    case .times(let times): times.count - 1
    case .adaptive: nil
    }
  }

  /// Where step `step` of 1, 2, ... ends on the way from `start` to `end`; `end` from the last one on.
  func time(_ step: Int, from start: Double, to end: Double) -> Double {
    guard let count, step < count else { return end }
    if case .times(let times) = self { return times[step] }
    return start + (end - start) * (Double(step) / Double(count))
  }
}

/// What decides the size of the steps.
public enum StepControl: Sendable {
  /// That many equal steps.
  case fixed(steps: Int)
  /// Steps between these times, the start first and the end last.
  case times([Double])
  /// Steps whose estimated error meets the tolerance. The solvers of the GNU Scientific Library
  /// bring their own controller.
  case adaptive(Tolerance, Controller = .integral)
}
