import FlowMatching
import RealModule

/// Random choices one after another, exact in the precision under test.
struct FuzzDraw {
  private let stream: RandomStream
  private var position: UInt64 = 0
  private let precision: Precision

  init(seed: UInt64, case index: Int, precision: Precision) {
    stream = RandomStream(seed: seed, stream: UInt64(index))
    self.precision = precision
  }

  private mutating func bits() -> UInt64 {
    defer { position += 1 }
    return stream.bits(at: position).0
  }

  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(bits() % UInt64(range.count))
  }

  mutating func pick<T>(_ choices: [T]) -> T { choices[integer(0...choices.count - 1)] }

  mutating func chance(_ percent: Int) -> Bool { integer(0...99) < percent }

  /// The nearest number of the precision under test.
  func nearest(_ number: Double) -> Double { precision.nearest(number) }

  /// Uniform in (0, 1].
  mutating func uniform() -> Double { Double((bits() >> 11) + 1) * 0x1p-53 }

  /// Between the bounds, uniform in the logarithm.
  mutating func scale(_ low: Double, _ high: Double) -> Double {
    precision.nearest(low * Double.pow(high / low, uniform()))
  }

  mutating func normal() -> Double {
    defer { position += 1 }
    return precision.nearest(stream.normals(at: position).0)
  }

  /// A coordinate: zero, a few bits, a decimal, a standard normal, or of any size.
  mutating func coordinate() -> Double {
    switch integer(0...9) {
    case 0: 0
    case 1...3: Double(integer(-32...32)) / 8
    case 4...5: precision.nearest(Double(integer(-30...30)) / 10)
    case 6...8: normal()
    default: precision.nearest(normal() * scale(1e-3, 1e3))
    }
  }

  /// A number for a parameter: zero where that is accepted, a whole number, or any in the range to draw from; with
  /// `isInside` of these the ones in that range.
  mutating func value(of parameter: Parameter, isInside: Bool = false) -> Double {
    let range = parameter.drawn
    let whole =
      Int(
        range.lowerBound.rounded(.up))...max(
        Int(range.lowerBound.rounded(.up)), Int(range.upperBound))
    switch integer(0...9) {
    case 0...2 where parameter.accepted.contains(0) && !isInside: return 0
    case _ where parameter.isInteger: return Double(integer(whole))
    case 3...5 where range.contains(Double(whole.lowerBound)): return Double(integer(whole))
    default:
      return range.lowerBound > 0
        ? scale(range.lowerBound, range.upperBound)
        : precision.nearest(
          range.lowerBound + (range.upperBound - range.lowerBound) * uniform())
    }
  }

  mutating func vector(_ dimension: Int) -> [Double] {
    (0..<dimension).map { _ in coordinate() }
  }

  /// A time as a member of a request: the ends, next to them, and between.
  mutating func time(allowingEnds: Bool = true) -> (name: String, value: Double) {
    let deepest = precision == .float64 ? 60 : 20
    switch integer(0...11) {
    case 0 where allowingEnds: return ("t", 0)
    case 1 where allowingEnds: return ("t", 1)
    case 2...3: return ("t", power(-integer(1...deepest)))
    case 4...5: return ("t", precision.nearest(1 - power(-integer(1...min(deepest, 52)))))
    case 6...7: return ("one_minus_t", power(-integer(1...deepest)))
    case 8: return ("one_minus_t", scale(1e-12, 1))
    default: return ("t", precision.nearest(Double(integer(1...99)) / 100))
    }
  }

  private func power(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }
}
