import FlowFiles

/// Where a number stands in a request.
struct NumberPlace: Equatable {
  enum Step: Equatable {
    case member(String)
    case index(Int)
  }

  let steps: [Step]

  /// The name of the innermost member around the number.
  var name: String {
    for case .member(let name) in steps.reversed() { return name }
    return ""
  }

  /// The outermost member.
  var top: String {
    if case .member(let name)? = steps.first { name } else { "" }
  }
}

extension JSONValue {
  /// Every number with its place, in the order of the text.
  var numberPlaces: [(place: NumberPlace, number: Double)] {
    var found: [(place: NumberPlace, number: Double)] = []
    collect([], &found)
    return found
  }

  private func collect(
    _ steps: [NumberPlace.Step], _ found: inout [(place: NumberPlace, number: Double)]
  ) {
    switch self {
    case .number(let number): found.append((NumberPlace(steps: steps), number))
    case .integer(let integer): found.append((NumberPlace(steps: steps), Double(integer)))
    case .numbers(let numbers):
      for (index, number) in numbers.enumerated() {
        found.append((NumberPlace(steps: steps + [.index(index)]), number))
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        element.collect(steps + [.index(index)], &found)
      }
    case .object(let object):
      for member in object.members { member.value.collect(steps + [.member(member.name)], &found) }
    case .null, .bool, .string: break
    }
  }

  /// The same value with another number at a place.
  func replacing(_ place: NumberPlace, with number: Double) -> JSONValue {
    replacing(place.steps[...], with: number)
  }

  private func replacing(_ steps: ArraySlice<NumberPlace.Step>, with number: Double) -> JSONValue {
    guard let step = steps.first else { return .number(number) }
    let rest = steps.dropFirst()
    switch (self, step) {
    case (.numbers(var numbers), .index(let index)):
      numbers[index] = number
      return .numbers(numbers)
    case (.array(var elements), .index(let index)):
      elements[index] = elements[index].replacing(rest, with: number)
      return .array(elements)
    case (.object(let object), .member(let name)):
      return .object(object.mapping(name) { $0.replacing(rest, with: number) })
    default: return self
    }
  }

  /// Every number of a value changed.
  func mapNumbers(_ change: (Double) -> Double) -> JSONValue {
    switch self {
    case .number(let number): .number(change(number))
    case .integer(let integer): .number(change(Double(integer)))
    case .numbers(let numbers): .numbers(numbers.map(change))
    case .array(let elements): .array(elements.map { $0.mapNumbers(change) })
    case .object(let object):
      .object(
        JSONObject(
          members: object.members.map { .init(name: $0.name, value: $0.value.mapNumbers(change)) }))
    case .null, .bool, .string: self
    }
  }
}

extension JSONObject {
  /// The same members, one of them changed.
  func mapping(_ name: String, _ change: (JSONValue) -> JSONValue) -> JSONObject {
    JSONObject(
      members: members.map { $0.name == name ? .init(name: name, value: change($0.value)) : $0 })
  }

  func removing(_ name: String) -> JSONObject {
    JSONObject(members: members.filter { $0.name != name })
  }
}
