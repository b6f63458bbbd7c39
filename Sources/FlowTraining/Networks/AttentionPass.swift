/// Attention of the lines of a row to each other, head by head: with queries q, keys k and values v of d channels,
///
///     w_ij = softmax over j of q_i . k_j / sqrt(d)        out_i = sum over j of w_ij v_j
///
/// *Reference*: Vaswani et al. (2017), equation 1.
extension Pass {
  /// A matrix in memory: how far its rows and its columns are apart.
  private struct Matrix {
    let base: UnsafeMutablePointer<Float>
    let rowStep: Int
    var columnStep = 1

    var transposed: Matrix { Matrix(base: base, rowStep: columnStep, columnStep: rowStep) }
  }

  /// The matrices of one head, values or gradients.
  private struct Head {
    let queries, keys, values, weights, out: Matrix
  }

  private func head(
    _ k: Int, of count: Int, _ row: Int, _ from: NetworkLayout.Place, _ to: NetworkLayout.Place,
    _ weights: Int, _ array: (NetworkLayout.Place, Int) -> UnsafeMutablePointer<Float>
  ) -> Head {
    let channels = network.layout.buffers[from.buffer].width / 3
    let place = NetworkLayout.Place(buffer: weights)
    let input = array(from, row) + k * (channels / count)
    return Head(
      queries: Matrix(base: input, rowStep: stride(from)),
      keys: Matrix(base: input + channels, rowStep: stride(from)),
      values: Matrix(base: input + 2 * channels, rowStep: stride(from)),
      weights: Matrix(
        base: array(place, row) + k * lines(from) * stride(place), rowStep: stride(place)),
      out: Matrix(base: array(to, row) + k * (channels / count), rowStep: stride(to)))
  }

  func attend(
    _ row: Int, _ from: NetworkLayout.Place, _ to: NetworkLayout.Place, _ weights: Int, _ heads: Int
  ) {
    let lines = lines(from)
    let size = network.layout.buffers[from.buffer].width / 3 / heads
    for k in 0..<heads {
      let h = head(k, of: heads, row, from, to, weights, values)
      multiply(lines, size, lines, h.queries, h.keys.transposed, into: h.weights)
      for i in 0..<lines {
        Softmax.run(h.weights.base + i * h.weights.rowStep, lines, scale: Softmax.scale(size))
      }
      multiply(lines, lines, size, h.weights, h.values, into: h.out)
    }
  }

  /// With the gradient g of the outputs, `dv = w^T g`, `dw = g v^T`, that of the logits
  /// `dl_ij = w_ij (dw_ij - sum over k of w_ik dw_ik)`, and `dq = dl k / sqrt(d)`, `dk = dl^T q / sqrt(d)`.
  func unattend(
    _ row: Int, _ from: NetworkLayout.Place, _ to: NetworkLayout.Place, _ weights: Int, _ heads: Int
  ) {
    let lines = lines(from)
    let size = network.layout.buffers[from.buffer].width / 3 / heads
    for k in 0..<heads {
      let h = head(k, of: heads, row, from, to, weights, values)
      let d = head(k, of: heads, row, from, to, weights, gradient)
      multiply(lines, lines, size, h.weights.transposed, d.out, into: d.values)
      multiply(lines, size, lines, d.out, h.values.transposed, into: d.weights)
      for i in 0..<lines {
        Softmax.differentiate(
          h.weights.base + i * h.weights.rowStep, d.weights.base + i * d.weights.rowStep, lines,
          scale: Softmax.scale(size))
      }
      multiply(lines, lines, size, d.weights, h.keys, into: d.queries)
      multiply(lines, lines, size, d.weights.transposed, h.queries, into: d.keys)
    }
  }

  /// `C = A B`, panel by panel of a copy of B.
  private func multiply(
    _ rows: Int, _ depth: Int, _ columns: Int, _ a: Matrix, _ b: Matrix, into c: Matrix
  ) {
    let scratch = space.scratch[worker]
    let width = MatrixProduct.panelWidth
    for first in Swift.stride(from: 0, to: columns, by: width) {
      let count = min(width, columns - first)
      for k in 0..<depth {
        let source = b.base + k * b.rowStep + first * b.columnStep
        let target = scratch.strip + k * width
        if b.columnStep == 1 {
          Vector(at: source, count: count).store(to: target)
          Vector(at: source + 16, count: count - 16).store(to: target + 16)
        } else {
          for j in 0..<count { target[j] = source[j * b.columnStep] }
          for j in count..<width { target[j] = 0 }
        }
      }
      Block(
        rows: rows, depth: depth, column: first, count: count, a: a.base, aStride: a.rowStep,
        aStep: a.columnStep, b: scratch.strip, start: scratch.zeros, startStride: 0,
        tile: scratch.tile
      ).run(KeepSums(target: c.base, stride: c.rowStep))
    }
  }
}

/// Keeps sums in a matrix.
private struct KeepSums: ProductEpilogue {
  let target: UnsafeMutablePointer<Float>
  let stride: Int

  func finish(_ sums: FinishedSums) {
    sums.forEach { row, column, count, sums in
      sums.store(to: target + row * stride + column, count: count)
    }
  }
}

/// The softmax of a line of logits.
enum Softmax {
  /// What logits are multiplied with: `1/sqrt(d)`.
  static func scale(_ size: Int) -> Float { 1 / Float(size).squareRoot() }

  /// `exp(s l_j - m) / sum over k of exp(s l_k - m)`, m the largest of them.
  static func run(_ line: UnsafeMutablePointer<Float>, _ count: Int, scale: Float) {
    var largest = -Float.infinity
    for j in 0..<count { largest = max(largest, line[j]) }
    var sums = Vector(repeating: 0)
    for j in stride(from: 0, to: count, by: 16) {
      let z = (Vector(at: line + j, count: count - j) - largest) * scale
      VectorFunctions.exp(z).store(to: line + j, count: count - j)
      sums += Vector(at: line + j, count: count - j)
    }
    let share = 1 / sums.sum()
    for j in stride(from: 0, to: count, by: 16) {
      (Vector(at: line + j, count: count - j) * share).store(to: line + j, count: count - j)
    }
  }

  /// Turns the gradient of the weights into that of the products `q . k`.
  static func differentiate(
    _ weights: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, _ count: Int,
    scale: Float
  ) {
    var products = Vector(repeating: 0)
    for j in stride(from: 0, to: count, by: 16) {
      products = fused(
        products, Vector(at: weights + j, count: count - j),
        Vector(at: gradient + j, count: count - j))
    }
    let mean = products.sum()
    for j in stride(from: 0, to: count, by: 16) {
      let (w, d) = (
        Vector(at: weights + j, count: count - j), Vector(at: gradient + j, count: count - j)
      )
      (w * (d - mean) * scale).store(to: gradient + j, count: count - j)
    }
  }
}
