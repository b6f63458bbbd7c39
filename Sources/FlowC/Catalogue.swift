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
      ("bases", names(LikelihoodBase.allCases)),
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

  /// The targets that few numbers describe, by kind and name.
  private static var targets: JSONValue {
    func entries<K: Catalogued>(_ kind: String, _ list: K.Type) -> [JSONValue] {
      K.allCases.map { item in
        .object(
          object([
            ("kind", .string(kind)), ("name", .string(item.name)),
            ("parameters", parameters(item.parameters.map { ($0.name, $0.standard) })),
          ]))
      }
    }
    let ring = JSONValue.object(
      object([
        ("kind", .string("ring")), ("name", .null),
        ("parameters", parameters([("radius", nil), ("std", nil)])),
      ]))
    return .array(
      entries("preset", PresetKind.self) + entries("curve", CurveKind.self)
        + entries("density_1d", DensityKind.self) + [ring])
  }
}
