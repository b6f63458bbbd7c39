public import FlowFiles

/// The one rule by which an answer is judged, for every operation and precision:
///
///     |(got - value) - tail| <= budget (u (|value| + sensitivity) + eta) + radius
///
/// u is the unit roundoff of the precision under test, eta its smallest normal number. Words and null
/// are compared as they stand; of an object, the members that the fixture names. Which members of an answer are
/// judged at all: ``MemberKind``.
public struct PassRule: Sendable {
  /// u, half the distance from 1 to the next number of the format.
  public let unitRoundoff: Double
  /// The smallest normal number of the format.
  public let smallestNormal: Double

  public init(unitRoundoff: Double, smallestNormal: Double) {
    self.unitRoundoff = unitRoundoff
    self.smallestNormal = smallestNormal
  }

  /// The rule for double precision.
  public static let float64 = PassRule(
    unitRoundoff: 0x1p-53, smallestNormal: .leastNormalMagnitude)

  /// The operations with the smaller budget: schedules and conditional quantities.
  private static let direct: Set<String> = [
    "schedule", "time_at_log_snr", "conditional_flow", "conditional_velocity", "conditional_score",
    "conditional_log_density", "pair_velocity", "convert", "convert_convention", "ddpm_posterior",
    "bits_per_dim",
  ]

  /// 4 for schedules and conditional quantities, 8 for the others.
  public static func budget(of operation: String) -> Double { direct.contains(operation) ? 4 : 8 }

  /// The error over the allowance for a budget of 1: at most the budget if the answer is right,
  /// infinity where shapes or infinities differ.
  public func ratio(_ got: JSONValue, _ expected: Expectation) -> Double {
    ratio(got, expected.value, expected.tail, expected.sensitivity, expected.radius)
  }

  private func ratio(
    _ got: JSONValue, _ value: JSONValue, _ tail: JSONValue, _ sensitivity: JSONValue,
    _ radius: JSONValue
  ) -> Double {
    if case .object(let parts) = value {
      guard case .object(let gotParts) = got, case .object(let tails) = tail,
        case .object(let sensitivities) = sensitivity, case .object(let radii) = radius
      else { return .infinity }
      return worst(
        parts.members.map { part in
          guard let got = gotParts[part.name], let tail = tails[part.name],
            let sensitivity = sensitivities[part.name], let radius = radii[part.name]
          else { return .infinity }
          return self.ratio(got, part.value, tail, sensitivity, radius)
        })
    }
    if let values = value.elements {
      guard let gots = got.elements, let tails = tail.elements, gots.count == values.count,
        let sensitivities = sensitivity.elements, let radii = radius.elements
      else { return .infinity }
      return worst(
        values.indices.map {
          self.ratio(gots[$0], values[$0], tails[$0], sensitivities[$0], radii[$0])
        })
    }
    guard case .number(let value) = value, case .number(let got) = got,
      case .number(let tail) = tail, case .number(let sensitivity) = sensitivity,
      case .number(let radius) = radius
    else { return got == value ? 0 : .infinity }
    let error = max(0, abs((got - value) - tail) - radius)
    let ratio = error / (unitRoundoff * (abs(value) + sensitivity) + smallestNormal)
    return ratio.isNaN ? .infinity : ratio
  }

  private func worst(_ ratios: [Double]) -> Double { ratios.max() ?? 0 }

  /// Which number is worst and how far off it is, for a value that does not pass.
  func explanation(
    of got: JSONValue, _ expected: Expectation, at place: String = "", budget: Double
  ) -> String {
    guard let leaf = worstLeaf(got, expected, place) else {
      return
        "\(place.isEmpty ? "" : place + ": ")answered \(FixtureCase.short(got)), which has not the shape of "
        + FixtureCase.short(expected.value)
    }
    return "\(leaf.place.isEmpty ? "" : leaf.place + ": ")answered \(FixtureCase.short(leaf.got)), "
      + "certified \(FixtureCase.short(leaf.value))"
      + (leaf.ratio.isFinite ? "; \(size(of: leaf, budget))" : "")
  }

  /// How far off a number is: in roundings, or as it stands where more than rounding is allowed.
  private func size(of leaf: Leaf, _ budget: Double) -> String {
    guard case .number(let value) = leaf.value, case .number(let got) = leaf.got, leaf.radius > 0,
      leaf.radius > budget * unitRoundoff * abs(value)
    else { return "error/allowance \(Self.text(leaf.ratio)), budget \(Self.text(budget))" }
    return
      "off by \(DecimalText.short(abs(got - value))), \(DecimalText.short(leaf.radius)) allowed"
  }

  private typealias Leaf = (
    place: String, got: JSONValue, value: JSONValue, ratio: Double, radius: Double
  )

  /// The number with the largest ratio; nil where the shapes differ.
  private func worstLeaf(_ got: JSONValue, _ expected: Expectation, _ place: String) -> Leaf? {
    let parts: [(String, JSONValue?, JSONValue, Expectation?)]
    if case .object(let values) = expected.value {
      guard case .object(let gots) = got else { return nil }
      parts = values.members.map {
        ("\(place).\($0.name)", gots[$0.name], $0.value, expected.member($0.name))
      }
    } else if let values = expected.value.elements {
      guard let gots = got.elements, gots.count == values.count else { return nil }
      parts = values.indices.map {
        ("\(place)[\($0)]", gots[$0], values[$0], expected.element($0))
      }
    } else {
      let radius = if case .number(let radius) = expected.radius { radius } else { 0.0 }
      return (place, got, expected.value, ratio(got, expected), radius)
    }
    var worst: Leaf?
    for (place, got, _, expected) in parts {
      guard let got, let expected, let leaf = worstLeaf(got, expected, place) else { return nil }
      if worst == nil || leaf.ratio > worst!.ratio { worst = leaf }
    }
    return worst
  }

  /// A ratio with three digits; beyond a million it says no more than that it has nothing to do with rounding.
  static func text(_ ratio: Double) -> String {
    if ratio > 1e6 { return "> 1e6" }
    let text = DecimalText.short(ratio)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension Expectation {
  /// The part under a name of every member.
  func member(_ name: String) -> Expectation? {
    parts {
      if case .object(let object) = $0 { object[name] } else { nil }
    }
  }

  /// The element of every member.
  func element(_ index: Int) -> Expectation? {
    parts { part in
      part.elements.flatMap { $0.indices.contains(index) ? $0[index] : nil }
    }
  }

  private func parts(_ part: (JSONValue) -> JSONValue?) -> Expectation? {
    guard let value = part(value), let tail = part(tail), let sensitivity = part(sensitivity),
      let radius = part(radius)
    else { return nil }
    return Expectation(value: value, tail: tail, sensitivity: sensitivity, radius: radius)
  }
}
