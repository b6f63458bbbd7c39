import FlowMatching
import RealModule

/// One part of the law of an axis, seen from x at t0.
protocol AxisPart {
  /// The logarithm of a mass of the size of what its flow moves.
  var logMass: Double { get }
  /// Where it alone would bring x, if that is known without a search.
  var ownPlace: AxisPlace? { get }
  /// The slope of its own flow, if that is the same everywhere.
  var ownSlope: AxisSlope? { get }
  /// The place to which it shrinks at t1, if it is a point there.
  var atom: Double? { get }
  /// About where it alone would bring x, and the length over which its law at t1 changes.
  var guess: (place: AxisPlace, length: Double) { get }
  /// Its mass below and above x, in units of `exp(reference)`.
  func tails(_ reference: Double) throws(FlowError) -> (below: Double, above: Double)
  /// Its difference of levels between x at t0 and a place at t1; at an atom itself just below or just above it.
  func balance(
    at place: AxisPlace, _ reference: Double, isAbove: Bool
  ) throws(FlowError) -> LevelBalance
  /// Its share of the density at x at t0 and at a place at t1.
  func densities(to place: AxisPlace) throws(FlowError) -> PartDensities
}

/// What a part has of the density at both ends of a trajectory: `p_t0(x)`, `p_t1(y)`, and how much their ratio is more than
/// one, `p_t1(y)/p_t0(x) - 1`, known better than by subtraction, with the magnitude of what that is a sum of.
struct PartDensities {
  let start: ScaledNumber
  let end: ScaledNumber
  let excess: Double
  let size: Double
  /// What the logarithms of the two and the excess may be off by.
  let startNoise: Double
  let endNoise: Double
  let excessNoise: Double
}

/// A step of z from `(x - mean_0)/std_0` to `(y - mean_1)/std_1`.
struct LevelStep {
  let first: Double
  let second: Double
  /// What both are more than that.
  let firstTail: Double
  let secondTail: Double
  /// `second - first`, known better than by subtraction.
  let change: Double
  /// What rounding may have made of the places, in units of u.
  let noise: Double

  /// For a part with the mean `alpha m` and the given stds: from what changes, or from both ends to twice the working
  /// precision, whichever loses less. (That alpha and the gaps are rounded does not count for the step: the place is sought
  /// with the same ones.)
  @inline(__always)
  init(
    _ m: Double, tail: Double = 0, _ change: ScheduleChange, _ x: Double, _ place: AxisPlace,
    from std0: Double, _ std0Tail: Double, to std1: Double, _ std1Tail: Double,
    inverseChange: Double, isAbove: Bool
  ) {
    let (gap, gapRest) = change.start.exactGap(of: x, to: m, tail)
    let (end, endRest) = change.end.exactGap(of: place.y, place.tail, to: m, tail)
    guard std0 > 0, std1 > 0 else {
      first = std0 > 0 ? gap / std0 : gap < 0 ? -Double.infinity : .infinity
      second =
        std1 > 0
        ? end / std1 : end < 0 || end == 0 && !isAbove ? -Double.infinity : .infinity
      self.change = first == second ? 0 : second - first
      (firstTail, secondTail, noise) = (0, 0, 0)
      return
    }
    first = gap / std0
    let last = end / std1
    let moved = change.alpha * m
    let turned = gap * inverseChange
    let near = (abs(place.displacement) + abs(moved)) / std1 + abs(turned)
    let far = abs(last) + abs(first)
    noise = 2 * min(near, far)
    second = last
    firstTail = (gap.addingProduct(-first, std0) + gapRest - first * std0Tail) / std0
    secondTail = (end.addingProduct(-last, std1) + endRest - last * std1Tail) / std1
    self.change =
      2 * near <= far
      ? (place.displacement - moved + place.displacementTail) / std1 + turned
      : (last - first) + (secondTail - firstTail)
  }
}

extension Schedule where S == Double {
  /// `x - alpha m`.
  @inline(__always)
  func gap(of x: Double, to m: Double) -> Double {
    x.addingProduct(-alpha, m).addingProduct(-alphaTail, m)
  }

  /// `x - alpha m` of two places with their rests, to twice the working precision.
  @inline(__always)
  func exactGap(
    of x: Double, _ xTail: Double = 0, to m: Double, _ mTail: Double
  ) -> (value: Double, rest: Double) {
    let product = alpha * m
    let lost = (-product).addingProduct(alpha, m)
    let gap = x - product
    let part = gap - x
    let rest = (x - (gap - part)) - (product + part)
    guard rest.isFinite, lost.isFinite else { return (gap, 0) }
    return (gap, (rest - lost + xTail).addingProduct(-alpha, mTail).addingProduct(-alphaTail, m))
  }
}

/// N(mean, std^2), at every time a Gaussian of the variance `alpha^2 std^2 + sigma^2`.
struct GaussianPart: AxisPart {
  private let share: Double
  private let mean: Double
  private let change: ScheduleChange
  private let x: Double
  /// The standard deviations at both ends, and what they are more than that.
  private let first: Double
  private let last: Double
  private let firstTail: Double
  private let lastTail: Double
  /// The change of the variance.
  private let widening: Double

