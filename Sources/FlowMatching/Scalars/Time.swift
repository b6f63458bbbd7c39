/// A time with both of its distances to the ends: `t` from the noise, `remaining = 1 - t` from the
/// data. Formulas use whichever is small, so that neither end loses digits.
///
/// `1 - t` is exact in floating point for `t >= 1/2` (Sterbenz), and a time next to 1 that is no
/// double is named by `remaining`.
@frozen
public struct Time<S: Scalar>: Sendable {
  /// The distance from the noise.
  public let t: S
  /// `1 - t`.
  public let remaining: S

  /// Both distances, unchecked; for derivatives and lanes.
  @inlinable
  public init(t: S, remaining: S) {
    self.t = t
    self.remaining = remaining
  }

  /// The time `t`, `1 - t` rounded: exact from 1/2 on.
  ///
  /// *Proof*: `ot_schedule_rounding`, `ve_schedule_rounding` (their bounds have this rounding in them).
  @inlinable
  init(rounding t: S) { self.init(t: t, remaining: S(1.0) - t) }

  /// The time at the distance `remaining` before 1, t rounded.
  @inlinable
  init(roundingRemaining remaining: S) {
    self.init(t: S(1.0) - remaining, remaining: remaining)
  }
}

extension Time where S == Double {
  /// The time `t`.
  /// - Throws: `nonFinite`, or `outOfDomain` outside [0, 1].
  public init(_ t: Double) throws(FlowError) {
    try FlowError.check(t, "t", in: 0...1)
    self.init(rounding: t)
  }

  /// The time at the distance `remaining` before 1; exact however near.
  /// - Throws: `nonFinite`, or `outOfDomain` outside [0, 1].
  public init(remaining: Double) throws(FlowError) {
    try FlowError.check(remaining, "one_minus_t", in: 0...1)
    self.init(roundingRemaining: remaining)
  }

  /// t = 0, the noise.
  public static var start: Self { Self(t: 0, remaining: 1) }
  /// t = 1, the data.
  public static var end: Self { Self(t: 1, remaining: 0) }
}

extension Time {
  /// This time with `dt/dt = 1` attached, for derivatives along time.
  @inlinable
  public var differentiated: Time<Dual<S>> {
    Time<Dual<S>>(t: Dual(t, 1.0), remaining: Dual(remaining, -1.0))
  }
}

extension Time: Equatable where S: Equatable {}
