import FlowMatching
import FlowVerification

/// Rows as the trainer draws them, against the engine's conditional velocity at the drawn point.
enum BatchChecks {
  static let name = "batch targets"
  /// Eight for the engine's velocity, eight for the target's own schedule, products and sum.
  static let allowance = 16.0
  static let rows = 512

  /// - Parameters:
  ///   - drawing: the path that the rows are drawn on.
  ///   - path: the path that they should have been drawn on.
  static func check(
    _ name: String, drawing: any ProbabilityPath, exact path: any ProbabilityPath, seed: UInt64
  ) -> CheckResult {
    .training(Self.name, name, .rounding, allowance: allowance) { check throws(FlowError) in
      let drawing = try drawer(drawing, TimeSampling(lower: 0x1p-10, upper: 0x1p-10), seed)
      let conditional = ConditionalField(path: path)
      let batch = TrainingBatch(count: rows, dimension: 2)
      for index in 0..<rows {
        let (x1, x0, label) = drawing.pair(UInt64(index))
        let row = drawing.row(UInt64(index), x1, x0, label)
        batch.set(index, row, noLabel: 0)
        let velocity = try conditional.velocity(at: row.time, of: row.point, given: x1)
        let s = path.schedule(at: row.time)
        let rate = s.varianceDot / (2 * s.variance)
        for i in 0..<2 {
          let scale =
            abs(s.alphaDot * x1[i]) + abs(rate) * (abs(row.point[i]) + abs(s.alpha * x1[i]))
          // What the kernels are given is the rounded row.
          let isRounded =
            batch.points.base[2 * index + i] == Float(row.point[i])
            && batch.targets.base[2 * index + i] == Float(row.target[i])
            && batch.weights.base[index] == 1 && batch.times[index] == row.time.t
          let error = abs(row.target[i] - velocity[i]) / (0x1p-53 * scale)
          check.add(isRounded ? error : .infinity, at: row.time)
        }
      }
    }
  }

  /// Flow matching of the three Gaussians on a path, at times of its own.
  static func drawer(
    _ path: any ProbabilityPath, _ times: TimeSampling, _ seed: UInt64
  ) throws(FlowError) -> BatchDrawing {
    var recipe = TrainingRecipe(network: try shape(.mlp))
    recipe.times = times
    recipe.seed = seed
    return BatchDrawing(
      recipe: recipe, path: path, data: .target(try TrainingVerification.target()),
      source: .gaussian)
  }

  /// A small network of a kind.
  static func shape(_ kind: NetworkShape.Kind) throws(FlowError) -> NetworkShape {
    guard kind != .unet else {
      return try .unet(
        UNetShape(height: 2, width: 1, channels: 1, multipliers: [1], heads: 2), width: 16,
        depth: 1,
        embeddingWidth: 8)
    }
    return try NetworkShape(
      kind: kind, dimension: 2, width: 40, layers: 4, activation: .silu, embeddingWidth: 8)
  }
}
