import FlowMatching

/// Points of p_t, each at its own time, with the data point that each came from:
/// `x = alpha x1 + sigma x0`.
struct Draw: Sendable {
  let field: MarginalField
  let target: any Target
  let times: [Time<Double>]
  let schedules: [Schedule<Double>]
  /// Rows of x1.
  let data: [Double]
  /// Rows of x.
  let points: [Double]

  var dimension: Int { target.dimension }
  var count: Int { times.count }

  /// One point per time; the draw is fixed by the stream.
  init(
    _ target: any Target, _ path: any ProbabilityPath, at times: [Time<Double>],
    from random: RandomStream
  ) {
    let d = target.dimension
    field = MarginalField(path: path, target: target)
    self.target = target
    self.times = times
    let schedules = times.map { path.schedule(at: $0) }
    let data = target.samples(times.count, from: random)
    let others = RandomStream(seed: random.seed, stream: random.stream ^ (1 << 63))
    let noise =
      (target as? any SourcedTarget)?.noise.samples(times.count, from: others)
      ?? others.normals(times.count * d, at: 0)
    self.schedules = schedules
    self.data = data
    points = data.indices.map { i in
      schedules[i / d].alpha * data[i] + schedules[i / d].sigma * noise[i]
    }
  }

  private init(_ draw: Draw, _ count: Int) {
    field = draw.field
    target = draw.target
    times = Array(draw.times.prefix(count))
    schedules = Array(draw.schedules.prefix(count))
    data = Array(draw.data.prefix(count * draw.dimension))
    points = Array(draw.points.prefix(count * draw.dimension))
  }

  /// The first `count` points.
  func prefix(_ count: Int) -> Draw { Draw(self, min(count, self.count)) }

  func point(_ i: Int) -> ArraySlice<Double> { points[i * dimension..<(i + 1) * dimension] }

  func values(of quantity: MarginalQuantity) throws(FlowError) -> [Double] {
    try field.values(of: quantity, at: times, of: points)
  }

  /// How large the addends of every identity are, per point.
  func magnitudes() throws(FlowError) -> [ComponentMagnitudes] {
    try target.componentMagnitudes(of: points, at: times.map { field.path.schedule(at: $0) })
  }
}

extension Draw {
  /// Times over the whole of (0, 1): first both ends at distances 2^-40, 2^-20, 2^-10, 2^-5 and t = 0,
  /// then one in each of equal parts.
  static func times(_ count: Int, from random: RandomStream) -> [Time<Double>] {
    var result: [Time<Double>] = [.start]
    for distance in [0x1p-40, 0x1p-20, 0x1p-10, 0x1p-5] {
      result += [
        Time(t: distance, remaining: 1 - distance), Time(t: 1 - distance, remaining: distance),
      ]
    }
    result = Array(result.prefix(count))
    let rest = count - result.count
    for part in 0..<rest {
      let uniform = random.uniforms(at: UInt64(part)).0
      let t = (Double(part) + uniform) / Double(rest) * (1 - 0x1p-40)
      result.append(Time(t: t, remaining: 1 - t))
    }
    return result
  }
}
