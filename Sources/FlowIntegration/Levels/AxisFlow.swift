import FlowMatching
import RealModule

/// The flow of one axis between two times: the y for which the mass below has not changed,
/// `R(y) = F_t1(y) - F_t0(x) = 0`.
///
/// R is never formed from two levels: every part gives the difference of its own two levels under one Gaussian,
/// `w (Phi(z1) - Phi(z0))`, and where the times or the places are close `z1 - z0` is formed from what changes. So tails
/// keep their digits, and so does y - x as the times approach each other.
struct AxisFlow {
  private let laws: [LinePart]
  private let path: any ProbabilityPath
  private let start: Time<Double>
  let change: ScheduleChange
  let parts: [any AxisPart]
  let x: Double
  /// The logarithm in whose units masses are counted.
  let reference: Double
  /// Whether the mass above x is the smaller one, and that mass.
  let isUpper: Bool
  let tail: Double

  init(
    _ laws: [LinePart], _ path: any ProbabilityPath, _ change: ScheduleChange,
    from start: Time<Double>, to end: Time<Double>, at x: Double
  ) throws(FlowError) {
    var parts: [any AxisPart] = []
    for part in laws where part.share > 0 {
      switch part.law {
      case .gaussian(let mean, let std):
        parts.append(try GaussianPart(share: part.share, mean: mean, std: std, change, x))
      case .density(let density):
        parts.append(
          try DensityPart(share: part.share, density, path, change, from: start, to: end, x))
      }
    }
    self.laws = laws.filter { $0.share > 0 }
    (self.path, self.start, self.change, self.x) = (path, start, change, x)
    var reference = -Double.infinity
    for part in parts { reference = max(reference, part.logMass) }
    self.reference = reference.isFinite ? reference : 0
    var (below, above) = (0.0, 0.0)
    for part in parts {
      let own = try part.tails(self.reference)
      below += own.below
      above += own.above
    }
    guard below > 0, above > 0 else {
      throw FlowError.singular(
        "x", "all mass lies on one side of x = \(x) at t0, so that no trajectory passes there")
    }
    (isUpper, tail) = above < below ? (true, above) : (false, below)
    self.parts = parts
  }

  /// Where the trajectory is, its displacement, and bounds of what rounding may have made of both.
  struct Answer {
    let place: AxisPlace
    let uncertainty: Double
    /// To what share of the smaller tail its level is known.
    let loss: Double
  }

  /// By Newton's method on the logarithm of the smaller tail, inside a bracket that a change of sign proves and that
  /// shrinks at least by half every second step.
  func solve() throws(FlowError) -> Answer {
    if change.span == 0 {
      return Answer(place: AxisPlace(x, displaced: 0), uncertainty: 0, loss: 0)
    }
    if parts.count == 1, let place = parts[0].ownPlace {
      return Answer(place: place, uncertainty: place.rounding, loss: 0)
    }
    if let place = try atom() { return Answer(place: place, uncertainty: 0, loss: 0) }
    var (low, high) = try bracket()
    guard low.y < high.y || low.displacement < high.displacement else {
      return Answer(place: low, uncertainty: low.rounding, loss: 0)
    }
    var place = low.middle(high)
    var width = high.distance(from: low)
    for _ in 0..<400 {
      let balance = try balance(at: place)
      if balance.excess > 0 { high = place } else { low = place }
      if balance.excess == 0 {
        return answer(place, balance)
      }
      // Far from the root masses may be counted in other units, and the step says nothing.
      let isNear = balance.reference == reference && abs(balance.excess) <= tail / 2
      let step = balance.reference == reference ? balance.step(tail, isUpper) : .nan
      let left = high.distance(from: low)
      let isShrunk = left <= width / 2
      if isShrunk { width = left }
      // What is lost in rounding either way.
      let isLast = isNear && step.isFinite && abs(step) <= left
      if isLast, abs(step) <= max(2 * place.rounding, balance.blur) {
        return answer(place.adding(rest: step), balance)
      }
      var next = step.isFinite ? place.moved(by: step) : low.middle(high)
      if !next.isBetween(low, high) || !isShrunk { next = low.middle(high) }
      if !next.isBetween(low, high) {
        return answer(isLast ? place.adding(rest: step) : place, balance)
      }
      place = next
    }
    throw FlowError(.noConvergence, "x", "the level of x = \(x) was not found again")
  }

