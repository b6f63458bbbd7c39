import RealModule

extension LossGap {
  /// The mean of `tr Cov[x1|x]/v` over `x ~ p_t` and its standard error, from 16 random shifts of a
  /// Kronecker sequence: coordinates `frac(shift + n sqrt(prime))`, the first of which picks the
  /// component and the others, in pairs, make normals (Box and Muller, 1958).
  func quasiMonteCarlo(
    at time: Time<Double>, _ schedule: Schedule<Double>, _ samples: Int, _ seed: UInt64
  ) throws(FlowError) -> (mean: Double, standardError: Double) {
    let shifts = 16
    let perShift = max(2, samples / shifts)
    let d = field.target.dimension
    let rates = irrationals(1 + 2 * ((d + 1) / 2))
    var means: [Double] = []
    for shift in 0..<shifts {
      var points: [Double] = []
      points.reserveCapacity(perShift * d)
      let offsets = rates.indices.map { uniform(seed, UInt64(shift), UInt64($0)) }
      for n in 0..<perShift {
        let u = rates.indices.map { i in
          let product = offsets[i] + Double(n + 1) * rates[i]
          return product - product.rounded(.down)
        }
        points += point(u, schedule)
      }
      let values = try spread(at: time, of: points)
      means.append(blockedSum(perShift) { values[$0] } / Double(perShift))
    }
    let mean = means.reduce(0, +) / Double(shifts)
    let square = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (square / Double(shifts * (shifts - 1))).squareRoot())
  }

  /// The point of p_t that a point of the unit cube stands for.
  private func point(_ u: [Double], _ schedule: Schedule<Double>) -> [Double] {
    var z: [Double] = []
    for pair in 0..<(u.count - 1) / 2 {
      let radius = (-2 * Double.log(onePlus: -u[1 + 2 * pair])).squareRoot()
      z.append(radius * Double.cosPi(2 * u[2 + 2 * pair]))
      z.append(radius * Double.sinPi(2 * u[2 + 2 * pair]))
    }
    let component = target.component(target.component(at: u[0]))
    return component.point(Array(z.prefix(field.target.dimension)), schedule)
  }

  /// Square roots of the first primes, below one.
  private func irrationals(_ count: Int) -> [Double] {
    var primes: [Int] = []
    var candidate = 2
    while primes.count < count {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes.map { Double($0).squareRoot().truncatingRemainder(dividingBy: 1) }
  }

  /// A number in [0, 1) for the key and place (a 64-bit finaliser, Steele et al. 2014).
  private func uniform(_ seed: UInt64, _ a: UInt64, _ b: UInt64) -> Double {
    var z = seed &+ (a &* 0x9e37_79b9_7f4a_7c15) &+ (b &* 0xd1b5_4a32_d192_ed03)
    for _ in 0..<2 {
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      z = (z ^ (z >> 31)) &+ 0x9e37_79b9_7f4a_7c15
    }
    return Double(z >> 11) * 0x1p-53
  }
}

extension GaussianMixture {
  /// The component at the quantile `u` of the weights.
  func component(at u: Double) -> Int {
    var rest = u * weights.reduce(0, +)
    for (k, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return k }
    }
    return weights.count - 1
  }
}
