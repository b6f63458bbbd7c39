import ArgumentParser
import FlowMatching

/// A path by its kind and parameters.
struct PathOptions: ParsableArguments {
  static let kinds = PathKind.names

  @Option(
    name: .customLong("path"),
    help: ArgumentHelp("The probability path: \(kinds) (default: ot).", valueName: "kind"),
    transform: Self.kind)
  var kind: PathKind?

  @Option(parsing: .unconditional, help: Self.help("sigma_min")) var sigmaMin: Double?
  @Option(parsing: .unconditional, help: Self.help("sigma_max")) var sigmaMax: Double?
  @Option(parsing: .unconditional, help: Self.help("beta_min")) var betaMin: Double?
  @Option(parsing: .unconditional, help: Self.help("beta_max")) var betaMax: Double?
  @Option(parsing: .unconditional, help: Self.help("exponent")) var exponent: Double?
  @Option(parsing: .unconditional, help: Self.help("sigma")) var sigma: Double?
  @Option(parsing: .unconditional, help: Self.help("steepness")) var steepness: Double?

  /// Which paths take the parameter, and the value of each when it is left out.
  private static func help(_ name: String) -> ArgumentHelp {
    let kinds = PathKind.allCases.flatMap { kind in
      kind.parameters.filter { $0.name == name }.map {
        "\(kind.name) (default: \(Parameter.text($0.example)), in \($0.accepted))"
      }
    }
    return ArgumentHelp(stringLiteral: "Of \(kinds.joined(separator: ", ")).")
  }

  mutating func validate() throws {
    let given = parameters.filter { $0.value != nil }.map(\.name)
    guard let kind else {
      // Of the default path, where the command has one.
      let first = given.first { name in !PathKind.ot.parameters.contains { $0.name == name } }
      if let first { throw ValidationError("\(flag(first)) needs --path.") }
      return
    }
    let accepted = kind.parameters.map(\.name)
    for name in given where !accepted.contains(name) {
      throw ValidationError("\(flag(name)) is no parameter of the path \(kind.rawValue).")
    }
  }

  static func kind(_ name: String) throws -> PathKind {
    guard let kind = PathKind(rawValue: name) else {
      throw ValidationError(
        Nearest.refusal("path", name, among: PathKind.allCases.map(\.rawValue)))
    }
    return kind
  }

  /// Throws unless an exact field is asked for, by --data, or a trained model instead; `file`
  /// is a file of points beside the data.
  func check(
    with data: DataOptions, orModel model: String? = nil, and file: String? = nil
  ) throws {
    try data.checkLayout(of: file)
    if model != nil {
      guard data.data == nil, kind == nil else {
        throw ValidationError("Give either --model or --data and --path.")
      }
    } else {
      if data.data == nil { throw ValidationError("--data is missing.") }
    }
  }

  /// The kind that was given, or the default.
  var chosen: PathKind { kind ?? .ot }

  /// The path.
  func path() throws(FlowError) -> any ProbabilityPath {
    try chosen.value(values(of: chosen))
  }

  /// The parameters in the order of `kind.parameters`, with the defaults of this command.
  func values(of kind: PathKind) -> [Double] {
    kind.parameters.map { parameter in
      parameters.first { $0.name == parameter.name }?.value ?? parameter.example
    }
  }

  /// Every parameter by its name in files.
  private var parameters: [(name: String, value: Double?)] {
    [
      ("sigma_min", sigmaMin), ("sigma_max", sigmaMax), ("beta_min", betaMin),
      ("beta_max", betaMax), ("exponent", exponent), ("sigma", sigma), ("steepness", steepness),
    ]
  }

  private func flag(_ name: String) -> String { "--" + name.replacing("_", with: "-") }
}
