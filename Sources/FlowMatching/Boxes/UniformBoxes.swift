import RealModule

/// A mixture of uniform distributions on boxes, `q = sum w_k 1[a_k <= x1 <= b_k]/|b_k - a_k|`, in any
/// dimension; a checkerboard is one.
///
/// Weights are relative: they need not sum to one. Components of weight zero are kept in the count
/// and never contribute.
///
/// *Accuracy*: 8 u (|y| + sensitivity), from the middle to 40 standard deviations outside, at
/// alpha = 0, for boxes narrow and wide against sigma; held by the fixtures.
///
/// *Edge cases*: at sigma = 0 the fields exist inside the boxes and are `singular` on their
/// boundaries, where the density jumps, and outside, where it is zero.
public struct UniformBoxes: PartialTarget, WeightedTarget, LocatedTarget {
  public let dimension: Int
  /// How many boxes were given, those of weight zero included.
  public let count: Int
  /// Rows of corners of the boxes that have weight.
  let lower: [Double]
  let upper: [Double]
  let weights: [Double]
  let logWeights: [Double]
  let places: [Int]
  /// The intervals that occur on each axis; many boxes share theirs.
  let intervals: [(axis: Int, lower: Double, upper: Double)]
  /// For every box and axis its interval.
  let cells: [Int]
  /// How the boxes mirror each other, if they do.
  let mirrored: MirroredBoxes?

  /// The boxes between rows of `dimension` numbers, `lower` below `upper` on every axis.
  /// - Throws: `dimensionMismatch`, `nonFinite`, or `outOfDomain` for an empty box or a negative
  ///   weight.
  public init(
    dimension: Int, lower: [Double], upper: [Double], weights: [Double]? = nil
  ) throws(FlowError) {
    guard dimension > 0 else {
      throw FlowError.outOfDomain("dimension", dimension, accepted: "[1, infinity)")
    }
    guard !lower.isEmpty, lower.count % dimension == 0 else {
      throw FlowError.dimensionMismatch("lower", lower.count, expected: dimension)
    }
    guard upper.count == lower.count else {
      throw FlowError.dimensionMismatch("upper", upper.count, expected: lower.count)
    }
    try FlowError.checkFinite(lower, "lower")
    try FlowError.checkFinite(upper, "upper")
    for i in lower.indices {
      guard lower[i] < upper[i], (upper[i] - lower[i]).isFinite else {
        throw FlowError.outOfDomain(
          "lower[\(i / dimension)][\(i % dimension)]", lower[i],
          accepted: "the numbers below upper = \(upper[i]), at a finite distance")
      }
    }
    let kept = try KeptComponents(weights, count: lower.count / dimension)
    self.dimension = dimension
    count = kept.count
    places = kept.places
    self.weights = kept.weights
    logWeights = kept.logWeights
    self.lower = kept.rows(of: lower, dimension)
    self.upper = kept.rows(of: upper, dimension)

    struct Interval: Hashable {
      let axis: Int
      let lower: Double
      let upper: Double
    }
    var known: [Interval: Int] = [:]
    var intervals: [(axis: Int, lower: Double, upper: Double)] = []
    var cells: [Int] = []
    for (i, (lower, upper)) in zip(self.lower, self.upper).enumerated() {
      let interval = Interval(axis: i % dimension, lower: lower, upper: upper)
      if known[interval] == nil {
        known[interval] = intervals.count
        intervals.append((interval.axis, lower, upper))
      }
      cells.append(known[interval]!)
    }
    self.intervals = intervals
    self.cells = cells
    mirrored = MirroredBoxes(
      dimension: dimension, intervals: intervals, cells: cells, weights: self.weights)
  }

  /// Throws at sigma = 0 on a boundary and outside the boxes.
  public func check(_ x: ArraySlice<Double>, at schedule: Schedule<Double>) throws(FlowError) {
    guard schedule.variance == 0 else { return }
    var isInside = false
    for box in weights.indices {
      var (open, closed) = (true, true)
      for (i, x) in x.enumerated() {
        let place = box * dimension + i
        let (a, b) = (schedule.alpha * lower[place], schedule.alpha * upper[place])
        open = open && a < x && x < b
        closed = closed && a <= x && x <= b
      }
      guard open == closed else {
        throw FlowError.singular(
          "x", "sigma(t) = 0 and the point lies on the boundary of box \(places[box])")
      }
      isInside = isInside || open
    }
    guard isInside else {
      throw FlowError.singular("x", "sigma(t) = 0 and the density is zero at the point")
    }
  }

  public func posterior(
    of x: [Lanes], at schedule: Schedule<Lanes>, _ wanted: Moments
  ) -> Posterior<Lanes> {
    boxPosterior(self, x, schedule, wanted)
  }

  public func posterior(
    of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
  ) -> Posterior<Dual<Lanes>> {
    boxPosterior(self, x, schedule, wanted)
  }

  public func sample(_ index: UInt64, from random: RandomStream) -> [Double] {
    // One position for the box and one for every two axes.
    let start = index &* UInt64(1 + (dimension + 1) / 2)
    let box = weights.drawn(by: random.uniforms(at: start).0)
    return (0..<dimension).map { i in
      let pair = random.uniforms(at: start &+ 1 &+ UInt64(i / 2))
      let u = i % 2 == 0 ? pair.0 : pair.1
      let place = box * dimension + i
      return (1 - u) * lower[place] + u * upper[place]
    }
  }

  public var rawMoments: RawMoments? {
    let total = blockedSum(weights.count) { weights[$0] }
    func average(_ i: Int, _ term: (Double, Double) -> Double) -> Double {
      blockedSum(weights.count) { k in
        weights[k] / total * term(lower[k * dimension + i], upper[k * dimension + i])
      }
    }
    return RawMoments(
      mean: (0..<dimension).map { average($0) { ($0 + $1) / 2 } },
      square: (0..<dimension).map { average($0) { ($0 * $0 + $0 * $1 + $1 * $1) / 3 } })
  }

  public var extent: Extent? { Extent(lower: lower.min()!, upper: upper.max()!) }
}

extension [Double] {
  /// The place that a uniform number in (0, 1] falls on when every place has its weight.
  func drawn(by uniform: Double) -> Int {
    var rest = uniform * blockedSum(count) { self[$0] }
    for k in indices {
      rest -= self[k]
      if rest <= 0 { return k }
    }
    return count - 1
  }
}
