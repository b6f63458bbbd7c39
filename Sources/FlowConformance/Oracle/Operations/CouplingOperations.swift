import FlowFiles
import FlowMatching

extension Operation {
  /// Couplings of two sets of points, and the map between two Gaussians.
  static let couplingOperations: [Operation] = [
    Operation(
      "assignment", "the optimal pairing of two sets of as many points", required: ["x0", "x1"],
      cost: { .assignment($0) }
    ) {
      fields, _ throws(WireError) in
      let costs = try squaredDistances(fields)
      let assignment = try onWire { () throws(FlowError) in try Assignment(costs) }
      return jsonObject([
        "permutation": .array(assignment.permutation.map(JSONValue.integer)),
        "cost": .number(assignment.cost),
      ])
    },
    Operation(
      "sinkhorn", "the entropic transport plan between two sets of points",
      required: ["x0", "x1", "epsilon"], optional: ["tolerance"], cost: { .entropic($0) }
    ) {
      fields, _ throws(WireError) in
      var findings = Findings()
      let costs = findings.attempt { () throws(WireError) in try squaredDistances(fields) }
      let epsilon = findings.attempt { () throws(WireError) in try fields.number("epsilon") }
      let tolerance = findings.attempt { () throws(WireError) in
        fields.has("tolerance") ? try fields.number("tolerance") : 0
      }
      try findings.settle()
      let entropic = try onWire { () throws(FlowError) in
        try EntropicPlan(costs!, epsilon: epsilon!, tolerance: tolerance!)
      }
      let rows = stride(from: 0, to: entropic.plan.count, by: entropic.columns).map {
        JSONValue.numbers(Array(entropic.plan[$0..<$0 + entropic.columns]))
      }
      return jsonObject([
        "plan": .array(rows), "cost": .number(entropic.cost), "gap": .number(entropic.gap),
      ])
    },
    Operation(
      "gaussian_ot_map", "the optimal map between two Gaussians",
      required: ["mean0", "covariance0", "mean1", "covariance1", "x"],
      cost: { RequestCost(work: 200 * $0.dimension * $0.dimension * $0.dimension, field: "x") }
    ) { fields, _ throws(WireError) in
      var findings = Findings()
      let mean0 = findings.attempt { () throws(WireError) in try fields.vector("mean0") }
      let mean1 = findings.attempt { () throws(WireError) in try fields.vector("mean1") }
      let x = findings.attempt { () throws(WireError) in try fields.vector("x") }
      let covariance0 = findings.attempt { () throws(WireError) in try fields.rows("covariance0") }
      let covariance1 = findings.attempt { () throws(WireError) in try fields.rows("covariance1") }
      if let mean0 {
        for (name, found) in [
          ("mean1", mean1?.count), ("x", x?.count), ("covariance0", covariance0?.dimension),
          ("covariance1", covariance1?.dimension),
        ] where found != nil && found != mean0.count {
          findings.note(
            WireError(FlowError.dimensionMismatch(name, found!, expected: mean0.count)))
        }
      }
      try findings.settle()
      return try onWire { () throws(FlowError) in
        let map = try GaussianMap(
          mean0: mean0!, covariance0: covariance0!.values, mean1: mean1!,
          covariance1: covariance1!.values)
        return .numbers(try map(x!))
      }
    },
  ]

  private static func squaredDistances(_ fields: RequestFields) throws(WireError) -> CostMatrix {
    var findings = Findings()
    let x0 = findings.attempt { () throws(WireError) in try fields.rows("x0") }
    let x1 = findings.attempt { () throws(WireError) in try fields.rows("x1") }
    if let x0, let x1, x0.dimension != x1.dimension {
      findings.note(
        WireError(FlowError.dimensionMismatch("x1", x1.dimension, expected: x0.dimension)))
    }
    try findings.settle()
    return try onWire { () throws(FlowError) in
      try CostMatrix(
        squaredDistancesFrom: x0!.values, to: x1!.values, dimension: x0!.dimension)
    }
  }
}
