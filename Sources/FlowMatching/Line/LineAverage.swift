import RealModule

/// A place on the line around which a function to be averaged changes, and the length over which it does; of length
/// zero it jumps there.
package struct LineFeature: Sendable {
  package let place: Double
  package let length: Double

  package init(place: Double, length: Double) { (self.place, self.length) = (place, length) }
}

/// Eight points of a density: where they are and what they are more than that, `log q` there, and what rounding may have
/// made of it, in units of u; seen from an anchor `log q` less that of the anchor.
package struct LinePoint {
  package let y: Lanes
  package let tail: Lanes
  package let logDensity: Lanes
  package let noise: Lanes
}

/// A place from which a density is seen: only what log q differs from its value there counts, and is formed from the
/// distance.
package struct LineAnchor {
  package let y: Double
  package let tail: Double
  fileprivate let distances: Distances
  fileprivate let log: Double

  /// `log q` at the anchor, in units of the data.
  package let logDensity: Double

  /// `nil` where q has no positive value: outside the support, and at a mark where the side is not told.
  package init?(_ density: some LineDensity, y: Double, tail: Double = 0) {
    let marks = density.marks
    guard y.isFinite, let first = marks.first, let last = marks.last,
      !(first.isEnd && first.left == nil && y < first.position),
      !(last.isEnd && last.right == nil && y > last.position)
    else { return nil }
    func distance(_ k: Int) -> Lanes { Lanes((y - marks[min(k, marks.count - 1)].position) + tail) }
    distances = Distances(first: distance(0), second: distance(1), third: distance(2))
    log = density.jet(at: distances, slope: 0).log[0]
    guard log.isFinite else { return nil }
    logDensity = log - Double.log(density.unit)
    (self.y, self.tail) = (y, tail)
  }
}

/// Integrals over a density, their estimated errors with rounding included, and the integrals of the magnitudes.
package struct LineAverages: Sendable {
  package let values: [Double]
  package let errors: [Double]
  package let magnitudes: [Double]
}

extension LineDensity {
  /// The integrals over the data of `count` functions that carry the density in them: `terms` is given eight points
  /// and fills rows with the functions, and with bounds on their rounding errors in units of `u = 2^-53`.
  ///
  /// The line is cut at the marks, around the bulk, around the features and, of a feature whose Gaussian flank lies on
  /// an end of the density, around that end; what is 80 lengths (of the bulk, for a jump) beyond all of them does not count, unless
  /// `reachesFar`, for functions that do not fall off by themselves. With an anchor the points have their log density
  /// relative to it.
  /// - Throws: `noConvergence`.
  package func averages(
    _ count: Int, around features: [LineFeature], reachesFar: Bool,
    from anchor: LineAnchor? = nil, limits: QuadratureLimits = .standard,
    _ terms: (_ at: LinePoint, _ row: inout [Lanes], _ noise: inout [Lanes]) -> Void
  ) throws(FlowError) -> LineAverages {
    let frame = AverageFrame(self, features, reachesFar: reachesFar)
    let logUnit = Double.log(unit)
    let result = AdaptiveQuadrature(limits: limits, width: count).integrate(
      pieces: frame.pieces.indices
    ) { index, t, row, noise in
      let (distances, y, tail, weight) = frame.points(index, t)
      let (log, logNoise) =
        anchor.map { relative(distances, y, tail, to: $0) } ?? absolute(distances, logUnit)
      terms(
        LinePoint(y: y, tail: tail, logDensity: log, noise: logNoise + Lanes(2.0)), &row, &noise)
      for i in 0..<count {
        row[i] = row[i] * weight
        noise[i] = noise[i] * weight
      }
    }
    // What is missing after all is in the errors.
    guard
      result.converged || zip(result.errors, result.magnitudes).allSatisfy({ $0 <= 0x1p-40 * $1 })
    else {
      throw FlowError(
        .noConvergence, "target",
        "an integral over the density has an error of \(result.errors.max()!) after \(result.evaluations) evaluations"
      )
    }
    return LineAverages(
      values: result.values, errors: result.errors, magnitudes: result.magnitudes)
  }
}

extension LineDensity {
  private func absolute(_ distances: Distances, _ logUnit: Double) -> (Lanes, noise: Lanes) {
    let jet = jet(at: distances, slope: 0)
    return (jet.log - Lanes(logUnit), jet.noise.log)
  }

