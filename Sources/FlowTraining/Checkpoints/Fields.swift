import FlowFiles
import FlowMatching

/// The members of an object of a configuration; each must be asked for, so that none is overlooked.
struct Fields {
  private let name: String
  private var left: [(name: String, value: JSONValue)]

  init(_ value: JSONValue?, _ name: String) throws(FlowError) {
    guard case .object(let object)? = value else {
      throw Self.invalid(name, "an object")
    }
    self.name = name
    left = object.members.map { ($0.name, $0.value) }
  }

  private static func invalid(_ field: String, _ accepted: String) -> FlowError {
    FlowError(.outOfDomain, field, "the configuration's \(field) must be \(accepted)")
  }

  private func path(_ field: String) -> String { name.isEmpty ? field : "\(name).\(field)" }

  mutating func value(_ field: String) -> JSONValue? {
    guard let index = left.firstIndex(where: { $0.name == field }) else { return nil }
    return left.remove(at: index).value
  }

  mutating func fields(_ field: String) throws(FlowError) -> Fields {
    try Fields(value(field), path(field))
  }

  mutating func number(_ field: String) throws(FlowError) -> Double {
    guard case .number(let number)? = value(field) else {
      throw Self.invalid(path(field), "a number")
    }
    return number
  }

  mutating func whole(_ field: String) throws(FlowError) -> Int {
    guard case .number(let number)? = value(field), let whole = Int(exactly: number) else {
      throw Self.invalid(path(field), "a whole number")
    }
    return whole
  }

  mutating func wholes(_ field: String) throws(FlowError) -> [Int] {
    guard case .numbers(let numbers)? = value(field) else {
      throw Self.invalid(path(field), "a list of whole numbers")
    }
    let wholes = numbers.compactMap { Int(exactly: $0) }
    guard wholes.count == numbers.count else {
      throw Self.invalid(path(field), "a list of whole numbers")
    }
    return wholes
  }

  mutating func text(_ field: String) throws(FlowError) -> String {
    guard case .string(let text)? = value(field) else {
      throw Self.invalid(path(field), "a string")
    }
    return text
  }

  mutating func name<T: RawRepresentable & CaseIterable>(
    _ field: String, _: T.Type
  ) throws(FlowError) -> T where T.RawValue == String {
    guard let value = T(rawValue: try text(field)) else {
      throw Self.invalid(
        path(field), "one of " + T.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }

  /// All that were not asked for yet, as text.
  mutating func texts() throws(FlowError) -> [(name: String, text: String)] {
    var result: [(String, String)] = []
    for member in left {
      guard case .string(let text) = member.value else {
        throw Self.invalid(path(member.name), "a string")
      }
      result.append((member.name, text))
    }
    left = []
    return result
  }

  /// - Throws: `outOfDomain` where a member was not asked for.
  func end() throws(FlowError) {
    if let first = left.first {
      throw FlowError(
        .outOfDomain, path(first.name),
        "the configuration has an unknown member \(path(first.name))")
    }
  }
}
