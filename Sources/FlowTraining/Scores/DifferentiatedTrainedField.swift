import FlowMatching

/// A trained network's field in float32 with its divergence, by one backward pass per axis: for networks whose
/// evaluation in double precision (``LearnedField``) would take too long.
///
/// *Accuracy*: that of float32 sums, about 1e-5 of the sum of the diagonal's magnitudes.
struct DifferentiatedTrainedField: DifferentiableField {
  let field: TrainedField

  init(_ field: TrainedField) { self.field = field }

  var dimension: Int { field.dimension }

  func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    try field.velocities(at: times, of: points)
  }

  func divergences(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> (velocities: [Double], divergences: [Double]) {
    let d = dimension
    let (count, all) = try field.query(times, points)
    let x = points.map { Float($0) }
    var traces = [Double](repeating: 0, count: count)
    for axis in 0..<d {
      let directions = (0..<count * d).map { $0 % d == axis ? Float(1) : 0 }
      let gradients = field.network.pullbacks(
        at: all.map(\.t), of: x, along: directions,
        labels: field.label.map { [Int?](repeating: $0, count: count) }, threads: field.threads
      ).gradients
      for row in 0..<count { traces[row] += Double(gradients[row * d + axis]) }
    }
    if field.prediction != .velocity {
      // u = a x + b y, at a time: what the field makes of x = 1 and of y = 1.
      for (row, time) in all.enumerated() {
        let (a, b) = (
          try field.prediction.convert([0], to: .velocity, at: time, x: [1], path: field.path)[0],
          try field.prediction.convert([1], to: .velocity, at: time, x: [0], path: field.path)[0]
        )
        traces[row] = a * Double(d) + b * traces[row]
      }
    }
    return (try velocities(at: times, of: points), traces)
  }

  /// - Throws: `unsupported`: the backward pass has the transposed Jacobian alone.
  func jacobianProducts(
    at times: [Time<Double>], of points: [Double], along directions: [Double]
  ) throws(FlowError) -> (velocities: [Double], products: [Double]) {
    throw FlowError(
      .unsupported, "field", "Jacobian products of a network in float32 are not available")
  }

  /// - Throws: `unsupported`.
  func timeDerivatives(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    throw FlowError(
      .unsupported, "field", "the time derivative of a network in float32 is not available")
  }
}
