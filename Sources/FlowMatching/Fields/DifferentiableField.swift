/// A velocity field whose derivatives are known: what likelihoods and implicit solvers need.
///
/// A field that only has Jacobian products gets the rest from them.
public protocol DifferentiableField: VelocityField {
  /// `u` and `(du/dx) v` at every point, v being the row of `directions` that belongs to it.
  /// - Throws: as ``VelocityField/velocities(at:of:)``; `unsupported`.
  func jacobianProducts(
    at times: [Time<Double>], of points: [Double], along directions: [Double]
  ) throws(FlowError) -> (velocities: [Double], products: [Double])

  /// `u` and `div u` at every point.
  func divergences(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> (velocities: [Double], divergences: [Double])

  /// `du/dx` at every point, each matrix rows first.
  func jacobians(at times: [Time<Double>], of points: [Double]) throws(FlowError) -> [Double]

  /// `du/dt` at fixed x.
  func timeDerivatives(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double]
}

extension DifferentiableField {
  /// One Jacobian product per axis.
  public func jacobians(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    let d = dimension
    let count = points.count / d
    var result = [Double](repeating: 0, count: count * d * d)
    for axis in 0..<d {
      let directions = (0..<count * d).map { $0 % d == axis ? 1.0 : 0.0 }
      let column = try jacobianProducts(at: times, of: points, along: directions).products
      for row in 0..<count * d { result[row * d + axis] = column[row] }
    }
    return result
  }

  /// The traces of the Jacobians.
  public func divergences(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> (velocities: [Double], divergences: [Double]) {
    let d = dimension
    let matrices = try jacobians(at: times, of: points)
    let traces = (0..<points.count / d).map { point in
      blockedSum(d) { matrices[(point * d + $0) * d + $0] }
    }
    return (try velocities(at: times, of: points), traces)
  }
}

extension MarginalField: DifferentiableField {
  /// By one pass on dual numbers.
  public func jacobianProducts(
    at times: [Time<Double>], of points: [Double], along directions: [Double]
  ) throws(FlowError) -> (velocities: [Double], products: [Double]) {
    let d = dimension
    guard directions.count == points.count else {
      throw FlowError.dimensionMismatch("directions", directions.count, expected: points.count)
    }
    let (target, isSourced) = (target, abilities.isSourced)
    guard directions.allSatisfy({ $0.isFinite }) else {
      throw FlowError(.nonFinite, "directions", "a direction is not finite")
    }
    let results = try evaluate(width: 2 * d, at: times, of: points) {
      group throws(FlowError) in
      try group.checkRates(isSourced: isSourced)
      let still = Schedule<Dual<Lanes>>(constant: group.schedule)
      let along = Lanes.columns(of: directions, group.rows, dimension: d)
      let x = zip(group.x, along).map { Dual($0, $1) }
      let velocity = MarginalQuantity.velocity.lanes(
        try target.posterior(of: x, at: still, .means), at: still, x: x)
      return velocity.map(\.value) + velocity.map(\.derivative)
    }
    return split(results, d, d)
  }

  public func divergences(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> (velocities: [Double], divergences: [Double]) {
    if let small = abilities.small {
      guard try rowCount(of: points, at: times) > 0 else { return ([], []) }
      let (velocities, divergences) = try SmallBatch(
        self, small, .velocityAndDivergence, times, points
      ).values()
      return (velocities, divergences)
    }
    let (target, abilities) = (target, abilities)
    let results = try evaluate(
      width: dimension + 1, at: times, of: points,
      chunks: { groups throws(FlowError) in
        for group in groups { try group.checkRates(isSourced: abilities.isSourced) }
        let posteriors = try abilities.posteriors(
          target, of: groups.map(\.x), at: groups.map(\.schedule), [.means, .traces, .onlyVelocity])
        return zip(groups, posteriors).map { group, posterior in
          MarginalQuantity.velocity.lanes(posterior, at: group.schedule, x: group.x)
            + MarginalQuantity.divergence.lanes(posterior, at: group.schedule, x: group.x)
        }
      })
    return split(results, dimension, 1)
  }

  public func jacobians(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    try values(of: .jacobian, at: times, of: points)
  }

  /// By one pass on dual numbers in time.
  public func timeDerivatives(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    let (path, target, isSourced) = (path, target, abilities.isSourced)
    return try evaluate(width: dimension, at: times, of: points) { group throws(FlowError) in
      try group.checkRates(isSourced: isSourced)
      let moving = Schedule<Dual<Lanes>>(group.times.map { path.movingSchedule(at: $0) })
      let x = group.x.map { Dual(constant: $0) }
      return MarginalQuantity.velocity.lanes(
        try target.posterior(of: x, at: moving, .means), at: moving, x: x
      ).map(\.derivative)
    }
  }

  /// Rows of `a + b` numbers as two tables.
  private func split(_ rows: [Double], _ a: Int, _ b: Int) -> ([Double], [Double]) {
    let count = rows.count / (a + b)
    func columns(_ start: Int, _ width: Int) -> [Double] {
      [Double](unsafeUninitializedCapacity: count * width) { table, filled in
        for row in 0..<count {
          for i in 0..<width { table[row * width + i] = rows[row * (a + b) + start + i] }
        }
        filled = count * width
      }
    }
    return (columns(0, a), columns(a, b))
  }
}

extension GuidedField: DifferentiableField {
  private func blend(_ free: [Double], _ given: [Double]) -> [Double] {
    zip(free, given).map { ((1 - weight) * $0).addingProduct(weight, $1) }
  }

  public func jacobianProducts(
    at times: [Time<Double>], of points: [Double], along directions: [Double]
  ) throws(FlowError) -> (velocities: [Double], products: [Double]) {
    let free = try unconditional.jacobianProducts(at: times, of: points, along: directions)
    let given = try conditional.jacobianProducts(at: times, of: points, along: directions)
    return (blend(free.velocities, given.velocities), blend(free.products, given.products))
  }

  public func divergences(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> (velocities: [Double], divergences: [Double]) {
    let free = try unconditional.divergences(at: times, of: points)
    let given = try conditional.divergences(at: times, of: points)
    return (blend(free.velocities, given.velocities), blend(free.divergences, given.divergences))
  }

  public func jacobians(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    blend(
      try unconditional.jacobians(at: times, of: points),
      try conditional.jacobians(at: times, of: points))
  }

  public func timeDerivatives(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    blend(
      try unconditional.timeDerivatives(at: times, of: points),
      try conditional.timeDerivatives(at: times, of: points))
  }
}
