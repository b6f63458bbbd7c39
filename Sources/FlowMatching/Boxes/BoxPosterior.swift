/// Posterior moments of boxes, each seen from the heaviest one, as for a mixture of Gaussians: the
/// means differ by `E_k - E_j = v w`, `g_k - g_j = -alpha w`.
///
/// Which box is the heaviest is settled by the comparisons themselves: see ``Anchoring``. Near the centre of boxes that
/// mirror each other the means are taken by pairs: see ``MirroredBoxes``.
func boxPosterior<S: Scalar>(
  _ boxes: UniformBoxes, _ x: [S], _ schedule: Schedule<S>, _ wanted: Moments
) -> Posterior<S> {
  let view = BoxView(boxes, x, schedule)
  let count = boxes.weights.count
  let logits = (0..<count).map { BoxLogit(view.axes($0), boxes.logWeights[$0]) }
  var index = S(0.0)
  var best = logits[0].weighted
  for k in 1..<max(count, 1) {
    index = S.choose(best, below: logits[k].weighted, then: S(Double(k)), otherwise: index)
    best = S.choose(best, below: logits[k].weighted, then: logits[k].weighted, otherwise: best)
  }
  let asked = boxes.mirrored != nil && wanted.contains(.means) ? wanted.union(.weights) : wanted
  var sums = view.sums(from: index, asked)
  for _ in 0..<Anchoring.attempts where !Anchoring.isSettled(sums.total, count: count) {
    let heavier = Anchoring.largest(view.sums(from: index, .weights).weights)
    index = Anchoring.moved(index, to: heavier, total: sums.total, count: count)
    sums = view.sums(from: index, asked)
  }
  let anchor = view.anchor(at: index)
  let heaviest = Anchor(
    mean: [], g: anchor.map(\.g), denoiser: anchor.map(\.denoiser), square: S(0.0),
    logDensity: BoxLogit(anchor, 0).logDensity, spread: [], variances: [])
  var result = sums.posterior(
    heaviest, logWeight: S.gather(at: index) { boxes.logWeights[$0] }, schedule)
  if wanted.contains(.means), let mirrored = boxes.mirrored {
    result = mirrored.means(instead: result, of: x, at: schedule, probability: result.weights)
  }
  if !wanted.contains(.weights) {
    result.weights = []
  } else if boxes.count > boxes.places.count {
    var all = [S](repeating: S(0.0), count: boxes.count)
    for (weight, place) in zip(result.weights, boxes.places) { all[place] = weight }
    result.weights = all
  }
  return result
}

/// Boxes at one point and schedule.
private struct BoxView<S: Scalar> {
  let boxes: UniformBoxes
  let schedule: Schedule<S>
  private let table: [TruncatedNormal<S>]

  init(_ boxes: UniformBoxes, _ x: [S], _ schedule: Schedule<S>) {
    (self.boxes, self.schedule) = (boxes, schedule)
    table = boxes.intervals.map {
      TruncatedNormal(x[$0.axis], lower: $0.lower, upper: $0.upper, schedule)
    }
  }

  /// The axes of one box.
  func axes(_ k: Int) -> [TruncatedNormal<S>] {
    let d = boxes.dimension
    return boxes.cells[k * d..<(k + 1) * d].map { table[$0] }
  }

  /// Those of the box `index`, per lane.
  func anchor(at index: S) -> [TruncatedNormal<S>] {
    var result = axes(0)
    for k in 1..<max(boxes.weights.count, 1) {
      let own = axes(k)
      for i in result.indices {
        result[i] = .choose(S(Double(k) - 0.5), below: index, then: own[i], otherwise: result[i])
      }
    }
    return result
  }

