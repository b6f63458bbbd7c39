import FlowMatching

extension Network {
  /// The outputs at many points: rows of `dimension` numbers, one time per point, a label per point or
  /// nil for none at all. In float32, by the kernels that train; the same bits for every number of
  /// threads and every split.
  func outputs(
    at times: [Double], of points: [Float], labels: [Int?]? = nil, threads: Int
  ) -> [Float] {
    let d = shape.dimension
    let count = times.count
    precondition(points.count == count * d, "\(points.count) numbers for \(count) points")
    let chunk = LossGradient.chunkRows
    let workers = Workers(count: threads)
    let spaces = (0..<threads).map { _ in Workspace(layout: layout, rows: chunk, workers: 1) }
    var results = [Float](repeating: 0, count: count * d)
    results.withUnsafeMutableBufferPointer { results in
      // Each task writes its own rows.
      nonisolated(unsafe) let results = results.baseAddress!
      workers.perform((count + chunk - 1) / chunk) { worker, task in
        let first = task * chunk
        let rows = 0..<min(chunk, count - first)
        let pass = Pass(network: self, space: spaces[worker], worker: 0)
        for row in rows {
          for i in 0..<d { pass.values(layout.point, row: row)[i] = points[(first + row) * d + i] }
          spaces[worker].labels[row] = Int32((labels?[first + row]) ?? shape.classes)
        }
        times.withUnsafeBufferPointer { pass.embed(rows, times: $0.baseAddress! + first) }
        pass.forward(rows)
        for row in rows {
          let output = pass.values(layout.output, row: row)
          for i in 0..<d { results[(first + row) * d + i] = output[i] }
        }
      }
    }
    return results
  }
}
