import FlowMatching
import FlowVerification

/// The float32 kernels against ``ReferenceNetwork``, on random rows.
enum KernelChecks {
  static let forward = "forward pass"
  static let backward = "backward pass"
  static let rows = 96
  /// Sums of 40 terms, rounded once each, through four maps: about `sqrt(40)` roundings per map.
  static let forwardAllowance = 24.0
  /// Twice as many, but relative to terms of both signs and one direction of many numbers.
  static let backwardAllowance = 12.0

  /// Random rows and what the kernels make of them.
  struct Run {
    let network: Network
    let batch: TrainingBatch
    let gradient: AlignedFloats

    init(_ kind: NetworkShape.Kind, seed: UInt64) throws(FlowError) {
      let network = Network(shape: try BatchChecks.shape(kind), seed: seed, isStirred: true)
      let drawing = try BatchChecks.drawer(
        try OptimalTransportPath(), TimeSampling(lower: 0, upper: 0), seed)
      let batch = TrainingBatch(count: rows, dimension: 2)
      let loss = LossGradient(network: network, batch: rows, workers: Workers(count: 1))
      loss.run(batch) { row in
        let (x1, x0, label) = drawing.pair(UInt64(row))
        batch.set(row, drawing.row(UInt64(row), x1, x0, label), noLabel: 0)
        // As the kernels round it.
        batch.times[row] = Double(Float(batch.times[row]))
      }
      self.network = network
      self.batch = batch
      gradient = loss.gradient
    }

    func point(_ row: Int) -> [Double] {
      [Double(batch.points.base[2 * row]), Double(batch.points.base[2 * row + 1])]
    }
  }

  /// - Parameter reference: what the outputs should be, if not of the same parameters.
  static func forward(
    _ kind: NetworkShape.Kind, seed: UInt64, reference: ReferenceNetwork<Double>? = nil
  ) -> CheckResult {
    .training(forward, kind.rawValue, .floatRounding, allowance: forwardAllowance) {
      check throws(FlowError) in
      let run = try Run(kind, seed: seed)
      let reference = reference ?? run.network.reference
      let found = run.network.outputs(
        at: (0..<rows).map { run.batch.times[$0] }, of: run.batch.points.array, threads: 1)
      var (difference, size) = (0.0, 0.0)
      for row in 0..<rows {
        let exact = reference(at: run.batch.times[row], of: run.point(row)) {
          $0.addingProduct($1, $2)
        }
        for i in 0..<2 {
          let error = Double(found[2 * row + i]) - exact[i]
          difference += error * error
          size += exact[i] * exact[i]
        }
      }
      check.add((difference / size).squareRoot() * 0x1p24, at: .start)
    }
  }

  /// - Parameter altered: a change of the gradient that is compared.
  static func backward(
    _ kind: NetworkShape.Kind, seed: UInt64, altered: (AlignedFloats) -> Void = { _ in }
  ) -> CheckResult {
    .training(backward, kind.rawValue, .floatRounding, allowance: backwardAllowance) {
      check throws(FlowError) in
      let run = try Run(kind, seed: seed)
      altered(run.gradient)
      let random = RandomStream(seed: seed, stream: RandomPurpose.probes.stream + 1)
      let values = Dictionary(
        uniqueKeysWithValues: run.network.tensors.map { ($0.name, run.network.values(of: $0)) })
      for (k, tensor) in run.network.tensors.enumerated() {
        let direction = random.normals(tensor.count, at: UInt64(k) << 32)
        var parameters = values.mapValues { $0.map { Dual<Double>(constant: Double($0)) } }
        parameters[tensor.name] = zip(values[tensor.name] ?? [], direction).map {
          Dual(Double($0), $1)
        }
        let reference = ReferenceNetwork(shape: run.network.shape, parameters: parameters)
        var (exact, size) = (0.0, 0.0)
        for row in 0..<rows {
          let output = reference(
            at: Dual(constant: run.batch.times[row]),
            of: run.point(row).map { Dual(constant: $0) }
          ) { $0.addingProduct($1, $2) }
          for i in 0..<2 {
            let target = Double(run.batch.targets.base[2 * row + i])
            let term = 2 * (output[i].value - target) * output[i].derivative / Double(rows)
            exact += term
            size += abs(term)
          }
        }
        var product = 0.0
        for (g, e) in zip(run.network.read(tensor, from: run.gradient), direction) {
          product += Double(g) * e
          size += abs(Double(g) * e)
        }
        check.add(abs(product - exact) / size * 0x1p24, at: .start)
      }
    }
  }
}
