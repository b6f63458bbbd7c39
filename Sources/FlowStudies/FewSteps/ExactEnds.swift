import FlowIntegration
package import FlowMatching

/// Where trajectories of an exact field end, and how far from there the numbers may be.
///
/// Where the flow keeps levels (``QuantileFlow``) no differential equation is solved; elsewhere it is by `dop853` at a
/// tolerance of 1e-12, whose own error is taken as its largest distance from the same solver at 1e-11.
package struct ExactEnds: Sendable {
  /// How the ends are known.
  package enum Origin: String, Sendable {
    case levels
    case solver = "dop853 at 1e-12"
  }

  package let origin: Origin
  /// Rows of points.
  package let points: [Double]
  /// Of every end the largest distance that it may have from the exact one: what rounding and quadrature may have done, or
  /// the solver's own error.
  package let uncertainties: [Double]

  /// That of the worst.
  package var uncertainty: Double { uncertainties.max() ?? 0 }

  /// - Throws: what the flow throws; `noConvergence` where a trajectory does not arrive.
  package init(
    of field: MarginalField, from start: Time<Double>, to end: Time<Double>, at points: [Double]
  ) throws(FlowError) {
    if let flow = try? QuantileFlow(of: field) {
      let ends = try flow.ends(from: start, to: end, at: points)
      origin = .levels
      self.points = ends.flatMap(\.x)
      uncertainties = ends.map { Self.length($0.uncertainty, rounding: $0.x) }
    } else {
      origin = .solver
      self.points = try ReferenceFlow.ends(
        of: field, from: start.t, to: end.t, at: points, tolerance: 1e-12)
      let looser = try ReferenceFlow.ends(
        of: field, from: start.t, to: end.t, at: points, tolerance: 1e-11)
      uncertainties = RowDistances.distances(looser, self.points, dimension: field.dimension)
    }
  }

  /// The length of the bounds, with the unit in the last place of the state.
  private static func length(_ bounds: [Double], rounding x: [Double]) -> Double {
    zip(bounds, x).reduce(0) { sum, pair in
      let bound = pair.0 + pair.1.ulp
      return sum + bound * bound
    }.squareRoot()
  }
}
