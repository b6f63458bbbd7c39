import ArgumentParser
import FlowConformance
import FlowFiles
import FlowMatching
import FlowVerification

/// A target: a preset, a file whose rows are its points, or its form in the wire protocol.
struct DataOptions: ParsableArguments {
  static let presets =
    ["eight_gaussians", "ring_of_gaussians", "checkerboard"] + NamedTarget.byQuadrature
    + ["digits"]

  @Option(
    help: ArgumentHelp(
      """
      A preset (\(presets.joined(separator: ", "))), a CSV or NPY file of points, one per row, or a \
      target as in requests, such as '{"kind":"ring","radius":2,"std":0.1}'.
      """, valueName: "preset|file|json"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "The coordinates: positions from 0, runs such as 0:64 (the end excluded) or names.",
      valueName: "columns"))
  var columns: String?

  @Option(help: "The column of labels, by position or name; it is no coordinate.")
  var labelColumn: String?

  @Option(help: "Every value of the file becomes value * scale + offset.")
  var scale: Double?

  @Option(help: "Every value of the file becomes value * scale + offset.")
  var offset: Double?

  @Option(help: "Smooths the points of a file by a Gaussian of this std.")
  var std: Double?

  mutating func validate() throws {
    let isFile = data.map { !Self.presets.contains($0) && !$0.hasPrefix("{") } ?? false
    if !isFile, columns != nil || labelColumn != nil || scale != nil || offset != nil {
      throw ValidationError("--columns, --label-column, --scale and --offset need --data FILE.")
    }
    if std != nil, !isFile, data != "digits" {
      throw ValidationError("--std needs --data FILE.")
    }
  }

  /// The target and a name for it; `nil` where none was asked for.
  func target() throws -> (name: String, target: any Target)? {
    try data.map { try Self.named($0, std: std ?? 0, rows: table) }
  }

  /// A target by its text; `rows` reads the file that it names if it is nothing else.
  static func named(
    _ text: String, std: Double, rows: () throws -> DataTable?
  ) throws -> (name: String, target: any Target) {
    switch text {
    case "eight_gaussians": return (text, try Preset.eightGaussians())
    case "ring_of_gaussians": return (text, try Preset.ringOfGaussians())
    case "checkerboard": return (text, try Preset.checkerboard())
    case "digits": return (text, try Digits.target(std: std))
    case _ where text.hasPrefix("{"): return ("target", try TargetText.target(text))
    default:
      if let preset = try NamedTarget.byQuadrature(text) { return (text, preset.target) }
      let name = text.split(separator: "/").last.map(String.init) ?? text
      return (name, try rows()!.target(std: std))
    }
  }

  /// The rows of a file or of the digits; `nil` for other targets and where nothing was asked for.
  func table() throws -> DataTable? {
    switch data {
    case nil: return nil
    case "digits": return try Digits.table()
    case .some(let path):
      if Self.presets.contains(path) || path.hasPrefix("{") { return nil }
      let selection = DataSelection(
        columns: columns?.split(separator: ",").map { DataSelection.Column(parsing: String($0)) },
        labelColumn: labelColumn.map { DataSelection.Column(parsing: $0) },
        scale: scale ?? 1, offset: offset ?? 0)
      return try DataTable.read(path, selection: selection)
    }
  }
}

extension DataTable {
  /// The rows as a target: points, or Gaussians around them.
  func target(std: Double) throws(FlowError) -> GaussianMixture {
    try GaussianMixture(dimension: dimension, means: values, stds: [std], labels: labels)
  }
}
