import ArgumentParser
import FlowConformance
import FlowMatching

/// A path by its kind and parameters.
struct PathOptions: ParsableArguments {
  static let kinds = [
    "ot", "vp", "ve", "ve_geometric", "cosine", "linear_vp", "polynomial", "shifted_ot", "icfm",
    "schrodinger_bridge",
  ]

  @Option(
    name: .customLong("path"),
    help: ArgumentHelp(
      "The probability path: \(kinds.joined(separator: ", ")).", valueName: "kind"))
  var kind: String?

  @Option(help: "Of ot (0), shifted_ot (1e-4), ve and ve_geometric (0.01).")
  var sigmaMin: Double?

  @Option(help: "Of ve and ve_geometric (50).")
  var sigmaMax: Double?

  @Option(help: "Of vp (0.1).")
  var betaMin: Double?

  @Option(help: "Of vp (20).")
  var betaMax: Double?

  @Option(help: "Of polynomial (2).")
  var exponent: Double?

  @Option(help: "Of icfm (0.1) and schrodinger_bridge (0.5).")
  var sigma: Double?

  mutating func validate() throws {
    guard let kind else {
      if !given.isEmpty { throw ValidationError("--\(given[0]) needs --path.") }
      return
    }
    guard let accepted = Self.parameters[kind] else {
      throw ValidationError(
        "There is no path \(kind); there are \(Self.kinds.joined(separator: ", ")).")
    }
    for name in given where !accepted.contains(name) {
      throw ValidationError("--\(name) is no parameter of the path \(kind).")
    }
  }

  /// Which parameters each kind has.
  static let parameters: [String: [String]] = [
    "ot": ["sigma-min"], "vp": ["beta-min", "beta-max"], "ve": ["sigma-min", "sigma-max"],
    "ve_geometric": ["sigma-min", "sigma-max"], "cosine": [], "linear_vp": [],
    "polynomial": ["exponent"], "shifted_ot": ["sigma-min"], "icfm": ["sigma"],
    "schrodinger_bridge": ["sigma"],
  ]

  /// The parameters that were given.
  private var given: [String] {
    let all: [(String, Double?)] = [
      ("sigma-min", sigmaMin), ("sigma-max", sigmaMax), ("beta-min", betaMin),
      ("beta-max", betaMax), ("exponent", exponent), ("sigma", sigma),
    ]
    return all.filter { $0.1 != nil }.map(\.0)
  }

  /// The path; `nil` where no kind was given.
  func path() throws(FlowError) -> (any ProbabilityPath)? {
    switch kind {
    case "ot": try OptimalTransportPath(sigmaMin: sigmaMin ?? 0)
    case "vp": try VariancePreservingPath(betaMin: betaMin ?? 0.1, betaMax: betaMax ?? 20)
    case "ve": try VarianceExplodingPath(sigmaMin: sigmaMin ?? 0.01, sigmaMax: sigmaMax ?? 50)
    case "ve_geometric":
      try GeometricVarianceExplodingPath(sigmaMin: sigmaMin ?? 0.01, sigmaMax: sigmaMax ?? 50)
    case "cosine": CosinePath()
    case "linear_vp": LinearVariancePreservingPath()
    case "polynomial": try PolynomialPath(exponent: exponent ?? 2)
    case "shifted_ot": try ShiftedOptimalTransportPath(sigmaMin: sigmaMin ?? 1e-4)
    case "icfm": try IndependentCouplingPath(sigma: sigma ?? 0.1)
    case "schrodinger_bridge": try SchrodingerBridgePath(sigma: sigma ?? 0.5)
    default: nil
    }
  }

  /// The parameters in the order of `kind.parameters`, with the defaults of this command.
  func values(of kind: PathKind) -> [Double] {
    let given = [
      "sigma_min": sigmaMin, "sigma_max": sigmaMax, "beta_min": betaMin, "beta_max": betaMax,
      "exponent": exponent, "sigma": sigma,
    ]
    let defaults: [PathKind: Double] = [.polynomial: 2, .icfm: 0.1, .schrodingerBridge: 0.5]
    return kind.parameters.map { (given[$0.name] ?? nil) ?? $0.standard ?? defaults[kind] ?? 0 }
  }
}
