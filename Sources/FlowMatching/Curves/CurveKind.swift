/// The curves that have a name, with Gaussian noise around them.
public enum CurveKind: String, Catalogued {
  case twoMoons = "two_moons"
  case twoSpirals = "two_spirals"
  case swissRoll = "swiss_roll"
  case circles
  case ring

  public var entry: Entry<CurveTarget> {
    switch self {
    case .twoMoons:
      Self.entry("two interleaved half circles") { numbers throws(FlowError) in
        try .twoMoons(scale: numbers[1])
      }
    case .twoSpirals:
      Self.entry("two interleaved spirals of one and a half turns") { numbers throws(FlowError) in
        try .twoSpirals(scale: numbers[1])
      }
    case .swissRoll:
      Self.entry("a spiral of one and a half turns") { numbers throws(FlowError) in
        try .swissRoll(scale: numbers[1])
      }
    case .circles:
      Self.entry(
        "two circles, of radius scale and factor * scale",
        [Parameter("factor", .positive, default: 0.5, drawn: 0.125...0.875)]
      ) { numbers throws(FlowError) in try .circles(factor: numbers[2], scale: numbers[1]) }
    case .ring:
      Self.entry("a circle of radius scale") { numbers throws(FlowError) in
        try .ring(radius: numbers[1])
      }
    }
  }

  private static func entry(
    _ help: String, _ further: [Parameter] = [],
    _ curve: @escaping @Sendable ([Double]) throws(FlowError) -> PlaneCurve
  ) -> Entry<CurveTarget> {
    Entry(
      help,
      [
        Parameter("std", .notNegative, example: 0.1, drawn: 0.02...0.5),
        Parameter("scale", .positive, default: 1, drawn: 0.25...4),
      ] + further
    ) { numbers throws(FlowError) in try CurveTarget(try curve(numbers), std: numbers[0]) }
  }
}
