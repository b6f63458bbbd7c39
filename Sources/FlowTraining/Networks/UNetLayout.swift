/// The U-Net as steps.
///
///     block(h):   z = conv(act(norm(h)));  h <- skip(h) + conv(act((1 + s) norm(z) + b))
///     attend(h):  h <- h + conv(attention(conv(norm(h))))
///
/// Down: at every resolution `depth` blocks, then a convolution of stride two. In the middle a block,
/// attention, a block. Up: at every resolution `depth + 1` blocks, each on what came from below beside what
/// the way down left there, then every pixel four times and a convolution. At the lowest resolution
/// every block but the middle's second is followed by attention. The scales s and shifts b of all blocks come
/// from the time and the label. `skip` is a convolution of 1 x 1 where the channels change, else nothing. The
/// last convolution of a block, that of attention and that of the network begin with zeros.
///
/// *Reference*: Dhariwal and Nichol (2021), section 3 and appendix; Ho, Jain and Abbeel (2020), appendix B; the zeros
/// are those of the code of the former (`zero_module`).
extension NetworkLayout {
  /// Channels on their way.
  private struct Feature {
    var place: Place
    var width: Int
  }

  /// What an up block reads: channels from below, and beside them those of the way down.
  private struct Join {
    let below: Feature
    let beside: Feature
    var both: Feature { Feature(place: below.place, width: below.width + beside.width) }
  }

  /// One resolution.
  private struct Level {
    let height: Int
    let width: Int
    /// Channels.
    let channels: Int
    var lines: Int { height * width }

    func window(stride: Int) -> Kernel {
      .window(Window(height: height, width: width, stride: stride))
    }
  }

  mutating func uNet(_ shape: NetworkShape, _ embedded: Int) {
    guard let image = shape.unet else { preconditionFailure("a U-Net without an image") }
    let levels = image.multipliers.enumerated().map { k, multiplier in
      Level(
        height: image.height >> k, width: image.width >> k, channels: multiplier * shape.width)
    }
    let (depth, last) = (shape.layers, levels.count - 1)
    let channels =
      levels.reduce(0) { $0 + (2 * depth + 1) * $1.channels } + 2 * levels[last].channels
    var scales = modulation(shape, embedded, width: 2 * channels)
    var (left, joins) = joins(levels, depth)

    /// The next block of the way down or up, with attention at the lowest resolution.
    func block(_ name: String, _ from: Feature, to: Feature, _ level: Int, attends: Bool) {
      let own = attends ? feature(to.width, levels[level]) : to
      residual(name, from, to: own, by: scales, levels[level], shape.activation)
      scales.column += 2 * to.width
      if attends { attention("\(name).attention", own, to: to, levels[level], image.heads) }
    }

    point = feature(image.channels, levels[0]).place
    var h = left.removeFirst()
    map(
      "input", image.channels, h.width, from: point, to: h.place, .identity, .onRequest,
      kernel: levels[0].window(stride: 1))
    for (k, level) in levels.enumerated() {
      for i in 0..<depth {
        let next = left.removeFirst()
        block("down.\(k * depth + i)", h, to: next, k, attends: k == last)
        h = next
      }
      guard k < last else { continue }
      let next = left.removeFirst()
      map(
        "reduce.\(k)", h.width, next.width, from: h.place, to: next.place, .identity, .gradient,
        kernel: level.window(stride: 2))
      h = next
    }
    let middle = feature(levels[last].channels, levels[last])
    block("middle.0", h, to: middle, last, attends: true)
    block("middle.1", middle, to: joins[0].below, last, attends: false)
    for (k, level) in levels.enumerated().reversed() {
      for i in 0...depth {
        let join = joins.removeFirst()
        let isLast = i == depth
        h = isLast ? feature(level.channels, level) : joins[0].below
        block("up.\((last - k) * (depth + 1) + i)", join.both, to: h, k, attends: k == last)
      }
      guard k > 0 else { continue }
      let large = feature(level.channels, levels[k - 1])
      steps.append(
        .enlarge(
          from: Input(place: h.place, width: h.width, need: .gradient), to: large.place,
          imageWidth: level.width))
      map(
        "enlarge.\(k - 1)", large.width, large.width, from: large.place, to: joins[0].below.place,
        .identity, .gradient, kernel: levels[k - 1].window(stride: 1))
    }
    let end = feature(h.width, levels[0])
    norm("output_norm", h, by: nil, to: end.place, shape.activation)
    output = feature(image.channels, levels[0]).place
    map(
      "output", h.width, image.channels, from: end.place, to: output, .identity, .throughActivation,
      kernel: levels[0].window(stride: 1), startsAtZero: true)
    countReaders()
  }

