extension Pass {
  /// From the gradient of the output's values, which stands in its buffer, to that of every
  /// activation's argument, by the steps in reverse; `toPoint` goes on to the gradient of the point.
  func backward(_ rows: Range<Int>, toPoint: Bool = false) {
    let layout = network.layout
    for step in layout.steps.reversed() {
      switch step {
      case .dense(let k, let from, let to, let plus, _):
        if let plus {
          for row in rows { pass(row, from: to, to: plus) }
        }
        if from.need == .nothing || from.need == .onRequest && !toPoint { continue }
        let map = layout.dense[k]
        product(
          rows, lines: lines(from.place), map.window.map { ($0, true) }, gradient(to, row: 0),
          stride(to), depth: map.outputs, columns: map.inputs,
          panels: network.transposed.base + map.transposed
        ) { line in
          InputGradient(
            target: gradient(from.place, row: 0) + line * stride(from.place),
            stride: stride(from.place), need: from.need)
        }
      case .modulate(let from, let by, let to, let width, _):
        for row in rows {
          unmodulate(
            gradient(to, row: row), values(from, row: row), values(by, row: row),
            gradient(from, row: row), gradient(by, row: row), width)
        }
      case .normalise(let k, let from, let by, let to, _):
        for row in rows { unnormalise(layout.norms[k], row, from, by, to) }
      case .attend(let from, let to, let weights, let heads):
        for row in rows { unattend(row, from, to, weights, heads) }
      case .enlarge(let from, let to, let imageWidth):
        for row in rows { reduce(row, from, to, imageWidth) }
      }
    }
  }

  /// The gradient of a sum is that of what is added.
  private func pass(_ row: Int, from: NetworkLayout.Place, to input: NetworkLayout.Input) {
    let (source, target) = (gradient(from, row: row), gradient(input.place, row: row))
    for line in 0..<lines(from) {
      let (from, to) = (source + line * stride(from), target + line * stride(input.place))
      for k in Swift.stride(from: 0, to: input.width, by: 16) {
        input.need.keep(
          Vector(at: from + k, count: input.width - k), at: to + k, count: input.width - k)
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

/// The gradient of a map's input.
struct InputGradient: ProductEpilogue {
  let target: UnsafeMutablePointer<Float>
  let stride: Int
  let need: NetworkLayout.Need

  func finish(_ sums: FinishedSums) {
    switch need {
    case .throughActivation:
      sums.forEach { row, column, count, sums in
        let place = target + row * stride + column
        (sums * Vector(at: place, count: count)).store(to: place, count: count)
      }
    case .furtherGradient:
      sums.forEach { row, column, count, sums in
        let place = target + row * stride + column
        (sums + Vector(at: place, count: count)).store(to: place, count: count)
      }
    case .gradient, .onRequest, .nothing:
      sums.forEach { row, column, count, sums in
        sums.store(to: target + row * stride + column, count: count)
      }
    }
  }
}

extension NetworkLayout.Need {
  /// Keeps a gradient of values, or adds it to what stands there.
  @inline(__always)
  func keep(_ gradient: Vector, at target: UnsafeMutablePointer<Float>, count: Int) {
    (self == .furtherGradient ? Vector(at: target, count: count) + gradient : gradient)
      .store(to: target, count: count)
  }
}
