import FlowMatching
import Testing

@testable import FlowTraining

@Suite struct GradientTests {
  /// A batch with random rows and what the fast kernels make of it.
  struct Run {
    let network: Network
    let batch: TrainingBatch
    let gradient: LossGradient

    init(
      _ example: NetworkExample, rows: Int, seed: UInt64, threads: Int, slabRows: Int? = nil
    ) {
      let shape = example.shape
      network = example.network(seed: seed)
      let batch = TrainingBatch(count: rows, dimension: shape.dimension)
      var random = SplitMix(seed)
      for row in 0..<rows {
        batch.times[row] = Double.random(in: 0...1, using: &random)
        batch.labels[row] = Int32.random(in: 0...Int32(shape.classes), using: &random)
        batch.weights.base[row] = Float.random(in: 0.5...2, using: &random)
        for i in 0..<shape.dimension {
          batch.points.base[row * shape.dimension + i] = Float.random(in: -3...3, using: &random)
          batch.targets.base[row * shape.dimension + i] = Float.random(in: -3...3, using: &random)
        }
      }
      self.batch = batch
      gradient = LossGradient(
        network: network, batch: rows, workers: Workers(count: threads), slabRows: slabRows)
      gradient.run(batch) { _ in }
    }

    func point(_ row: Int) -> [Double] {
      let d = network.shape.dimension
      return (0..<d).map { Double(batch.points.base[row * d + $0]) }
    }

    func label(_ row: Int) -> Int { Int(batch.labels[row]) }
  }

  @Test(arguments: NetworkExample.all)
  func outputsAgreeWithTheReference(example: NetworkExample) {
    let rows = example.rows(100)
    let run = Run(example, rows: rows, seed: 3, threads: 2)
    let reference = run.network.reference
    var worst = 0.0
    for row in 0..<rows {
      let exact = reference(
        at: run.batch.times[row], of: run.point(row), label: run.label(row)
      ) { $0.addingProduct($1, $2) }
      var square = 0.0
      for (i, y) in exact.enumerated() {
        let target = Double(run.batch.targets.base[row * exact.count + i])
        square += (y - target) * (y - target)
      }
      let expected = Double(run.batch.weights.base[row]) * square
      worst = max(worst, abs(Double(run.batch.losses.base[row]) - expected) / expected)
    }
    #expect(worst < 1e-5)
  }

  /// A slab is a place to stop and go on, not a place to round.
  @Test(arguments: NetworkExample.all)
  func bitsDoNotDependOnSlabsAndStrips(example: NetworkExample) {
    let rows = Scratch.stripRows + 45
    let whole = Run(example, rows: rows, seed: 4, threads: 1, slabRows: rows)
    for slabRows in [1, 24, 100, Scratch.stripRows] {
      let run = Run(example, rows: rows, seed: 4, threads: 2, slabRows: slabRows)
      #expect(run.gradient.gradient.array == whole.gradient.gradient.array, "\(slabRows)")
      #expect(run.batch.losses.array == whole.batch.losses.array)
    }
  }

  /// `d loss/d direction` by dual numbers through the naive network against the inner product of the
  /// direction with the fast gradient.
  @Test(arguments: NetworkExample.all, 0..<3)
  func gradientAgreesWithTheDualReference(example: NetworkExample, seed: UInt64) {
    let rows = example.rows(130)
    let run = Run(example, rows: rows, seed: seed, threads: 2)
    var random = SplitMix(seed &+ 99)
    for tensor in run.network.tensors {
      // Along one random direction within each tensor, so that no tensor hides behind another.
      let direction = random.doubles(tensor.count)
      var parameters: [String: [Dual<Double>]] = [:]
      for other in run.network.tensors {
        parameters[other.name] = run.network.values(of: other).enumerated().map { k, w in
          Dual(Double(w), other.name == tensor.name ? direction[k] : 0)
        }
      }
      let reference = ReferenceNetwork(shape: example.shape, parameters: parameters)
      var exact = 0.0
      var size = 0.0
      for row in 0..<rows {
        let output = reference(
          at: Dual<Double>(run.batch.times[row]), of: run.point(row).map { Dual<Double>($0) },
          label: run.label(row)
        ) { $0.addingProduct($1, $2) }
        for (i, y) in output.enumerated() {
          let target = Double(run.batch.targets.base[row * output.count + i])
          let term = Double(run.batch.weights.base[row]) * 2 * (y.value - target) * y.derivative
          exact += term / Double(rows)
          size += abs(term) / Double(rows)
        }
      }
      let fast = run.network.read(tensor, from: run.gradient.gradient)
      var product = 0.0
      for (g, e) in zip(fast, direction) {
        product += Double(g) * e
        size += abs(Double(g) * e)
      }
      // Float sums of 130 rows through a few layers: some tens of roundings of the terms' size.
      #expect(abs(product - exact) <= 3e-6 * size + 1e-9, "\(tensor.name), seed \(seed)")
    }
  }

