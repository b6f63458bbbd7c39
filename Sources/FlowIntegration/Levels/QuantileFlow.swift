public import FlowMatching
import RealModule

/// The flow of an exact field without a differential equation: on the line it keeps levels of the distribution function,
///
///     F_t1(phi(x)) = F_t0(x),    dphi/dx = p_t0(x)/p_t1(phi(x)),
///
/// so that where a trajectory ends is the root of one monotone function. Targets on the line have it (Gaussian mixtures,
/// point clouds, boxes, every density), and those whose coordinates, perhaps after a rotation, are independent of each
/// other: products of such targets and a single Gaussian in any dimension.
///
///     let flow = try QuantileFlow(of: field)
///     let end = try flow.end(from: Time(0), to: Time(1), of: [0.3])
///
/// The equation is solved as `sum w_k (Phi(z1_k) - Phi(z0_k)) = 0`, the sum an integral for densities, where `z1 - z0` is
/// formed from what changes. So tails keep their digits on both sides, and so do displacements as the times approach
/// each other: ``averageVelocities(from:to:at:)`` divides one by the other.
///
/// *Accuracy*: 8 u (|y| + sensitivity), held by fixtures from another route; ``End/uncertainty`` bounds what rounding and
/// quadrature may have done to an answer. The bracket of every root is a change of sign. Jacobians and log determinants as well,
/// but for small log determinants and more than ten sigma out, where ten digits are held or it is refused.
///
/// *Edge cases*: equal times give the point itself. Where the data are points and t1 = 1 the trajectory ends on the one that
/// owns the level of x; there is no Jacobian, nor on a kink of data without noise, where ``MarginalField`` has no values.
///
/// *Proof*: `flow_keeps_the_mass_below`, `mixture_flow_ends_at_the_data`.
///
/// *Reference*: Santambrogio (2015), theorem 2.9 and section 4.1 (the flow on the line is the monotone map); Albergo et al.
/// (2023), stochastic interpolants, section 2; Boffi et al. (2024), flow map matching, section 2 (two-time flow maps).
public struct QuantileFlow: Sendable {
  /// The field.
  public let field: MarginalField
  let axes: LineAxes

  /// - Throws: `unsupported` for a target with another source, or whose coordinates are not independent.
  public init(of field: MarginalField) throws(FlowError) {
    guard let target = field.target as? any LevelTarget, let axes = target.lineAxes else {
      throw FlowError(
        .unsupported, "target",
        "its flow keeps no levels: a target on the line, a product of such or one Gaussian is needed"
      )
    }
    (self.field, self.axes) = (field, axes)
  }

  /// The number of coordinates.
  public var dimension: Int { axes.axes.count }

  /// Where a trajectory ends.
  public struct End: Sendable {
    /// The place.
    public let x: [Double]
    /// The place less where the trajectory began, known better than by subtraction.
    public let displacement: [Double]
    /// Bounds of what rounding and quadrature may have done to both, beyond a unit in the last place; numbers of the
    /// request are taken as exact.
    public let uncertainty: [Double]
    /// dphi/dx of every axis.
    let slopes: [AxisSlope]
  }

  /// `phi(x)` of every point: where the trajectory through x at `start` is at the time `end`; `points` holds rows.
  ///
  /// Points are solved in parallel; results are the same to the bit for every number of threads.
  /// - Throws: `dimensionMismatch`, `nonFinite`, `outOfDomain` where it leaves the range of double precision, `singular`
  ///   where no trajectory passes x: at an atom, or outside the support of data without noise; `noConvergence`.
  public func ends(
    from start: Time<Double>, to end: Time<Double>, at points: [Double]
  ) throws(FlowError) -> [End] {
    try rows(points) { _, x throws(FlowError) in
      try solved(from: start, to: end, x, wantsSlopes: false)
    }
  }

  /// `phi(x)` of one point.
  public func end(
    from start: Time<Double>, to end: Time<Double>, of x: [Double]
  ) throws(FlowError) -> End {
    guard x.count == dimension else {
      throw FlowError.dimensionMismatch("x", x.count, expected: dimension)
    }
    return try ends(from: start, to: end, at: x)[0]
  }

  /// `dphi_i/dx_j` at every point, each matrix rows first.
  /// - Throws: as ``ends(from:to:at:)``, `singular` where the density at one of the ends does not exist, and `noConvergence`
  ///   where fewer than ten digits are left.
  public func jacobians(
    from start: Time<Double>, to end: Time<Double>, at points: [Double]
  ) throws(FlowError) -> [Double] {
    try rows(points) { _, x throws(FlowError) in
      turned(
        try solved(from: start, to: end, x, wantsSlopes: true).slopes,
        ScheduleChange(field.path, from: start, to: end))
    }.flatMap { $0 }
  }

  /// `log det dphi/dx = log p_t0(x) - log p_t1(phi(x))` at every point: the integral of the divergence along the
  /// trajectory.
  /// - Throws: as ``jacobians(from:to:at:)``.
  public func logDeterminants(
    from start: Time<Double>, to end: Time<Double>, at points: [Double]
  ) throws(FlowError) -> [Double] {
    try rows(points) { _, x throws(FlowError) in
      try solved(from: start, to: end, x, wantsSlopes: true).slopes.reduce(0) { $0 + $1.log }
    }
  }

  /// `(phi(x) - x)/(t1 - t0)` at every point, and the velocity itself where both times are the same.
  ///
  /// It does not cancel as the times approach each other. With z = x, t = t0 and r = t1 this is the average velocity u(z, r, t)
  /// that is trained on `u = v - (t - r) (v . grad u + du/dt)`.
  ///
  /// *Reference*: Geng et al. (2025), mean flows for one-step generative modeling, equations 3 and 6.
  public func averageVelocities(
    from start: Time<Double>, to end: Time<Double>, at points: [Double]
  ) throws(FlowError) -> [Double] {
    let span = ScheduleChange.span(from: start, to: end)
    guard span != 0 else {
      return try field.values(of: .velocity, at: [start], of: points)
    }
    return try ends(from: start, to: end, at: points).flatMap { $0.displacement.map { $0 / span } }
  }

