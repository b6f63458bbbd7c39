import RealModule

@testable import FlowMatching

/// What a function executes: operations in order, without those that no output depends on.
struct OperationTree: Equatable {
  let operations: [Trace.Operation]
  let outputs: [(name: String, place: Int)]

  static func == (_ a: Self, _ b: Self) -> Bool {
    a.operations == b.operations && a.outputs.elementsEqual(b.outputs, by: ==)
  }

  /// What `function` executes for the outputs that it returns.
  init(of function: (Trace) throws -> [(name: String, value: Traced)]) rethrows {
    let trace = Trace()
    let results = try Trace.$current.withValue(trace) { try function(trace) }
    let all = trace.operations
    var isUsed = [Bool](repeating: false, count: all.count)
    for result in results { isUsed[result.value.node] = true }
    for place in all.indices.reversed() where isUsed[place] {
      for argument in all[place].arguments { isUsed[argument] = true }
    }
    var places: [Int: Int] = [:]
    var kept: [Trace.Operation] = []
    for place in all.indices where isUsed[place] {
      places[place] = kept.count
      let operation = all[place]
      kept.append(
        Trace.Operation(
          kind: operation.kind, arguments: operation.arguments.map { places[$0]! },
          name: operation.name, bits: operation.bits))
    }
    operations = kept
    outputs = results.map { ($0.name, places[$0.value.node]!) }
  }

  /// The inputs by name, in the order of their use.
  var inputs: [String] { operations.compactMap(\.name) }

  /// The outputs, by doing the operations again.
  /// - Parameter plain: a number as an exponent, which is a plain `Double`.
  func values<S: Scalar>(_ inputs: [String: S], plain: (S) -> Double) -> [S] {
    var values: [S] = []
    for operation in operations {
      let value = Self.value(operation, operation.arguments.map { values[$0] }, inputs, plain)
      values.append(value)
    }
    return outputs.map { values[$0.place] }
  }

  private static func value<S: Scalar>(
    _ operation: Trace.Operation, _ a: [S], _ inputs: [String: S], _ plain: (S) -> Double
  ) -> S {
    switch operation.kind {
    case .input: inputs[operation.name!]!
    case .number: S(Double(bitPattern: operation.bits!))
    case .sum: a[0] + a[1]
    case .difference: a[0] - a[1]
    case .product: a[0] * a[1]
    case .quotient: a[0] / a[1]
    case .negation: -a[0]
    case .fused: a[0].addingProduct(a[1], a[2])
    case .fusedOrNot: a[0].adding(a[1], times: a[2])
    case .exp: S.exp(a[0])
    case .expMinusOne: S.expMinusOne(a[0])
    case .log: S.log(a[0])
    case .logOnePlus: S.log(onePlus: a[0])
    case .root: S.sqrt(a[0])
    case .hypot: S.hypot(a[0], a[1])
    case .power: S.power(a[0], plain(a[1]))
    case .sinPi: S.sinPi(a[0])
    case .cosPi: S.cosPi(a[0])
    case .erfc: S.erfc(a[0])
    case .choice: S.choose(a[0], below: a[1], then: a[2], otherwise: a[3])
    }
  }

  /// One operation a line. A number is `significand 2^exponent`.
  func json(function: String) -> String {
    func list(_ items: [String]) -> String { "[\(items.joined(separator: ", "))]" }
    let lines = operations.enumerated().map { place, operation in
      var parts = ["\"\(operation.kind.rawValue)\""]
      if let name = operation.name { parts.append("\"\(name)\"") }
      if let bits = operation.bits {
        let number = Double(bitPattern: bits)
        let exponent = number == 0 ? 0 : Int(number.exponent) - number.significandWidth
        let significand =
          number == 0 ? 0 : Int(number.significand * Double.exp2(Double(number.significandWidth)))
        parts += ["\(number.sign == .minus ? -significand : significand)", "\(exponent)"]
      }
      return "    \(list(parts + operation.arguments.map(String.init)))"
    }
    let places = outputs.map { "    \"\($0.name)\": \($0.place)" }
    return """
      {
        "function": "\(function)",
        "inputs": \(list(Array(inputs).map { "\"\($0)\"" })),
        "operations": [
      \(lines.joined(separator: ",\n"))
        ],
        "outputs": {
      \(places.joined(separator: ",\n"))
        }
      }

      """
  }
}
