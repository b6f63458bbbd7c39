import FlowFiles
import FlowMatching

/// Makes targets from their JSON form; remembers those that were given a name.
struct TargetDecoder {
  /// Whether a target may be read from a file.
  let allowsFiles: Bool
  private var defined: [String: any Target] = [:]

  init(allowsFiles: Bool) { self.allowsFiles = allowsFiles }

  /// What was given this name.
  subscript(name: String) -> (any Target)? { defined[name] }

  mutating func define(_ name: String, _ target: any Target) { defined[name] = target }

  func target(_ fields: RequestFields, _ name: String = "target") throws(WireError) -> any Target {
    let object = try fields.members(name)
    let prefix = "\(name)."
    guard let kindValue = object["kind"] else {
      throw WireError(.missingField, "\(prefix)kind", "the field \(prefix)kind is missing")
    }
    guard case .string(let name) = kindValue, let kind = TargetKind(rawValue: name) else {
      let accepted = TargetKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw WireError(.invalidField, "\(prefix)kind", "\(prefix)kind must be one of \(accepted)")
    }
    func inner(
      _ required: [String], _ optional: [String] = []
    ) throws(WireError) -> RequestFields {
      try RequestFields(
        object, prefix: prefix, required: ["kind"] + required, optional: optional)
    }
    switch kind {
    case .gaussianMixture:
      return try mixture(
        inner(["means"], ["weights", "std", "covariances", "labels"]))
    case .pointCloud:
      return try cloud(inner(["points"], ["weights", "labels"]))
    case .uniformBoxes:
      return try Self.boxes(inner(["lower", "upper"], ["weights"]))
    case .ring:
      return try Self.ring(inner(["radius", "std"], ["center"]))
    case .curve:
      return try RequestFields.named(
        CurveKind.self, in: object, prefix: prefix, key: "name", further: ["kind"])
    case .density:
      return try RequestFields.named(
        DensityKind.self, in: object, prefix: prefix, key: "name", further: ["kind"])
    case .product:
      return try product(inner(["factors"]))
    case .preset:
      return try RequestFields.named(
        PresetKind.self, in: object, prefix: prefix, key: "name", further: ["kind"])
    case .defined:
      return try named(inner(["name"]))
    case .file:
      return try file(
        inner(
          ["path"], ["columns", "label_column", "scale", "offset", "header", "delimiter"]))
    }
  }

  private func named(_ fields: RequestFields) throws(WireError) -> any Target {
    let name = try fields.string("name")
    guard let target = defined[name] else {
      throw WireError(
        .outOfDomain, "\(fields.prefix)name", "no target \"\(name)\" has been defined")
    }
    return target
  }

  private func labels(_ fields: RequestFields) throws(WireError) -> [String]? {
    guard let value = fields.object["labels"] else { return nil }
    guard let elements = value.elements else { throw fields.invalid("labels", "an array") }
    var labels: [String] = []
    for element in elements {
      guard let label = RequestFields.labelText(element) else {
        throw fields.invalid("labels", "an array of strings or numbers")
      }
      labels.append(label)
    }
    return labels
  }

  private func weights(_ fields: RequestFields) throws(WireError) -> [Double]? {
    fields.has("weights") ? try fields.vector("weights") : nil
  }

