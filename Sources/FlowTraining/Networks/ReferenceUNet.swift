public import FlowMatching

/// The U-Net in the plainest way: every image an array of lines of channels, every sum a loop.
@usableFromInline
struct ReferenceUNet<Weight: Sendable, S: Scalar> {
  /// An image with channels last.
  @usableFromInline
  struct Image {
    @usableFromInline var height: Int
    @usableFromInline var width: Int
    @usableFromInline var channels: Int
    @usableFromInline var values: [S]

    @inlinable
    init(height: Int, width: Int, channels: Int, values: [S]) {
      (self.height, self.width, self.channels, self.values) = (height, width, channels, values)
    }
  }

  @usableFromInline let network: ReferenceNetwork<Weight>
  @usableFromInline let add: (S, S, Weight) -> S
  @usableFromInline let shape: UNetShape
  @usableFromInline let depth: Int

  @inlinable
  init(network: ReferenceNetwork<Weight>, add: @escaping (S, S, Weight) -> S) {
    guard let shape = network.shape.unet else { preconditionFailure("a U-Net without an image") }
    self.network = network
    self.add = add
    self.shape = shape
    depth = network.shape.layers
  }

  /// - Parameter scales: the scales and shifts of every block: down, middle, up.
  @inlinable
  func callAsFunction(_ x: [S], scales: [S]) -> [S] {
    var scales = scales[...]
    let last = shape.multipliers.count - 1
    func block(_ name: String, _ h: Image, _ level: Int) -> Image {
      residual(name, h, shape.multipliers[level] * network.shape.width, &scales)
    }
    var h = convolution(
      "input", Image(height: shape.height, width: shape.width, channels: shape.channels, values: x))
    var left = [h]
    for level in 0...last {
      for i in 0..<depth {
        let name = "down.\(level * depth + i)"
        h = block(name, h, level)
        if level == last { h = attention("\(name).attention", h) }
        left.append(h)
      }
      if level < last {
        h = convolution("reduce.\(level)", h, stride: 2)
        left.append(h)
      }
    }
    h = attention("middle.0.attention", block("middle.0", h, last))
    h = block("middle.1", h, last)
    for level in (0...last).reversed() {
      for i in 0...depth {
        let name = "up.\((last - level) * (depth + 1) + i)"
        h = block(name, joined(h, left.removeLast()), level)
        if level == last { h = attention("\(name).attention", h) }
      }
      if level > 0 { h = convolution("enlarge.\(level - 1)", enlarged(h)) }
    }
    return convolution("output", active(norm("output_norm", h))).values
  }

  @inlinable
  func residual(
    _ name: String, _ h: Image, _ channels: Int, _ scales: inout ArraySlice<S>
  ) -> Image {
    let z = convolution("\(name).conv1", active(norm("\(name).norm1", h)))
    var y = norm("\(name).norm2", z)
    for k in y.values.indices {
      let c = k % channels
      y.values[k] =
        (scales[scales.startIndex + c] + S(1.0)) * y.values[k]
        + scales[scales.startIndex + channels + c]
    }
    scales = scales.dropFirst(2 * channels)
    var result = convolution("\(name).conv2", active(y))
    let skip = h.channels == channels ? h : convolution("\(name).skip", h)
    for k in result.values.indices { result.values[k] = result.values[k] + skip.values[k] }
    return result
  }

  @inlinable
  func active(_ h: Image) -> Image {
    var h = h
    h.values = h.values.map { network.shape.activation.value($0) }
    return h
  }

