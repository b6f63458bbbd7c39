/// The formulas of ``ConditionalField`` on any scalar, so that duals differentiate the lines that run and a
/// tracing scalar records them.
extension Schedule {
  /// `v'/(2 v)`, which is `sigma'/sigma`.
  var rate: S { varianceDot / variance.scaled(by: 2) }

  /// `alpha' x1 + rate (x - alpha x1)`, one coordinate.
  ///
  /// *Proof*: `ot_velocity_rounding`, `ve_velocity_rounding`, `shifted_ot_velocity_rounding`,
  /// `linear_vp_velocity_rounding`, `icfm_velocity_rounding`, `bridge_velocity_rounding`,
  /// `ve_geometric_velocity_rounding`, `cosine_velocity_rounding`, `vp_velocity_rounding`,
  /// `polynomial_velocity_rounding`.
  func conditionalVelocity(_ x: S, given x1: S, rate: S) -> S {
    (alphaDot * x1).addingProduct(rate, gap(x, x1))
  }
}
