import FlowFiles
import FlowMatching

extension Operation {
  /// Time grids of other libraries, and estimates of a trace.
  static let gridOperations: [Operation] = [
    Operation(
      "sigma_grid", "a grid of noise levels as samplers use", required: ["steps"],
      optional: ["shift", "mu", "spacing", "shift_twice", "terminal"]
    ) { fields, _ throws(WireError) in
      guard !(fields.has("shift") && fields.has("mu")) else {
        throw WireError(.invalidField, "mu", "give either shift or mu, not both")
      }
      let steps = try fields.integer("steps")
      let shift = try fields.number("shift", default: 1)
      let mu = fields.has("mu") ? try fields.number("mu") : nil
      let twice = try fields.flag("shift_twice", default: false)
      let terminal = fields.has("terminal") ? try fields.number("terminal") : nil
      let spacing =
        fields.has("spacing") ? try fields.choice("spacing", SigmaGrid.Spacing.self) : nil
      let grid = try onWire { () throws(FlowError) in
        try SigmaGrid(
          steps: steps, shift: shift, mu: mu, shiftTwice: twice, terminal: terminal,
          spacing: spacing)
      }
      return jsonObject(["sigmas": .numbers(grid.sigmas), "timesteps": .numbers(grid.timesteps)])
    },
    Operation(
      "trace_estimate", "Hutchinson's estimate of a trace, or its variance", required: ["matrix"],
      optional: ["probes", "law"]
    ) { fields, _ throws(WireError) in
      guard fields.has("probes") != fields.has("law") else {
        throw fields.has("law")
          ? WireError(.invalidField, "law", "give either probes or law, not both")
          : WireError(.missingField, "probes", "the field probes (or law) is missing")
      }
      let matrix = try fields.rows("matrix")
      guard matrix.values.count == matrix.dimension * matrix.dimension else {
        throw WireError(
          .dimensionMismatch, "matrix",
          "matrix has \(matrix.values.count / matrix.dimension) rows of \(matrix.dimension)")
      }
      if fields.has("law") {
        let law = try fields.choice("law", TraceEstimate.Law.self)
        let variance = try onWire { () throws(FlowError) in
          try law.variance(matrix: matrix.values, dimension: matrix.dimension)
        }
        return jsonObject(["variance": .number(variance)])
      }
      let probes = try fields.rows("probes")
      guard probes.dimension == matrix.dimension else {
        throw WireError(
          FlowError.dimensionMismatch("probes", probes.dimension, expected: matrix.dimension))
      }
      let estimate = try onWire { () throws(FlowError) in
        try TraceEstimate.mean(
          matrix: matrix.values, dimension: matrix.dimension, probes: probes.values)
      }
      return jsonObject([
        "mean": .number(estimate.mean),
        "standard_error": estimate.standardError.map(JSONValue.number) ?? .null,
      ])
    },
  ]
}
