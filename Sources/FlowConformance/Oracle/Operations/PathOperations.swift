import FlowFiles
import FlowMatching

extension Operation {
  static let timeFields = ["t", "one_minus_t"]

  /// Schedules, conversions and conventions: operations on a path alone.
  static let pathOperations: [Operation] = [
    Operation(
      "schedule", "alpha, sigma and their derivatives", required: ["path"], optional: timeFields
    ) { fields, _ throws(WireError) in
      var findings = Findings()
      let path = findings.attempt { () throws(WireError) in try fields.path() }
      let time = findings.attempt { () throws(WireError) in try fields.time() }
      try findings.settle()
      let schedule = path!.schedule(at: time!)
      return jsonObject([
        "alpha": .number(schedule.alpha), "sigma": .number(schedule.sigma),
        "variance": .number(schedule.variance), "alpha_dot": .number(schedule.alphaDot),
        "sigma_dot": .number(schedule.sigmaDot), "variance_dot": .number(schedule.varianceDot),
        "log_snr": .number(path!.logSNR(at: time!)),
        "log_snr_dot": .number(path!.logSNRDot(at: time!)),
      ])
    },
    Operation(
      "time_at_log_snr", "the time of a log signal-to-noise ratio", required: ["path", "log_snr"]
    ) { fields, _ throws(WireError) in
      var findings = Findings()
      let path = findings.attempt { () throws(WireError) in try fields.path() }
      let logSNR = findings.attempt { () throws(WireError) in try fields.number("log_snr") }
      try findings.settle()
      let time = try onWire { () throws(FlowError) in try path!.time(atLogSNR: logSNR!) }
      return jsonObject(["t": .number(time.t), "one_minus_t": .number(time.remaining)])
    },
    Operation(
      "convert", "velocity, x1, noise, score and v into each other",
      required: ["path", "from", "to", "x", "value"], optional: timeFields
    ) { fields, _ throws(WireError) in
      var findings = Findings()
      let path = findings.attempt { () throws(WireError) in try fields.path() }
      let time = findings.attempt { () throws(WireError) in try fields.time() }
      let from = findings.attempt { () throws(WireError) in
        try fields.choice("from", Parameterisation.self)
      }
      let to = findings.attempt { () throws(WireError) in
        try fields.choice("to", Parameterisation.self)
      }
      let pair = fields.vectors("x", "value", &findings)
      try findings.settle()
      return .numbers(
        try onWire { () throws(FlowError) in
          try from!.convert(pair!.1, to: to!, at: time!, x: pair!.0, path: path!)
        })
    },
    Operation(
      "convert_convention", "a time and a velocity in other conventions",
      required: ["from", "to", "x", "velocity"], optional: timeFields
    ) { fields, _ throws(WireError) in
      var findings = Findings()
      let time = findings.attempt { () throws(WireError) in try fields.time() }
      let from = findings.attempt { () throws(WireError) in
        try fields.choice("from", TimeConvention.self)
      }
      let to = findings.attempt { () throws(WireError) in
        try fields.choice("to", TimeConvention.self)
      }
      let pair = fields.vectors("x", "velocity", &findings)
      try findings.settle()
      let result = try onWire { () throws(FlowError) in
        try from!.convert(time!, x: pair!.0, velocity: pair!.1, to: to!)
      }
      return jsonObject([
        "t": .number(result.time.t), "x": .numbers(result.x), "velocity": .numbers(result.velocity),
      ])
    },
  ]
}

extension RequestFields {
  /// Two vectors of one dimension.
  func vectors(_ a: String, _ b: String, _ findings: inout Findings) -> ([Double], [Double])? {
    let first = findings.attempt { () throws(WireError) in try vector(a) }
    let second = findings.attempt { () throws(WireError) in try vector(b) }
    guard let first, let second else { return nil }
    return findings.attempt { () throws(WireError) in
      guard first.count == second.count else {
        throw WireError(FlowError.dimensionMismatch(b, second.count, expected: first.count))
      }
      return (first, second)
    }
  }
}
