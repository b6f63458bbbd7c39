import FlowConformance
import FlowFiles
import FlowIntegration
import FlowMatching

/// Everything that has a name, from the engine's own lists, as one JSON object.
enum Catalogue {
  static var text: String {
    var writer = JSONWriter(wholeNumbersAsIntegers: true)
    writer.write(.object(object(members)))
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static var members: [(String, JSONValue)] {
    [
      ("version", .string(Names.version)),
      ("paths", paths),
      ("targets", targets),
      ("quantities", names(MarginalQuantity.allCases)),
      ("solvers", solvers),
      ("controllers", .array(Controller.all.map { .string($0.name) })),
      ("statuses", statuses),
      ("codes", names(WireCode.allCases)),
      ("parameterisations", names(Parameterisation.allCases)),
      ("conventions", names(TimeConvention.allCases)),
      ("pair_kinds", names(PairField.allCases)),
      ("residual_methods", names(ResidualMethod.allCases)),
      ("laws", names(TraceEstimate.Law.allCases)),
      ("schemes", names(StochasticSampler.Scheme.allCases)),
      ("spacings", names(SigmaGrid.Spacing.allCases)),
      ("bases", names(Base.allCases)),
      ("tubes", names(TubeKind.allCases)),
    ]
  }

  private static func object(_ members: [(String, JSONValue)]) -> JSONObject {
    JSONObject(members: members.map { .init(name: $0.0, value: $0.1) })
  }

  private static func names<T: RawRepresentable>(_ list: [T]) -> JSONValue
  where T.RawValue == String {
    .array(list.map { .string($0.rawValue) })
  }

  /// A name for each entry; the number is the default, null where there is none.
  private static func parameters(_ list: [(String, Double?)]) -> JSONValue {
    .array(
      list.map { name, standard in
        .object(
          object([("name", .string(name)), ("default", standard.map(JSONValue.number) ?? .null)]))
      })
  }

  private static var paths: JSONValue {
    .array(
      PathKind.allCases.map { kind in
        .object(
          object([
            ("kind", .string(kind.rawValue)),
            ("parameters", parameters(kind.parameters.map { ($0.name, $0.standard) })),
          ]))
      })
  }

  private static var solvers: JSONValue {
    .array(
      Solver.all.map { solver in
        .object(
          object([
            ("name", .string(solver.name)), ("order", solver.order.map(JSONValue.integer) ?? .null),
            ("adaptive", .bool(solver.isAdaptive)), ("fixed", .bool(solver.takesFixedSteps)),
            ("jacobian", .bool(solver.needsJacobian)),
          ]))
      })
  }

  private static var statuses: JSONValue {
    .array(
      Status.allCases.map { status in
        .object(
          object([("name", .string(status.rawValue)), ("advice", .string(status.advice))]))
      })
  }

  /// The targets that few numbers describe, by kind and name. The engine has no list of their parameters: this
  /// is the one.
  private static var targets: JSONValue {
    let scale: (String, Double?) = ("scale", 1)
    let entries: [(kind: String, name: String?, parameters: [(String, Double?)])] = [
      ("preset", "eight_gaussians", [("radius", 4), ("std", 0.3)]),
      ("preset", "ring_of_gaussians", [("modes", 8), ("radius", 3), ("std", 0.2)]),
      ("preset", "checkerboard", []),
      ("preset", "two_moons", [("std", 0.1), scale]),
      ("preset", "two_spirals", [("std", 0.1), scale]),
      ("preset", "swiss_roll", [("std", 0.1), scale]),
      ("preset", "circles", [("std", 0.05), ("factor", 0.5), scale]),
      ("curve", "two_moons", [("std", nil), scale]),
      ("curve", "two_spirals", [("std", nil), scale]),
      ("curve", "swiss_roll", [("std", nil), scale]),
      ("curve", "circles", [("std", nil), ("factor", 0.5), scale]),
      ("curve", "ring", [("std", nil), scale]),
      ("density_1d", "laplace", [("location", nil), ("scale", nil)]),
      ("density_1d", "student_t", [("degrees", nil), ("location", nil), ("scale", nil)]),
      ("density_1d", "triangular", [("lower", nil), ("mode", nil), ("upper", nil)]),
      ("density_1d", "beta", [("a", nil), ("b", nil), ("lower", nil), ("upper", nil)]),
      ("ring", nil, [("radius", nil), ("std", nil)]),
    ]
    return .array(
      entries.map { entry in
        .object(
          object([
            ("kind", .string(entry.kind)), ("name", entry.name.map(JSONValue.string) ?? .null),
            ("parameters", parameters(entry.parameters)),
          ]))
      })
  }
}
