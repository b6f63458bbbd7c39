import FlowMatching
import RealModule

/// Samples of p_t have the density p_t, at the time where sigma is a twenty-sixth of the data's width:
/// in one dimension by Kolmogorov and Smirnov's distance, in two by the energy distance. Both are
/// reported as the normal deviate with the same probability, so that the false-alarm rate is shared
/// with the other statistics.
///
/// *Reference*: Massart (1990) for the bound `P(D > d) <= 2 exp(-2 n d^2)`; Szekely and Rizzo (2013),
/// and Szekely and Bakirov (2003) for the bound on the tail of the energy statistic.
enum SamplerCheck: Check {
  static let name = "sampler"
  static let statement =
    "samples of p_t against its density: Kolmogorov-Smirnov (1-D), energy distance (2-D)"
  /// The number of statistics of one path and target.
  static let count = 1
  static let samples = (line: 16_384, plane: 4096)

  /// `nil` beyond two dimensions, for heavy tails or very unequal stds, and where the path has no such
  /// time.
  static func statistic(
    _ target: any Target, _ path: any ProbabilityPath, effort: Double, from random: RandomStream
  ) throws(FlowError) -> Statistic? {
    let d = target.dimension
    guard d <= 2, let data = (target as? any LocatedTarget)?.extent, data.upper > data.lower,
      let time = try? path.time(atLogSNR: Double.log(26 / (data.upper - data.lower))),
      let extent = MarginalExtent(of: target, at: path.schedule(at: time))
    else { return nil }
    // Very unequal stds need a grid that nobody would walk.
    let walkable = d == 1 ? extent.grid(reach: 9, parts: 16) : extent.grid(reach: 7, parts: 2)
    guard walkable.count <= (d == 1 ? 1_000_000 : 256) else { return nil }
    let full = Double(d == 1 ? samples.line : samples.plane)
    let times = [Time<Double>](repeating: time, count: max(64, Int(effort * full)))
    let draw = Draw(target, path, at: times, from: random)
    if d == 1 {
      let distance = try kolmogorov(draw, extent)
      let probability = 2 * Double.exp(-2 * Double(draw.count) * distance * distance)
      return Statistic(
        "Kolmogorov-Smirnov", at: time, deviation: NormalTail.bound(twoSided: probability))
    }
    return Statistic("energy", at: time, deviation: try energy(draw, extent).squareRoot())
  }

  /// The largest distance of the empirical from the true distribution function, which is the integral
  /// of the cubics through density and slope at the nodes of a grid of a sixteenth of a std.
  private static func kolmogorov(
    _ draw: Draw, _ extent: MarginalExtent
  ) throws(FlowError) -> Double {
    let grid = extent.grid(reach: 9, parts: 16)
    let nodes = (0..<grid.count).map { grid.first + Double($0) * grid.step }
    let time = [draw.times[0]]
    let density = try draw.field.values(of: .logDensity, at: time, of: nodes).map { Double.exp($0) }
    let slopes = zip(try draw.field.values(of: .score, at: time, of: nodes), density).map {
      $0 * $1
    }
    var cumulative = [0.0]
    for i in nodes.indices.dropLast() {
      let ends = (density[i] + density[i + 1]) / 2
      let bend = (slopes[i] - slopes[i + 1]) * grid.step / 12
      cumulative.append(cumulative[i] + grid.step * (ends + bend))
    }
    let count = Double(draw.count)
    var worst = 0.0
    for (rank, x) in draw.points.sorted().enumerated() {
      let place = min(max((x - grid.first) / grid.step, 0), Double(grid.count - 1))
      let i = min(Int(place), grid.count - 2)
      let s = place - Double(i)
      // Hermite's cubic through both values and densities.
      let (a, b) = (s * s * (3 - 2 * s), s * (1 - s))
      let value =
        cumulative[i] + a * (cumulative[i + 1] - cumulative[i])
        + grid.step * b * ((1 - s) * density[i] - s * density[i + 1])
      worst = Roundings.largest(worst, Double(rank + 1) / count - value)
      worst = Roundings.largest(worst, value - Double(rank) / count)
    }
    return worst
  }

  /// `n (2 E|x_i - X| - E|X - X'| - E|x_i - x_j|)/E|X - X'|`: one on average if the samples are drawn
  /// from the density, whose expectations are sums over a grid.
  private static func energy(_ draw: Draw, _ extent: MarginalExtent) throws(FlowError) -> Double {
    let grid = extent.grid(reach: 7, parts: 2)
    let places = (0..<grid.count).map { grid.first + Double($0) * grid.step }
    let points = places.flatMap { x in places.flatMap { [x, $0] } }
    let logs = try draw.field.values(of: .logDensity, at: [draw.times[0]], of: points)
    let cell = grid.step * grid.step
    var nodes: [(x: Double, y: Double, mass: Double)] = []
    for i in logs.indices {
      let mass = Double.exp(logs[i]) * cell
      // The rest would weigh less than a ten-thousandth of the statistic's own scatter.
      if mass > 1e-9 { nodes.append((points[2 * i], points[2 * i + 1], mass)) }
    }
    let total = nodes.reduce(0) { $0 + $1.mass }
    func distance(_ ax: Double, _ ay: Double, _ bx: Double, _ by: Double) -> Double {
      ((ax - bx) * (ax - bx) + (ay - by) * (ay - by)).squareRoot()
    }
    var within = 0.0
    for i in nodes.indices {
      let node = nodes[i]
      var sum = 0.0
      for j in 0..<i { sum += nodes[j].mass * distance(node.x, node.y, nodes[j].x, nodes[j].y) }
      within += 2 * node.mass * sum
    }
    var across = 0.0
    var among = 0.0
    for i in 0..<draw.count {
      let (x, y) = (draw.points[2 * i], draw.points[2 * i + 1])
      for node in nodes { across += node.mass * distance(x, y, node.x, node.y) }
      for j in 0..<i { among += 2 * distance(x, y, draw.points[2 * j], draw.points[2 * j + 1]) }
    }
    let count = Double(draw.count)
    let (between, spread) = (across / (count * total), within / (total * total))
    return Swift.max(0, count * (2 * between - spread - among / (count * count)) / spread)
  }
}
