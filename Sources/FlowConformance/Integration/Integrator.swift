import FlowFiles

/// A method of the implementation that moves a point along any field, under the implementation's own name.
public struct Integrator: Equatable, Sendable {
  /// The order of its global error; nil where it chooses its order.
  public let order: Int?
  /// Whether it takes a tolerance.
  public let isAdaptive: Bool
  /// Whether it takes a number of equal steps.
  public let takesSteps: Bool
  /// Whether it says where the point is on the way.
  public let isDense: Bool

  private static let members = ["order", "adaptive", "steps", "dense"]

  /// Reads `{"order": 5, "adaptive": true, "steps": false, "dense": true}`; nil if it is not of this form.
  init?(_ value: JSONValue) {
    guard case .object(let object) = value, object.firstName(outside: Self.members, []) == nil
    else { return nil }
    switch object["order"] {
    case nil, .null?: order = nil
    case .number(let number)?:
      guard let whole = Int(exactly: number), whole > 0 else { return nil }
      order = whole
    case .some: return nil
    }
    var flags: [String: Bool] = [:]
    for name in Self.members.dropFirst() {
      switch object[name] {
      case nil: flags[name] = false
      case .bool(let flag)?: flags[name] = flag
      case .some: return nil
      }
    }
    isAdaptive = flags["adaptive"] ?? false
    takesSteps = flags["steps"] ?? false
    isDense = flags["dense"] ?? false
    guard isAdaptive || takesSteps else { return nil }
  }

  /// Whether a case is for this method.
  func takes(_ fixture: FixtureCase) -> Bool {
    if fixture.request["times"] != nil, !isDense { return false }
    let wanted = fixture.field?.order
    if fixture.request["steps"] != nil {
      return takesSteps && (wanted == nil || wanted == order)
    }
    // A method that chooses its order has any.
    return isAdaptive && (wanted ?? 0) <= (order ?? .max)
  }
}

extension FixtureLibrary.Entry {
  /// The entry once for every integrator that it is for, in the order of their names: an id ends with `@` and the name.
  /// An entry that leaves nothing open is itself; one that is for none of them is itself too, and not applicable.
  func asked(of integrators: [String: Integrator]) -> [FixtureLibrary.Entry] {
    guard fixture.field != nil else { return [self] }
    let names = integrators.filter { $0.value.takes(fixture) }.keys.sorted()
    return names.isEmpty ? [self] : names.map(asked(of:))
  }

  private func asked(of name: String) -> FixtureLibrary.Entry {
    let request = JSONObject(
      members: fixture.request.members.map {
        $0.name == "solver" ? .init(name: "solver", value: .string(name)) : $0
      })
    return FixtureLibrary.Entry(
      fixture: FixtureCase(
        id: "\(fixture.id)@\(name)", operation: fixture.operation, request: request,
        expected: fixture.expected, flags: fixture.flags, formats: fixture.formats,
        field: fixture.field, askedOf: name),
      file: file, definition: definition, mistakes: mistakes)
  }
}