  private func answer(_ place: AxisPlace, _ balance: LevelBalance) -> Answer {
    Answer(
      place: place, uncertainty: place.rounding + balance.uncertainty,
      loss: balance.noise / tail * Double.exp(balance.reference - reference))
  }

  /// The point on which the trajectory ends, if the mass that jumps there reaches across the level of x.
  private func atom() throws(FlowError) -> AxisPlace? {
    let atoms = Set(parts.compactMap(\.atom)).sorted().map { AxisPlace(x, at: $0) }
    guard !atoms.isEmpty else { return nil }
    var (low, high) = (0, atoms.count)
    while low < high {
      let middle = (low + high) / 2
      if try balance(at: atoms[middle], isAbove: true).excess >= 0 {
        high = middle
      } else {
        low = middle + 1
      }
    }
    guard low < atoms.count, try balance(at: atoms[low], isAbove: false).excess <= 0 else {
      return nil
    }
    if low + 1 < atoms.count, try balance(at: atoms[low], isAbove: true).excess == 0,
      parts.allSatisfy({ $0.atom != nil })
    {
      throw FlowError.singular("x", "the trajectory ends between two points, on neither")
    }
    return atoms[low]
  }

  /// Two places between which the trajectory ends. Of Gaussians alone, between where each of them alone would bring x:
  /// there every difference of levels has the same sign.
  private func bracket() throws(FlowError) -> (AxisPlace, AxisPlace) {
    let own = parts.compactMap(\.ownPlace)
    if own.count == parts.count {
      let low = own.min { $0.y < $1.y || $0.y == $1.y && $0.displacement < $1.displacement }!
      let high = own.max { $0.y < $1.y || $0.y == $1.y && $0.displacement < $1.displacement }!
      if low.y == high.y, low.displacement == high.displacement { return (low, high) }
      // They are rounded.
      return (low.moved(by: -8 * low.rounding), high.moved(by: 8 * high.rounding))
    }
    let guesses = parts.map(\.guess)
    var low = guesses.map(\.place).min { $0.y < $1.y }!
    var high = guesses.map(\.place).max { $0.y < $1.y }!
    let step = guesses.map(\.length).max()!
    low = try pushed(low, -step)
    high = try pushed(high, step)
    return (low, high)
  }

  /// The place pushed outwards, ever faster, until the excess has the sign of the direction.
  private func pushed(_ start: AxisPlace, _ step: Double) throws(FlowError) -> AxisPlace {
    var (place, step) = (start, step)
    for _ in 0..<1100 {
      let excess = try balance(at: place).excess
      if excess == 0 || (excess > 0) == (step > 0) { return place }
      place = place.moved(by: step)
      step *= 2
      guard place.y.isFinite else { break }
    }
    throw FlowError(.noConvergence, "x", "the level of x = \(x) was not bracketed")
  }

  /// R and its slope at a place, in units of `exp(reference)`.
  func balance(at place: AxisPlace, isAbove: Bool = false) throws(FlowError) -> LevelBalance {
    var result = LevelBalance(reference: reference)
    for part in parts { result.add(try part.balance(at: place, reference, isAbove: isAbove)) }
    return result.settled
  }

  /// `dy/dx = p_t0(x)/p_t1(y)`: where every part changes little, by an average that is close to one.
  /// - Throws: `singular`; `noConvergence` where fewer than ten digits of it are left, as far out, where it is a difference of
  ///   large logarithms, and on the steep flank of an edge.
  func slope(at answer: Answer) throws(FlowError) -> AxisSlope {
    let slope = try anySlope(at: answer)
    guard slope.uncertainty <= Self.leastKnown else {
      throw FlowError(
        .noConvergence, "x",
        "so far from the mass the slope of the flow at x = \(x) is known to a share of "
          + "\(slope.uncertainty) only; the end and the average velocity are known better"
      )
    }
    return slope
  }

  /// What the logarithm of a slope may be off by, at most.
  private static let leastKnown = 0x1p-36

