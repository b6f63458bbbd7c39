/// The distributions of the literature that have a name.
public enum PresetKind: String, Catalogued {
  case eightGaussians = "eight_gaussians"
  case ringOfGaussians = "ring_of_gaussians"
  case checkerboard
  case ring
  case twoMoons = "two_moons"
  case twoSpirals = "two_spirals"
  case swissRoll = "swiss_roll"
  case circles
  case laplace
  case studentT = "student_t"
  case arcsine
  case triangularTimesBeta = "triangular_x_beta"
  case banana

  public var entry: Entry<any Target> {
    switch self {
    case .eightGaussians:
      Entry(
        "eight Gaussians on a circle",
        [Self.radius(4), Parameter("std", .notNegative, default: 0.3, drawn: 0.05...1)]
      ) { numbers throws(FlowError) in
        try Preset.eightGaussians(radius: numbers[0], std: numbers[1])
      }
    case .ringOfGaussians:
      Entry(
        "Gaussians on a circle",
        [
          Parameter("modes", .from(1), default: 8, drawn: 1...16, isInteger: true),
          Self.radius(3), Parameter("std", .notNegative, default: 0.2, drawn: 0.05...1),
        ]
      ) { numbers throws(FlowError) in
        try Preset.ringOfGaussians(modes: Int(numbers[0]), radius: numbers[1], std: numbers[2])
      }
    case .checkerboard:
      Entry("eight squares of side 2 on [-4, 4]^2") { _ throws(FlowError) in
        try Preset.checkerboard()
      }
    case .ring:
      Entry(
        "a circle around the origin with Gaussian noise",
        [Self.radius(2), Parameter("std", .notNegative, default: 0.1, drawn: 0.02...0.5)]
      ) { numbers throws(FlowError) in try Ring(radius: numbers[0], std: numbers[1]) }
    case .twoMoons: Self.curve(.twoMoons, std: 0.1)
    case .twoSpirals: Self.curve(.twoSpirals, std: 0.1)
    case .swissRoll: Self.curve(.swissRoll, std: 0.1)
    case .circles: Self.curve(.circles, std: 0.05)
    case .laplace: Self.density(.laplace)
    case .studentT: Self.density(.studentT, ["location": 0, "scale": 1])
    case .arcsine:
      Entry("the arcsine law on [-1, 1]") { _ throws(FlowError) in
        try DensityKind.beta.entry.example(["a": 0.5, "b": 0.5])
      }
    case .triangularTimesBeta:
      Entry("a triangular law times a beta law") { _ throws(FlowError) in
        try ProductTarget([DensityKind.triangular.example(), DensityKind.beta.example()])
      }
    case .banana:
      Entry("a bent Gaussian on a rectangle, by nested quadrature") { _ throws(FlowError) in
        try Preset.banana()
      }
    }
  }

  /// Those whose answers come from a quadrature.
  public static let byQuadrature: [PresetKind] = allCases.filter {
    (try? $0.example()) is any QuadratureTarget
  }

  private static func radius(_ standard: Double) -> Parameter {
    Parameter("radius", .notNegative, default: standard, drawn: 0.5...6)
  }

  /// A curve with a default for its noise.
  private static func curve(_ kind: CurveKind, std: Double) -> Entry<any Target> {
    let entry = kind.entry
    let parameters = entry.parameters.map {
      $0.name == "std"
        ? Parameter("std", $0.accepted, default: std, drawn: $0.drawn) : $0
    }
    return Entry("\(entry.help), with Gaussian noise", parameters) {
      numbers throws(FlowError) in try entry.value(numbers)
    }
  }

  /// A density with its own example, or these numbers, as defaults.
  private static func density(
    _ kind: DensityKind, _ given: [String: Double] = [:]
  ) -> Entry<any Target> {
    let entry = kind.entry
    let parameters = entry.parameters.map {
      Parameter($0.name, $0.accepted, default: given[$0.name] ?? $0.example, drawn: $0.drawn)
    }
    return Entry(entry.help, parameters) { numbers throws(FlowError) in try entry.value(numbers) }
  }
}
