import FlowFiles
import FlowIntegration
import FlowMatching

/// Everything that has a name: one list per kind of thing, taken from where the things are made.
public struct Catalogue: Sendable {
  /// A thing, what it takes and what it is.
  struct Item: Sendable {
    let name: String
    let help: String
    var parameters: [Parameter] = []
    /// Members of a request.
    var required: [String] = []
    var optional: [String] = []
    /// What else programs may want to know of it.
    var traits: [JSONObject.Member] = []
  }

  struct Section: Sendable {
    let name: String
    let title: String
    let items: [Item]
  }

  let sections: [Section]

  public init() {
    sections = [
      Section(name: "paths", title: "Paths", items: Self.items(PathKind.self)),
      Section(name: "targets", title: "Targets in requests", items: Self.items(TargetKind.self)),
      Section(
        name: "densities", title: "Densities on the line", items: Self.items(DensityKind.self)),
      Section(name: "curves", title: "Curves", items: Self.items(CurveKind.self)),
      Section(name: "presets", title: "Presets", items: Self.items(PresetKind.self)),
      Section(
        name: "solvers", title: "Solvers",
        items: Solver.all.map { Item(name: $0.name, help: $0.help, traits: Self.traits($0)) }),
      Section(
        name: "few_step_methods", title: "Methods of few steps",
        items: FewStepMethod.allCases.map {
          Item(
            name: $0.rawValue, help: $0.help,
            traits: [.init(name: "order", value: .integer($0.order))])
        }),
      Section(
        name: "step_spacings", title: "Spacings of steps", items: Self.items(StepSpacing.self)),
      Section(
        name: "controllers", title: "Controllers of the step",
        items: Controller.all.map { Item(name: $0.name, help: $0.help) }),
      Section(
        name: "statuses", title: "How trajectories end", items: Self.items(Status.self)),
      Section(
        name: "schemes", title: "Schemes with noise",
        items: Self.items(StochasticSampler.Scheme.self)),
      Section(
        name: "quantities", title: "Quantities of a marginal field",
        items: Self.items(MarginalQuantity.self)),
      Section(
        name: "parameterisations", title: "Parameterisations",
        items: Self.items(Parameterisation.self)),
      Section(
        name: "conventions", title: "Conventions of time", items: Self.items(TimeConvention.self)),
      Section(name: "pair_kinds", title: "Velocities of pairs", items: Self.items(PairField.self)),
      Section(name: "tubes", title: "Tubes around pairs", items: Self.items(TubeKind.self)),
      Section(
        name: "residual_methods", title: "Methods of the continuity residual",
        items: Self.items(ResidualMethod.self)),
      Section(
        name: "laws", title: "Laws of probes", items: Self.items(TraceEstimate.Law.self)),
      Section(
        name: "bases", title: "Bases of a likelihood", items: Self.items(LikelihoodBase.self)),
      Section(
        name: "spacings", title: "Spacings of noise levels",
        items: Self.items(SigmaGrid.Spacing.self)),
      Section(
        name: "codes", title: "Codes of errors, in the order of precedence",
        items: WireCode.allCases.map {
          Item(
            name: $0.rawValue, help: $0.help,
            traits: [.init(name: "form", value: .bool($0.isAboutTheForm))])
        }),
      Section(
        name: "operations", title: "Operations of the protocol",
        items: Operation.all.values.sorted { $0.name < $1.name }.map {
          Item(
            name: $0.name, help: $0.help, required: $0.required, optional: $0.optional,
            traits: [.init(name: "budget", value: .number(PassRule.budget(of: $0.name)))])
        }),
      Section(
        name: "tiers", title: "Tiers of failures, the most serious first",
        items: Tier.allCases.map {
          Item(
            name: $0.rawValue, help: $0.help,
            traits: [.init(name: "always_fails", value: .bool($0.alwaysFails))])
        }),
      Section(
        name: "member_kinds", title: "What members of answers are",
        items: Self.items(MemberKind.self)),
      Section(
        name: "members", title: "Members of answers that are not plain values",
        items: AnswerMember.all.flatMap(Self.items)),
    ]
  }

