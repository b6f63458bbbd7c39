import FlowFiles
import FlowMatching

extension Operation {
  /// Quantities given a data point, or a pair.
  static let conditionalOperations: [Operation] = [
    Operation(
      "conditional_flow", "x_t = alpha x1 + sigma x0", required: ["path", "x0", "x1"],
      optional: timeFields
    ) { fields, _ throws(WireError) in
      try conditional(fields, "x0") { field, time, x0, x1 throws(FlowError) in
        .numbers(try field.flow(at: time, from: x0, given: x1))
      }
    },
    Operation(
      "conditional_velocity", "the velocity of p_t(x | x1)", required: ["path", "x", "x1"],
      optional: timeFields
    ) { fields, _ throws(WireError) in
      try conditional(fields, "x") { field, time, x, x1 throws(FlowError) in
        .numbers(try field.velocity(at: time, of: x, given: x1))
      }
    },
    Operation(
      "conditional_score", "the score of p_t(x | x1)", required: ["path", "x", "x1"],
      optional: timeFields
    ) { fields, _ throws(WireError) in
      try conditional(fields, "x") { field, time, x, x1 throws(FlowError) in
        .numbers(try field.score(at: time, of: x, given: x1))
      }
    },
    Operation(
      "conditional_log_density", "log p_t(x | x1) in nats", required: ["path", "x", "x1"],
      optional: timeFields
    ) { fields, _ throws(WireError) in
      try conditional(fields, "x") { field, time, x, x1 throws(FlowError) in
        .number(try field.logDensity(at: time, of: x, given: x1))
      }
    },
    Operation(
      "pair_velocity", "the velocity given both ends of a pair",
      required: ["kind", "sigma", "x", "x0", "x1"], optional: timeFields
    ) { fields, _ throws(WireError) in
      var findings = Findings()
      let kind = findings.attempt { () throws(WireError) in
        try fields.choice("kind", PairField.self)
      }
      let sigma = findings.attempt { () throws(WireError) in try fields.number("sigma") }
      let time = findings.attempt { () throws(WireError) in try fields.time() }
      let ends = fields.vectors("x0", "x1", &findings)
      let point = fields.vectors("x0", "x", &findings)
      try findings.settle()
      return .numbers(
        try onWire { () throws(FlowError) in
          try kind!.velocity(
            sigma: sigma!, at: time!, of: point!.1, from: ends!.0, to: ends!.1)
        })
    },
  ]

  private static func conditional(
    _ fields: RequestFields, _ name: String,
    _ answer: (ConditionalField, Time<Double>, [Double], [Double]) throws(FlowError) -> JSONValue
  ) throws(WireError) -> JSONValue {
    var findings = Findings()
    let path = findings.attempt { () throws(WireError) in try fields.path() }
    let time = findings.attempt { () throws(WireError) in try fields.time() }
    let pair = fields.vectors(name, "x1", &findings)
    try findings.settle()
    return try onWire { () throws(FlowError) in
      try answer(ConditionalField(path: path!), time!, pair!.0, pair!.1)
    }
  }
}