  /// A convolution of 3 x 3 with a border of zeros, or of 1 x 1, as its weights are.
  @inlinable
  func convolution(_ name: String, _ h: Image, stride: Int = 1) -> Image {
    let weights = network.parameters["\(name).weight"]!
    let biases = network.parameters["\(name).bias"]!
    let size = weights.count == biases.count * h.channels ? 1 : 3
    var result = Image(
      height: h.height / stride, width: h.width / stride, channels: biases.count, values: [])
    for y in 0..<result.height {
      for x in 0..<result.width {
        for o in 0..<result.channels {
          var sum = add(.zero, S(1.0), biases[o])
          for ky in 0..<size {
            for kx in 0..<size {
              let (row, column) = (y * stride + ky - size / 2, x * stride + kx - size / 2)
              guard (0..<h.height).contains(row), (0..<h.width).contains(column) else { continue }
              let pixel = (row * h.width + column) * h.channels
              for c in 0..<h.channels {
                sum = add(
                  sum, h.values[pixel + c], weights[((o * h.channels + c) * size + ky) * size + kx])
              }
            }
          }
          result.values.append(sum)
        }
      }
    }
    return result
  }

  @inlinable
  func norm(_ name: String, _ h: Image) -> Image {
    let factors = network.parameters["\(name).weight"]!
    let summands = network.parameters["\(name).bias"]!
    let share = h.channels / GroupNorm.groups(h.channels)
    var result = h
    for first in stride(from: 0, to: h.channels, by: share) {
      let places = h.values.indices.filter { (first..<first + share).contains($0 % h.channels) }
      let count = Double(places.count)
      let mean = places.reduce(S.zero) { $0 + h.values[$1] }.scaled(by: 1 / count)
      let variance = places.reduce(S.zero) { sum, k in
        sum + (h.values[k] - mean) * (h.values[k] - mean)
      }.scaled(by: 1 / count)
      let deviation = S.sqrt(variance + S(GroupNorm.epsilon))
      for k in places {
        let c = k % h.channels
        result.values[k] = add(
          add(.zero, (h.values[k] - mean) / deviation, factors[c]), S(1.0), summands[c])
      }
    }
    return result
  }

  @inlinable
  func attention(_ name: String, _ h: Image) -> Image {
    let triple = convolution("\(name).qkv", norm("\(name).norm", h)).values
    let (lines, channels) = (h.height * h.width, h.channels)
    let size = channels / shape.heads
    var found = h
    for head in 0..<shape.heads {
      /// Number c of the query (0), key (1) or value (2) of a line.
      func entry(_ part: Int, _ line: Int, _ c: Int) -> S {
        triple[line * 3 * channels + part * channels + head * size + c]
      }
      for i in 0..<lines {
        let logits = (0..<lines).map { j in
          (0..<size).reduce(S.zero) { $0 + entry(0, i, $1) * entry(1, j, $1) }
            .scaled(by: 1 / Double(size).squareRoot())
        }
        let largest = logits.dropFirst().reduce(logits[0]) {
          S.choose($0, below: $1, then: $1, otherwise: $0)
        }
        let weights = logits.map { S.exp($0 - largest) }
        let total = weights.reduce(S.zero) { $0 + $1 }
        for c in 0..<size {
          let sum = (0..<lines).reduce(S.zero) { $0 + weights[$1] * entry(2, $1, c) }
          found.values[i * channels + head * size + c] = sum / total
        }
      }
    }
    var result = convolution("\(name).projection", found)
    for k in result.values.indices { result.values[k] = result.values[k] + h.values[k] }
    return result
  }

  @inlinable
  func joined(_ a: Image, _ b: Image) -> Image {
    var result = a
    result.channels = a.channels + b.channels
    result.values = []
    for line in 0..<a.height * a.width {
      result.values += a.values[line * a.channels..<(line + 1) * a.channels]
      result.values += b.values[line * b.channels..<(line + 1) * b.channels]
    }
    return result
  }

  @inlinable
  func enlarged(_ h: Image) -> Image {
    var result = h
    (result.height, result.width, result.values) = (2 * h.height, 2 * h.width, [])
    for y in 0..<result.height {
      for x in 0..<result.width {
        let pixel = (y / 2 * h.width + x / 2) * h.channels
        result.values += h.values[pixel..<pixel + h.channels]
      }
    }
    return result
  }
}