  private static func items<K: Catalogued>(_ kind: K.Type) -> [Item] {
    K.allCases.map { Item(name: $0.name, help: $0.entry.help, parameters: $0.parameters) }
  }

  private static func items<K: Explained>(_ kind: K.Type) -> [Item] {
    K.allCases.map { Item(name: $0.rawValue, help: $0.help) }
  }

  /// One item for each operation and name.
  private static func items(_ member: AnswerMember) -> [Item] {
    member.operations.sorted().flatMap { operation in
      member.names.map { name in
        Item(
          name: "\(operation).\(name)", help: "\(member.help); \(member.kind.rawValue)",
          traits: [
            .init(name: "kind", value: .string(member.kind.rawValue)),
            .init(name: "flags", value: .array(member.flags.sorted().map(JSONValue.string))),
          ])
      }
    }
  }

  private static func traits(_ solver: Solver) -> [JSONObject.Member] {
    [
      .init(name: "order", value: solver.order.map(JSONValue.integer) ?? .null),
      .init(name: "adaptive", value: .bool(solver.isAdaptive)),
      .init(name: "fixed", value: .bool(solver.takesFixedSteps)),
      .init(name: "jacobian", value: .bool(solver.needsJacobian)),
      .init(name: "steps_of", value: .string(solver.stepsOf.name)),
    ]
  }

  /// For programs: an object with a list per kind of thing.
  public var json: [UInt8] {
    func number(_ parameter: Parameter, _ value: Double) -> JSONValue {
      parameter.isInteger ? .integer(Int(value)) : .number(value)
    }
    func list(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
    func parameter(_ parameter: Parameter) -> JSONValue {
      jsonObject([
        "name": .string(parameter.name),
        "default": parameter.standard.map { number(parameter, $0) } ?? .null,
        "example": number(parameter, parameter.example),
        "accepted": .string("\(parameter.accepted)"),
        "drawn": .numbers([parameter.drawn.lowerBound, parameter.drawn.upperBound]),
        "integer": .bool(parameter.isInteger),
      ])
    }
    func item(_ item: Item) -> JSONValue {
      var members = [
        JSONObject.Member(name: "name", value: .string(item.name)),
        JSONObject.Member(name: "help", value: .string(item.help)),
      ]
      if !item.parameters.isEmpty {
        members.append(
          .init(name: "parameters", value: .array(item.parameters.map(parameter))))
      }
      if !item.required.isEmpty {
        members.append(.init(name: "required", value: list(item.required)))
        members.append(.init(name: "optional", value: list(item.optional)))
      }
      return .object(JSONObject(members: members + item.traits))
    }
    let lines = sections.map { section in
      "\"\(section.name)\":[\n"
        + section.items.map { "  " + item($0).lineText }
        .joined(separator: ",\n") + "]"
    }
    return Array(("{" + lines.joined(separator: ",\n") + "}\n").utf8)
  }

  /// For people: a table per kind of thing.
  public var markdown: String {
    var text =
      "# Catalogue\n\nEverything that has a name. This page is made by `flowref catalogue`.\n"
    for section in sections {
      text += "\n## \(section.title)\n\n"
      let isRequest = section.items.contains { !$0.required.isEmpty }
      let takes = section.items.contains { !$0.parameters.isEmpty }
      let last = isRequest ? " fields (optional ones in brackets) |" : takes ? " parameters |" : ""
      text += "| name | what it is |\(last)\n|---|---|\(last.isEmpty ? "" : "---|")\n"
      for item in section.items {
        text += "| `\(item.name)` | \(item.help.replacing("|", with: "\\|")) |"
        if isRequest {
          text += " \((item.required + item.optional.map { "[\($0)]" }).joined(separator: ", ")) |"
        } else if takes {
          text += " \(item.parameters.map(Self.text).joined(separator: "; ")) |"
        }
        text += "\n"
      }
    }
    return text
  }

  private static func text(_ parameter: Parameter) -> String {
    let standard = parameter.standard.map { " = \(Parameter.text($0))" } ?? ""
    return "`\(parameter.name)`\(standard) in \(parameter.accepted)"
  }
}
