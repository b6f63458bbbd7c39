import FlowFiles
public import FlowMatching

extension TargetDecoder {
  static func boxes(_ fields: RequestFields) throws(WireError) -> any Target {
    let lower = try fields.rows("lower")
    let upper = try fields.rows("upper")
    guard lower.dimension == upper.dimension else {
      throw WireError(
        .dimensionMismatch, "\(fields.prefix)upper",
        "\(fields.prefix)upper has rows of \(upper.dimension) numbers, expected \(lower.dimension)")
    }
    let weights = fields.has("weights") ? try fields.vector("weights") : nil
    return try onWire { () throws(FlowError) in
      try UniformBoxes(
        dimension: lower.dimension, lower: lower.values, upper: upper.values, weights: weights)
    }
  }

  static func ring(_ fields: RequestFields) throws(WireError) -> any Target {
    let radius = try fields.number("radius")
    let std = try fields.number("std")
    let center = fields.has("center") ? try fields.vector("center") : [0, 0]
    return try onWire { () throws(FlowError) in
      try Ring(radius: radius, std: std, center: center)
    }
  }

  /// The data with the request's source.
  func sourced(_ data: any Target, _ fields: RequestFields) throws(WireError) -> any Target {
    guard let source = try target(fields, "source") as? GaussianMixture else {
      throw WireError(.unsupported, "source", "a source is a mixture or a point cloud")
    }
    guard let data = data as? GaussianMixture else {
      throw WireError(
        .unsupported, "target", "with a source the target is a mixture or a point cloud")
    }
    let tube = try Self.tube(fields)
    return try onWire { () throws(FlowError) in
      try SourcedMixture(data: data, source: source, tube: tube)
    }
  }

  /// `{"kind": "constant" | "bridge", "sigma": s}` in the field `tube`, which goes with `source`: the
  /// noise around the interpolant of a pair, of the variance `s^2` or `s^2 alpha sigma`.
  static func tube(
    _ fields: RequestFields
  ) throws(WireError) -> Tube {
    guard fields.has("tube") else { return .none }
    let tube = try RequestFields(
      try fields.members("tube"), prefix: "tube.", required: ["kind", "sigma"])
    let std = try tube.number("sigma")
    return try tube.choice("kind", TubeKind.self).tube(std: std)
  }
}

/// Targets in the form of the wire protocol, for people.
public enum TargetText {
  /// The target that a JSON object such as `{"kind":"ring","radius":2,"std":0.1}` describes.
  /// - Throws: `WireError`, `JSONError`.
  public static func target(_ json: String) throws -> any Target {
    let value = try JSONDocument(parsing: Array(json.utf8)).value
    let fields = try RequestFields(
      JSONObject(members: [.init(name: "target", value: value)]), required: ["target"])
    return try TargetDecoder(allowsFiles: true).target(fields)
  }
}
