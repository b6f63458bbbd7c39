import FlowFiles

/// Numbers sent and wanted back before anything is judged, so that a mistake in reading or writing
/// them does not look like one in computing.
struct EchoTest {
  let precision: Precision

  /// Numbers that are exact in the precision, hard to read or to write.
  var numbers: [Double] {
    let plain: [Double] = [
      0, 1, -1, 0.5, 0.1, -0.1, 1.0 / 3, 2.0 / 3, 1e-5, 123_456_789, 3.141592653589793, 1e22, 1e23,
      0x1p53 - 1, 6.02214076e23, 0x1.fffffep-5, 0x1p-1022 - 0x1p-1074,
    ]
    let ends = [precision.smallest, precision.rule.smallestNormal, precision.largest]
    let unit = precision.rule.unitRoundoff
    let near = [1 + 2 * unit, 1 - unit, 2 - 2 * unit]
    // Significands and exponents without a pattern: a linear congruential generator's.
    var state: UInt64 = 0x2545_F491_4F6C_DD1D
    let scattered = (0..<48).map { _ -> Double in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let significand = 1 + Double(state >> 11) * 0x1p-53
      let span = precision == .float64 ? 300 : precision == .float16 ? 12 : 60
      return Double(
        sign: state & 1 == 0 ? .plus : .minus, exponent: Int(state >> 33) % (2 * span) - span,
        significand: significand)
    }
    return (plain + scattered).map(precision.nearest) + ends + near
  }

  /// The values that are sent: all in a row, nested, and a number by itself.
  var values: [JSONValue] {
    let numbers = numbers
    let rows = stride(from: 0, to: numbers.count, by: 7).map {
      JSONValue.numbers(Array(numbers[$0..<min($0 + 7, numbers.count)]))
    }
    return [.numbers(numbers), .array([.array(rows), .number(numbers[6])]), .number(numbers[4])]
  }

  /// What is wrong with the value that came back, if something is.
  func complaint(sent: JSONValue, received: JSONValue) -> String? {
    let (sent, received) = (Self.flat(sent), Self.flat(received))
    guard received.count == sent.count else {
      return "echo: \(sent.count) numbers were sent and \(received.count) came back"
    }
    let different = sent.indices.filter { received[$0] != sent[$0] }
    guard let first = different.first else { return nil }
    let got = received[first].map { JSONValue.number($0).lineText } ?? "no number"
    var text =
      "echo: sent \(JSONValue.number(sent[first]!).lineText), got back \(got) "
      + "(\(different.count) of \(sent.count) numbers changed)"
    let narrower = Precision.allCases.first { format in
      different.allSatisfy { received[$0] == format.nearest(sent[$0]!) }
    }
    if let narrower {
      text += "; they look rounded to \(narrower.rawValue): if that is meant, say so in hello "
      text += "or with --precision \(narrower.rawValue)"
    } else {
      text += "; numbers must be read as doubles and written in a form that reads back the same"
    }
    return text
  }

  /// The numbers in order, nil for anything else.
  private static func flat(_ value: JSONValue) -> [Double?] {
    switch value {
    case .number(let number): [number]
    case .numbers(let numbers): numbers
    case .array(let elements): elements.flatMap(flat)
    default: [nil]
    }
  }
}
