/// Boxes that are together their own mirror image in a point: as ``MirroredComponents``, pair by pair.
///
/// With `e_i` and `o_i` the halves of sum and difference of ``MirroredInterval`` for a box k of a pair, and the leads of its
/// axes,
///
///     p_k - p_k' = (p_k + p_k') tanh(sum of leads/2),
///     D_i - c_i = sum over pairs of (p_k + p_k') o_i + (p_k - p_k') e_i,
///
/// and the same for g.
struct MirroredBoxes: Sendable {
  let mirror: MirrorPairs
  private let dimension: Int
  /// The intervals of the first boxes of all pairs, seen from the centre.
  private let intervals: [(axis: Int, lower: Double, upper: Double)]
  /// For every pair and axis its interval.
  private let cells: [Int]

  /// `nil` where the boxes are not each other's images; every box has the interval `cells` on each axis.
  init?(
    dimension: Int, intervals: [(axis: Int, lower: Double, upper: Double)], cells: [Int],
    weights: [Double]
  ) {
    let rows = weights.indices.flatMap { k in
      let own = cells[k * dimension..<(k + 1) * dimension].map { intervals[$0] }
      return own.map(\.lower) + own.map(\.upper)
    }
    guard let mirror = MirrorPairs(dimension: dimension, rows: rows, weights: weights) else {
      return nil
    }
    var places: [Int: Int] = [:]
    var seen: [(axis: Int, lower: Double, upper: Double)] = []
    self.cells = mirror.pairs.flatMap { pair in
      cells[pair.first * dimension..<(pair.first + 1) * dimension].map { cell in
        if let place = places[cell] { return place }
        let (axis, lower, upper) = intervals[cell]
        places[cell] = seen.count
        seen.append((axis, lower - mirror.center[axis], upper - mirror.center[axis]))
        return seen.count - 1
      }
    }
    (self.mirror, self.intervals, self.dimension) = (mirror, seen, dimension)
  }

  /// `plain` with the means of the lanes that are near the centre by pairs, from the posterior probabilities of the boxes.
  func means<S: Scalar>(
    instead plain: Posterior<S>, of x: [S], at schedule: Schedule<S>, probability: [S]
  ) -> Posterior<S> {
    // Without noise no box is seen from outside.
    let distance = S.choose(
      S(0.0), below: schedule.variance, then: mirror.distance { plain.denoiser[$0] },
      otherwise: S(1.0))
    guard S.any(distance, below: S(0.5)) else { return plain }
    func near(_ pair: S, else plain: S) -> S {
      S.choose(distance, below: S(0.5), then: pair, otherwise: plain)
    }
    let y = x.indices.map { schedule.gap(x[$0], constant: mirror.center[$0]) }
    let seen = intervals.map {
      MirroredInterval(y[$0.axis], lower: $0.lower, upper: $0.upper, schedule)
    }
    var denoiser = [S](repeating: S(0.0), count: dimension)
    var negativeScore = denoiser
    for (place, pair) in mirror.pairs.enumerated() {
      let axes = cells[place * dimension..<(place + 1) * dimension].map { seen[$0] }
      let isCentral = pair.first == pair.second
      let both =
        isCentral ? probability[pair.first] : probability[pair.first] + probability[pair.second]
      let lead = blockedSum(dimension) { axes[$0].lead }
      let difference = both * hyperbolicTangent(lead.scaled(by: 0.5))
      for (i, axis) in axes.enumerated() {
        denoiser[i] = denoiser[i].addingProduct(both, axis.oddMean)
          .addingProduct(difference, axis.evenMean)
        negativeScore[i] = negativeScore[i].addingProduct(both, axis.oddScore)
          .addingProduct(difference, axis.evenScore)
      }
    }
    var result = plain
    for i in 0..<dimension {
      result.denoiser[i] = near(denoiser[i] + S(mirror.center[i]), else: plain.denoiser[i])
      result.negativeScore[i] = near(negativeScore[i], else: plain.negativeScore[i])
    }
    return result
  }
}
