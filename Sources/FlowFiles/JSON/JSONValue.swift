/// A JSON value; the members of an object keep their order.
public enum JSONValue: Equatable, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// The nearest double; an infinity where the text is beyond the largest double.
  case number(Double)
  /// A count, written without a point; what is read is always a `number`.
  case integer(Int)
  /// An array that holds numbers only, the empty array included.
  case numbers([Double])
  /// A string, decoded.
  case string(String)
  /// An array that holds something else than numbers.
  case array([JSONValue])
  /// An object.
  case object(JSONObject)

  /// The elements of either kind of array.
  public var elements: [JSONValue]? {
    switch self {
    case .array(let elements): elements
    case .numbers(let numbers): numbers.map(JSONValue.number)
    default: nil
    }
  }

  /// What kind of value this is, for messages: `an array`, `a number`, ...
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number, .integer: "a number"
    case .numbers, .array: "an array"
    case .string: "a string"
    case .object: "an object"
    }
  }
}

/// The members of a JSON object, in order, their names distinct.
public struct JSONObject: Equatable, Sendable {
  /// A name and its value.
  public struct Member: Equatable, Sendable {
    /// The decoded name.
    public let name: String
    /// The value.
    public let value: JSONValue

    public init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// The members in the order of the text.
  public internal(set) var members: [Member]

  /// An object of these members; that no name occurs twice is the caller's part.
  public init(members: [Member] = []) { self.members = members }

  /// The value of the member whose name has exactly these code points.
  public subscript(name: String) -> JSONValue? {
    index(of: name).map { members[$0].value }
  }

  /// The first name that is in neither list.
  public func firstName(outside names: [String], _ others: [String]) -> String? {
    members.first { member in
      !names.contains { $0.hasBytes(of: member.name) }
        && !others.contains { $0.hasBytes(of: member.name) }
    }?.name
  }

  func index(of name: String) -> Int? {
    members.firstIndex { $0.name.hasBytes(of: name) }
  }
}

extension String {
  /// Whether both are the same bytes; `==` would take U+212A for `K`.
  func hasBytes(of other: String) -> Bool {
    let count = utf8.count
    guard count == other.utf8.count else { return false }
    let isEqual = utf8.withContiguousStorageIfAvailable { own in
      other.utf8.withContiguousStorageIfAvailable { other in
        for place in 0..<count where own[place] != other[place] { return false }
        return true
      }
    }
    return (isEqual ?? nil) ?? utf8.elementsEqual(other.utf8)
  }
}
