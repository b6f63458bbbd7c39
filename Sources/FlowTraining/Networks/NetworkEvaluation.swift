import FlowMatching

extension Network {
  /// The outputs at many points: rows of `dimension` numbers, one time per point, a label per point or
  /// nil for none at all. In float32, by the kernels that train; the same bits for every number of
  /// threads and every split.
  func outputs(
    at times: [Double], of points: [Float], labels: [Int?]? = nil, threads: Int
  ) -> [Float] {
    let d = shape.dimension
    var results = [Float](repeating: 0, count: times.count * d)
    results.withUnsafeMutableBufferPointer { results in
      // Each task writes its own rows.
      nonisolated(unsafe) let results = results.baseAddress!
      forEachChunk(at: times, of: points, labels: labels, threads: threads) { pass, rows, first in
        for row in rows {
          pass.copy(row, of: pass.space.values, at: layout.output, to: results + (first + row) * d)
        }
      }
    }
    return results
  }

  /// The outputs, and the gradient of `directions . outputs` in the point, row by row: the transposed Jacobian times
  /// a direction, by the backward pass.
  func pullbacks(
    at times: [Double], of points: [Float], along directions: [Float], labels: [Int?]? = nil,
    threads: Int
  ) -> (outputs: [Float], gradients: [Float]) {
    let d = shape.dimension
    precondition(directions.count == points.count, "\(directions.count) numbers of directions")
    var outputs = [Float](repeating: 0, count: times.count * d)
    var gradients = outputs
    outputs.withUnsafeMutableBufferPointer { outputs in
      gradients.withUnsafeMutableBufferPointer { gradients in
        // Each task writes its own rows.
        nonisolated(unsafe) let outputs = outputs.baseAddress!
        nonisolated(unsafe) let gradients = gradients.baseAddress!
        forEachChunk(at: times, of: points, labels: labels, threads: threads) { pass, rows, first in
          for row in rows {
            let start = (first + row) * d
            pass.copy(row, of: pass.space.values, at: layout.output, to: outputs + start)
            directions.withUnsafeBufferPointer {
              pass.set(
                row, of: pass.space.gradients, at: layout.output, to: $0.baseAddress! + start)
            }
          }
          pass.backward(rows, toPoint: true)
          for row in rows {
            pass.copy(
              row, of: pass.space.gradients, at: layout.point, to: gradients + (first + row) * d)
          }
        }
      }
    }
    return (outputs, gradients)
  }

  /// Chunks of the points, after their forward pass; row r of a chunk is point `first + r`.
  private func forEachChunk(
    at times: [Double], of points: [Float], labels: [Int?]?, threads: Int,
    _ body: @Sendable (_ pass: Pass, _ rows: Range<Int>, _ first: Int) -> Void
  ) {
    let d = shape.dimension
    let count = times.count
    precondition(points.count == count * d, "\(points.count) numbers for \(count) points")
    guard count > 0 else { return }
    // As many points for every thread as the others have.
    let chunk = min((count + threads - 1) / threads, layout.chunkRows)
    let workers = Workers(count: threads)
    let spaces = (0..<threads).map { _ in Workspace(layout: layout, rows: chunk, workers: 1) }
    workers.perform((count + chunk - 1) / chunk) { worker, task in
      let first = task * chunk
      let rows = 0..<min(chunk, count - first)
      let pass = Pass(network: self, space: spaces[worker], worker: 0)
      for row in rows {
        points.withUnsafeBufferPointer {
          pass.set(
            row, of: pass.space.values, at: layout.point, to: $0.baseAddress! + (first + row) * d)
        }
        spaces[worker].labels[row] = Int32((labels?[first + row]) ?? shape.classes)
      }
      times.withUnsafeBufferPointer { pass.embed(rows, times: $0.baseAddress! + first) }
      pass.forward(rows)
      body(pass, rows, first)
    }
  }
}
