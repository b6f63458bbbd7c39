/// Which columns of a file are coordinates, which is the label, and how values are scaled.
public struct DataSelection: Equatable, Sendable {
  /// One column or a run of columns; positions count from 0.
  public enum Column: Equatable, Sendable {
    /// By position.
    case index(Int)
    /// By positions, the upper one excluded.
    case range(Range<Int>)
    /// By the name in the header.
    case name(String)

    /// Reads `3`, `0:64` (the end excluded) or a name.
    public init(parsing text: String) {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      if let index = Int(text) {
        self = .index(index)
      } else if parts.count == 2, let lower = Int(parts[0]), let upper = Int(parts[1]),
        lower <= upper
      {
        self = .range(lower..<upper)
      } else {
        self = .name(text)
      }
    }
  }

  /// The coordinates, in this order; `nil` means every column but the label.
  public var columns: [Column]?
  /// The column of labels, a single one.
  public var labelColumn: Column?
  /// Every value becomes `value * scale + offset`.
  public var scale: Double
  /// Every value becomes `value * scale + offset`.
  public var offset: Double
  /// Whether the first row of a text names the columns.
  public var header: TableHeader
  /// What stands between the cells of a text.
  public var delimiter: Delimiter

  /// A selection; by default every column as it stands.
  public init(
    columns: [Column]? = nil, labelColumn: Column? = nil, scale: Double = 1, offset: Double = 0,
    header: TableHeader = .auto, delimiter: Delimiter = .comma
  ) {
    self.columns = columns
    self.labelColumn = labelColumn
    self.scale = scale
    self.offset = offset
    self.header = header
    self.delimiter = delimiter
  }

  /// `value * scale + offset`; the sign of zero stays where there is no offset.
  func scaled(_ value: Double) -> Double {
    offset == 0 ? value * scale : value * scale + offset
  }

  /// The positions that the selection means in a file of `count` columns.
  func resolve(
    names: [String]?, count: Int, path: String
  ) throws(FileError) -> (columns: [Int], label: Int?) {
    guard scale.isFinite, offset.isFinite else {
      throw FileError(path: path, .invalidSelection(reason: "scale and offset must be finite"))
    }
    var label: Int?
    if let labelColumn {
      let found = try Self.positions(labelColumn, names: names, count: count, path: path)
      guard found.count == 1 else {
        throw FileError(path: path, .invalidSelection(reason: "the label must be one column"))
      }
      label = found[0]
    }
    var chosen: [Int] = []
    if let columns {
      for column in columns {
        chosen += try Self.positions(column, names: names, count: count, path: path)
      }
    } else {
      chosen = (0..<count).filter { $0 != label }
    }
    guard !chosen.isEmpty else {
      throw FileError(path: path, .invalidSelection(reason: "the selection leaves no column"))
    }
    return (chosen, label)
  }

  private static func positions(
    _ column: Column, names: [String]?, count: Int, path: String
  ) throws(FileError) -> [Int] {
    let found: [Int]
    let text: String
    switch column {
    case .index(let index): (found, text) = ((0..<count).contains(index) ? [index] : [], "\(index)")
    case .range(let range):
      let fits = range.lowerBound >= 0 && range.upperBound <= count
      (found, text) = (fits ? Array(range) : [], "\(range.lowerBound):\(range.upperBound)")
      if fits { return found }
    case .name(let name):
      (found, text) = (names?.indices.filter { names![$0] == name } ?? [], "\"\(name)\"")
      guard found.count < 2 else {
        throw FileError(path: path, line: 1, .ambiguousColumn(name: text, positions: found))
      }
    }
    if found.isEmpty {
      let list =
        names.map { $0.prefix(20).map { FileError.excerpt($0) }.joined(separator: ", ") }
        ?? "no names, since the first row is data (of a text, with header yes, it names them)"
      throw FileError(
        path: path, .unknownColumn(name: text, available: "\(count) columns, from 0: \(list)"))
    }
    return found
  }
}
