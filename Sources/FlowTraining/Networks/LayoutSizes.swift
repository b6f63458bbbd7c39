/// How much room a network needs, and how many rows are worth doing together.
extension NetworkLayout {
  /// Floats of a row in all buffers, values and gradients.
  var rowSize: Int { buffers.reduce(0) { $0 + 2 * $1.size } }

  /// The terms of the longest sum over windows, in either direction.
  var windowDepth: Int {
    dense.reduce(0) { $1.window == nil ? $0 : max($0, $1.taps * max($1.inputs, $1.outputs)) }
  }

  /// Rows of the panel that a product of attention copies.
  var panelRows: Int {
    steps.reduce(Scratch.stripRows) { rows, step in
      guard case .attend(let from, _, _, let heads) = step else { return rows }
      let buffer = buffers[from.buffer]
      return max(rows, buffer.lines, buffer.width / 3 / heads)
    }
  }

  /// Rows that are in work at once: so many that their buffers take an eighth of a gigabyte, from 8 to 512.
  var slabRows: Int { min(512, max(8, (1 << 25) / rowSize)) }

  /// Rows that go through the network together: so many lines that every product has whole tiles.
  var chunkRows: Int { linesOfAPoint == 1 ? 24 : max(1, 512 / linesOfAPoint) }

  /// Pixels of an image, else one.
  var linesOfAPoint: Int { buffers[point.buffer].lines }
}
