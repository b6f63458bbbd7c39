import ArgumentParser
import FlowConformance
import FlowFiles
import FlowMatching
import FlowVerification

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A target: a preset, a file whose rows are its points, or its form in the wire protocol.
struct DataOptions: ParsableArguments {
  static let presets =
    PresetKind.allCases.map(\.name) + ["digits"]

  @Option(
    help: ArgumentHelp(
      """
      A preset (\(presets.joined(separator: ", "))), a CSV or NPY file of points, one per row, or a \
      target as in requests, such as '{"kind":"ring","radius":2,"std":0.1}'.
      """, valueName: "preset|file|json"))
  var data: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      The coordinates in the file: positions from 0, runs such as 0:64 (the end excluded) or names. \
      This, --header and --delimiter speak of the file of --data, or where that is none of the only file \
      of points.
      """, valueName: "columns"))
  var columns: String?

  @Option(
    help: ArgumentHelp(
      "Whether the first row names the columns: yes, no or auto, which means yes if no cell of it is "
        + "a number or begins like one (default: auto).", valueName: "yes|no|auto"))
  var header: TableHeader?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Between the cells of the file: \(Delimiter.accepted) (default: comma).", valueName: "name"))
  var delimiter: Delimiter?

  @Option(
    parsing: .unconditional, help: "The column of labels, by position or name; it is no coordinate."
  )
  var labelColumn: String?

  @Option(
    parsing: .unconditional,
    help: "Every value of the file becomes value * scale + offset (default: 1).")
  var scale: Double?

  @Option(
    parsing: .unconditional,
    help: "Every value of the file becomes value * scale + offset (default: 0).")
  var offset: Double?

  @Option(
    parsing: .unconditional,
    help:
      "Smooths the points of a file by a Gaussian of this std (default: 0, the points themselves).")
  var std: Double?

  mutating func validate() throws {
    if !isFile, labelColumn != nil || scale != nil || offset != nil {
      throw ValidationError("--label-column, --scale and --offset need --data FILE.")
    }
    if std != nil, !isFile, data != "digits" {
      throw ValidationError("--std needs --data FILE.")
    }
  }

  /// Throws where columns are chosen and there is no file; `file` is another one than the data.
  func checkLayout(of file: String? = nil) throws {
    if !isFile, file == nil, columns != nil || header != nil || delimiter != nil {
      throw ValidationError("--columns, --header and --delimiter need a file.")
    }
  }

  /// Whether the data is a file's.
  var isFile: Bool { data.map(Self.isFile) ?? false }

  /// Whether a text names a file and no other data.
  static func isFile(_ text: String) -> Bool { !presets.contains(text) && !text.hasPrefix("{") }

  /// What --columns, --header and --delimiter say.
  var layout: DataSelection {
    TableLayout.selection(columns: columns, header: header, delimiter: delimiter)
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
    case "digits": return (text, try Digits.target(std: std))
    case _ where text.hasPrefix("{"): return ("target", try target(ofRequest: text))
    default:
      if let preset = PresetKind(rawValue: text) { return (text, try preset.example()) }
      try refuseMisspelt(text)
      let name = text.split(separator: "/").last.map(String.init) ?? text
      let table = try rows()!
      if table.rows == 0 { throw FileError(path: text, .empty) }
      return (name, try table.target(std: std))
    }
  }

  /// A target as in requests. What is wrong in it is the command line's, not a file's.
  private static func target(ofRequest text: String) throws -> any Target {
    do {
      return try TargetText.target(text)
    } catch let error as JSONError {
      let quotes =
        text.contains("'")
        ? " Strings stand in double quotes, so that the whole stands in single ones:" : ""
      throw ValidationError(
        "The target \(text.prefix(60)) is no JSON: \(error).\(quotes) such as '{\"kind\":\"ring\",\"radius\":2}'."
      )
    } catch let error as WireError {
      throw ValidationError("The target \(text.prefix(60)): \(error.message).")
    }
  }

  /// Throws for what is neither a preset nor a file but nearly a preset.
  private static func refuseMisspelt(_ text: String) throws {
    guard access(text, F_OK) != 0, let meant = Nearest.word(to: text, among: presets) else {
      return
    }
    throw ValidationError(
      "There is no preset or file \(text); did you mean \(meant)? There are the presets "
        + presets.joined(separator: ", ") + ", and files of points.")
  }

  /// The rows of a file or of the digits; `nil` for other targets and where nothing was asked for.
  func table() throws -> DataTable? {
    switch data {
    case nil: return nil
    case "digits": return try Digits.table()
    case .some(let path):
      guard isFile else { return nil }
      var selection = layout
      selection.labelColumn = labelColumn.map { DataSelection.Column(parsing: $0) }
      (selection.scale, selection.offset) = (scale ?? 1, offset ?? 0)
      return try TableLayout.read(path, selection)
    }
  }
}

extension DataTable {
  /// The rows as a target: points, or Gaussians around them.
  func target(std: Double) throws(FlowError) -> GaussianMixture {
    try GaussianMixture(dimension: dimension, means: values, stds: [std], labels: labels)
  }
}
