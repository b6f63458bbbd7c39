/// The network on some rows of a workspace. Rows do not depend on each other: any split of them gives
/// the same bits.
struct Pass {
  let network: Network
  let space: Workspace
  let worker: Int

  private var layout: NetworkLayout { network.layout }

  @inline(__always)
  func values(_ place: NetworkLayout.Place, row: Int) -> UnsafeMutablePointer<Float> {
    space.values[place.buffer].base + row * stride(place) + place.column
  }

  @inline(__always)
  func gradient(_ place: NetworkLayout.Place, row: Int) -> UnsafeMutablePointer<Float> {
    space.gradients[place.buffer].base + row * stride(place) + place.column
  }

  @inline(__always)
  func stride(_ place: NetworkLayout.Place) -> Int { network.layout.buffers[place.buffer].stride }

  /// Sines, cosines and embeddings from times and labels.
  func embed(_ rows: Range<Int>, times: UnsafePointer<Double>) {
    if let sines = layout.sines {
      let frequencies = network.shape.frequencies
      for row in rows {
        Sinusoid.write(times[row], frequencies, to: values(sines, row: row))
      }
    }
    if let time = layout.time {
      for row in rows { values(time, row: row).pointee = Float(times[row]) }
    }
    if let label = layout.label, let table = layout.embedding {
      for row in rows {
        let entry = network.parameters.base + table.start + Int(space.labels[row]) * table.width
        values(label, row: row).update(from: entry, count: table.width)
      }
    }
  }

  /// Every step in order; the last leaves the output's values.
  func forward(_ rows: Range<Int>) {
    for step in layout.steps {
      switch step {
      case .dense(let k, let from, let to, let activation, _):
        let map = layout.dense[k]
        MatrixProduct.run(
          rows: rows.count, depth: map.inputs, columns: map.outputs,
          a: values(from, row: rows.lowerBound), aStride: stride(from),
          panels: network.parameters.base + map.weights,
          biases: network.parameters.base + map.biases, scratch: space.scratch[worker],
          epilogue: KeepActivation(
            values: values(to, row: rows.lowerBound), slopes: gradient(to, row: rows.lowerBound),
            stride: stride(to), activation: activation))
      case .modulate(let from, let by, let to, let width, let activation):
        for row in rows {
          modulate(
            values(from, row: row), values(by, row: row), values(to, row: row),
            gradient(to, row: row), width, activation)
        }
      }
    }
  }

  private func modulate(
    _ z: UnsafePointer<Float>, _ by: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>,
    _ slopes: UnsafeMutablePointer<Float>, _ width: Int, _ activation: Activation
  ) {
    for k in Swift.stride(from: 0, to: width, by: 16) {
      let count = width - k
      let scale = Vector(at: by + k, count: count) + 1
      let shift = Vector(at: by + width + k, count: count)
      let (value, slope) = activation(fused(shift, scale, Vector(at: z + k, count: count)))
      value.store(to: out + k, count: count)
      slope.store(to: slopes + k, count: count)
    }
  }
}

/// Keeps the activation's value and slope.
struct KeepActivation: ProductEpilogue {
  let values: UnsafeMutablePointer<Float>
  let slopes: UnsafeMutablePointer<Float>
  let stride: Int
  let activation: Activation

  func finish(_ sums: FinishedSums) {
    if activation == .identity {
      sums.forEach { row, column, count, sums in
        sums.store(to: values + row * stride + column, count: count)
      }
    } else {
      sums.forEach { row, column, count, sums in
        let place = row * stride + column
        let (value, slope) = activation(sums)
        value.store(to: values + place, count: count)
        slope.store(to: slopes + place, count: count)
      }
    }
  }
}

/// `sin(2 pi f t)` of every frequency f, then `cos(2 pi f t)`.
enum Sinusoid {
  static func write(_ t: Double, _ frequencies: [Double], to target: UnsafeMutablePointer<Float>) {
    let count = frequencies.count
    for first in stride(from: 0, to: count, by: 16) {
      var turns = Vector(repeating: 0)
      let lanes = min(16, count - first)
      for lane in 0..<lanes {
        let product = t * frequencies[first + lane]
        turns[lane] = Float(product - product.rounded())
      }
      let (sine, cosine) = VectorFunctions.circular(turns)
      sine.store(to: target + first, count: lanes)
      cosine.store(to: target + count + first, count: lanes)
    }
  }
}
