/// The densities on the line that have a name.
public enum DensityKind: String, Catalogued {
  case beta
  case laplace
  case logistic
  case studentT = "student_t"
  case triangular
  case uniform

  public var entry: Entry<any QuadratureTarget> {
    switch self {
    case .beta:
      Entry(
        "density like (y - lower)^(a - 1) (upper - y)^(b - 1)",
        [
          Parameter("a", .positive, example: 2, drawn: 0.25...20),
          Parameter("b", .positive, example: 3, drawn: 0.25...20),
          Parameter("lower", .all, example: -1, drawn: -4...(-0.5)),
          Parameter("upper", .all, example: 1, drawn: 0.5...4),
        ]
      ) { numbers throws(FlowError) in
        try LineTarget(
          BetaDensity(a: numbers[0], b: numbers[1], lower: numbers[2], upper: numbers[3]))
      }
    case .laplace:
      Entry("density like exp(-|y - location|/scale)", [Self.location, Self.scale]) {
        numbers throws(FlowError) in
        try LineTarget(LaplaceDensity(location: numbers[0], scale: numbers[1]))
      }
    case .logistic:
      Entry("density like 1/cosh((y - location)/(2 scale))^2", [Self.location, Self.scale]) {
        numbers throws(FlowError) in
        try LineTarget(LogisticDensity(location: numbers[0], scale: numbers[1]))
      }
    case .studentT:
      Entry(
        "Student's t, moved by location and stretched by scale",
        [Parameter("degrees", .positive, example: 12, drawn: 0.5...30), Self.location, Self.scale]
      ) { numbers throws(FlowError) in
        try LineTarget(
          StudentTDensity(degrees: numbers[0], location: numbers[1], scale: numbers[2]))
      }
    case .triangular:
      Entry(
        "density rising from lower to mode and falling to upper",
        [
          Parameter("lower", .all, example: -1, drawn: -4...(-1)),
          Parameter("mode", .all, example: 0.5, drawn: -1...1),
          Parameter("upper", .all, example: 2, drawn: 1.25...4),
        ]
      ) { numbers throws(FlowError) in
        try LineTarget(
          TriangularDensity(lower: numbers[0], mode: numbers[1], upper: numbers[2]))
      }
    case .uniform:
      Entry(
        "constant density from lower to upper, by quadrature (uniform_boxes has it in closed form)",
        [
          Parameter("lower", .all, example: -1, drawn: -4...(-0.5)),
          Parameter("upper", .all, example: 1, drawn: 0.5...4),
        ]
      ) { numbers throws(FlowError) in
        try LineTarget(UniformDensity(lower: numbers[0], upper: numbers[1]))
      }
    }
  }

  private static let location = Parameter("location", .all, example: 0.5, drawn: -4...4)
  private static let scale = Parameter("scale", .positive, example: 0.5, drawn: 0.1...4)
}
