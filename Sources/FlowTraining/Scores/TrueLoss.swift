public import FlowMatching

/// The loss that training cannot see: `L_FM = E |w - u_t(x)|^2` against the exact marginal field.
///
/// Points are drawn once, `x ~ p_t` at times of a golden-ratio sequence over the recipe's interval, in 16
/// independent groups, whose spread gives the standard error; the exact velocities are kept.
public struct TrueLoss: Sendable {
  public let times: [Time<Double>]
  public let points: [Double]
  /// The exact field at the same points.
  public let exact: [Double]
  private let dimension: Int

  /// How many independent groups.
  public static let groups = 16

  /// - Parameters:
  ///   - count: how many points, at least 32; rounded up to whole groups.
  ///   - times: the interval; times are uniform on it whatever its law.
  /// - Throws: what the field throws.
  public init(
    field: MarginalField, times sampling: TimeSampling, count: Int, seed: UInt64
  ) throws(FlowError) {
    guard count >= 32 else {
      throw FlowError.outOfDomain("points", count, accepted: "[32, infinity)")
    }
    let perGroup = (count + Self.groups - 1) / Self.groups
    let d = field.target.dimension
    dimension = d
    let uniform = TimeSampling(lower: sampling.lower, upper: sampling.upper)
    var times: [Time<Double>] = []
    var points: [Double] = []
    for group in 0..<Self.groups {
      let stream = RandomPurpose.scores.stream + 4 * UInt64(group)
      let shift = RandomStream(seed: seed, stream: stream).uniforms(at: 0).0
      let data = RandomStream(seed: seed, stream: stream + 1)
      let noise = RandomStream(seed: seed, stream: stream + 2)
      for k in 0..<perGroup {
        let turn = shift + Double(k) * 0.618_033_988_749_894_8
        let u = turn - turn.rounded(.down)
        let length = 1 - uniform.lower - uniform.upper
        let time = Time(
          t: uniform.lower + length * u, remaining: uniform.upper + length * (1 - u))
        let x1 = field.target.sample(UInt64(k), from: data)
        let x0 = noise.normals(d, at: UInt64(k * ((d + 1) / 2)))
        let s = field.path.schedule(at: time)
        times.append(time)
        points += (0..<d).map { (s.alpha * x1[$0]).addingProduct(s.sigma, x0[$0]) }
      }
    }
    self.times = times
    self.points = points
    exact = try field.values(of: .velocity, at: times, of: points)
  }

  /// The loss of a field and its standard error.
  /// - Throws: what the field throws.
  public func callAsFunction(
    _ field: some VelocityField
  ) throws(FlowError) -> (value: Double, standardError: Double) {
    let squares = try squares(field)
    let perGroup = squares.count / Self.groups
    let means = (0..<Self.groups).map { group in
      squares[group * perGroup..<(group + 1) * perGroup].reduce(0, +) / Double(perGroup)
    }
    let mean = means.reduce(0, +) / Double(Self.groups)
    let spread = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (spread / Double(Self.groups * (Self.groups - 1))).squareRoot())
  }

  /// `|w - u|^2` at every point.
  func squares(_ field: some VelocityField) throws(FlowError) -> [Double] {
    let found = try field.velocities(at: times, of: points)
    return (0..<times.count).map { row in
      (0..<dimension).reduce(0.0) { sum, i in
        let error = found[row * dimension + i] - exact[row * dimension + i]
        return sum.addingProduct(error, error)
      }
    }
  }

  /// `sqrt(E |w - u|^2 / E |u|^2)` in each of `bins` equal parts of the interval of times.
  /// - Throws: what the field throws.
  public func relativeErrors(
    _ field: some VelocityField, bins: Int
  ) throws(FlowError) -> [Double] {
    let squares = try squares(field)
    let (first, last) = (times.map(\.t).min()!, times.map(\.t).max()!)
    var errors = [Double](repeating: 0, count: bins)
    var sizes = errors
    for (row, time) in times.enumerated() {
      let share = last > first ? (time.t - first) / (last - first) : 0
      let bin = min(bins - 1, Int(share * Double(bins)))
      errors[bin] += squares[row]
      for i in 0..<dimension {
        sizes[bin] += exact[row * dimension + i] * exact[row * dimension + i]
      }
    }
    return zip(errors, sizes).map { ($0 / $1).squareRoot() }
  }
}
