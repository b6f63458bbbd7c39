import ArgumentParser
import FlowFiles

/// Where a table goes.
struct OutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The file to write (default: standard output).", valueName: "file"))
  var out: String?

  @Option(
    help:
      "csv, jsonl (an object with named members per row) or npy (default: as the name of --out ends, else csv).",
    transform: { text in
      guard let format = TableFormat(rawValue: text) else {
        throw ValidationError("There is no format \(text); there are csv, jsonl and npy.")
      }
      return format
    })
  var format: TableFormat?

  func write(_ table: DataTable) throws {
    let destination = out.map { FileDestination.path($0) } ?? .standardOutput
    try table.write(
      to: destination, as: try format ?? out.map { try TableFormat(ofPath: $0) } ?? .csv)
  }
}
