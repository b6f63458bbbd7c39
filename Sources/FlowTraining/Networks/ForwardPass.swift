/// The network on some rows of a workspace. Rows do not depend on each other: any split of them gives
/// the same bits.
struct Pass {
  let network: Network
  let space: Workspace
  let worker: Int

  private var layout: NetworkLayout { network.layout }

  @inline(__always)
  func values(_ place: NetworkLayout.Place, row: Int) -> UnsafeMutablePointer<Float> {
    space.values[place.buffer].base + row * layout.buffers[place.buffer].size + place.column
  }

  @inline(__always)
  func gradient(_ place: NetworkLayout.Place, row: Int) -> UnsafeMutablePointer<Float> {
    space.gradients[place.buffer].base + row * layout.buffers[place.buffer].size + place.column
  }

  /// Floats from line to line.
  @inline(__always)
  func stride(_ place: NetworkLayout.Place) -> Int { network.layout.buffers[place.buffer].stride }

  /// Lines of a row.
  @inline(__always)
  func lines(_ place: NetworkLayout.Place) -> Int { network.layout.buffers[place.buffer].lines }

  /// Numbers of a line of points.
  var pointWidth: Int { network.shape.dimension / lines(layout.point) }

  /// Sets a row of a buffer of points, values or gradients, to numbers whose lines are one behind the other.
  func set(
    _ row: Int, of arrays: [AlignedFloats], at place: NetworkLayout.Place,
    to point: UnsafePointer<Float>
  ) {
    let target = arrays[place.buffer].base + row * layout.buffers[place.buffer].size + place.column
    for line in 0..<lines(place) {
      (target + line * stride(place)).update(from: point + line * pointWidth, count: pointWidth)
    }
  }

  /// Copies such a row.
  func copy(
    _ row: Int, of arrays: [AlignedFloats], at place: NetworkLayout.Place,
    to target: UnsafeMutablePointer<Float>
  ) {
    let source = arrays[place.buffer].base + row * layout.buffers[place.buffer].size + place.column
    for line in 0..<lines(place) {
      (target + line * pointWidth).update(from: source + line * stride(place), count: pointWidth)
    }
  }

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
      case .dense(let k, let from, let to, let plus, let activation):
        let map = layout.dense[k]
        product(
          rows, lines: lines(to), map.window.map { ($0, false) }, values(from.place, row: 0),
          stride(from.place), depth: map.inputs, columns: map.outputs,
          panels: network.parameters.base + map.weights,
          biases: network.parameters.base + map.biases
        ) { line in
          KeepActivation(
            values: values(to, row: 0) + line * stride(to),
            slopes: gradient(to, row: 0) + line * stride(to), stride: stride(to),
            plus: plus.map { values($0.place, row: 0) + line * stride($0.place) },
            plusStride: plus.map { stride($0.place) } ?? 0, activation: activation)
        }
      case .modulate(let from, let by, let to, let width, let activation):
        for row in rows {
          modulate(
            values(from, row: row), values(by, row: row), values(to, row: row),
            gradient(to, row: row), width, activation)
        }
      case .normalise(let k, let from, let by, let to, let activation):
        for row in rows { normalise(layout.norms[k], row, from.place, by, to, activation) }
      case .attend(let from, let to, let weights, let heads):
        for row in rows { attend(row, from, to, weights, heads) }
      case .enlarge(let from, let to, let imageWidth):
        for row in rows { enlarge(row, from, to, imageWidth) }
      }
    }
  }

  /// The product of some rows' lines, or of their windows, with panels; `epilogue` is made for the first line of
  /// every strip.
  func product<Epilogue: ProductEpilogue>(
    _ rows: Range<Int>, lines: Int, _ window: (window: Window, isTransposed: Bool)?,
    _ a: UnsafePointer<Float>, _ aStride: Int, depth: Int, columns: Int,
    panels: UnsafePointer<Float>, biases: UnsafePointer<Float>? = nil,
    epilogue: (_ line: Int) -> Epilogue
  ) {
    let all = rows.lowerBound * lines..<rows.upperBound * lines
    let scratch = space.scratch[worker]
    guard let (window, isTransposed) = window else {
      return MatrixProduct.run(
        rows: all.count, depth: depth, columns: columns, a: a + all.lowerBound * aStride,
        aStride: aStride, panels: panels, biases: biases, scratch: scratch,
        epilogue: epilogue(all.lowerBound))
    }
    for first in Swift.stride(from: all.lowerBound, to: all.upperBound, by: Scratch.gatherLines) {
      let strip = first..<min(first + Scratch.gatherLines, all.upperBound)
      if isTransposed {
        window.gatherTransposed(
          strip, from: a, stride: aStride, channels: depth, to: scratch.gathered)
      } else {
        window.gather(strip, from: a, stride: aStride, channels: depth, to: scratch.gathered)
      }
      MatrixProduct.run(
        rows: strip.count, depth: Window.taps * depth, columns: columns, a: scratch.gathered,
        aStride: Window.taps * depth, panels: panels, biases: biases, scratch: scratch,
        epilogue: epilogue(first))
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

/// Keeps the activation's value and slope; without an activation the sums, with what they are added to.
struct KeepActivation: ProductEpilogue {
  let values: UnsafeMutablePointer<Float>
  let slopes: UnsafeMutablePointer<Float>
  let stride: Int
  let plus: UnsafePointer<Float>?
  let plusStride: Int
  let activation: Activation

  func finish(_ sums: FinishedSums) {
    if let plus {
      sums.forEach { row, column, count, sums in
        let other = Vector(at: plus + row * plusStride + column, count: count)
        (sums + other).store(to: values + row * stride + column, count: count)
      }
    } else if activation == .identity {
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
