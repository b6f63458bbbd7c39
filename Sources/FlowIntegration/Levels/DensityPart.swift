import FlowMatching
import RealModule

/// A density on the line: at every time its average over Gaussians at `alpha y` of the variance `sigma^2`, so that its
/// difference of levels is the average of theirs.
struct DensityPart: AxisPart {
  private let share: Double
  private let density: any LineDensity
  private let field: MarginalField
  private let change: ScheduleChange
  private let start: Time<Double>
  private let end: Time<Double>
  private let x: Double
  /// The logarithm of its density at x, less that of the share; minus infinity where there is none.
  private let logStart: Double

  init(
    share: Double, _ density: any LineDensity, _ path: any ProbabilityPath,
    _ change: ScheduleChange, from start: Time<Double>, to end: Time<Double>, _ x: Double
  ) throws(FlowError) {
    func target(_ density: some LineDensity) throws(FlowError) -> any Target {
      try LineTarget(density)
    }
    (self.share, self.density, self.change, self.x) = (share, density, change, x)
    (self.start, self.end) = (start, end)
    field = MarginalField(path: path, target: try target(density))
    do {
      logStart = try field.value(of: .logDensity, at: start, of: [x])[0]
    } catch  where error.code == .singular {
      logStart = -.infinity
    }
  }

  var logMass: Double {
    Double.log(share) + logStart
      + Double.log(change.start.sigma + change.start.alpha * density.scale)
  }

  var ownPlace: AxisPlace? { nil }
  var ownSlope: AxisSlope? { nil }
  var atom: Double? { nil }

  var guess: (place: AxisPlace, length: Double) {
    func spread(_ schedule: Schedule<Double>) -> Double {
      Double.hypot(schedule.alpha * density.scale, schedule.sigma)
    }
    let center = density.marks[density.center].position
    let (first, last) = (spread(change.start), spread(change.end))
    let y = (change.end.alpha * center)
      .addingProduct(change.start.gap(of: x, to: center) / first, last)
    return (AxisPlace(x, at: y), last)
  }

  /// Where a Gaussian at `alpha y` sees the place, and over which length of y.
  private func feature(_ schedule: Schedule<Double>, _ place: Double) -> LineFeature {
    LineFeature(place: place / schedule.alpha, length: schedule.sigma / schedule.alpha)
  }

  /// The features of both ends; one of them where they all but agree.
  private func features(_ place: AxisPlace) -> [LineFeature] {
    let (first, last) = (feature(change.start, x), feature(change.end, place.y))
    let size = min(first.length, last.length)
    let isOne =
      abs(first.place - last.place) <= size / 4 && abs(first.length - last.length) <= size
      && size > 0
    return isOne ? [first] : [first, last]
  }

  private var reachesFar: Bool { change.start.alpha == 0 || change.end.alpha == 0 }

  func tails(_ reference: Double) throws(FlowError) -> (below: Double, above: Double) {
    let start = change.start
    let limits = try QuadratureLimits(relativeTolerance: 0x1p-20)
    let found = try density.averages(
      2, around: [feature(start, x)], reachesFar: start.alpha == 0, limits: limits
    ) { point, row, noise in
      for lane in 0..<Lanes.count {
        let gap = start.gap(of: x, to: point.y[lane])
        let z = start.sigma > 0 ? gap / start.sigma : gap < 0 ? -Double.infinity : .infinity
        let log = point.logDensity[lane]
        row[0][lane] = NormalDifference.tail(beyond: -z).scaled(byExp: log).value(in: reference)
        row[1][lane] = NormalDifference.tail(beyond: z).scaled(byExp: log).value(in: reference)
      }
      for i in 0..<2 { noise[i] = (Lanes.magnitude(row[i])) * (point.noise + Lanes(8.0)) }
    }
    return (share * found.values[0], share * found.values[1])
  }

  private var inverseChange: Double {
    let (first, last) = (change.start.sigma, change.end.sigma)
    return -(change.variance / (first * (first + last))) / last
  }

