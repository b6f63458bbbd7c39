/// The gradient of the parameters from what the passes left in a workspace.
///
/// A task is one panel of one map, or the embedding: each writes its own part of the gradient. A sum
/// is one chain over the rows in their order, so that the result depends neither on the number of
/// threads nor on the strips of ``Scratch/stripRows``, nor on which rows come in one call.
struct WeightGradient {
  let network: Network
  let space: Workspace
  let gradient: AlignedFloats

  enum Task: Sendable {
    case panel(dense: Int, from: NetworkLayout.Place, to: NetworkLayout.Place, panel: Int)
    case embedding
  }

  static func tasks(_ layout: NetworkLayout) -> [Task] {
    var result: [Task] = layout.embedding == nil ? [] : [.embedding]
    for step in layout.steps {
      guard case .dense(let k, let from, let to, _, _) = step else { continue }
      for panel in 0..<layout.dense[k].panels {
        result.append(.panel(dense: k, from: from, to: to, panel: panel))
      }
    }
    // The long ones first, so that no thread waits long for another at the end.
    return result
  }

  /// Adds the rows `0..<rows`, or starts with them.
  func run(_ task: Task, rows: Int, starts: Bool, worker: Int) {
    switch task {
    case .panel(let k, let from, let to, let panel):
      run(network.layout.dense[k], from, to, panel, rows, starts, worker)
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
    let weights = gradient.base + map.weights + column * map.inputs
    let biases = gradient.base + map.biases + column
    if starts { biases.update(repeating: 0, count: width) }
    var (low, high) = (Vector(at: biases), Vector(at: biases + 16))
    for first in stride(from: 0, to: rows, by: Scratch.stripRows) {
      let depth = min(Scratch.stripRows, rows - first)
      var source = pass.gradient(to, row: first) + column
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
      let isFirst = starts && first == 0
      let block = Block(
        rows: map.inputs, depth: depth, column: 0, count: count,
        a: pass.values(from, row: first), aStride: 1, aStep: pass.stride(from), b: strip,
        start: isFirst ? scratch.zeros : UnsafePointer(weights), startStride: isFirst ? 0 : width,
        tile: scratch.tile)
      block.run(KeepGradient(target: weights))
    }
    low.store(to: biases)
    high.store(to: biases + 16)
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
