import ArgumentParser
import FlowFiles

/// Rows of points: those of a file or of a grid.
struct PlaceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A CSV or NPY file of points, one per row.", valueName: "file"))
  var points: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The columns of --points, as --columns (where --data is no file, --columns itself will do).",
      valueName: "columns"))
  var pointsColumns: String?

  @Option(help: ArgumentHelp("The header of --points, as --header.", valueName: "yes|no|auto"))
  var pointsHeader: TableHeader?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The delimiter of --points, as --delimiter.", valueName: "name"))
  var pointsDelimiter: Delimiter?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A range and a number of points per axis, the last axis fastest.",
      valueName: "min:max:n,..."))
  var grid: Grid?

  mutating func validate() throws {
    if (points == nil) == (grid == nil) { throw ValidationError("Give either --points or --grid.") }
    if points == nil, pointsColumns != nil || pointsHeader != nil || pointsDelimiter != nil {
      throw ValidationError(
        "--points-columns, --points-header and --points-delimiter need --points.")
    }
  }

  /// Throws, with the options that change it, unless the points have as many coordinates as the field.
  func check(_ rows: DataTable, against dimension: Int) throws {
    guard rows.dimension != dimension else { return }
    if let grid {
      throw ValidationError(
        "--grid has \(grid.axes.count) axes, and the field has \(dimension) coordinates: one min:max:n per "
          + "coordinate is needed, separated by commas.")
    }
    throw ValidationError(
      "--points has \(rows.dimension) columns, and the field has \(dimension) coordinates: choose them with "
        + "--points-columns, such as --points-columns 0:\(dimension).")
  }

  /// The rows; where the data is no file, its layout is that of the points.
  func rows(beside data: DataOptions) throws -> DataTable {
    if let points {
      var selection = data.isFile ? DataSelection() : data.layout
      let own = TableLayout.selection(
        columns: pointsColumns, header: pointsHeader, delimiter: pointsDelimiter)
      if pointsColumns != nil { selection.columns = own.columns }
      if pointsHeader != nil { selection.header = own.header }
      if pointsDelimiter != nil { selection.delimiter = own.delimiter }
      return try TableLayout.read(points, selection)
    }
    guard let grid else { preconditionFailure("validated: points or grid") }
    return DataTable(dimension: grid.axes.count, values: grid.points)
  }
}
