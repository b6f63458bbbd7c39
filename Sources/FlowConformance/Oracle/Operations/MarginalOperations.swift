import FlowFiles
import FlowMatching

extension Operation {
  /// Quantities of the marginal path of a target.
  static let marginalOperations: [Operation] =
    MarginalQuantity.allCases.filter { $0 != .vPrediction }.map(marginal) + [
      Operation(
        "continuity_residual", "d log p/dt + div u + u . grad log p, which is 0",
        required: ["path", "target", "method"],
        optional: Queries.fields + ["source", "tube"]
      ) { fields, targets throws(WireError) in
        var findings = Findings()
        let method = findings.attempt { () throws(WireError) in
          try fields.choice("method", ResidualMethod.self)
        }
        let (field, queries) = try setting(fields, targets, &findings)
        let residuals = try onWire { () throws(FlowError) in
          try field.continuityResiduals(at: queries.times, of: queries.points, method: method!)
        }
        let values = residuals.map {
          jsonObject(["residual": .number($0.residual), "scale": .number($0.scale)])
        }
        return queries.isBatch ? .array(values) : values[0]
      },
      Operation(
        "guided_velocity", "classifier-free guidance of the exact field",
        required: ["path", "target", "label", "weight"],
        optional: Queries.fields + ["source", "tube"],
        cost: { .fields($0, width: $0.dimension, factor: 20) }
      ) { fields, targets throws(WireError) in
        var findings = Findings()
        let label = findings.attempt { () throws(WireError) in try fields.label("label") }
        let weight = findings.attempt { () throws(WireError) in try fields.number("weight") }
        let (field, queries) = try setting(fields, targets, &findings)
        let values = try onWire { () throws(FlowError) in
          try GuidedField(path: field.path, target: field.target, label: label!, weight: weight!)
            .velocities(at: queries.times, of: queries.points)
        }
        return queries.shaped(values, width: queries.dimension)
      },
      Operation(
        "schedule_transform", "the field of one path by that of another",
        required: ["path", "to_path", "target"],
        optional: Queries.fields + ["source", "tube"]
      ) { fields, targets throws(WireError) in
        var findings = Findings()
        let to = findings.attempt { () throws(WireError) in try fields.path("to_path") }
        let (field, queries) = try setting(fields, targets, &findings)
        let values = try onWire { () throws(FlowError) in
          try ScheduleTransform.exactVelocities(
            target: field.target, from: field.path, to: to!, at: queries.times, of: queries.points)
        }
        return queries.shaped(values, width: queries.dimension)
      },
      Operation(
        "cfm_gap", "by how much the conditional loss exceeds the marginal one",
        required: ["path", "target"],
        optional: timeFields + ["source", "samples", "seed"], cost: { .gap($0) }
      ) { fields, targets throws(WireError) in
        var findings = Findings()
        let path = findings.attempt { () throws(WireError) in try fields.path() }
        let time = findings.attempt { () throws(WireError) in try fields.time() }
        let target = findings.attempt { () throws(WireError) in try targets.target(fields) }
        let samples = findings.attempt { () throws(WireError) in
          try fields.integer("samples", default: 4096)
        }
        let seed = findings.attempt { () throws(WireError) in
          try fields.integer("seed", default: 0)
        }
        findings.refuseSource(fields)
        try findings.settle()
        guard let mixture = target as? GaussianMixture else {
          throw WireError(.unsupported, "target", "cfm_gap needs a mixture or a point cloud")
        }
        let gap = try onWire { () throws(FlowError) in
          try LossGap(path: path!, target: mixture).value(
            at: time!, samples: samples!, seed: UInt64(bitPattern: Int64(seed!)))
        }
        return jsonObject([
          "value": .number(gap.value), "standard_error": .number(gap.standardError),
        ])
      },
    ]

  private static func marginal(_ quantity: MarginalQuantity) -> Operation {
    Operation(
      quantity.rawValue, quantity.help, required: ["path", "target"],
      optional: Queries.fields + ["source", "tube"], cost: { quantity.cost($0) }
    ) { fields, targets throws(WireError) in
      var findings = Findings()
      let (field, queries) = try setting(fields, targets, &findings)
      let values = try onWire { () throws(FlowError) in
        try field.values(of: quantity, at: queries.times, of: queries.points)
      }
      let width = values.count * queries.dimension / queries.points.count
      switch quantity {
      case .logDensity, .logDensityRate, .divergence:
        return queries.shaped(values, width: nil)
      case .jacobian, .posteriorCovariance:
        let matrices = stride(from: 0, to: values.count, by: width).map { start in
          JSONValue.array(
            (0..<queries.dimension).map { row in
              let first = start + row * queries.dimension
              return .numbers(Array(values[first..<first + queries.dimension]))
            })
        }
        return queries.isBatch ? .array(matrices) : matrices[0]
      case .velocity, .score, .denoiser, .noisePrediction, .vPrediction, .posteriorWeights:
        return queries.shaped(values, width: width)
      }
    }
  }

  /// The field and the points of a request, every trouble among them weighed.
  private static func setting(
    _ fields: RequestFields, _ targets: TargetDecoder, _ findings: inout Findings
  ) throws(WireError) -> (MarginalField, Queries) {
    let path = findings.attempt { () throws(WireError) in try fields.path() }
    var target = findings.attempt { () throws(WireError) in try targets.target(fields) }
    let queries = fields.queries(dimension: target?.dimension, &findings)
    if fields.has("tube"), !fields.has("source") {
      _ = findings.attempt { () throws(WireError) in
        throw WireError(.missingField, "source", "the field source is missing beside tube")
      }
    }
    if fields.has("source"), let data = target {
      target = findings.attempt { () throws(WireError) in
        try targets.sourced(data, fields)
      }
    }
    try findings.settle()
    return (MarginalField(path: path!, target: target!), queries!)
  }
}

extension Findings {
  /// Where only the standard normal source makes sense.
  mutating func refuseSource(_ fields: RequestFields) {
    guard fields.has("source") else { return }
    _ = attempt { () throws(WireError) in
      throw WireError(.unsupported, "source", "only the standard normal source is available")
    }
  }
}

extension MarginalQuantity {
  fileprivate func cost(_ shape: RequestShape) -> RequestCost {
    switch self {
    case .velocity, .score, .denoiser, .noisePrediction, .vPrediction: .vectors(shape)
    case .logDensity, .logDensityRate, .divergence: .fields(shape, width: 1, factor: 4)
    case .jacobian, .posteriorCovariance: .matrices(shape)
    case .posteriorWeights: .weights(shape)
    }
  }
}
