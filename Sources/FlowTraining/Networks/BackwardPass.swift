extension Pass {
  /// From the gradient of the output's values, which stands in its buffer, to that of every
  /// activation's argument, by the steps in reverse.
  func backward(_ rows: Range<Int>) {
    let layout = network.layout
    for step in layout.steps.reversed() {
      switch step {
      case .dense(_, _, _, _, .nothing):
        continue
      case .dense(let k, let from, let to, _, let need):
        let map = layout.dense[k]
        MatrixProduct.run(
          rows: rows.count, depth: map.outputs, columns: map.inputs,
          a: gradient(to, row: rows.lowerBound), aStride: stride(to),
          panels: network.transposed.base + map.transposed, scratch: space.scratch[worker],
          epilogue: InputGradient(
            target: gradient(from, row: rows.lowerBound), stride: stride(from),
            multipliesSlope: need == .throughActivation))
      case .modulate(let from, let by, let to, let width, _):
        for row in rows {
          unmodulate(
            gradient(to, row: row), values(from, row: row), values(by, row: row),
            gradient(from, row: row), gradient(by, row: row), width)
        }
      }
    }
  }

  /// `u = (1 + s) z + b`: `dz = (1 + s) du`, `ds = z du`, `db = du`.
  private func unmodulate(
    _ du: UnsafePointer<Float>, _ z: UnsafePointer<Float>, _ by: UnsafePointer<Float>,
    _ dz: UnsafeMutablePointer<Float>, _ dby: UnsafeMutablePointer<Float>, _ width: Int
  ) {
    for k in Swift.stride(from: 0, to: width, by: 16) {
      let count = width - k
      let d = Vector(at: du + k, count: count)
      (d * (Vector(at: by + k, count: count) + 1)).store(to: dz + k, count: count)
      (d * Vector(at: z + k, count: count)).store(to: dby + k, count: count)
      d.store(to: dby + width + k, count: count)
    }
  }
}

/// The gradient of a map's input, times the slope that stands in its place where there is one.
struct InputGradient: ProductEpilogue {
  let target: UnsafeMutablePointer<Float>
  let stride: Int
  let multipliesSlope: Bool

  func finish(_ sums: FinishedSums) {
    if multipliesSlope {
      sums.forEach { row, column, count, sums in
        let place = target + row * stride + column
        (sums * Vector(at: place, count: count)).store(to: place, count: count)
      }
    } else {
      sums.forEach { row, column, count, sums in
        sums.store(to: target + row * stride + column, count: count)
      }
    }
  }
}
