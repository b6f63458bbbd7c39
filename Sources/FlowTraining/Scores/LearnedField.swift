public import FlowMatching

/// The function that a trained network's float32 parameters define, evaluated in double precision: a
/// velocity field with exact derivatives, for solvers at tight tolerances and for residuals.
///
/// Eight points at a time through ``ReferenceNetwork``; `div u` by one dual number per axis.
public struct LearnedField: DifferentiableField {
  public let reference: ReferenceNetwork<Double>
  /// How data and noise were mixed in training.
  public let path: any ProbabilityPath
  /// What the network's outputs mean.
  public let prediction: Parameterisation
  /// The label that the field is conditioned on, if any.
  public var label: Int?

  public init(
    network: Network, path: any ProbabilityPath, prediction: Parameterisation, label: Int? = nil
  ) {
    reference = network.reference
    self.path = path
    self.prediction = prediction
    self.label = label
  }

  public var dimension: Int { reference.shape.dimension }

  /// As in the protocol of fields.
  public func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    let d = dimension
    return try evaluate(width: d, at: times, of: points) { group in
      let s = group.schedules
      let y = reference(at: group.t, of: group.x, label: label) {
        $0.addingProduct($1, constant: $2)
      }
      return (0..<d).map { i in (s.x * group.x[i] + s.value * y[i]) / s.divisor }
    }
  }

  /// `u` and `div u` at every point, exact for the network in double precision.
  public func divergences(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> (velocities: [Double], divergences: [Double]) {
    let d = dimension
    let rows = try evaluate(width: d + 1, at: times, of: points) { group in
      var sum = Lanes.zero
      var values: [Lanes] = []
      for axis in 0..<d {
        let direction = (0..<d).map { Lanes($0 == axis ? 1 : 0) }
        let (u, product) = moved(group, direction)
        sum = sum + product[axis]
        values = u
      }
      return values + [sum]
    }
    return Self.split(rows, d, 1)
  }

  /// `u` and `(du/dx) v` at every point, v being the row of `directions` that belongs to it.
  public func jacobianProducts(
    at times: [Time<Double>], of points: [Double], along directions: [Double]
  ) throws(FlowError) -> (velocities: [Double], products: [Double]) {
    let d = dimension
    guard directions.count == points.count else {
      throw FlowError.dimensionMismatch("directions", directions.count, expected: points.count)
    }
    let rows = try evaluate(width: 2 * d, at: times, of: points) { group in
      let (u, product) = moved(group, (0..<d).map { i in group.lanes { directions[$0 * d + i] } })
      return u + product
    }
    return Self.split(rows, d, d)
  }

  /// `du/dt` at fixed x.
  /// - Throws: `unsupported` for a network that predicts something else than the velocity.
  public func timeDerivatives(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    guard prediction == .velocity else {
      throw FlowError(
        .unsupported, "prediction",
        "the time derivative of a network that predicts \(prediction.rawValue) is not available")
    }
    let d = dimension
    return try evaluate(width: d, at: times, of: points) { group in
      reference(
        at: Dual(group.t, Lanes(1)), of: group.x.map { Dual(constant: $0) }, label: label
      ) { $0.addingProduct($1, constant: $2) }.map(\.derivative)
    }
  }

  /// The velocity of a group and its derivative along a direction.
  private func moved(_ group: Group, _ direction: [Lanes]) -> (u: [Lanes], product: [Lanes]) {
    let s = group.schedules
    let x = zip(group.x, direction).map { Dual($0, $1) }
    let y = reference(at: Dual(constant: group.t), of: x, label: label) {
      $0.addingProduct($1, constant: $2)
    }
    let u = zip(x, y).map { x, y in
      Dual<Lanes>(
        (s.x * x.value + s.value * y.value) / s.divisor,
        (s.x * x.derivative + s.value * y.derivative) / s.divisor)
    }
    return (u.map(\.value), u.map(\.derivative))
  }

  /// Rows of `a + b` numbers as two tables.
  private static func split(_ rows: [Double], _ a: Int, _ b: Int) -> ([Double], [Double]) {
    var (first, second) = ([Double](), [Double]())
    for start in stride(from: 0, to: rows.count, by: a + b) {
      first += rows[start..<start + a]
      second += rows[start + a..<start + a + b]
    }
    return (first, second)
  }

  /// Eight points, and the velocity as `(s.x x + s.value output) / s.divisor`.
  struct Group {
    var t: Lanes
    var x: [Lanes]
    var schedules: (x: Lanes, value: Lanes, divisor: Lanes)
    /// The rows of its points; a short group repeats its last.
    var rows: [Int]

    /// A number per row.
    func lanes(_ value: (Int) -> Double) -> Lanes {
      var result = Lanes.zero
      for (lane, row) in rows.enumerated() { result[lane] = value(row) }
      return result
    }
  }

  private func evaluate(
    width: Int, at times: [Time<Double>], of points: [Double],
    _ compute: @Sendable (Group) -> [Lanes]
  ) throws(FlowError) -> [Double] {
    let d = dimension
    let (count, all) = try query(times, points)
    var maps: [(x: Double, value: Double, divisor: Double)] = []
    for time in all { maps.append(try coefficients(at: time)) }
    let coefficients = maps
    let groups = (count + Lanes.count - 1) / Lanes.count
    var results = [Double](repeating: 0, count: count * width)
    results.withUnsafeMutableBufferPointer { results in
      // Each group writes its own rows.
      nonisolated(unsafe) let results = results.baseAddress!
      Parallel.perform(groups) { index in
        let first = index * Lanes.count
        var group = Group(
          t: .zero, x: [], schedules: (.zero, .zero, .zero),
          rows: (0..<Lanes.count).map { min(first + $0, count - 1) })
        group.t = group.lanes { all[$0].t }
        group.x = (0..<d).map { i in group.lanes { points[$0 * d + i] } }
        group.schedules = (
          group.lanes { coefficients[$0].x }, group.lanes { coefficients[$0].value },
          group.lanes { coefficients[$0].divisor }
        )
        let values = compute(group)
        for row in first..<min(count, first + Lanes.count) {
          for i in 0..<width { results[row * width + i] = values[i][row - first] }
        }
      }
    }
    if let bad = results.firstIndex(where: { !$0.isFinite }) {
      throw FlowError(
        .nonFinite, "x", "the network's field is \(results[bad]) at point \(bad / width)")
    }
    return results
  }

  /// The affine map from an output to the velocity, found by asking for that of 0 and of 1.
  private func coefficients(
    at time: Time<Double>
  ) throws(FlowError) -> (x: Double, value: Double, divisor: Double) {
    if prediction == .velocity { return (0, 1, 1) }
    let fromX = try prediction.convert([0], to: .velocity, at: time, x: [1], path: path)[0]
    let fromValue = try prediction.convert([1], to: .velocity, at: time, x: [0], path: path)[0]
    return (fromX, fromValue, 1)
  }
}
