import FlowFiles

/// The members of a request, or of an object inside it, read by name and type.
struct RequestFields {
  let object: JSONObject
  /// What stands before a name in messages: `path.`, or nothing.
  let prefix: String

  /// - Throws: `unknown_field` for members that are not allowed, `missing_field` for required ones
  ///   that are absent.
  init(
    _ object: JSONObject, prefix: String = "", required: [String], optional: [String] = []
  ) throws(WireError) {
    self.object = object
    self.prefix = prefix
    if let name = object.firstName(outside: required, optional) {
      let accepted = (required + optional).joined(separator: ", ")
      throw WireError(
        .unknownField, prefix + name,
        "unknown field \(prefix)\(name); accepted here: \(accepted)")
    }
    for name in required where object[name] == nil {
      throw WireError(.missingField, prefix + name, "the field \(prefix)\(name) is missing")
    }
  }

  func has(_ name: String) -> Bool { object[name] != nil }

  private func value(_ name: String) throws(WireError) -> JSONValue {
    guard let value = object[name] else {
      throw WireError(.missingField, prefix + name, "the field \(prefix)\(name) is missing")
    }
    return value
  }

  func invalid(_ name: String, _ expected: String) -> WireError {
    let found = object[name]?.kind ?? "nothing"
    return WireError(
      .invalidField, prefix + name, "\(prefix)\(name) must be \(expected), found \(found)")
  }

  func number(_ name: String) throws(WireError) -> Double {
    guard case .number(let number) = try value(name) else { throw invalid(name, "a number") }
    return number
  }

  func number(_ name: String, default standard: Double) throws(WireError) -> Double {
    has(name) ? try number(name) : standard
  }

  /// A whole number that fits in 53 bits.
  func integer(_ name: String) throws(WireError) -> Int {
    let number = try number(name)
    guard number == number.rounded(), abs(number) <= 0x1p53 else {
      throw invalid(name, "a whole number")
    }
    return Int(number)
  }

  func integer(_ name: String, default standard: Int) throws(WireError) -> Int {
    has(name) ? try integer(name) : standard
  }

  func string(_ name: String) throws(WireError) -> String {
    guard case .string(let string) = try value(name) else { throw invalid(name, "a string") }
    return string
  }

  func flag(_ name: String, default standard: Bool) throws(WireError) -> Bool {
    guard has(name) else { return standard }
    guard case .bool(let flag) = try value(name) else { throw invalid(name, "a boolean") }
    return flag
  }

  func vector(_ name: String) throws(WireError) -> [Double] {
    guard case .numbers(let numbers) = try value(name) else {
      throw invalid(name, "an array of numbers")
    }
    guard !numbers.isEmpty else {
      throw WireError(.dimensionMismatch, prefix + name, "\(prefix)\(name) is empty")
    }
    return numbers
  }

  func members(_ name: String) throws(WireError) -> JSONObject {
    guard case .object(let object) = try value(name) else { throw invalid(name, "an object") }
    return object
  }

  /// Rows of equal length, joined.
  func rows(_ name: String) throws(WireError) -> (dimension: Int, values: [Double]) {
    guard let elements = try value(name).elements, !elements.isEmpty else {
      throw invalid(name, "a non-empty array of arrays of numbers")
    }
    var values: [Double] = []
    var dimension: Int?
    for (index, element) in elements.enumerated() {
      guard case .numbers(let row) = element, !row.isEmpty else {
        throw WireError(
          .invalidField, "\(prefix)\(name)[\(index)]",
          "\(prefix)\(name)[\(index)] must be a non-empty array of numbers, found \(element.kind)")
      }
      guard dimension == nil || dimension == row.count else {
        throw WireError(
          .dimensionMismatch, "\(prefix)\(name)[\(index)]",
          "\(prefix)\(name)[\(index)] has \(row.count) numbers, expected \(dimension!)")
      }
      dimension = row.count
      values += row
    }
    return (dimension!, values)
  }

  /// One of a fixed set of names.
  func choice<T: RawRepresentable & CaseIterable>(
    _ name: String, _ type: T.Type = T.self
  ) throws(WireError) -> T where T.RawValue == String {
    let text = try string(name)
    guard let value = T(rawValue: text) else {
      let accepted = T.allCases.map(\.rawValue).joined(separator: ", ")
      throw WireError(
        .invalidField, prefix + name, "\(prefix)\(name) = \"\(text)\" is none of \(accepted)")
    }
    return value
  }

  /// A label: a string, or a number that stands for its shortest text.
  func label(_ name: String) throws(WireError) -> String {
    guard let text = Self.labelText(try value(name)) else {
      throw invalid(name, "a string or a number")
    }
    return text
  }

  static func labelText(_ value: JSONValue) -> String? {
    switch value {
    case .string(let string): string
    case .number(let number):
      number == number.rounded() && abs(number) < 0x1p53 ? String(Int(number)) : String(number)
    default: nil
    }
  }
}
