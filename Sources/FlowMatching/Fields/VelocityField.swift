/// Anything that moves points: exact, guided, transformed, learned.
public protocol VelocityField: Sendable {
  /// The number of axes of a point.
  var dimension: Int { get }
  /// `dx/dt` at every point: rows of `dimension` numbers; one time for all or one per point. No points, no
  /// velocities.
  func velocities(at times: [Time<Double>], of points: [Double]) throws(FlowError) -> [Double]
}

extension VelocityField {
  /// The number of points of a query; throws `dimensionMismatch` unless `points` are rows of
  /// ``dimension`` numbers, and `times` one or as many.
  public func rowCount(
    of points: [Double], at times: [Time<Double>]
  ) throws(FlowError) -> Int {
    let count = try FlowError.rowCount(of: points, dimension: dimension, "x")
    guard times.count == 1 || times.count == count else {
      throw FlowError.dimensionMismatch("t", times.count, expected: count)
    }
    return count
  }
}

extension MarginalField: VelocityField {
  public var dimension: Int { target.dimension }

  public func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    try values(of: .velocity, at: times, of: points)
  }
}
