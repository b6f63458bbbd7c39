import Synchronization

/// The loss `(1/B) sum of w |output - target|^2` over a batch and its gradient in the parameters.
///
/// Rows go through the network in slabs that fit the cache, a slab in chunks. Every number is summed in
/// the order of the rows: the bits depend on neither.
final class LossGradient: Sendable {
  let network: Network
  let gradient: AlignedFloats
  private let space: Workspace
  private let workers: Workers
  private let tasks: [WeightGradient.Task]

  init(network: Network, batch: Int, workers: Workers, slabRows: Int? = nil) {
    self.network = network
    self.workers = workers
    gradient = AlignedFloats(network.layout.parameterCount)
    space = Workspace(
      layout: network.layout, rows: min(batch, slabRows ?? network.layout.slabRows),
      workers: workers.count)
    tasks = WeightGradient.tasks(network.layout)
  }

  /// Fills the batch's losses and the gradient; `draw` sets a row of the batch before it is used.
  /// Unless the loss is not finite, `finish` is called for every task when its part of the gradient is
  /// complete, by the thread that completed it and still has it in a near cache.
  func run(
    _ batch: TrainingBatch, draw: @Sendable (Int) -> Void,
    finish: (@Sendable (WeightGradient.Task) -> Void)? = nil
  ) {
    let sums = WeightGradient(network: network, space: space, gradient: gradient)
    let slabs = stride(from: 0, to: batch.count, by: space.rows).map { first in
      first..<min(first + space.rows, batch.count)
    }
    let (size, lines) = (network.layout.chunkRows, network.layout.linesOfAPoint)
    let chunks = slabs.map {
      Self.chunks($0.count, workers: workers.count, size: size, tile: lines > 1 ? 1 : 8)
    }
    let isFinite = Atomic<Bool>(true)
    workers.perform(phases: chunks.flatMap { [$0.count, tasks.count] }) { worker, phase, task in
      let (slab, isLast) = (slabs[phase / 2], phase / 2 == slabs.count - 1)
      if phase.isMultiple(of: 2) {
        let chunk = chunks[phase / 2][task]
        for row in chunk { draw(slab.lowerBound + row) }
        let pass = Pass(network: network, space: space, worker: worker)
        pass.load(chunk, from: batch, offset: slab.lowerBound)
        pass.forward(chunk)
        if !pass.differentiate(chunk, batch, offset: slab.lowerBound) {
          isFinite.store(false, ordering: .relaxed)
        }
        pass.backward(chunk)
      } else {
        sums.run(tasks[task], rows: slab.count, starts: slab.lowerBound == 0, worker: worker)
        if isLast, isFinite.load(ordering: .relaxed) { finish?(tasks[task]) }
      }
    }
  }

  /// Rows in chunks, such that every worker has as many to do: what is left of each worker's share comes
  /// last. Rows do not depend on each other, so that the bits do not depend on the chunks.
  /// - Parameters:
  ///   - size: rows of a chunk.
  ///   - tile: rows of a tile of a product.
  static func chunks(_ rows: Int, workers: Int, size: Int, tile: Int) -> [Range<Int>] {
    let share = ((rows + workers - 1) / workers + tile - 1) / tile * tile
    var (full, rest) = ([Range<Int>](), [Range<Int>]())
    for first in stride(from: 0, to: rows, by: share) {
      let end = min(rows, first + share)
      for start in stride(from: first, to: end, by: size) {
        let chunk = start..<min(end, start + size)
        if chunk.count == size { full.append(chunk) } else { rest.append(chunk) }
      }
    }
    return full + rest
  }
}

extension Pass {
  /// Inputs of some rows: points, times, labels.
  func load(_ rows: Range<Int>, from batch: TrainingBatch, offset: Int) {
    let d = batch.dimension
    for row in rows {
      set(
        row, of: space.values, at: network.layout.point, to: batch.points.base + (offset + row) * d)
      space.labels[row] = batch.labels[offset + row]
    }
    embed(rows, times: batch.times + offset)
  }

  /// The rows' losses, and `2 w (output - target)/B` as the gradient of the output.
  /// - Returns: whether the losses are finite.
  func differentiate(_ rows: Range<Int>, _ batch: TrainingBatch, offset: Int) -> Bool {
    let d = batch.dimension
    let scale = 2 / Float(batch.count)
    let (place, width) = (network.layout.output, pointWidth)
    var isFinite = true
    for row in rows {
      let (output, slope) = (values(place, row: row), gradient(place, row: row))
      let target = batch.targets.base + (offset + row) * d
      let weight = batch.weights.base[offset + row]
      var square: Float = 0
      for line in 0..<lines(place) {
        let (first, start) = (line * stride(place), line * width)
        for i in 0..<width {
          let error = output[first + i] - target[start + i]
          square += error * error
          slope[first + i] = scale * weight * error
        }
      }
      batch.losses.base[offset + row] = weight * square
      isFinite = isFinite && (weight * square).isFinite
    }
    return isFinite
  }
}
