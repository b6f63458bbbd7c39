import ArgumentParser
import FlowFiles

/// Rows of points: those of a file or of a grid.
struct PlaceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A CSV or NPY file of points, one per row.", valueName: "file"))
  var points: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A range and a number of points per axis, the last axis fastest.",
      valueName: "min:max:n,..."))
  var grid: Grid?

  mutating func validate() throws {
    if (points == nil) == (grid == nil) { throw ValidationError("Give either --points or --grid.") }
  }

  func rows() throws -> DataTable {
    if let points { return try DataTable.read(points) }
    guard let grid else { preconditionFailure("validated: points or grid") }
    return DataTable(dimension: grid.axes.count, values: grid.points)
  }
}