  private func mixture(_ fields: RequestFields) throws(WireError) -> any Target {
    let (dimension, means) = try fields.rows("means")
    let weights = try weights(fields)
    let labels = try labels(fields)
    guard fields.has("std") != fields.has("covariances") else {
      throw fields.has("std")
        ? WireError(
          .invalidField, "\(fields.prefix)std", "give either std or covariances, not both")
        : WireError(
          .missingField, "\(fields.prefix)std", "the field \(fields.prefix)std is missing")
    }
    if fields.has("covariances") {
      let covariances = try matrices(fields, dimension)
      return try onWire { () throws(FlowError) in
        try GaussianMixture(
          dimension: dimension, means: means, covariances: covariances, weights: weights,
          labels: labels)
      }
    }
    let stds: [Double]
    if case .number(let std)? = fields.object["std"] {
      stds = [std]
    } else {
      stds = try fields.vector("std")
      guard stds.count == means.count / dimension else {
        throw WireError(
          .dimensionMismatch, "\(fields.prefix)std",
          "\(fields.prefix)std has \(stds.count) numbers, expected \(means.count / dimension)")
      }
    }
    return try onWire { () throws(FlowError) in
      try GaussianMixture(
        dimension: dimension, means: means, stds: stds, weights: weights, labels: labels)
    }
  }

  private func matrices(
    _ fields: RequestFields, _ dimension: Int
  ) throws(WireError) -> [[Double]] {
    guard let elements = fields.object["covariances"]?.elements else {
      throw fields.invalid("covariances", "an array of matrices")
    }
    var matrices: [[Double]] = []
    for (index, element) in elements.enumerated() {
      let name = "covariances[\(index)]"
      let row = JSONObject(members: [.init(name: name, value: element)])
      let matrix = try RequestFields(row, prefix: fields.prefix, required: [name]).rows(name)
      guard matrix.dimension == dimension else {
        throw WireError(
          .dimensionMismatch, fields.prefix + name,
          "\(fields.prefix)\(name) has \(matrix.dimension) columns, expected \(dimension)")
      }
      matrices.append(matrix.values)
    }
    return matrices
  }

  private func cloud(_ fields: RequestFields) throws(WireError) -> any Target {
    let (dimension, points) = try fields.rows("points")
    let weights = try weights(fields)
    let labels = try labels(fields)
    return try onWire { () throws(FlowError) in
      try PointCloud.target(
        dimension: dimension, points: points, weights: weights, labels: labels)
    }
  }

  private func file(_ fields: RequestFields) throws(WireError) -> any Target {
    let path = try fields.string("path")
    guard allowsFiles else {
      throw WireError(
        .unsupported, "\(fields.prefix)kind", "targets from files need the option --allow-files")
    }
    var selection = DataSelection(
      scale: try fields.number("scale", default: 1),
      offset: try fields.number("offset", default: 0))
    if fields.has("label_column") {
      selection.labelColumn = .init(parsing: try fields.label("label_column"))
    }
    if fields.has("columns") { selection.columns = try columns(fields) }
    if fields.has("header") { selection.header = try fields.choice("header") }
    if fields.has("delimiter") {
      guard let delimiter = Delimiter(parsing: try fields.string("delimiter")) else {
        throw fields.invalid("delimiter", Delimiter.accepted)
      }
      selection.delimiter = delimiter
    }
    let table: DataTable
    do throws(FileError) {
      // Text, table and points: about twenty bytes for each of the file.
      let memory = Budget.current?.memory ?? .infinity
      try FileBytes.checkRegular(
        path, limit: min(FileBytes.maximumSize, Int(min(memory / 20, 0x1p62))))
      table = try DataTable.read(path, selection: selection)
    } catch {
      // Whoever sends requests may not be allowed to read what the file holds.
      throw WireError(
        .outOfDomain, "\(fields.prefix)path", error.descriptionWithoutContents)
    }
    return try onWire { () throws(FlowError) in
      try PointCloud.target(
        dimension: table.dimension, points: table.values, labels: table.labels)
    }
  }

  private func columns(_ fields: RequestFields) throws(WireError) -> [DataSelection.Column] {
    guard let elements = fields.object["columns"]?.elements else {
      throw fields.invalid("columns", "an array of names or positions")
    }
    var columns: [DataSelection.Column] = []
    for element in elements {
      guard let text = RequestFields.labelText(element) else {
        throw fields.invalid("columns", "an array of names or positions")
      }
      columns.append(.init(parsing: text))
    }
    return columns
  }
}
