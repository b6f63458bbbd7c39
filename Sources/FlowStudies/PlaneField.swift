package import FlowMatching

/// A field over the plane for figures: velocities and, where they are known, log densities, with NaN
/// where the field does not exist.
package struct PlaneField: Sendable {
  package typealias LogDensity =
    @Sendable (_ time: Time<Double>, _ points: [Double]) throws(FlowError) -> [Double]

  package let name: String
  package let velocity: any VelocityField
  /// `log p_t` at rows of points.
  package let logDensity: LogDensity?

  package init(name: String, velocity: any VelocityField, logDensity: LogDensity?) {
    self.name = name
    self.velocity = velocity
    self.logDensity = logDensity
  }

  /// An exact field.
  package init(name: String, _ field: MarginalField) {
    self.init(name: name, velocity: field) { time, points throws(FlowError) in
      try field.values(of: .logDensity, at: [time], of: points)
    }
  }

  func velocities(at time: Time<Double>, of points: [Double]) throws(FlowError) -> [Double] {
    try Self.whereDefined(points, width: 2) { points throws(FlowError) in
      try velocity.velocities(at: [time], of: points)
    }
  }

  /// Log densities; empty where none are known.
  func logDensities(at time: Time<Double>, of points: [Double]) throws(FlowError) -> [Double] {
    guard let logDensity else { return [] }
    return try Self.whereDefined(points, width: 1) { points throws(FlowError) in
      try logDensity(time, points)
    }
  }

  /// Values at rows of two numbers; rows of NaN where they are singular.
  static func whereDefined(
    _ points: [Double], width: Int, _ values: ([Double]) throws(FlowError) -> [Double]
  ) throws(FlowError) -> [Double] {
    do throws(FlowError) {
      return try values(points)
    } catch {
      guard error.code == .singular else { throw error }
    }
    var result: [Double] = []
    for row in stride(from: 0, to: points.count, by: 2) {
      do throws(FlowError) {
        result += try values(Array(points[row..<row + 2]))
      } catch {
        guard error.code == .singular else { throw error }
        result += [Double](repeating: .nan, count: width)
      }
    }
    return result
  }
}
