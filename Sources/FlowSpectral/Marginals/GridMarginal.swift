public import FlowMatching

/// The marginal path at one time on a grid.
public struct GridMarginal: Sendable {
  public let grid: PeriodicGrid
  /// The time of the marginal.
  public let time: Time<Double>
  /// `p_t` at the points. Where it is below u times its maximum it is noise, of either sign.
  public let density: [Double]
  /// `dp_t/dt` at the points.
  public let densityRate: [Double]
  /// `p_t u_t` at the points, an array per axis.
  public let flux: [[Double]]

  /// `u_t` at a point; `nil` where the density is below `share` of its maximum, since the error of the
  /// quotient is that of the flux, about u times the largest flux, over the density.
  public func velocity(at point: Int, above share: Double = 1e-6) -> [Double]? {
    let p = density[point]
    guard p > share * highest else { return nil }
    return flux.map { $0[point] / p }
  }

  /// The largest density.
  public var highest: Double { density.max() ?? 0 }

  /// The points at which fields are asked: those where the density is above u times its maximum.
  public var support: [Int] {
    let floor = 0x1p-53 * highest
    return density.indices.filter { density[$0] > floor }
  }

  /// Their coordinates, a row each.
  public var supportPoints: [Double] {
    let (d, points) = (grid.dimension, grid.points)
    return support.flatMap { points[$0 * d..<($0 + 1) * d] }
  }

  /// Numbers at the support, rows of one per axis, as rows for all points, zero elsewhere.
  public func spread(_ rows: [Double]) -> [Double] {
    let d = grid.dimension
    var result = [Double](repeating: 0, count: grid.count * d)
    for (row, point) in support.enumerated() {
      for axis in 0..<d { result[point * d + axis] = rows[row * d + axis] }
    }
    return result
  }

  /// How well a velocity field conserves probability along this path: `dp/dt + div(p v)`, zero for the
  /// exact field.
  ///
  /// The field is asked, in one batch, at the points of the ``support``; elsewhere nothing flows.
  /// - Throws: `dimensionMismatch`, and what the field throws.
  public func residual(of field: any VelocityField) throws(FlowError) -> GridResidual {
    let d = grid.dimension
    guard field.dimension == d else {
      throw FlowError.dimensionMismatch("field", field.dimension, expected: d)
    }
    let places = supportPoints
    let found = try field.velocities(at: [time], of: places)
    guard found.count == places.count else {
      throw FlowError.dimensionMismatch("velocity", found.count, expected: places.count)
    }
    return try residual(ofVelocities: spread(found))
  }

  /// The same for velocities at the points of the grid, a row each.
  /// - Throws: `dimensionMismatch`, `nonFinite`.
  public func residual(ofVelocities velocities: [Double]) throws(FlowError) -> GridResidual {
    let d = grid.dimension
    guard velocities.count == grid.count * d else {
      throw FlowError.dimensionMismatch(
        "velocities", velocities.count, expected: grid.count * d)
    }
    if let bad = velocities.firstIndex(where: { !$0.isFinite }) {
      throw FlowError(
        .nonFinite, "velocities", "velocities[\(bad)] = \(velocities[bad]) is not finite")
    }
    let flows = (0..<d).map { axis in
      density.indices.map { density[$0] * velocities[$0 * d + axis] }
    }
    let divergence = try grid.divergence(of: flows)
    return GridResidual(
      grid: grid, time: time, values: zip(densityRate, divergence).map { $0 + $1 },
      size: grid.integral(of: densityRate.map(abs)) + grid.integral(of: divergence.map(abs)))
  }
}

/// What a velocity field leaves of the continuity equation at one time: `r = dp/dt + div(p v)` at the
/// points of a grid.
public struct GridResidual: Sendable {
  public let grid: PeriodicGrid
  /// The time of the residual.
  public let time: Time<Double>
  /// r, in probability per volume and time.
  public let values: [Double]
  /// `integral of |dp/dt| + |div(p v)|`.
  public let size: Double

  /// Half of the integral of |r|: how fast the law of points that move by v departs from p_t, in total
  /// variation per time. (Both laws follow their continuity equations; their difference grows by r and
  /// the flow of v keeps total variation. Integrated over time it bounds the distance at the end.)
  public var totalVariationRate: Double { grid.integral(of: values.map(abs)) / 2 }

  /// The integral of |r| over the size of what cancels in it.
  public var relative: Double { size > 0 ? 2 * totalVariationRate / size : 0 }

  /// The largest |r|.
  public var largest: Double { values.reduce(0) { Swift.max($0, abs($1)) } }
}
