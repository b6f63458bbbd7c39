/// What is wrong with a file, and where.
public struct FileError: Error, Equatable, Sendable {
  /// The file's path, or a name such as `standard input`.
  public let path: String
  /// The line, counted from 1; for an NPY file the row of the array, counted from 1.
  public let line: Int?
  /// The column of the table, counted from 1.
  public let column: Int?
  /// What is wrong.
  public let problem: Problem

  /// What can be wrong with a file.
  public enum Problem: Equatable, Sendable {
    /// The system refused; `reason` is its text.
    case cannotOpen(reason: String)
    /// Reading failed.
    case cannotRead(reason: String)
    /// Writing failed; nothing was left behind.
    case cannotWrite(reason: String)
    /// The path names a directory.
    case isDirectory
    /// No rows of data.
    case empty
    /// A cell that should be a number is not.
    case notANumber(cell: String)
    /// A number is NaN, infinite, beyond the largest double, or becomes so when scaled.
    case nonFinite(cell: String)
    /// A row has another number of cells than the first.
    case raggedRow(expected: Int, found: Int)
    /// A quoted cell never ends.
    case unterminatedQuote
    /// A quote stands inside an unquoted cell, or text follows a closing quote.
    case misplacedQuote
    /// Text is not valid UTF-8.
    case invalidText
    /// The asked column does not exist.
    case unknownColumn(name: String, available: String)
    /// A selection leaves no column, or asks something that has no meaning.
    case invalidSelection(reason: String)
    /// The file does not begin as an NPY file does.
    case notNPY(found: String)
    /// An NPY version that is not accepted.
    case unsupportedVersion(found: String)
    /// The NPY header cannot be read.
    case malformedHeader(reason: String)
    /// An element type other than little-endian float32 and float64.
    case unsupportedElementType(found: String)
    /// Elements in Fortran order.
    case fortranOrder
    /// An array that is neither a vector nor a matrix.
    case unsupportedShape(found: String)
    /// Fewer bytes than the header promises.
    case truncated(expected: Int, found: Int)
    /// More bytes than the header promises.
    case trailingBytes(expected: Int, found: Int)
    /// The file's name ends in something that names no known format.
    case unknownFormat(found: String)
    /// The file is not what was once written, or not of its kind.
    case damaged(reason: String)
    /// A row to write has another dimension than the table.
    case wrongDimension(expected: Int, found: Int)
  }

  /// A problem at a place.
  public init(path: String, line: Int? = nil, column: Int? = nil, _ problem: Problem) {
    self.path = path
    self.line = line
    self.column = column
    self.problem = problem
  }
}

extension FileError: CustomStringConvertible {
  /// `file:line:column: what is wrong and what is accepted`.
  public var description: String {
    var place = path
    if let line { place += ", line \(line)" }
    if let column { place += ", column \(column)" }
    return "\(place): \(problem)"
  }
}

extension FileError.Problem: CustomStringConvertible {
  /// What was found and what is accepted.
  public var description: String {
    switch self {
    case .cannotOpen(let reason): "cannot open: \(reason)"
    case .cannotRead(let reason): "cannot read: \(reason)"
    case .cannotWrite(let reason): "cannot write: \(reason)"
    case .isDirectory: "is a directory; a file is needed"
    case .empty: "holds no rows of data"
    case .notANumber(let cell): "\"\(cell)\" is no number"
    case .nonFinite(let cell): "\(cell) is not a finite number; every value must be finite"
    case .raggedRow(let expected, let found):
      "\(found) cells, but the first row has \(expected)"
    case .unterminatedQuote: "a quoted cell that begins here never ends"
    case .misplacedQuote:
      "a quote must enclose the whole cell; inside a quoted cell write it twice"
    case .invalidText: "the text is not valid UTF-8"
    case .unknownColumn(let name, let available):
      "there is no column \(name); there are \(available)"
    case .invalidSelection(let reason): "\(reason)"
    case .notNPY(let found): "begins with \(found), not with the NPY magic bytes 93 4e 55 4d 50 59"
    case .unsupportedVersion(let found): "NPY version \(found); accepted are 1.0 and 2.0"
    case .malformedHeader(let reason): "the NPY header cannot be read: \(reason)"
    case .unsupportedElementType(let found):
      "element type \(found); accepted are '<f4' and '<f8' (little-endian float32 and float64)"
    case .fortranOrder: "the array is in Fortran order; accepted is C order (np.ascontiguousarray)"
    case .unsupportedShape(let found):
      "the shape is \(found); accepted are (rows,) and (rows, columns), neither of them 0"
    case .truncated(let expected, let found): "\(found) bytes, but \(expected) are needed"
    case .trailingBytes(let expected, let found):
      "\(found) bytes, but the array ends after \(expected)"
    case .unknownFormat(let found):
      "\(found) names no known format; accepted are .csv, .jsonl and .npy"
    case .damaged(let reason): "the file is damaged: \(reason)"
    case .wrongDimension(let expected, let found):
      "a row of \(found) values in a table of \(expected) columns"
    }
  }
}
