import FlowFiles
import FlowIntegration
import FlowMatching

extension Operation {
  /// The exact flow between two times: what few-step models are trained on.
  static let levelOperations: [Operation] = [
    flow("average_velocity", "(phi(x) - x)/(t1 - t0), phi the flow from t0 to t1") {
      flow, start, end, points throws(FlowError) in
      try flow.averageVelocities(from: start, to: end, at: points)
    } shaped: {
      .numbers($0)
    },
    flow("flow_jacobian", "the matrix dphi_i/dx_j of the flow from t0 to t1") {
      flow, start, end, points throws(FlowError) in
      try flow.jacobians(from: start, to: end, at: points)
    } shaped: { entries in
      let d = Int(Double(entries.count).squareRoot())
      return .array((0..<d).map { .numbers(Array(entries[$0 * d..<($0 + 1) * d])) })
    },
    flow("flow_log_determinant", "log det of the flow's Jacobian, in nats") {
      flow, start, end, points throws(FlowError) in
      try flow.logDeterminants(from: start, to: end, at: points)
    } shaped: {
      .number($0[0])
    },
  ]

  /// An operation that has the same number of results at every point.
  private static func flow(
    _ name: String, _ help: String,
    _ body:
      @escaping @Sendable (QuantileFlow, Time<Double>, Time<Double>, [Double]) throws(FlowError) ->
      [Double],
    shaped shape: @escaping @Sendable ([Double]) -> JSONValue
  ) -> Operation {
    Operation(
      name, help, required: ["path", "target", "t0", "t1"], optional: ["x", "points", "source"],
      cost: { .fields($0, width: $0.dimension * $0.dimension, factor: 400) }
    ) { fields, targets throws(WireError) in
      var findings = Findings()
      let field = fields.exactField(targets, &findings)
      let points = fields.states(field?.dimension, &findings)
      let start = findings.attempt { () throws(WireError) in try fields.boundary("t0") }
      let end = findings.attempt { () throws(WireError) in try fields.boundary("t1") }
      try findings.settle()
      let values = try onWire { () throws(FlowError) in
        try body(QuantileFlow(of: field!), Time(start!), Time(end!), points!.values)
      }
      let count = points!.values.count / points!.dimension
      guard count > 0 else { return .array([]) }
      let width = values.count / count
      let answers = (0..<count).map { shape(Array(values[$0 * width..<($0 + 1) * width])) }
      return fields.has("points") ? .array(answers) : answers[0]
    }
  }
}
