import Synchronization

@testable import FlowMatching

/// The operations that a function executes on ``Traced`` numbers, each once: equal operations on equal
/// arguments give equal numbers.
final class Trace: Sendable {
  /// What ``Traced`` numbers are recorded in.
  @TaskLocal static var current = Trace()

  enum Kind: String, Sendable {
    case input, number
    case sum, difference, product, quotient, negation
    /// `a + b c`, rounded once.
    case fused
    /// `a + b c`, rounded once or twice, as the machine has it.
    case fusedOrNot = "fused_or_not"
    case exp
    case expMinusOne = "exp_minus_one"
    case log
    case logOnePlus = "log_one_plus"
    case root, hypot, power
    case sinPi = "sin_pi"
    case cosPi = "cos_pi"
    case erfc
    /// The third number where the first is below the second, else the fourth.
    case choice
  }

  struct Operation: Hashable, Sendable {
    let kind: Kind
    let arguments: [Int]
    /// Of an input.
    var name: String?
    /// The bits of a number.
    var bits: UInt64?
  }

  private struct State {
    var operations: [Operation] = []
    var places: [Operation: Int] = [:]
    /// The parameters by the bits of their sample values.
    var parameters: [UInt64: String] = [:]
  }
  private let state = Mutex(State())

  var operations: [Operation] { state.withLock { $0.operations } }

  func add(_ kind: Kind, _ arguments: [Int], _ value: Double) -> Traced {
    Traced(value: value, node: place(Operation(kind: kind, arguments: arguments)))
  }

  /// An argument of the function.
  func input(_ name: String, _ value: Double) -> Traced {
    Traced(value: value, node: place(Operation(kind: .input, arguments: [], name: name)))
  }

  /// A constant of the function that is a plain `Double` there: known again by its value.
  func parameter(_ name: String, _ value: Double) -> Double {
    state.withLock { $0.parameters[value.bitPattern] = name }
    return value
  }

  /// A parameter, the negative of one, or a number.
  func constant(_ value: Double) -> Traced {
    let parameters = state.withLock { $0.parameters }
    if let name = parameters[value.bitPattern] { return input(name, value) }
    if let name = parameters[(-value).bitPattern] { return -input(name, -value) }
    let operation = Operation(kind: .number, arguments: [], bits: value.bitPattern)
    return Traced(value: value, node: place(operation))
  }

  private func place(_ operation: Operation) -> Int {
    state.withLock { state in
      if let place = state.places[operation] { return place }
      state.operations.append(operation)
      state.places[operation] = state.operations.count - 1
      return state.operations.count - 1
    }
  }
}
