import FlowFiles
import FlowMatching

/// Targets whose posterior moments come from a quadrature.
extension TargetDecoder {
  static let curveNames = ["two_moons", "two_spirals", "swiss_roll", "circles", "ring"]

  /// A curve with noise of a std; `standard` are the stds of presets, which may leave it out.
  func curve(_ object: JSONObject, _ prefix: String, isPreset: Bool) throws(WireError) -> any Target
  {
    let name = try curveName(object, prefix)
    let fields = try RequestFields(
      object, prefix: prefix, required: ["kind", "name"] + (isPreset ? [] : ["std"]),
      optional: ["scale"] + (isPreset ? ["std"] : []) + (name == "circles" ? ["factor"] : []))
    let std = try fields.number("std", default: name == "circles" ? 0.05 : 0.1)
    let scale = try fields.number("scale", default: 1)
    let factor = try fields.number("factor", default: 0.5)
    return try onWire { () throws(FlowError) in
      let curve: PlaneCurve =
        switch name {
        case "two_moons": try .twoMoons(scale: scale)
        case "two_spirals": try .twoSpirals(scale: scale)
        case "swiss_roll": try .swissRoll(scale: scale)
        case "circles": try .circles(factor: factor, scale: scale)
        default: try .ring(radius: scale)
        }
      return try CurveTarget(curve, std: std)
    }
  }

  private func curveName(_ object: JSONObject, _ prefix: String) throws(WireError) -> String {
    guard let value = object["name"] else {
      throw WireError(.missingField, "\(prefix)name", "the field \(prefix)name is missing")
    }
    guard case .string(let name) = value, Self.curveNames.contains(name) else {
      let accepted = Self.curveNames.joined(separator: ", ")
      throw WireError(.invalidField, "\(prefix)name", "\(prefix)name must be one of \(accepted)")
    }
    return name
  }

  static let densityFields = [
    "laplace": ["location", "scale"], "student_t": ["degrees", "location", "scale"],
    "triangular": ["lower", "mode", "upper"], "beta": ["a", "b", "lower", "upper"],
  ]

  func density(_ object: JSONObject, _ prefix: String) throws(WireError) -> any Target {
    guard let value = object["name"] else {
      throw WireError(.missingField, "\(prefix)name", "the field \(prefix)name is missing")
    }
    guard case .string(let name) = value, let names = Self.densityFields[name] else {
      let accepted = Self.densityFields.keys.sorted().joined(separator: ", ")
      throw WireError(.invalidField, "\(prefix)name", "\(prefix)name must be one of \(accepted)")
    }
    let fields = try RequestFields(object, prefix: prefix, required: ["kind", "name"] + names)
    var numbers: [Double] = []
    for name in names { numbers.append(try fields.number(name)) }
    return try onWire { () throws(FlowError) in
      switch name {
      case "laplace":
        try LineTarget(LaplaceDensity(location: numbers[0], scale: numbers[1]))
      case "student_t":
        try LineTarget(
          StudentTDensity(degrees: numbers[0], location: numbers[1], scale: numbers[2]))
      case "triangular":
        try LineTarget(
          TriangularDensity(lower: numbers[0], mode: numbers[1], upper: numbers[2]))
      default:
        try LineTarget(
          BetaDensity(a: numbers[0], b: numbers[1], lower: numbers[2], upper: numbers[3]))
      }
    }
  }

  /// Independent factors, each a target of its own.
  func product(_ fields: RequestFields) throws(WireError) -> any Target {
    guard let elements = fields.object["factors"]?.elements, !elements.isEmpty else {
      throw fields.invalid("factors", "a non-empty array of targets")
    }
    var factors: [any Target] = []
    var findings = Findings()
    for (index, element) in elements.enumerated() {
      let name = "\(fields.prefix)factors[\(index)]"
      let holder = JSONObject(members: [.init(name: name, value: element)])
      let factor = findings.attempt { () throws(WireError) in
        try target(RequestFields(holder, required: [name]), name)
      }
      if let factor { factors.append(factor) }
    }
    try findings.settle()
    return try onWire { () throws(FlowError) in try ProductTarget(factors) }
  }
}
