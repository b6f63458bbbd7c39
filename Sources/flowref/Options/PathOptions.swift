import ArgumentParser
import FlowMatching

/// A path by its kind and parameters.
struct PathOptions: ParsableArguments {
  static let kinds = PathKind.allCases.map(\.rawValue).joined(separator: ", ")

  @Option(
    name: .customLong("path"),
    help: ArgumentHelp("The probability path: \(kinds) (default: ot).", valueName: "kind"),
    transform: Self.kind)
  var kind: PathKind?

  @Option(
    parsing: .unconditional, help: "Of ot (0), shifted_ot (1e-4), ve and ve_geometric (0.01).")
  var sigmaMin: Double?

  @Option(parsing: .unconditional, help: "Of ve and ve_geometric (50).")
  var sigmaMax: Double?

  @Option(parsing: .unconditional, help: "Of vp (0.1).")
  var betaMin: Double?

  @Option(parsing: .unconditional, help: "Of vp (20).")
  var betaMax: Double?

  @Option(parsing: .unconditional, help: "Of polynomial (2).")
  var exponent: Double?

  @Option(parsing: .unconditional, help: "Of icfm (0.1) and schrodinger_bridge (0.5).")
  var sigma: Double?

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
    try chosen.path(values(of: chosen))
  }

  /// The parameters in the order of `kind.parameters`, with the defaults of this command.
  func values(of kind: PathKind) -> [Double] {
    let defaults: [PathKind: Double] = [.polynomial: 2, .icfm: 0.1, .schrodingerBridge: 0.5]
    return kind.parameters.map { name, standard in
      parameters.first { $0.name == name }?.value ?? standard ?? defaults[kind] ?? 0
    }
  }

  /// Every parameter by its name in files.
  private var parameters: [(name: String, value: Double?)] {
    [
      ("sigma_min", sigmaMin), ("sigma_max", sigmaMax), ("beta_min", betaMin),
      ("beta_max", betaMax), ("exponent", exponent), ("sigma", sigma),
    ]
  }

  private func flag(_ name: String) -> String { "--" + name.replacing("_", with: "-") }
}
