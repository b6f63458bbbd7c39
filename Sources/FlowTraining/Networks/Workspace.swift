/// Room for some rows on their way through a network, forward and back.
final class Workspace: @unchecked Sendable {
  // Unsafe: tasks of one pass write to disjoint rows, tasks of a weight gradient to disjoint panels.
  let rows: Int
  /// Per buffer of the layout.
  let values: [AlignedFloats]
  let gradients: [AlignedFloats]
  /// Per worker.
  let scratch: [Scratch]
  /// Per row.
  let labels: UnsafeMutablePointer<Int32>

  init(layout: NetworkLayout, rows: Int, workers: Int) {
    self.rows = rows
    // A vector more: lines are read in whole vectors from any column.
    values = layout.buffers.map { AlignedFloats(rows * $0.size + 16) }
    gradients = layout.buffers.map { AlignedFloats(rows * $0.size + 16) }
    scratch = (0..<workers).map { _ in
      Scratch(windowDepth: layout.windowDepth, panelRows: layout.panelRows)
    }
    labels = .allocate(capacity: rows)
    labels.initialize(repeating: 0, count: rows)
  }

  deinit { labels.deallocate() }
}
