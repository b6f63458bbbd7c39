/// Something that has a name: what it is, the numbers it takes, and how it is made from them.
public struct Entry<Value>: Sendable {
  /// One line.
  public let help: String
  /// The numbers that it takes, in the order in which it is made from them.
  public let parameters: [Parameter]
  private let make: @Sendable ([Double]) throws(FlowError) -> Value

  init(
    _ help: String, _ parameters: [Parameter] = [],
    _ make: @escaping @Sendable ([Double]) throws(FlowError) -> Value
  ) {
    self.help = help
    self.parameters = parameters
    self.make = make
  }

  /// The thing with one number for each of ``parameters``, in their order.
  /// - Throws: what the thing throws, `outOfDomain` for a fraction where a whole number is meant.
  public func value(_ numbers: [Double]) throws(FlowError) -> Value {
    for (parameter, number) in zip(parameters, numbers) where parameter.isInteger {
      guard number == number.rounded(), abs(number) < 0x1p53 else {
        throw FlowError.outOfDomain(parameter.name, number, accepted: "the whole numbers")
      }
    }
    return try make(numbers)
  }

  /// The thing with the numbers given by name, and each of the others as reports show it.
  /// - Throws: as ``value(_:)``.
  public func example(_ given: [String: Double] = [:]) throws(FlowError) -> Value {
    try value(parameters.map { given[$0.name] ?? $0.example })
  }
}

/// A list of things with names, the one place where they are listed.
public protocol Catalogued: RawRepresentable<String>, CaseIterable, Sendable {
  /// What is made.
  associatedtype Value
  /// What it is and how it is made.
  var entry: Entry<Value> { get }
}

extension Catalogued {
  public var name: String { rawValue }
  /// The numbers that it takes.
  public var parameters: [Parameter] { entry.parameters }
  /// All names, separated by commas.
  public static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// The thing with one number for each of ``parameters``, in their order.
  public func value(_ numbers: [Double]) throws(FlowError) -> Value { try entry.value(numbers) }

  /// The thing with its defaults, or as reports show it.
  public func example() throws(FlowError) -> Value { try entry.example() }
}
