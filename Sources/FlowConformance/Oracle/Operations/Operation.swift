import FlowFiles
import FlowMatching

/// One operation of the protocol: its name, the fields it takes and how it is answered.
struct Operation: Sendable {
  let name: String
  /// One line.
  let help: String
  let required: [String]
  let optional: [String]
  /// The members of its requests, `op` and `id` among them.
  let members: (required: [String], optional: [String])
  /// What a request needs, from its sizes.
  let cost: @Sendable (RequestShape) -> RequestCost
  let answer: @Sendable (RequestFields, TargetDecoder) throws(WireError) -> JSONValue
  /// How it is answered where the asker can be asked back; nil for an operation whose request says all.
  private(set) var asking: Asking?

  /// From the fields and what makes a field in so many axes of the asker's slopes.
  typealias Asking =
    @Sendable (RequestFields, (Int) -> any VelocityField) throws(WireError) -> JSONValue

  /// An operation that asks back.
  static func asksBack(
    _ name: String, _ help: String, required: [String], optional: [String],
    _ asking: @escaping Asking
  ) -> Operation {
    var operation = Operation(name, help, required: required, optional: optional) {
      _, _ throws(WireError) in
      throw WireError(
        .unsupported, "op", "\(name) asks back, for which it needs a conversation: flowref oracle")
    }
    operation.asking = asking
    return operation
  }

  init(
    _ name: String, _ help: String, required: [String] = [], optional: [String] = [],
    cost: @escaping @Sendable (RequestShape) -> RequestCost = { .vectors($0) },
    _ answer: @escaping @Sendable (RequestFields, TargetDecoder) throws(WireError) -> JSONValue
  ) {
    self.name = name
    self.help = help
    self.required = required
    self.optional = optional
    members = (["op"] + required, ["id"] + optional)
    self.cost = cost
    self.answer = answer
  }

  /// Every operation that is answered, `hello` and `define` aside.
  static let all: [String: Operation] = Dictionary(
    uniqueKeysWithValues: (pathOperations + conditionalOperations + marginalOperations
      + scalarOperations + gridOperations + couplingOperations + solverOperations + levelOperations
      + fewStepOperations + integrationOperations)
      .map { ($0.name, $0) })

  /// Operations of the protocol that this implementation does not have.
  static let missing: Set<String> = []
}

/// An object from named values.
func jsonObject(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
  .object(JSONObject(members: members.map { .init(name: $0.key, value: $0.value) }))
}

extension Operation {
  static let scalarOperations: [Operation] = [
    Operation("echo", "the numbers that were sent", required: ["value"]) {
      fields, _ throws(WireError) in
      let value = fields.object["value"]!
      guard isNumeric(value) else {
        throw fields.invalid("value", "a number or nested arrays of numbers")
      }
      return value
    },
    Operation(
      "bits_per_dim", "a log density in bits per dimension", required: ["log_density", "dimension"]
    ) { fields, _ throws(WireError) in
      let logDensity = try fields.number("log_density")
      let dimension = try fields.integer("dimension")
      return .number(
        try onWire { () throws(FlowError) in
          try bitsPerDimension(logDensity: logDensity, dimension: dimension)
        })
    },
    Operation(
      "ddpm_posterior", "mean and variance of DDPM's reverse step",
      required: ["betas", "step", "x", "z"]
    ) { fields, _ throws(WireError) in
      let betas = try fields.vector("betas")
      let step = try fields.integer("step")
      let x = try fields.vector("x")
      let z = try fields.vector("z")
      guard x.count == z.count else {
        throw WireError(FlowError.dimensionMismatch("z", z.count, expected: x.count))
      }
      let (mean, variance) = try onWire { () throws(FlowError) in
        try DDPM.posterior(betas: betas, step: step, data: x, latent: z)
      }
      return jsonObject(["mean": .numbers(mean), "variance": .number(variance)])
    },
  ]

  private static func isNumeric(_ value: JSONValue) -> Bool {
    switch value {
    case .number, .numbers: true
    case .array(let elements): elements.allSatisfy(isNumeric)
    default: false
    }
  }
}