  init(
    share: Double, mean: Double, std: Double, _ change: ScheduleChange, _ x: Double
  ) throws(FlowError) {
    (self.share, self.mean, self.change, self.x) = (share, mean, change, x)
    func spread(_ schedule: Schedule<Double>) -> (Double, tail: Double) {
      guard std > 0 else { return (schedule.sigma, schedule.sigmaTail) }
      let own = schedule.alpha * std
      let spread = Double.hypot(own, schedule.sigma)
      // own^2 + variance - spread^2, the smaller term last.
      let square = own * own
      let lost =
        (-square).addingProduct(own, own) + 2 * own * (-own).addingProduct(schedule.alpha, std)
      let rest =
        square > schedule.variance
        ? (square.addingProduct(-spread, spread) + schedule.variance) + lost
        : schedule.variance.addingProduct(-spread, spread) + (square + lost)
      let tail = rest / (2 * spread)
      return (spread, abs(tail) <= 0x1p-50 * spread ? tail : 0)
    }
    (first, firstTail) = spread(change.start)
    (last, lastTail) = spread(change.end)
    guard first > 0 else {
      throw FlowError.singular("t0", "sigma is zero and the law has an atom: no flow leaves it")
    }
    widening = (std * (change.start.alpha + change.end.alpha) * std)
      .addingScaled(change.alpha, plus: change.variance)
  }

  private var z: Double { change.start.gap(of: x, to: mean) / first }

  var logMass: Double { Double.log(share) - z * z / 2 }

  var atom: Double? { last == 0 ? change.end.alpha * mean : nil }

  var ownPlace: AxisPlace? {
    if let atom { return AxisPlace(x, at: atom) }
    let gap = change.start.gap(of: x, to: mean)
    let moved = change.alpha * mean
    let turned = gap * (widening / (first * (first + last)))
    return AxisPlace(
      x, at: (change.end.alpha * mean).addingProduct(gap / first, last),
      displaced: moved + turned)
  }

  var guess: (place: AxisPlace, length: Double) { (ownPlace!, last) }

  func tails(_ reference: Double) -> (below: Double, above: Double) {
    let (below, above) = (
      NormalDifference.tail(beyond: -z), NormalDifference.tail(beyond: z)
    )
    return (share * below.value(in: reference), share * above.value(in: reference))
  }

  private func step(to place: AxisPlace, isAbove: Bool) -> LevelStep {
    LevelStep(
      mean, change, x, place, from: first, firstTail, to: last, lastTail,
      inverseChange: -(widening / (first * (first + last))) / last, isAbove: isAbove)
  }

  func balance(at place: AxisPlace, _ reference: Double, isAbove: Bool) -> LevelBalance {
    let step = step(to: place, isAbove: isAbove)
    let between = NormalDifference(step)
    // Nothing has no size.
    let exponent = between.part.value == 0 ? reference : between.part.exponent
    let reference = exponent > reference + 600 ? exponent : reference
    let excess = share * between.part.value(in: reference)
    let whole = share * between.whole
    guard last > 0 else {
      return LevelBalance(
        excess: excess, slope: 0, noise: 0, whole: whole, reference: reference)
    }
    let height =
      share * Double.exp(-step.second * step.second / 2 - reference) / (2 * Double.pi).squareRoot()
    return LevelBalance(
      excess: excess, slope: height / last, noise: 0x1p-51 * abs(excess),
      placeNoise: 0x1p-53 * height * step.noise, whole: whole, reference: reference)
  }

  private var stretch: Double {
    ScheduleChange.stretch(from: first, to: last, widening: widening)
  }

  var ownSlope: AxisSlope? { last > 0 ? AxisSlope(log: stretch, value: last / first) : nil }

  func densities(to place: AxisPlace) -> PartDensities {
    let step = step(to: place, isAbove: true)
    func density(_ std: Double, _ z: Double, _ tail: Double) -> ScaledNumber {
      ScaledNumber(share / std / (2 * Double.pi).squareRoot(), gaussianAt: z, tail)
    }
    let start = density(first, step.first, step.firstTail)
    guard last > 0 else {
      return PartDensities(
        start: start, end: ScaledNumber(value: .infinity), excess: .infinity, size: .infinity,
        startNoise: 0, endNoise: 0, excessNoise: 0)
    }
    let (moved, stretch) = (step.change * (step.first + step.second) / 2, stretch)
    let (size, unit) = (abs(moved) + abs(stretch), 0x1p-51)
    return PartDensities(
      start: start, end: density(last, step.second, step.secondTail),
      excess: Double.expMinusOne(-moved - stretch), size: size,
      startNoise: 2 * unit, endNoise: 2 * unit,
      excessNoise: unit * size * Double.exp(-moved - stretch))
  }
}

extension Double {
  /// `self a + b`.
  fileprivate func addingScaled(_ a: Double, plus b: Double) -> Double { b.addingProduct(self, a) }
}
