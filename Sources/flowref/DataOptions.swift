import ArgumentParser
import FlowFiles
import FlowMatching

/// A target: a preset, or a file whose rows are its points.
struct DataOptions: ParsableArguments {
  static let presets = ["eight_gaussians", "ring_of_gaussians", "digits"]

  @Option(
    help: ArgumentHelp(
      "A preset (\(presets.joined(separator: ", "))) or a CSV or NPY file of points, one per row.",
      valueName: "preset|file"))
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
    let isFile = data.map { !Self.presets.contains($0) } ?? false
    if !isFile, columns != nil || labelColumn != nil || scale != nil || offset != nil {
      throw ValidationError("--columns, --label-column, --scale and --offset need --data FILE.")
    }
    if std != nil, !isFile, data != "digits" {
      throw ValidationError("--std needs --data FILE.")
    }
  }

  /// The target and a name for it; `nil` where none was asked for.
  func target() throws -> (name: String, target: any Target)? {
    switch data {
    case nil: return nil
    case "eight_gaussians": return ("eight_gaussians", try Preset.eightGaussians())
    case "ring_of_gaussians": return ("ring_of_gaussians", try Preset.ringOfGaussians())
    case "digits": return ("digits", try Digits.target(std: std ?? 0))
    case .some(let path):
      let name = path.split(separator: "/").last.map(String.init) ?? path
      return (name, try table()!.target(std: std ?? 0))
    }
  }

  /// The rows of a file or of the digits; `nil` for other presets and where nothing was asked for.
  func table() throws -> DataTable? {
    switch data {
    case nil: return nil
    case "digits": return try Digits.table()
    case .some(let path):
      if Self.presets.contains(path) { return nil }
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
