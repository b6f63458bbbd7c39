/// Points in rows, all finite, with optional names of columns and labels of rows.
public struct DataTable: Equatable, Sendable {
  /// The columns' names, where the file has them.
  public var columns: [String]?
  /// The number of rows.
  public var rows: Int { dimension == 0 ? 0 : values.count / dimension }
  /// The number of columns.
  public let dimension: Int
  /// The values, row after row.
  public var values: [Double]
  /// One label per row.
  public var labels: [String]?
  /// What the labels are called in a file that is written; not a part of what is read.
  public var labelColumn: String
  /// The columns that count, whose numbers are written without a point; not a part of what is read.
  public var countedColumns: Set<Int> = []
  /// What the reader of a file decided by itself and the caller may want to know.
  public var remark: String?

  /// A table of `values.count / dimension` rows.
  public init(
    columns: [String]? = nil, dimension: Int, values: [Double], labels: [String]? = nil,
    labelColumn: String = "label"
  ) {
    precondition(
      dimension > 0 && values.count.isMultiple(of: dimension),
      "\(values.count) values do not fill rows of \(dimension)")
    precondition(
      labels.map { $0.count * dimension == values.count } ?? true, "one label per row is needed")
    self.columns = columns
    self.dimension = dimension
    self.values = values
    self.labels = labels
    self.labelColumn = labelColumn
  }

  /// Reads a file: NPY if it begins as one or its name says so, else text.
  public static func read(
    _ path: String, selection: DataSelection = DataSelection()
  ) throws(FileError) -> DataTable {
    let bytes = try FileBytes.read(path)
    try FileKind.refuseArchive(bytes, path: path)
    return path.hasSuffix(".npy") || bytes.starts(with: NPYHeader.magic)
      ? try NPYReader.parse(bytes, path: path, selection: selection)
      : try CSVReader.parse(bytes, path: path, selection: selection)
  }
}
