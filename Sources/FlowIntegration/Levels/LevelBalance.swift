import RealModule

/// A difference of levels with its slope in y, and what rounding may have made of the sum and of the places in it.
struct LevelBalance {
  var excess = 0.0
  var slope = 0.0
  var noise = 0.0
  var placeNoise = 0.0
  /// Multiples of halves of shares, summed without rounding, in units of 1: `whole + wholeTail`.
  var whole = 0.0
  var wholeTail = 0.0
  /// What the first four are counted in units of, as a logarithm.
  var reference: Double

  /// In the larger of both units, so that nothing overflows.
  mutating func add(_ other: LevelBalance) {
    let top = max(reference, other.reference)
    let (own, others) = (Double.exp(reference - top), Double.exp(other.reference - top))
    excess = excess * own + other.excess * others
    slope = slope * own + other.slope * others
    noise = noise * own + other.noise * others
    placeNoise = placeNoise * own + other.placeNoise * others
    reference = top
    let sum = whole + other.whole
    let part = sum - whole
    wholeTail += (whole - (sum - part)) + (other.whole - part) + other.wholeTail
    whole = sum
  }

  /// With the wholes counted in.
  var settled: LevelBalance {
    var result = self
    (result.whole, result.wholeTail) = (0, 0)
    let rest = whole + wholeTail
    guard rest != 0 else { return result }
    if reference < -600 {
      let own = Double.exp(reference)
      result.excess *= own
      result.slope *= own
      result.noise *= own
      result.placeNoise *= own
      result.reference = 0
    }
    let size = rest * Double.exp(-result.reference)
    result.excess += size
    result.noise += 0x1p-53 * abs(size)
    return result
  }

  /// How far from the root of what is computed this may be although nothing is left to gain.
  var blur: Double { slope > 0 ? noise / slope : .infinity }
  /// How far from the root of what is meant that may be.
  var uncertainty: Double { slope > 0 ? (noise + placeNoise) / slope : .infinity }

  /// Newton's step for the logarithm of the tail on the given side.
  func step(_ tail: Double, _ isUpper: Bool) -> Double {
    let rest = isUpper ? -excess / tail : excess / tail
    guard rest > -1, slope > 0 else { return .nan }
    let step = tail * (1 + rest) / slope * Double.log(onePlus: rest)
    return isUpper ? step : -step
  }
}
