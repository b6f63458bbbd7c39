extension FileError: CustomStringConvertible {
  /// `file, line, column: what is wrong and what is accepted`.
  public var description: String { "\(place): \(problem)" }

  /// The same without a word of what the file holds, for whoever may not read it.
  public var descriptionWithoutContents: String { "\(place): \(problem.textWithoutContents)" }

  private var place: String {
    var place = path
    if let line { place += ", line \(line)" }
    if let column { place += ", column \(column)" }
    return place
  }

  /// The beginning of a text that may be long.
  static func excerpt(_ text: String) -> String {
    let start = String(decoding: text.utf8.prefix(60), as: UTF8.self)
    return text.utf8.count > 60 ? "\(start)..." : text
  }
}

extension FileError.Problem: CustomStringConvertible {
  /// What was found and what is accepted.
  public var description: String {
    switch self {
    case .notANumber(let cell): "\(Self.quoted(cell)) is no number\(Self.hint(cell))"
    case .neitherHeaderNorData(let cell):
      """
      \(Self.quoted(cell)) is no number\(Self.hint(cell)), and a first row with a number, or with what \
      begins like one, is data; with header yes it names the columns
      """
    case .nonFinite(let cell):
      "\(FileError.excerpt(cell)) is not a finite number; every value must be finite"
    case .unknownColumn(let name, let available):
      "there is no column \(name); there are \(available)"
    case .notNPY(let found): "begins with \(found), not with the NPY magic bytes 93 4e 55 4d 50 59"
    case .malformedHeader(let reason): "the NPY header cannot be read: \(reason)"
    case .unsupportedElementType(let found):
      """
      element type \(found); accepted are float16, float32, float64, integers of 8 to 64 bits and bool, \
      little-endian or big-endian
      """
    case .damaged(let reason): "the file is damaged: \(reason)"
    default: textWithoutContents
    }
  }

  /// The same without what stands in the file.
  fileprivate var textWithoutContents: String {
    switch self {
    case .cannotOpen(let reason): "cannot open: \(reason)"
    case .cannotRead(let reason): "cannot read: \(reason)"
    case .cannotWrite(let reason): "cannot write: \(reason)"
    case .isDirectory: "is a directory; a file is needed"
    case .notRegular: "is a device, a pipe or a socket; a file is needed"
    case .tooLarge(let limit): "has more than the \(limit) bytes that are read into memory"
    case .inUse(let process):
      """
      is in use by \(process.map { "process \($0)" } ?? "another process"); wait for it, or give another \
      directory
      """
    case .danglingLink(let target): "is a link to \(target), which does not exist"
    case .empty: "holds no rows of data"
    case .notANumber, .neitherHeaderNorData: "the cell is no number"
    case .nonFinite: "a number is not finite; every value must be finite"
    case .raggedRow(let expected, let found):
      "\(found) cells, but the first row has \(expected)"
    case .unterminatedQuote: "a quoted cell that begins here never ends"
    case .misplacedQuote:
      "a quote must enclose the whole cell; inside a quoted cell write it twice"
    case .invalidText: "the text is not valid UTF-8"
    case .unknownColumn(let name, _): "there is no column \(name)"
    case .ambiguousColumn(let name, let positions):
      """
      the columns \(positions.map(String.init).joined(separator: ", ")) (from 0) are all called \
      \(name); choose by position
      """
    case .archive(let kind, let advice): "is \(kind); \(advice)"
    case .invalidSelection(let reason): reason
    case .notNPY: "does not begin with the NPY magic bytes"
    case .unsupportedVersion(let found): "NPY version \(found); accepted are 1.0, 2.0 and 3.0"
    case .malformedHeader: "the NPY header cannot be read"
    case .unsupportedElementType: "the element type is not accepted"
    case .unsupportedShape(let found):
      "the shape is \(found); accepted are one axis or more, none but the first of them 0; the first counts rows"
    case .truncated(let expected, let found): "\(found) bytes, but \(expected) are needed"
    case .trailingBytes(let expected, let found):
      "\(found) bytes, but the array ends after \(expected)"
    case .unknownFormat(let found):
      "\(found) names no known format; accepted are .csv, .jsonl and .npy"
    case .damaged: "the file is damaged"
    case .wrongDimension(let expected, let found):
      "a row of \(found) values in a table of \(expected) columns"
    }
  }

  private static func quoted(_ cell: String) -> String { "\"\(FileError.excerpt(cell))\"" }

  /// What a cell that holds several numbers says about its delimiter.
  private static func hint(_ cell: String) -> String {
    for (delimiter, name) in [(";", "semicolon"), ("\t", "tab"), (" ", "space"), ("|", "|")] {
      let parts = FileError.excerpt(cell).split(separator: Character(delimiter))
      if parts.count > 1, CSVReader.number(String(parts[0])) != nil {
        return " (with delimiter \(name) it is several)"
      }
    }
    return ""
  }
}