  @inline(__always)
  private func step(
    _ point: LinePoint, _ lane: Int, to place: AxisPlace, _ inverse: Double, isAbove: Bool
  ) -> LevelStep {
    let (start, end) = (change.start, change.end)
    return LevelStep(
      point.y[lane], tail: point.tail[lane], change, x, place, from: start.sigma, start.sigmaTail,
      to: end.sigma, end.sigmaTail, inverseChange: inverse, isAbove: isAbove)
  }

  func balance(
    at place: AxisPlace, _ reference: Double, isAbove: Bool
  ) throws(FlowError) -> LevelBalance {
    let inverse = inverseChange
    let found = try density.averages(1, around: features(place), reachesFar: reachesFar) {
      point, row, noise in
      for lane in 0..<Lanes.count {
        let between = NormalDifference(step(point, lane, to: place, inverse, isAbove: isAbove))
        row[0][lane] = between.part.scaled(byExp: point.logDensity[lane]).value(in: reference)
        if between.whole != 0 {
          row[0][lane] += between.whole * Double.exp(point.logDensity[lane] - reference)
        }
        noise[0][lane] = abs(row[0][lane]) * (point.noise[lane] + 8)
      }
    }
    // Far out, and far from the root: all of the mass in units of a tiny part of it.
    guard found.values[0].isFinite else {
      return try balance(at: place, 0, isAbove: isAbove)
    }
    var slope = 0.0
    if let log = try? field.value(of: .logDensity, at: end, of: [place.y])[0] {
      slope = share * Double.exp(log - reference)
    }
    let rounding = 0x1p-53 * min(abs(place.y), abs(place.displacement) + abs(x))
    return LevelBalance(
      excess: share * found.values[0], slope: slope,
      noise: share * found.errors[0], placeNoise: slope * rounding, reference: reference)
  }

  /// The logarithm of the density at t1, less that of the share; minus infinity outside the support.
  private func logEnd(_ place: AxisPlace) throws(FlowError) -> Double {
    do {
      let log = try field.value(of: .logDensity, at: end, of: [place.y])[0]
      return place.tail == 0 ? log : log + place.tail * (try score(at: end, place.y))
    } catch  where error.code == .singular {
      let (first, last) = (density.marks.first!, density.marks.last!)
      let y = place.y / change.end.alpha
      let isBelow = first.isBound(first.left) && y < first.position
      let isAbove = last.isBound(last.right) && y > last.position
      if change.end.variance == 0, isBelow || isAbove { return -.infinity }
      throw error
    }
  }

  func densities(to place: AxisPlace) throws(FlowError) -> PartDensities {
    let logEnd = try logEnd(place)
    func density(_ log: Double) -> ScaledNumber {
      log == -.infinity ? .zero : ScaledNumber(value: share, exponent: log)
    }
    let found: Growth?
    do {
      found = try growth(to: place, logEnd)
    } catch  where error.code == .noConvergence {
      found = nil
    }
    let scores = (try score(at: start, x), try score(at: end, place.y))
    // What the engine promises of a log density.
    let startNoise = 0x1p-50 * (1 + abs(logStart) + abs(scores.0 * x))
    let endNoise = 0x1p-50 * (1 + abs(logEnd) + abs(scores.1 * place.y))
    let plain = logStart == -.infinity ? .infinity : Double.expMinusOne(logEnd - logStart)
    let growth =
      found
      ?? Growth(excess: plain, size: abs(plain), noise: (1 + plain) * (startNoise + endNoise))
    return PartDensities(
      start: density(logStart), end: density(logEnd), excess: growth.excess, size: growth.size,
      startNoise: startNoise, endNoise: endNoise, excessNoise: growth.noise)
  }

  /// The score of its law; 0 where it has no density or the density no slope.
  private func score(at time: Time<Double>, _ y: Double) throws(FlowError) -> Double {
    do {
      return try field.value(of: .score, at: time, of: [y])[0]
    } catch  where error.code == .singular {
      return 0
    }
  }

