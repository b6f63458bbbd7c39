/// What stands between the cells of a row.
public struct Delimiter: Equatable, Sendable, CustomStringConvertible {
  let byte: UInt8

  /// What CSV means by default.
  public static let comma = Delimiter(byte: UInt8(ascii: ","))
  /// One tab.
  public static let tab = Delimiter(byte: 0x09)
  /// A run of spaces and tabs; those at the ends of a row mean nothing.
  public static let space = Delimiter(byte: 0x20)

  /// What ``init(parsing:)`` reads.
  public static let accepted = "comma, semicolon, tab, space or one of , ; | :"

  private init(byte: UInt8) { self.byte = byte }

  /// Reads a name, or the character itself; `nil` for what cannot be told from a cell.
  public init?(parsing text: String) {
    switch text {
    case ",", "comma": self = .comma
    case "\t", "\\t", "tab": self = .tab
    case " ", "space": self = .space
    case ";", "semicolon": byte = UInt8(ascii: ";")
    case "|", ":": byte = text.utf8.first!
    default: return nil
    }
  }

  /// A text that ``init(parsing:)`` reads.
  public var description: String {
    switch self {
    case .tab: "tab"
    case .space: "space"
    default: String(UnicodeScalar(byte))
    }
  }

  /// Whether many count as one.
  var isRun: Bool { self == .space }

  /// Whether a byte separates two cells.
  func separates(_ byte: UInt8) -> Bool {
    byte == self.byte || (isRun && byte == Self.tab.byte)
  }

  /// Whether a byte is blank and no delimiter: it may stand around a number.
  func isPadding(_ byte: UInt8) -> Bool {
    (byte == Self.space.byte || byte == Self.tab.byte) && !separates(byte)
  }
}
