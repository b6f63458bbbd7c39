/// The autonomous linear field `u(x) = A x + b`: every solver's steps on it are known exactly.
public struct LinearField: LaneField, DifferentiableField {
  public let dimension: Int
  /// A, rows first.
  public let matrix: [Double]
  /// b.
  public let offset: [Double]

  /// - Throws: `dimensionMismatch`, `nonFinite`.
  public init(matrix: [Double], offset: [Double]) throws(FlowError) {
    let d = offset.count
    guard d > 0, matrix.count == d * d else {
      throw FlowError.dimensionMismatch("matrix", matrix.count, expected: d * d)
    }
    try FlowError.checkFinite(matrix, "matrix")
    try FlowError.checkFinite(offset, "offset")
    dimension = d
    self.matrix = matrix
    self.offset = offset
  }

  public func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    try product(points, adding: offset)
  }

  public func velocity(
    at times: Time<Lanes>, of x: UnsafePointer<Lanes>, into velocity: UnsafeMutablePointer<Lanes>
  ) throws(FlowError) {
    for i in 0..<dimension {
      velocity[i] =
        Lanes(offset[i])
        + blockedSum(dimension) {
          x[$0].scaled(by: matrix[i * dimension + $0])
        }
    }
  }

  public func jacobianProducts(
    at times: [Time<Double>], of points: [Double], along directions: [Double]
  ) throws(FlowError) -> (velocities: [Double], products: [Double]) {
    (
      try product(points, adding: offset),
      try product(directions, adding: [Double](repeating: 0, count: dimension))
    )
  }

  public func jacobians(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    (0..<points.count / dimension).flatMap { _ in matrix }
  }

  public func timeDerivatives(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    [Double](repeating: 0, count: points.count)
  }

  private func product(_ rows: [Double], adding b: [Double]) throws(FlowError) -> [Double] {
    let d = dimension
    _ = try FlowError.rowCount(of: rows, dimension: d, "x")
    try FlowError.checkFinite(rows, "x")
    return rows.indices.map { place in
      let (row, i) = (place / d, place % d)
      return b[i] + blockedSum(d) { rows[row * d + $0] * matrix[i * d + $0] }
    }
  }
}