  /// `p_t1(y)/p_t0(x) - 1`, the magnitude of what it is a sum of, and what it may be off by.
  private struct Growth {
    let excess: Double
    let size: Double
    let noise: Double
  }

  /// `p_t1(y)/p_t0(x) - 1` without a difference of two log densities, where the Gaussians of both times are all but the same on
  /// the data, and the magnitude of what it is a sum of; `nil` elsewhere:
  ///
  ///     p_t1(y)/p_t0(x) - 1 = E[exp r(m) - 1],  r(m) = log N(y; alpha_1 m, sigma_1^2) - log N(x; alpha_0 m, sigma_0^2),
  ///
  /// the average over the posterior of m at x. It is formed from an anchor a: of `q(m) N(x; alpha_0 m, sigma_0^2)` only what it
  /// is more than at a counts.
  private func growth(
    to place: AxisPlace, _ logEnd: Double
  ) throws(FlowError) -> Growth? {
    let (start, end) = (change.start, change.end)
    guard abs(logEnd - logStart) <= 1, start.variance > 0, end.variance > 0,
      abs(change.variance) <= start.variance / 4,
      abs(change.alpha) * density.scale <= start.sigma / 4, let anchor = anchor
    else { return nil }
    let stretch = ScheduleChange.stretch(
      from: start.sigma, to: end.sigma, widening: change.variance)
    let inverse = inverseChange
    let z = start.exactGap(of: x, to: anchor.y, anchor.tail).value / start.sigma
    let found = try density.averages(
      3, around: features(place), reachesFar: reachesFar, from: anchor
    ) { point, row, noise in
      for lane in 0..<Lanes.count {
        let step = step(point, lane, to: place, inverse, isAbove: true)
        // From the anchor to the point, in units of sigma at t0.
        let away = -start.alpha * anchor.offset(of: point, lane) / start.sigma
        let own = point.logDensity[lane] - away * (2 * z + away) / 2
        let weight = Double.exp(own)
        let moved = step.change * (step.first + step.second) / 2
        let rise = -stretch - moved
        row[0][lane] = weight
        row[1][lane] =
          rise < 1 ? weight * Double.expMinusOne(rise) : Double.exp(own + rise) - weight
        row[2][lane] = weight * moved
        for i in 0..<3 { noise[i][lane] = abs(row[i][lane]) * (point.noise[lane] + 8) }
      }
    }
    let excess = found.values[1] / found.values[0]
    let size = abs(stretch) + found.magnitudes[2] / found.values[0]
    let noise =
      (found.errors[1] + abs(excess) * found.errors[0]) / found.values[0] + 0x1p-51 * size
    return excess.isFinite && size.isFinite
      ? Growth(excess: excess, size: size, noise: noise) : nil
  }

  /// A place at which much of the posterior at x may lie: the middle of the data, or the place in the support that is nearest to
  /// x.
  private var anchor: LineAnchor? {
    let start = change.start
    func seen(_ density: some LineDensity) -> LineAnchor? {
      let (first, last) = (density.marks.first!, density.marks.last!)
      let low = first.isBound(first.left) ? first.position : -Double.infinity
      let high = last.isBound(last.right) ? last.position : Double.infinity
      func weight(_ anchor: LineAnchor) -> Double {
        let z = start.gap(of: x, to: anchor.y) / start.sigma
        return anchor.logDensity - z * z / 2
      }
      return [density.marks[density.center].position, min(max(x / start.alpha, low), high)]
        .compactMap { LineAnchor(density, y: $0) }.max { weight($0) < weight($1) }
    }
    return seen(density)
  }
}

extension LineAnchor {
  /// How far a point is from the anchor.
  fileprivate func offset(of point: LinePoint, _ lane: Int) -> Double {
    (point.y[lane] - y) + (point.tail[lane] - tail)
  }
}

extension DensityMark {
  /// Whether the support ends here towards the given side.
  fileprivate func isBound(_ side: Side?) -> Bool { !isSmooth && side == nil }
}
