public import FlowMatching

/// The names of the paths in the wire protocol and how each is made.
public enum PathKind: String, CaseIterable, Sendable {
  case ot
  case vp
  case ve
  case veGeometric = "ve_geometric"
  case cosine
  case linearVP = "linear_vp"
  case polynomial
  case shiftedOT = "shifted_ot"
  case icfm
  case schrodingerBridge = "schrodinger_bridge"

  /// The parameters, and the value of each when it is left out; without one it is required.
  public var parameters: [(name: String, standard: Double?)] {
    switch self {
    case .ot: [("sigma_min", 0)]
    case .vp: [("beta_min", 0.1), ("beta_max", 20)]
    case .ve, .veGeometric: [("sigma_min", 0.01), ("sigma_max", 50)]
    case .cosine, .linearVP: []
    case .polynomial: [("exponent", nil)]
    case .shiftedOT: [("sigma_min", 1e-4)]
    case .icfm, .schrodingerBridge: [("sigma", nil)]
    }
  }

  /// The path with the parameters in the order of ``parameters``.
  /// - Throws: `outOfDomain`, `nonFinite`.
  public func path(_ values: [Double]) throws(FlowError) -> any ProbabilityPath {
    switch self {
    case .ot: try OptimalTransportPath(sigmaMin: values[0])
    case .vp: try VariancePreservingPath(betaMin: values[0], betaMax: values[1])
    case .ve: try VarianceExplodingPath(sigmaMin: values[0], sigmaMax: values[1])
    case .veGeometric: try GeometricVarianceExplodingPath(sigmaMin: values[0], sigmaMax: values[1])
    case .cosine: CosinePath()
    case .linearVP: LinearVariancePreservingPath()
    case .polynomial: try PolynomialPath(exponent: values[0])
    case .shiftedOT: try ShiftedOptimalTransportPath(sigmaMin: values[0])
    case .icfm: try IndependentCouplingPath(sigma: values[0])
    case .schrodingerBridge: try SchrodingerBridgePath(sigma: values[0])
    }
  }
}

extension RequestFields {
  /// The path in the member `name`.
  func path(_ name: String = "path") throws(WireError) -> any ProbabilityPath {
    let object = try members(name)
    guard object["kind"] != nil else {
      throw WireError(.missingField, "\(name).kind", "the field \(name).kind is missing")
    }
    guard case .string(let text)? = object["kind"], let kind = PathKind(rawValue: text) else {
      let accepted = PathKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw WireError(.invalidField, "\(name).kind", "\(name).kind must be one of \(accepted)")
    }
    let required = kind.parameters.filter { $0.standard == nil }.map(\.name)
    let optional = kind.parameters.filter { $0.standard != nil }.map(\.name)
    let fields = try RequestFields(
      object, prefix: "\(name).", required: ["kind"] + required, optional: optional)
    var values: [Double] = []
    for (parameter, standard) in kind.parameters {
      values.append(
        fields.has(parameter) ? try fields.number(parameter) : standard!)
    }
    return try onWire { () throws(FlowError) in try kind.path(values) }
  }
}
