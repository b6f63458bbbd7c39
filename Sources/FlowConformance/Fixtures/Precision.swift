import FlowFiles

/// A binary floating-point format that an implementation may compute in.
public enum Precision: String, CaseIterable, Sendable {
  case float64, float32, float16, bfloat16

  /// The bits of a significand, the leading one included.
  private var significandBits: Int {
    switch self {
    case .float64: 53
    case .float32: 24
    case .float16: 11
    case .bfloat16: 8
    }
  }

  /// The exponents of the smallest and the largest normal number.
  private var exponents: ClosedRange<Int> {
    switch self {
    case .float64: -1022...1023
    case .float32, .bfloat16: -126...127
    case .float16: -14...15
    }
  }

  /// The rule that judges answers computed in this format.
  public var rule: PassRule {
    PassRule(
      unitRoundoff: Double(sign: .plus, exponent: -significandBits, significand: 1),
      smallestNormal: Double(sign: .plus, exponent: exponents.lowerBound, significand: 1))
  }

  /// The nearest number of this format, ties to even; beyond the largest, the largest.
  public func nearest(_ number: Double) -> Double {
    guard number != 0, number.isFinite else { return number }
    let quantum = Double(
      sign: .plus,
      exponent: max(Int(number.exponent), exponents.lowerBound) - significandBits + 1,
      significand: 1)
    let rounded = (number / quantum).rounded(.toNearestOrEven) * quantum
    return rounded.magnitude <= largest ? rounded : Double(signOf: number, magnitudeOf: largest)
  }

  /// The largest finite number.
  var largest: Double {
    let significand = 2 - Double(sign: .plus, exponent: 1 - significandBits, significand: 1)
    return Double(sign: .plus, exponent: exponents.upperBound, significand: significand)
  }

  /// The smallest number above zero.
  var smallest: Double {
    Double(
      sign: .plus, exponent: exponents.lowerBound - significandBits + 1, significand: 1)
  }

  /// Whether a number is exact in this format, subnormal numbers included.
  public func contains(_ number: Double) -> Bool { nearest(number) == number }

  /// Whether every number of a request is exact in this format.
  func contains(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let number): contains(number)
    case .integer(let integer): contains(Double(integer))
    case .numbers(let numbers): numbers.allSatisfy(contains)
    case .array(let elements): elements.allSatisfy { contains($0) }
    case .object(let object): object.members.allSatisfy { contains($0.value) }
    case .null, .bool, .string: true
    }
  }
}