  /// The transposed Jacobian by the backward pass against the Jacobian by dual numbers: `v . (J e) = (J^T v) . e`.
  @Test(arguments: NetworkExample.all)
  func pullbacksInThePointAgreeWithTheDualReference(example: NetworkExample) {
    let (d, rows) = (example.shape.dimension, example.rows(75))
    let network = example.network(seed: 9)
    var random = SplitMix(10)
    let (points, v) = (random.floats(rows * d, in: -2...2), random.floats(rows * d))
    let e = random.doubles(rows * d)
    let times = random.doubles(rows, in: 0...1)
    let labels = (0..<rows).map { example.shape.classes > 0 ? $0 % example.shape.classes : nil }
    let (outputs, gradients) = network.pullbacks(
      at: times, of: points, along: v, labels: labels, threads: 2)
    #expect(outputs == network.outputs(at: times, of: points, labels: labels, threads: 3))
    var (exact, product, size) = (0.0, 0.0, 0.0)
    for row in 0..<rows {
      let range = row * d..<(row + 1) * d
      let moved = network.reference(
        at: Dual<Double>(Double(Float(times[row]))),
        of: range.map { Dual(Double(points[$0]), e[$0]) }, label: labels[row]
      ) { $0.addingProduct($1, constant: $2) }
      for (i, k) in range.enumerated() {
        let (a, b) = (Double(v[k]) * moved[i].derivative, Double(gradients[k]) * e[k])
        (exact, product) = (exact + a, product + b)
        size += abs(a) + abs(b)
      }
    }
    #expect(abs(exact - product) <= 3e-6 * size)
  }

  @Test(arguments: NetworkExample.all)
  func gradientHasTheSameBitsForEveryNumberOfThreads(example: NetworkExample) {
    // More rows than a slab.
    let rows = example.rows(700)
    let slab = example.shape.kind == .unet ? 10 : nil
    let one = Run(example, rows: rows, seed: 5, threads: 1, slabRows: slab)
    for threads in [2, 3, 7] {
      let other = Run(example, rows: rows, seed: 5, threads: threads, slabRows: slab)
      #expect(one.gradient.gradient.array == other.gradient.gradient.array)
      #expect(one.batch.losses.array == other.batch.losses.array)
    }
  }

  /// A batch of more rows than a slab against its rows one batch at a time.
  @Test(arguments: NetworkExample.all)
  func gradientOfALargeBatchIsTheSumOfItsParts(example: NetworkExample) {
    let rows = example.rows(1100)
    let whole = Run(example, rows: rows, seed: 6, threads: 2)
    let d = example.shape.dimension
    var sum = [Double](repeating: 0, count: whole.gradient.gradient.count)
    var size = sum
    for first in stride(from: 0, to: rows, by: example.rows(50)) {
      let count = min(example.rows(50), rows - first)
      let part = TrainingBatch(count: count, dimension: d)
      for row in 0..<count {
        part.times[row] = whole.batch.times[first + row]
        part.labels[row] = whole.batch.labels[first + row]
        part.weights.base[row] = whole.batch.weights.base[first + row]
        for i in 0..<d {
          part.points.base[row * d + i] = whole.batch.points.base[(first + row) * d + i]
          part.targets.base[row * d + i] = whole.batch.targets.base[(first + row) * d + i]
        }
      }
      let gradient = LossGradient(
        network: whole.network, batch: count, workers: Workers(count: 1))
      gradient.run(part) { _ in }
      for k in sum.indices {
        let term = Double(gradient.gradient.base[k]) * Double(count) / Double(rows)
        sum[k] += term
        size[k] += abs(term)
      }
    }
    // The parts are themselves sums of terms of both signs: compare with the largest of a tensor.
    let scale = size.max()!
    for k in sum.indices {
      #expect(abs(Double(whole.gradient.gradient.base[k]) - sum[k]) < 1e-5 * scale)
    }
  }

  @Test(arguments: NetworkExample.all)
  func tensorsSurviveAStorageInPanels(example: NetworkExample) {
    let network = example.network(seed: 8)
    let copy = Network(shape: example.shape)
    copy.load { network.values(of: $0) }
    #expect(copy.parameters.array == network.parameters.array)
    #expect(copy.transposed.array == network.transposed.array)
  }
}
