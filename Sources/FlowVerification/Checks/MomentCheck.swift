import FlowMatching

/// Moments of p_t from samples against what the target and the fields say, along one random unit
/// direction w and along x itself:
///
///     E[w.x] = alpha w.m            E|x|^2 = alpha^2 E|x1|^2 + v d
///     E[w.s] = 0                    E[x.s] = -d
///     E[w.D] = w.m                  E[w.u] = alpha' w.m
///     E[x.u] = (1/2) d/dt E|x|^2 = alpha alpha' E|x1|^2 + v' d/2
///
/// With a source x0 of its own `E|x0|^2` stands in the place of d, and terms of its mean are added.
enum MomentCheck: StatisticCheck {
  static let name = "moments"
  static let statement = "E[w.x], E|x|^2, E[w.s], E[x.s], E[w.D], E[w.u], E[x.u] over samples"
  static let count = 7

  static func statistics(
    _ draw: Draw, velocity: [Double]
  ) throws(FlowError) -> [Statistic] {
    let d = draw.dimension
    let time = draw.times[0]
    let s = draw.schedules[0]
    // Heavy tails have no moments to compare with.
    guard let moments = (draw.target as? any LocatedTarget)?.rawMoments else { return [] }
    let w = unitVector(d)
    let wMean = dot(w[...], moments.mean[...])
    let square = moments.square.reduce(0, +)
    var noise = (mean: 0.0, square: Double(d), product: 0.0)
    if let source = (draw.target as? any SourcedTarget)?.noise {
      guard let moments0 = (source as? any LocatedTarget)?.rawMoments else { return [] }
      noise = (
        dot(w[...], moments0.mean[...]), moments0.square.reduce(0, +),
        dot(moments.mean[...], moments0.mean[...])
      )
    }
    let score = try draw.values(of: .score)
    let denoiser = try draw.values(of: .denoiser)

    func statistic(
      _ name: String, _ a: (Int) -> ArraySlice<Double>, _ b: [Double], _ expected: Double
    ) -> Statistic {
      var terms: [Double] = []
      var noise: [Double] = []
      for i in 0..<draw.count {
        let row = b[i * d..<(i + 1) * d]
        terms.append(dot(a(i), row) - expected)
        let magnitude = zip(a(i), row).reduce(abs(expected)) { $0 + abs($1.0 * $1.1) }
        noise.append((Roundings.engine + Roundings.sum(d)) * Roundings.unit * magnitude)
      }
      return Statistic(name, at: time, terms: terms, noise: noise)
    }
    let along: (Int) -> ArraySlice<Double> = { _ in w[...] }
    let x: (Int) -> ArraySlice<Double> = { draw.point($0) }
    let size = Double(d)
    return [
      statistic("E[w.x]", along, draw.points, s.alpha * wMean + s.sigma * noise.mean),
      statistic(
        "E|x|^2", x, draw.points,
        s.alpha * s.alpha * square + s.variance * noise.square
          + 2 * s.alpha * s.sigma * noise.product),
      statistic("E[w.s]", along, score, 0),
      statistic("E[x.s]", x, score, -size),
      statistic("E[w.D]", along, denoiser, wMean),
      statistic(
        "E[w.u]", along, velocity, s.alphaDot * wMean + s.sigmaDot * noise.mean),
      statistic(
        "E[x.u]", x, velocity,
        s.alpha * s.alphaDot * square + s.varianceDot * noise.square / 2
          + (s.alphaDot * s.sigma + s.alpha * s.sigmaDot) * noise.product),
    ]
  }

  private static func unitVector(_ d: Int) -> [Double] {
    let w = RandomStream(seed: 0, stream: 1).normals(d, at: 0)
    let length = dot(w[...], w[...]).squareRoot()
    return w.map { $0 / length }
  }

  private static func dot(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