  /// What `body` says of every row, in parallel, within the budget of the call.
  func rows<T: Sendable>(
    _ points: [Double], _ body: @Sendable (_ row: Int, [Double]) throws(FlowError) -> T
  ) throws(FlowError) -> [T] {
    let d = dimension
    let count = try FlowError.rowCount(of: points, dimension: d, "x")
    try FlowError.checkFinite(points, "x")
    let budget = Budget.current
    let results = parallelMap(count) { row in
      Result { () throws(FlowError) in
        try budget?.check()
        return try body(row, Array(points[row * d..<(row + 1) * d]))
      }
    }
    var answers: [T] = []
    for result in results { answers.append(try result.get()) }
    return answers
  }

  private func solved(
    from start: Time<Double>, to end: Time<Double>, _ x: [Double], wantsSlopes: Bool
  ) throws(FlowError) -> End {
    let change = ScheduleChange(field.path, from: start, to: end)
    let centre = axes.center
    let own = unturned(
      x.indices.map { i in x[i].addingProduct(-change.start.alpha, centre?[i] ?? 0) })
    var answers: [AxisFlow.Answer] = []
    var slopes: [AxisSlope] = []
    for (a, parts) in axes.axes.enumerated() {
      let axis = try AxisFlow(parts, field.path, change, from: start, to: end, at: own[a])
      let answer = try axis.solve()
      answers.append(answer)
      if wantsSlopes { slopes.append(try axis.slope(at: answer)) }
    }
    var places = turned(vector: answers.map { $0.place.y + $0.place.tail })
    var moves = turned(
      vector: answers.map { $0.place.displacement + $0.place.displacementTail })
    var uncertainty = answers.map(\.uncertainty)
    if let rotation = axes.rotation {
      uncertainty = (0..<dimension).map { i in
        (0..<dimension).reduce(0) {
          $0 + abs(rotation[i * dimension + $1]) * answers[$1].uncertainty
        }
      }
    }
    if let centre {
      for i in x.indices {
        places[i] = places[i].addingProduct(change.end.alpha, centre[i])
        moves[i] = moves[i].addingProduct(change.alpha, centre[i])
      }
    }
    guard (places + moves).allSatisfy(\.isFinite) else {
      throw FlowError.outOfDomain("x", x, accepted: "points whose flow stays in range")
    }
    return End(
      x: zip(x, zip(places, moves)).map { abs($1.1) <= abs($1.0) ? $0 + $1.1 : $1.0 },
      displacement: zip(x, zip(places, moves)).map { abs($1.1) <= abs($1.0) ? $1.1 : $1.0 - $0 },
      uncertainty: uncertainty, slopes: slopes)
  }

  /// `Q^T x`.
  func unturned(_ x: [Double]) -> [Double] {
    guard let rotation = axes.rotation else { return x }
    let d = dimension
    return (0..<d).map { a in (0..<d).reduce(0) { $0 + rotation[$1 * d + a] * x[$1] } }
  }

  /// `Q y`.
  func turned(vector y: [Double]) -> [Double] {
    guard let rotation = axes.rotation else { return y }
    let d = dimension
    return (0..<d).map { i in (0..<d).reduce(0) { $0 + rotation[i * d + $1] * y[$1] } }
  }

  /// `Q diag Q^T`, rows first: the smallest slope times 1 and `Q (diag - it) Q^T`, so that what is off the diagonal keeps its
  /// digits and what is on it is a sum of one sign.
  private func turned(_ slopes: [AxisSlope], _ change: ScheduleChange) -> [Double] {
    let d = dimension
    guard let rotation = axes.rotation else {
      return (0..<d * d).map { $0 / d == $0 % d ? slopes[$0 / d].value : 0 }
    }
    let least = slopes.indices.min { slopes[$0].value < slopes[$1].value }!
    let excess = slopes.indices.map { a in
      slopes[least].value * stretch(a, beyond: least, change, slopes)
    }
    return (0..<d * d).map { place in
      let (i, j) = (place / d, place % d)
      if i == j, rotation[i * d + i] == 1 { return slopes[i].value }
      let sum = (0..<d).reduce(0) { $0 + rotation[i * d + $1] * excess[$1] * rotation[j * d + $1] }
      return i == j ? slopes[least].value + sum : sum
    }
  }

  /// The slope of axis a over that of axis c, less one: of Gaussians, whose variances are `alpha^2 s^2 + v`, from the
  /// difference of their `s^2`, in which v is no more.
  private func stretch(
    _ a: Int, beyond c: Int, _ change: ScheduleChange, _ slopes: [AxisSlope]
  ) -> Double {
    guard case .gaussian(_, let std) = axes.axes[a][0].law, axes.axes[a].count == 1,
      case .gaussian(_, let other) = axes.axes[c][0].law, axes.axes[c].count == 1
    else { return slopes[a].value / slopes[c].value - 1 }
    let (start, end) = (change.start, change.end)
    func variance(_ std: Double, _ s: Schedule<Double>) -> Double {
      s.variance.addingProduct(s.alpha * std, s.alpha * std)
    }
    let parted =
      change.alpha * (start.alpha + end.alpha) * start.variance
      - start.alpha * start.alpha * change.variance
    let ratio =
      (std - other) * (std + other) * parted / (variance(std, start) * variance(other, end))
    return Double.expMinusOne(Double.log(onePlus: ratio) / 2)
  }
}