  /// The sums over all boxes, seen from the box `index`.
  func sums(from index: S, _ wanted: Moments) -> BoxSums<S> {
    let d = boxes.dimension
    let anchor = anchor(at: index)
    let anchorWeight = S.gather(at: index) { boxes.weights[$0] }
    var sums = BoxSums<S>(dimension: d, wanted)
    let block = 64
    var terms = [Comparison<S>](repeating: Comparison(), count: block)
    var shares = [S](repeating: S(0.0), count: block)
    var shifts = [S](repeating: S(0.0), count: block * d)
    for start in stride(from: 0, to: boxes.weights.count, by: block) {
      let size = min(block, boxes.weights.count - start)
      shifts.withUnsafeMutableBufferPointer { shifts in
        for b in 0..<size {
          let own = axes(start + b)
          terms[b] = compare(own, anchor, schedule)
          for i in 0..<d { shifts[b * d + i] = shift(own[i], anchor[i], schedule) }
          shares[b] =
            S.exp(terms[b].logRatio) * terms[b].factor
            * (S(boxes.weights[start + b]) / anchorWeight)
        }
        sums.add(size, shares, terms, UnsafePointer(shifts.baseAddress!))
      }
      if wanted.contains(.jacobians) {
        sums.addInverses { inverse, spread in
          for b in 0..<size {
            for (i, axis) in axes(start + b).enumerated() {
              inverse[i * (d + 1)] = inverse[i * (d + 1)].addingProduct(shares[b], axis.inverse)
              spread[i * (d + 1)] = spread[i * (d + 1)].addingProduct(shares[b], axis.spread)
            }
          }
        }
      }
      if wanted.contains(.weights) { sums.weights += shares.prefix(size) }
    }
    return sums
  }
}

/// The log density of one box, and the same with its weight.
private struct BoxLogit<S: Scalar> {
  var logDensity: S
  var weighted: S

  init(_ axes: [TruncatedNormal<S>], _ logWeight: Double) {
    let square = blockedSum(axes.count) { axes[$0].offset * axes[$0].offset }
    let volume = ScaledProduct(axes.map(\.volume))
    logDensity = (volume.log + S.log(volume.factor)).addingProduct(square, constant: -0.5)
    weighted = logDensity + S(logWeight)
  }
}

/// A product of positive numbers as a factor and a logarithm: a logarithm alone has a rounding error
/// as large as itself, a product of very many factors leaves the range of the format.
private struct ScaledProduct<S: Scalar> {
  var factor = S(1.0)
  var log = S(0.0)

  init(_ terms: [S]) {
    for (i, term) in terms.enumerated() {
      if i < 4 { factor = factor * term } else { log = log + S.log(term) }
    }
  }
}

private func compare<S: Scalar>(
  _ own: [TruncatedNormal<S>], _ anchor: [TruncatedNormal<S>], _ schedule: Schedule<S>
) -> Comparison<S> {
  let d = own.count
  var result = Comparison<S>()
  // -(c_k^2 - c_j^2)/2 of the offsets c = (x - alpha e)/sigma; between two edges their difference is
  // alpha (e_j - e_k)/sigma.
  let sum = blockedSum(d) { i in
    let (k, j) = (own[i], anchor[i])
    let plain = k.offset - j.offset
    let byEdges = schedule.alpha * (j.edge - k.edge) / schedule.sigma
    let difference = S.choose(k.isWide + j.isWide, below: S(0.5), then: byEdges, otherwise: plain)
    return S.choose(
      S(0.0), below: schedule.variance, then: difference, otherwise: plain) * (k.offset + j.offset)
  }
  let volume = ScaledProduct((0..<d).map { own[$0].volume / anchor[$0].volume })
  result.logRatio = volume.log.addingProduct(sum, constant: -0.5)
  result.factor = volume.factor
  result.inverseTrace = blockedSum(d) { own[$0].inverse }
  result.spreadInverseTrace = blockedSum(d) { own[$0].spread }
  result.alphaRate = blockedSum(d) { own[$0].alphaRate }
  result.varianceRate = blockedSum(d) { own[$0].varianceRate }
  return result
}

/// w, from the difference of the denoisers if x is inside no wide box, else from that of the g.
///
/// The derivatives decide: with `w2 = alpha^2 Var[x1 | x, k]/v` those of `alpha E_k` and `v g_k` are
/// `w2` and `1 - w2`, so that the other choice would differentiate two large numbers whose difference
/// is small. Between two edges the distance is exact, and no larger than what either point is away
/// from x.
private func shift<S: Scalar>(
  _ own: TruncatedNormal<S>, _ anchor: TruncatedNormal<S>, _ schedule: Schedule<S>
) -> S {
  let variance = S.choose(
    S(0.0), below: schedule.variance, then: schedule.variance, otherwise: S(1.0))
  let byData = ((own.edge - anchor.edge) + (own.fromEdge - anchor.fromEdge)) / variance
  let byNoise = (anchor.g - own.g) / schedule.alpha
  return S.choose(own.isWide + anchor.isWide, below: S(0.5), then: byData, otherwise: byNoise)
}