  /// Where the way down leaves its channels, in its order, and what the up blocks read, in theirs.
  private mutating func joins(_ levels: [Level], _ depth: Int) -> ([Feature], [Join]) {
    var left = [(level: levels[0], width: levels[0].channels)]
    for (k, level) in levels.enumerated() {
      for _ in 0..<depth { left.append((level, level.channels)) }
      if k + 1 < levels.count { left.append((levels[k + 1], level.channels)) }
    }
    var below = levels[levels.count - 1].channels
    var joins: [Join] = []
    var level = levels.count - 1
    for (j, (place, width)) in left.reversed().enumerated() {
      let both = Place(buffer: buffer(below + width, lines: place.lines))
      joins.append(
        Join(
          below: Feature(place: both, width: below),
          beside: Feature(place: Place(buffer: both.buffer, column: below), width: width)))
      below = levels[level].channels
      if (j + 1).isMultiple(of: depth + 1) { level -= 1 }
    }
    return (joins.reversed().map(\.beside), joins)
  }

  private mutating func feature(_ width: Int, _ level: Level) -> Feature {
    Feature(place: Place(buffer: buffer(width, lines: level.lines)), width: width)
  }

  private mutating func residual(
    _ name: String, _ from: Feature, to: Feature, by scales: Place, _ level: Level,
    _ activation: Activation
  ) {
    let first = feature(from.width, level)
    let inner = feature(to.width, level)
    let second = feature(to.width, level)
    norm("\(name).norm1", from, by: nil, to: first.place, activation)
    map(
      "\(name).conv1", from.width, to.width, from: first.place, to: inner.place, .identity,
      .throughActivation, kernel: level.window(stride: 1))
    norm("\(name).norm2", inner, by: scales, to: second.place, activation)
    var skip = from
    if from.width != to.width {
      skip = feature(to.width, level)
      map(
        "\(name).skip", from.width, to.width, from: from.place, to: skip.place, .identity,
        .gradient,
        kernel: .pixel)
    }
    map(
      "\(name).conv2", to.width, to.width, from: second.place, to: to.place, .identity,
      .throughActivation, kernel: level.window(stride: 1),
      plus: Input(place: skip.place, width: skip.width, need: .gradient), startsAtZero: true)
  }

  private mutating func attention(
    _ name: String, _ from: Feature, to: Feature, _ level: Level, _ heads: Int
  ) {
    let normed = feature(from.width, level)
    let triple = feature(3 * from.width, level)
    let found = feature(from.width, level)
    norm("\(name).norm", from, by: nil, to: normed.place, .identity)
    map(
      "\(name).qkv", from.width, triple.width, from: normed.place, to: triple.place, .identity,
      .gradient, kernel: .pixel)
    steps.append(
      .attend(
        from: triple.place, to: found.place,
        weights: buffer(level.lines, lines: heads * level.lines), heads: heads))
    map(
      "\(name).projection", from.width, to.width, from: found.place, to: to.place, .identity,
      .gradient, kernel: .pixel,
      plus: Input(place: from.place, width: from.width, need: .gradient), startsAtZero: true)
  }

  private mutating func norm(
    _ name: String, _ from: Feature, by: Place?, to: Place, _ activation: Activation
  ) {
    norms.append(
      Norm(
        name: name, channels: from.width, groups: GroupNorm.groups(from.width),
        factors: reserve(from.width), summands: reserve(from.width),
        moments: buffer(4 * from.width)))
    steps.append(
      .normalise(
        norms.count - 1, from: Input(place: from.place, width: from.width, need: .gradient),
        by: by, to: to, activation))
  }

  /// Of several steps that read the same values, the last leaves their gradient, and those before it add
  /// to that.
  private mutating func countReaders() {
    var written = [Range<Int>?](repeating: nil, count: buffers.count)
    func read(_ input: inout Input) {
      guard input.need == .gradient else { return }
      let columns = input.place.column..<input.place.column + input.width
      if let before = written[input.place.buffer], before.overlaps(columns) {
        precondition(
          before.lowerBound <= columns.lowerBound && columns.upperBound <= before.upperBound,
          "a gradient would be written in part")
        input.need = .furtherGradient
      } else {
        written[input.place.buffer] = columns
      }
    }
    for k in steps.indices.reversed() {
      switch steps[k] {
      case .dense(let map, var from, let to, var plus, let activation):
        plus.mutate(read)
        read(&from)
        steps[k] = .dense(map, from: from, to: to, plus: plus, activation)
      case .normalise(let norm, var from, let by, let to, let activation):
        read(&from)
        steps[k] = .normalise(norm, from: from, by: by, to: to, activation)
      case .enlarge(var from, let to, let imageWidth):
        read(&from)
        steps[k] = .enlarge(from: from, to: to, imageWidth: imageWidth)
      case .attend, .modulate:
        continue
      }
    }
  }
}

extension Optional {
  fileprivate mutating func mutate(_ body: (inout Wrapped) -> Void) {
    guard var value = self else { return }
    body(&value)
    self = value
  }
}

/// What every group norm here has in common.
@usableFromInline
enum GroupNorm {
  /// As many groups of at least four channels as divide them, up to eight: fewer channels would lose what the values
  /// of a pixel or two have in common.
  @usableFromInline
  static func groups(_ channels: Int) -> Int {
    (1...8).last { channels.isMultiple(of: 4 * $0) } ?? 1
  }

  /// What keeps the variance of a group from zero: PyTorch's.
  @usableFromInline static let epsilon = 1e-5
}
