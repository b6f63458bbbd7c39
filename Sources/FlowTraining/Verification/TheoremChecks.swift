import FlowMatching
import FlowVerification
import RealModule

/// Theorem 2 of Lipman et al. (2023) on a network: the conditional and the marginal loss differ by a
/// constant, so that their gradients are equal. The conditional side is what the trainer computes in
/// float32, the marginal side has the engine's exact velocity for a target.
enum TheoremChecks {
  static let gap = "loss gap of training"
  static let gradients = "gradients of theorem 2"
  static let times = [0.0625, 0.5, 0.9375]
  static let rows = 4096
  static let groups = 128
  static let directions = 4

  /// A batch and what the trainer makes of it.
  private struct Run {
    let batch: TrainingBatch
    let gradient: LossGradient
    let exact: [Double]

    init(
      _ drawing: BatchDrawing, _ network: Network, _ field: MarginalField, rows: Range<Int>
    ) throws(FlowError) {
      let batch = TrainingBatch(count: rows.count, dimension: 2)
      gradient = LossGradient(network: network, batch: rows.count, workers: Workers(count: 1))
      gradient.run(batch) { row in
        let index = UInt64(rows.lowerBound + row)
        let (x1, x0, label) = drawing.pair(index)
        batch.set(row, drawing.row(index, x1, x0, label), noLabel: 0)
      }
      self.batch = batch
      exact = try field.velocities(
        at: (0..<rows.count).map { Time(t: batch.times[$0], remaining: 1 - batch.times[$0]) },
        of: batch.points.array.map { Double($0) })
    }
  }

  /// Row by row the conditional loss less the marginal loss: their mean is the gap.
  static func gap(
    _ name: String, drawing: any ProbabilityPath, exact path: any ProbabilityPath, seed: UInt64,
    bound: Double
  ) -> CheckResult {
    .training(gap, name, .standardError, allowance: bound) { check throws(FlowError) in
      let target = try TrainingVerification.target()
      let field = MarginalField(path: path, target: target)
      let network = Network(shape: try BatchChecks.shape(.mlp), seed: seed)
      for t in times {
        let time = Time(t: t, remaining: 1 - t)
        let run = try Run(
          try BatchChecks.drawer(drawing, TimeSampling(lower: t, upper: 1 - t), seed), network,
          field, rows: 0..<rows)
        let found = try TrainedField(network: network, path: path, prediction: .velocity)
          .velocities(at: [time], of: run.batch.points.array.map { Double($0) })
        var differences: [Double] = []
        var rounding = 0.0
        for row in 0..<rows {
          var marginal = 0.0
          for i in 2 * row..<2 * row + 2 {
            let error = found[i] - run.exact[i]
            marginal += error * error
          }
          let conditional = Double(run.batch.losses.base[row])
          differences.append(conditional - marginal)
          rounding += 8 * 0x1p-24 * (conditional + marginal) / Double(rows)
        }
        let expected = try LossGap(path: path, target: target).value(at: time).value
        let (mean, error) = Self.mean(differences)
        let excess = abs(mean - expected) - rounding
        check.add(excess <= 0 ? 0 : excess / error, at: time)
      }
    }
  }

  /// The difference of both gradients along fixed directions, in groups of rows: its mean is zero. The
  /// directions are a gradient of other rows, the parts of which for every tensor have a sign each, so
  /// that a wrong target would be seen: it is along gradients that it moves a network.
  static func gradients(
    _ name: String, drawing: any ProbabilityPath, exact path: any ProbabilityPath, seed: UInt64,
    bound: Double
  ) -> CheckResult {
    .training(gradients, name, .standardError, allowance: bound) { check throws(FlowError) in
      let field = MarginalField(path: path, target: try TrainingVerification.target())
      let network = Network(shape: try BatchChecks.shape(.mlp), seed: seed)
      let drawing = try BatchChecks.drawer(
        drawing, TimeSampling(lower: 0x1p-4, upper: 0x1p-4), seed)
      let along = try directions(network, drawing, field, seed: seed)
      var products = [[Double]](repeating: [], count: directions)
      let size = rows / groups
      for group in 0..<groups {
        let run = try Run(drawing, network, field, rows: group * size..<(group + 1) * size)
        let conditional = run.gradient.gradient.array
        run.batch.targets.array = run.exact.map { Float($0) }
        run.gradient.run(run.batch) { _ in }
        let marginal = run.gradient.gradient.array
        for (k, direction) in along.enumerated() {
          var sum = 0.0
          for i in direction.indices {
            sum += (Double(conditional[i]) - Double(marginal[i])) * direction[i]
          }
          products[k].append(sum)
        }
      }
      for terms in products {
        let (mean, error) = Self.mean(terms)
        check.add(normalDeviate(abs(mean) / error, freedom: Double(groups - 1)), at: .start)
      }
    }
  }

  private static func directions(
    _ network: Network, _ drawing: BatchDrawing, _ field: MarginalField, seed: UInt64
  ) throws(FlowError) -> [[Double]] {
    let run = try Run(drawing, network, field, rows: rows..<rows + 512)
    let random = RandomStream(seed: seed, stream: RandomPurpose.probes.stream)
    let gradient = run.gradient.gradient
    return (0..<directions).map { k in
      let signed = AlignedFloats(gradient.count)
      for (place, tensor) in network.tensors.enumerated() {
        let isKept = k == 0 || random.uniforms(at: UInt64(place * directions + k)).0 < 0.5
        let values = network.read(tensor, from: gradient)
        network.write(isKept ? values : values.map { -$0 }, to: tensor, in: signed)
      }
      return signed.array.map { Double($0) }
    }
  }

  /// The mean and its standard error.
  private static func mean(_ terms: [Double]) -> (mean: Double, standardError: Double) {
    let count = Double(terms.count)
    let mean = terms.reduce(0, +) / count
    let spread = terms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (spread / (count * (count - 1))).squareRoot())
  }

  /// The normal deviate about as far out as Student's t.
  ///
  /// *Reference*: Wallace (1959).
  static func normalDeviate(_ t: Double, freedom n: Double) -> Double {
    (8 * n + 1) / (8 * n + 3) * (n * Double.log(onePlus: t * t / n)).squareRoot()
  }
}