  private func anySlope(at answer: Answer) throws(FlowError) -> AxisSlope {
    let place = answer.place
    if change.span == 0 { return AxisSlope(log: 0) }
    if parts.count == 1, let slope = parts[0].ownSlope { return slope }
    var all: [PartDensities] = []
    for part in parts { all.append(try part.densities(to: place)) }
    let (start, end) = (ScaledNumber.sum(all.map(\.start)), ScaledNumber.sum(all.map(\.end)))
    guard start.value > 0, start.value.isFinite else {
      throw FlowError.singular("t0", "the law at t0 has an atom, or no density at x")
    }
    guard end.value > 0, end.value.isFinite else {
      throw FlowError.singular("t1", "the law at t1 has an atom, or no density at the end")
    }
    let isCalm = all.allSatisfy { $0.start.value == 0 ? $0.end.value == 0 : $0.excess <= 1.75 }
    if isCalm {
      // p_t1(y)/p_t0(x) less one.
      var (excess, size, noise) = (0.0, 0.0, 0.0)
      for own in all where own.start.value > 0 {
        let weight = own.start / start
        excess += weight * own.excess
        size += weight * own.size
        noise += weight * own.excessNoise
      }
      if excess > -0.7 {
        return try closer(
          AxisSlope(
            log: -Double.log(onePlus: excess), uncertainty: noise / (1 + excess) + answer.loss),
          size)
      }
    }
    let (ratio, exponent) = (start.value / end.value, start.exponent(over: end))
    var noise = 0x1p-51 * (1 + abs(exponent)) + answer.loss
    for own in all {
      if own.start.value > 0 { noise += own.start / start * own.startNoise }
      if own.end.value > 0 { noise += own.end / end * own.endNoise }
    }
    return AxisSlope(
      log: Double.log(ratio) + exponent, value: ratio * Double.exp(exponent), uncertainty: noise)
  }

  /// A logarithm of the slope that is a small difference of parts, `size` their magnitude, by the integral of the divergence
  /// along the trajectory, which is such a difference no more; if the two agree as rounding allows.
  private func closer(_ plain: AxisSlope, _ size: Double) throws(FlowError) -> AxisSlope {
    let log = plain.log
    guard abs(log) < size / 2, size < 0x1p-2, let field = axisField else { return plain }
    var sum = 0.0
    for (node, weight) in GaussLegendre.rule {
      let time = Time(
        t: start.t + change.span * node, remaining: start.remaining - change.span * node)
      let flow = try AxisFlow(
        laws, path, ScheduleChange(path, from: start, to: time), from: start, to: time, at: x)
      sum +=
        weight * (try field.value(of: .divergence, at: time, of: [flow.solve().place.y])[0])
    }
    let integral = change.span * sum
    return abs(integral - log) <= 0x1p-48 * size
      ? AxisSlope(log: integral, uncertainty: plain.uncertainty) : plain
  }

  /// The field of this axis alone; `nil` where no target has its parts.
  private var axisField: MarginalField? {
    if laws.count == 1, case .density(let density) = laws[0].law {
      func target(_ density: some LineDensity) -> (any Target)? { try? LineTarget(density) }
      return target(density).map { MarginalField(path: path, target: $0) }
    }
    var (means, stds): ([Double], [Double]) = ([], [])
    for part in laws {
      guard case .gaussian(let mean, let std) = part.law else { return nil }
      means.append(mean)
      stds.append(std)
    }
    return
      (try? GaussianMixture(
        dimension: 1, means: means, stds: stds, weights: laws.map(\.share)))
      .map { MarginalField(path: path, target: $0) }
  }
}

/// dy/dx and its logarithm, each to its own digits.
struct AxisSlope {
  let log: Double
  let value: Double
  /// What the logarithm may be off by.
  let uncertainty: Double

  init(log: Double, value: Double, uncertainty: Double = 0) {
    (self.log, self.value, self.uncertainty) = (log, value, uncertainty)
  }

  init(log: Double, uncertainty: Double = 0) {
    self.init(log: log, value: Double.exp(log), uncertainty: uncertainty)
  }
}
