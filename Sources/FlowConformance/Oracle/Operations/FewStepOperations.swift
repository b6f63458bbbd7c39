import FlowFiles
import FlowIntegration
import FlowMatching

extension Operation {
  /// The flow by the methods that samplers use with few steps.
  static let fewStepOperations: [Operation] = [
    Operation(
      "few_step_map", "where a sampler of few steps ends, between given times",
      required: ["path", "target", "method", "times"], optional: ["x", "points", "source"],
      cost: { shape in
        let times = RequestShape.size(shape.object["times"]).count
        var cost = RequestCost.fields(shape, width: shape.dimension, factor: 2 * max(1, times))
        if times > 1000 { cost.field = "times" }
        return cost
      }
    ) { fields, targets throws(WireError) in
      var findings = Findings()
      let field = fields.exactField(targets, &findings)
      let points = fields.states(field?.dimension, &findings)
      let method = findings.attempt { () throws(WireError) in
        try fields.choice("method", FewStepMethod.self)
      }
      let times = findings.attempt { () throws(WireError) in
        try onWire { [given = try fields.vector("times")] () throws(FlowError) in
          var times: [Time<Double>] = []
          for t in given {
            try FlowError.check(t, "times", in: 0...1)
            times.append(try Time(t))
          }
          return times
        }
      }
      try findings.settle()
      let ends = try onWire { () throws(FlowError) in
        try FewStepSampler(of: field!, method: method!, times: times!).samples(at: points!.values)
      }
      let d = points!.dimension
      let answers = (0..<ends.count / d).map { row in
        JSONValue.numbers(Array(ends[row * d..<(row + 1) * d]))
      }
      return fields.has("points") ? .array(answers) : answers[0]
    }
  ]
}
