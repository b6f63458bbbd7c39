/// The gradient of the parameters from what the passes left in a workspace.
///
/// A task is one panel of one map, a norm, or the embedding: each writes its own part of the gradient. A sum
/// is one chain over the rows and their lines in their order, so that the result depends neither on the number of
/// threads nor on the strips of ``Scratch/stripRows``, nor on which rows come in one call.
struct WeightGradient {
  let network: Network
  let space: Workspace
  let gradient: AlignedFloats

  enum Task: Sendable {
    case panel(dense: Int, from: NetworkLayout.Place, to: NetworkLayout.Place, panel: Int)
    case norm(Int)
    case embedding
  }

  static func tasks(_ layout: NetworkLayout) -> [Task] {
    var result: [Task] = layout.embedding == nil ? [] : [.embedding]
    for step in layout.steps {
      guard case .dense(let k, let from, let to, _, _) = step else { continue }
      for panel in 0..<layout.dense[k].panels {
        result.append(.panel(dense: k, from: from.place, to: to, panel: panel))
      }
    }
    result += layout.norms.indices.map { .norm($0) }
    // The long ones first, so that no thread waits long for another at the end.
    return result
  }

  /// Adds the rows `0..<rows`, or starts with them.
  func run(_ task: Task, rows: Int, starts: Bool, worker: Int) {
    switch task {
    case .panel(let k, let from, let to, let panel):
      run(network.layout.dense[k], from, to, panel, rows, starts, worker)
    case .norm(let k):
      norm(network.layout.norms[k], rows, starts)
    case .embedding:
      embedding(rows, starts)
    }
  }

  private func run(
    _ map: NetworkLayout.Dense, _ from: NetworkLayout.Place, _ to: NetworkLayout.Place,
    _ panel: Int, _ rows: Int, _ starts: Bool, _ worker: Int
  ) {
    let width = MatrixProduct.panelWidth
    let column = panel * width
    let count = min(width, map.outputs - column)
    let pass = Pass(network: network, space: space, worker: worker)
    let scratch = space.scratch[worker]
    let strip = scratch.strip
    let weights = gradient.base + map.weights + column * map.depth
    let biases = gradient.base + map.biases + column
    if starts { biases.update(repeating: 0, count: width) }
    var (low, high) = (Vector(at: biases), Vector(at: biases + 16))
    let (lines, length) = (
      rows * pass.lines(to), map.window == nil ? Scratch.stripRows : Scratch.gatherLines
    )
    for first in stride(from: 0, to: lines, by: length) {
      let depth = min(length, lines - first)
      var source = pass.gradient(to, row: 0) + first * pass.stride(to) + column
      var target = strip
      for _ in 0..<depth {
        let a = Vector(at: source, count: count)
        let b = Vector(at: source + 16, count: count - 16)
        a.store(to: target)
        b.store(to: target + 16)
        low += a
        high += b
        source += pass.stride(to)
        target += width
      }
      var (a, aStep) = (pass.values(from, row: 0) + first * pass.stride(from), pass.stride(from))
      if let window = map.window {
        window.gather(
          first..<first + depth, from: pass.values(from, row: 0), stride: aStep,
          channels: map.inputs, to: scratch.gathered)
        (a, aStep) = (scratch.gathered, map.depth)
      }
      let isFirst = starts && first == 0
      let block = Block(
        rows: map.depth, depth: depth, column: 0, count: count, a: a, aStride: 1, aStep: aStep,
        b: strip, start: isFirst ? scratch.zeros : UnsafePointer(weights),
        startStride: isFirst ? 0 : width, tile: scratch.tile)
      block.run(KeepGradient(target: weights))
    }
    low.store(to: biases)
    high.store(to: biases + 16)
  }

  /// The sums of what the backward pass left of every point.
  private func norm(_ norm: NetworkLayout.Norm, _ rows: Int, _ starts: Bool) {
    let pass = Pass(network: network, space: space, worker: 0)
    let place = NetworkLayout.Place(buffer: norm.moments)
    for (start, column) in [(norm.factors, 0), (norm.summands, norm.channels)] {
      let target = gradient.base + start
      if starts { target.update(repeating: 0, count: norm.channels) }
      for row in 0..<rows {
        let source = pass.gradient(place, row: row) + column
        for k in stride(from: 0, to: norm.channels, by: 16) {
          let count = norm.channels - k
          (Vector(at: target + k, count: count) + Vector(at: source + k, count: count))
            .store(to: target + k, count: count)
        }
      }
    }
  }

  private func embedding(_ rows: Int, _ starts: Bool) {
    guard let table = network.layout.embedding, let place = network.layout.label else { return }
    let pass = Pass(network: network, space: space, worker: 0)
    let target = gradient.base + table.start
    if starts { target.update(repeating: 0, count: table.rows * table.width) }
    for row in 0..<rows {
      let source = pass.gradient(place, row: row)
      let entry = target + Int(space.labels[row]) * table.width
      for k in 0..<table.width { entry[k] += source[k] }
    }
  }
}

/// Keeps sums in a panel of the gradient: a row per input, 32 columns, of which those that do not
/// exist are zero.
struct KeepGradient: ProductEpilogue {
  let target: UnsafeMutablePointer<Float>

  func finish(_ sums: FinishedSums) {
    sums.forEach { row, column, _, sums in
      sums.store(to: target + row * MatrixProduct.panelWidth + column)
    }
  }
}