  private func relative(
    _ distances: Distances, _ y: Lanes, _ tail: Lanes, to anchor: LineAnchor
  ) -> (Lanes, noise: Lanes) {
    let offset = (y - Lanes(anchor.y)) + (tail - Lanes(anchor.tail))
    if let jet = jet(
      at: distances, from: anchor.distances, offset: offset, slope: 0, omitting: nil)
    {
      return (jet.log, jet.noise.log)
    }
    let jet = jet(at: distances, slope: 0)
    return (jet.log - Lanes(anchor.log), jet.noise.log)
  }
}

/// The pieces of the line on which averages are taken, in data counted from the centre of the density.
private struct AverageFrame {
  /// How many lengths a feature is followed.
  private static let reach = 80.0

  let origin: Double
  let positions: [Double]
  let pieces: [LineFrame.LinePiece]
  private let markCount: Int

  init(_ density: some LineDensity, _ features: [LineFeature], reachesFar: Bool) {
    let marks = density.marks
    let center = density.center
    let origin = marks[center].position
    // Jumps first: like the marks they are never left out as cuts.
    let known = features.filter { $0.place.isFinite && $0.length.isFinite }
    let jumps = known.filter { $0.length == 0 }
    let features = jumps + known.filter { $0.length > 0 }
    self.origin = origin
    markCount = marks.count
    positions = marks.map { $0.position - origin } + features.map { $0.place - origin }
    var cuts = Cuts(positions)
    let bulk = density.scale
    let far = reachesFar ? 0x1p600 : Self.reach * bulk
    func outermost(_ sign: Double) -> LineFrame.Place {
      var result = LineFrame.Place(mark: center, offset: sign * far)
      for (k, feature) in features.enumerated() {
        let length = feature.length > 0 ? feature.length : bulk
        let own = LineFrame.Place(mark: marks.count + k, offset: sign * Self.reach * length)
        result = cuts.outer(result, own, sign)
      }
      let end = sign < 0 ? 0 : marks.count - 1
      let isEnd = marks[end].isEnd && (sign < 0 ? marks[end].left : marks[end].right) == nil
      return isEnd ? cuts.outer(.init(mark: end, offset: 0), result, -sign) : result
    }
    cuts.low = outermost(-1)
    cuts.high = outermost(1)
    let all = Array(positions.indices)
    for k in marks.indices { cuts.add(.init(mark: k, offset: 0)) }
    cuts.addAround(.init(mark: center, offset: 0), bulk, others: all)
    for (k, feature) in features.enumerated() {
      let length = feature.length > 0 ? feature.length : bulk
      cuts.addAround(.init(mark: marks.count + k, offset: 0), length, others: all)
      if feature.length == 0 { continue }
      // On the flank of a feature the mass beside an edge lies within 1/slope of it.
      for j in marks.indices where !marks[j].isSmooth {
        let slope = abs(positions[j] - positions[marks.count + k]) / feature.length / feature.length
        if slope.isFinite, slope * min(bulk, feature.length) > 2 {
          cuts.addAround(.init(mark: j, offset: 0), 1 / slope, others: [marks.count + k])
        }
      }
    }
    pieces = cuts.pieces(
      marks
        + jumps.map { DensityMark($0.place, left: .init(logLevel: 0), right: .init(logLevel: 0)) })
  }

  /// Eight points of a piece: their distances from the marks, where they are, to twice the working precision, and |dy/dt|.
  func points(_ index: Int, _ t: Lanes) -> (Distances, y: Lanes, tail: Lanes, weight: Lanes) {
    let piece = pieces[index]
    let near = positions[piece.near.mark]
    let length = piece.far.offset + (positions[piece.far.mark] - near) - piece.near.offset
    let power = piece.power
    let share = power == 1 ? t : Lanes.power(t, power)
    let weight =
      power == 1 ? Lanes(abs(length)) : Lanes.power(t, power - 1).scaled(by: abs(length) * power)
    let offset = Lanes(piece.near.offset).addingProduct(share, constant: length)
    func distance(_ k: Int) -> Lanes { offset + Lanes(near - positions[min(k, markCount - 1)]) }
    let base = near + origin
    let part = base - near
    let lost = (near - (base - part)) + (origin - part)
    let y = offset + Lanes(base)
    let moved = y - offset
    let tail = (offset - (y - moved)) + (Lanes(base) - moved) + Lanes(lost)
    return (
      Distances(first: distance(0), second: distance(1), third: distance(2)), y, tail, weight
    )
  }
}
