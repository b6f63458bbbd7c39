/// A small deterministic generator for the tests: SplitMix64.
///
/// *Reference*: Steele, Lea and Flood (2014).
struct SplitMix {
  private var state: UInt64

  init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform(_ range: ClosedRange<Double> = 0...1) -> Double {
    let unit = Double(next() >> 11) * 0x1p-53
    return range.lowerBound + unit * (range.upperBound - range.lowerBound)
  }

  mutating func index(below count: Int) -> Int { Int(next() % UInt64(count)) }

  /// Uniform magnitude of the exponent: `2^a` to `2^b`, either sign of a and b.
  mutating func power(_ exponents: ClosedRange<Double>) -> Double {
    let exponent = uniform(exponents)
    let whole = exponent.rounded(.down)
    return (1 + (exponent - whole)) * Double(sign: .plus, exponent: Int(whole), significand: 1)
  }

  mutating func vector(_ count: Int, _ range: ClosedRange<Double> = -2...2) -> [Double] {
    (0..<count).map { _ in uniform(range) }
  }

  mutating func shuffled(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, index(below: i + 1)) }
    return order
  }
}
