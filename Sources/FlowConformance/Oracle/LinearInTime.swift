import FlowMatching

/// The linear field `u(t, x) = (A + t N) x + b`, whose matrix moves with time.
struct LinearInTime: DifferentiableField {
  let dimension: Int
  /// A, rows first.
  private let matrix: [Double]
  /// N, rows first.
  private let rate: [Double]
  private let offset: [Double]

  /// - Throws: `dimensionMismatch`, `nonFinite`.
  init(matrix: [Double], rate: [Double], offset: [Double]) throws(FlowError) {
    dimension = try LinearField(matrix: matrix, offset: offset).dimension
    guard rate.count == matrix.count else {
      throw FlowError.dimensionMismatch("matrix_dt", rate.count, expected: matrix.count)
    }
    try FlowError.checkFinite(rate, "matrix_dt")
    (self.matrix, self.rate, self.offset) = (matrix, rate, offset)
  }

  private func field(at time: Time<Double>) throws(FlowError) -> LinearField {
    try LinearField(
      matrix: matrix.indices.map { matrix[$0].addingProduct(time.t, rate[$0]) }, offset: offset)
  }

  /// Every row with the field of its time.
  private func rows(
    _ times: [Time<Double>], _ points: [Double],
    _ body: (LinearField, Time<Double>, [Double], Range<Int>) throws(FlowError) -> [Double]
  ) throws(FlowError) -> [Double] {
    let count = try rowCount(of: points, at: times)
    var result: [Double] = []
    for row in 0..<count {
      let place = row * dimension..<(row + 1) * dimension
      let time = times[times.count == 1 ? 0 : row]
      result += try body(try field(at: time), time, Array(points[place]), place)
    }
    return result
  }

  func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    try rows(times, points) { field, time, x, _ throws(FlowError) in
      try field.velocities(at: [time], of: x)
    }
  }

  func jacobianProducts(
    at times: [Time<Double>], of points: [Double], along directions: [Double]
  ) throws(FlowError) -> (velocities: [Double], products: [Double]) {
    let products = try rows(times, points) { field, time, x, place throws(FlowError) in
      try field.jacobianProducts(at: [time], of: x, along: Array(directions[place])).products
    }
    return (try velocities(at: times, of: points), products)
  }

  func jacobians(at times: [Time<Double>], of points: [Double]) throws(FlowError) -> [Double] {
    try rows(times, points) { field, _, _, _ throws(FlowError) in field.matrix }
  }

  func timeDerivatives(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    let motion = try LinearField(matrix: rate, offset: [Double](repeating: 0, count: dimension))
    return try motion.velocities(at: times, of: points)
  }
}
