/// Anything that moves points: exact, guided, transformed, learned.
public protocol VelocityField: Sendable {
  /// The number of axes of a point.
  var dimension: Int { get }
  /// `dx/dt` at every point: rows of `dimension` numbers; one time for all or one per point.
  func velocities(at times: [Time<Double>], of points: [Double]) throws(FlowError) -> [Double]
}

extension MarginalField: VelocityField {
  public var dimension: Int { target.dimension }

  public func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    try values(of: .velocity, at: times, of: points)
  }
}
