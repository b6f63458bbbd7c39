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
      let random = RandomStream(seed: seed, stream: UInt64(shift))
      let offsets = rates.indices.map { random.uniforms(at: UInt64($0)).0 }
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
}
