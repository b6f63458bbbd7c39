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
    /// The path names a device, a pipe or a socket where a file is needed.
    case notRegular
    /// More bytes than are read into memory.
    case tooLarge(limit: Int)
    /// No rows of data.
    case empty
    /// A cell that should be a number is not.
    case notANumber(cell: String)
    /// A cell of a first row that is no header, because it has numbers or what begins like one.
    case neitherHeaderNorData(cell: String)
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
    /// Several columns have the asked name.
    case ambiguousColumn(name: String, positions: [Int])
    /// A compressed file or an archive, by its first bytes.
    case archive(kind: String, advice: String)
    /// A selection leaves no column, or asks something that has no meaning.
    case invalidSelection(reason: String)
    /// The file does not begin as an NPY file does.
    case notNPY(found: String)
    /// An NPY version that is not accepted.
    case unsupportedVersion(found: String)
    /// The NPY header cannot be read.
    case malformedHeader(reason: String)
    /// An element type that is not a real number of at most 64 bits.
    case unsupportedElementType(found: String)
    /// An array without elements, or without axes.
    case unsupportedShape(found: String)
    /// Fewer bytes than the header promises.
    case truncated(expected: Int, found: Int)
    /// More bytes than the header promises.
    case trailingBytes(expected: Int, found: Int)
    /// The file's name ends in something that names no known format.
    case unknownFormat(found: String)
    /// Another process works in the directory; its number, if that is known.
    case inUse(by: Int?)
    /// A symbolic link to a file that does not exist.
    case danglingLink(to: String)
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
