#if arch(x86_64)
  import Testing

  @testable import FlowMatching

  /// Expanded squares are as accurate as differences wherever they are used.
  @Suite struct ExpandedMixtureTests {
    static let times = [0, 0.02, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99]

    /// Clusters around a point away from 0 on some axes, with the same sign or not.
    private static func mixture(_ seed: Int, d: Int, count: Int, std: Double) throws
      -> GaussianMixture
    {
      var random = SplitMix(seed: seed)
      var means = random.vector(d * count)
      for k in 0..<count {
        for i in 0..<d {
          let offset = [0, 50, -3, 2.5][i % 4]
          means[k * d + i] = offset + Double(k % 3) * 0.2 + 0.5 * means[k * d + i]
          // Near twins.
          if k % 10 == 9 { means[k * d + i] = means[(k - 1) * d + i] * (1 + 1e-3 * Double(i % 3)) }
        }
      }
      return try GaussianMixture(dimension: d, means: means, stds: [std])
    }

    private static func point(
      _ target: GaussianMixture, _ index: UInt64, at schedule: Schedule<Double>
    ) -> [Double] {
      let random = RandomStream(seed: 5, stream: 0)
      let noise = RandomStream(seed: 5, stream: 1)
      let d = target.dimension
      let data = target.sample(index, from: random)
      let z = noise.normals(d, at: index &* UInt64((d + 1) / 2))
      return (0..<d).map { schedule.alpha * data[$0] + schedule.sigma * z[$0] }
    }

    /// Means in 64-bit-mantissa arithmetic by differences, and how far they move when every input
    /// moves by its own size.
    private struct Expectation {
      var denoiser: [Float80] = []
      var g: [Float80] = []
      var denoiserSensitivity: [Float80] = []
      var gSensitivity: [Float80] = []
      /// `tr Cov[m]`.
      var spread = Float80(0)
      var spreadSensitivity = Float80(0)

      init(_ family: IsotropicFamily, _ x: [Double], _ schedule: Schedule<Double>) {
        let (d, count) = (family.dimension, family.count)
        let x = x.map { Float80($0) }
        let means = family.means.map { Float80($0) }
        let (alpha, v) = (Float80(schedule.alpha), Float80(schedule.variance))
        let s = Float80(family.stds[0])
        let variance = v + alpha * alpha * s * s
        func g(_ k: Int, _ i: Int) -> Float80 { (x[i] - alpha * means[k * d + i]) / variance }
        let logits = (0..<count).map { k in
          (0..<d).reduce(Float80(0)) { $0 - g(k, $1) * g(k, $1) } * variance / 2
        }
        let top = logits.max()!
        func exponential<S: Scalar>(_ x: S) -> S { S.exp(x) }
        var shares = logits.map { exponential($0 - top) }
        let total = shares.reduce(0, +)
        shares = shares.map { $0 / total }
        let steep = (0..<count).map { k in
          (0..<d).reduce(Float80(0)) { $0 + abs(means[k * d + $1] * g(k, $1)) } * alpha
        }
        let mean = (0..<d).map { i in
          (0..<count).reduce(Float80(0)) { $0 + shares[$1] * means[$1 * d + i] }
        }
        for i in 0..<d {
          // Through the logits: each moves with its own mean, all with the point.
          var moved = Float80(0)
          var size = Float80(0)
          for k in 0..<count where shares[k] > 0 {
            let away = abs(means[k * d + i] - mean[i])
            moved += shares[k] * away * steep[k]
            size += shares[k] * abs(means[k * d + i])
          }
          for j in 0..<d where x[j] != 0 {
            var covariance = Float80(0)
            for k in 0..<count where shares[k] > 1e-25 {
              covariance +=
                shares[k] * (means[k * d + i] - mean[i]) * (means[k * d + j] - mean[j])
            }
            moved += abs(x[j] * covariance) * alpha / variance
          }
          let toPoint = alpha * s * s / variance
          denoiser.append(v / variance * mean[i] + toPoint * x[i])
          self.g.append((x[i] - alpha * mean[i]) / variance)
          denoiserSensitivity.append(v / variance * (size + moved) + toPoint * abs(x[i]))
          gSensitivity.append((abs(x[i]) + alpha * (size + moved)) / variance)
        }
        let squares = (0..<count).map { k in
          (0..<d).reduce(Float80(0)) {
            $0 + (means[k * d + $1] - mean[$1]) * (means[k * d + $1] - mean[$1])
          }
        }
        spread = (0..<count).reduce(Float80(0)) { $0 + shares[$1] * squares[$1] }
        for i in 0..<d {
          var byPoint = Float80(0)
          for k in 0..<count {
            let away = means[k * d + i] - mean[i]
            let byMean = 2 * away + (squares[k] - spread) * alpha * g(k, i)
            spreadSensitivity += shares[k] * abs(means[k * d + i] * byMean)
            byPoint += shares[k] * squares[k] * away * alpha / variance
          }
          spreadSensitivity += abs(x[i] * byPoint)
        }
      }
    }

    @Test(arguments: [(16, 0.0), (16, 0.5), (49, 0.0), (100, 0.05)])
    func meansKeepTheirPromiseAtEveryTime(d: Int, std: Double) throws {
      let target = try Self.mixture(d, d: d, count: 200, std: std)
      guard case .isotropic(let family) = target.shape else { return }
      let expanded = try #require(ExpandedMixture(family, target.components))
      var uses = Set<Double>()
      for t in Self.times {
        let schedule = CosinePath().schedule(at: try Time(t))
        for index in 0..<4 {
          let x = Self.point(target, UInt64(index), at: schedule)
          let lanes = x.map { Lanes($0) }
          let wide = Schedule<Lanes>([schedule])
          uses.insert(expanded.allows(lanes, wide)[0])
          let result = target.posterior(of: lanes, at: wide, .means)
          let expected = Expectation(family, x, schedule)
          for i in 0..<d {
            let unit = Float80(0x1p-53)
            let denoiserError = abs(Float80(result.denoiser[i][0]) - expected.denoiser[i])
            let gError = abs(Float80(result.negativeScore[i][0]) - expected.g[i])
            #expect(
              denoiserError
                <= 8 * unit * (abs(expected.denoiser[i]) + expected.denoiserSensitivity[i]),
              "D_\(i) at t = \(t)")
            #expect(
              gError <= 8 * unit * (abs(expected.g[i]) + expected.gSensitivity[i]),
              "g_\(i) at t = \(t)")
          }
        }
      }
      // Wide components are never near.
      #expect(uses == (std < 0.5 ? [0, 1] : [1]))
    }

    @Test(arguments: [(16, 0.0), (16, 0.5), (49, 0.0), (100, 0.05)])
    func divergencesKeepTheirPromiseAtEveryTime(d: Int, std: Double) throws {
      let target = try Self.mixture(d, d: d, count: 200, std: std)
      guard case .isotropic(let family) = target.shape else { return }
      let field = MarginalField(path: CosinePath(), target: target)
      for t in Self.times {
        let schedule = field.path.schedule(at: try Time(t))
        for index in 0..<4 {
          let x = Self.point(target, UInt64(index), at: schedule)
          let (velocities, divergences) = try field.divergences(at: [Time(t)], of: x)
          let alone = try field.value(of: .velocity, at: Time(t), of: x)
          #expect(relativeError(velocities, alone, floor: 1e-3) < 1e-11)
          let expected = Expectation(family, x, schedule)
          let (alpha, v) = (Float80(schedule.alpha), Float80(schedule.variance))
          let (alphaDot, rate) = (
            Float80(schedule.alphaDot), Float80(schedule.varianceDot) / 2
          )
          let s = Float80(std)
          let variance = v + alpha * alpha * s * s
          let axes = Float80(d) / variance
          let scale = (alphaDot * alpha * v - rate * alpha * alpha) / variance / variance
          let value = alphaDot * alpha * s * s * axes + rate * axes + scale * expected.spread
          let size =
            abs(alphaDot * alpha * s * s * axes) + abs(rate * axes)
            + abs(scale) * (expected.spread + expected.spreadSensitivity)
          #expect(
            abs(Float80(divergences[0]) - value) <= 8 * Float80(0x1p-53) * (abs(value) + size),
            "t = \(t)")
        }
      }
    }

    /// All weight on two means next to each other, far from the middle of their block: the squares that
    /// are known cancel but for `|m_1 - m_0|^2`.
    @Test(arguments: [1e-2, 1e-4, 1e-6], [32, 64])
    func theTraceOfTwinsKeepsItsDigits(distance: Double, d: Int) throws {
      var random = SplitMix(seed: d)
      var means = random.vector(d * 150)
      for i in 0..<d { means[d + i] = means[i] + distance * means[i] * Double(i % 3) }
      let target = try GaussianMixture(dimension: d, means: means, stds: [0])
      guard case .isotropic(let family) = target.shape else { return }
      let expanded = try #require(ExpandedMixture(family, target.components))
      let schedule = try OptimalTransportPath().schedule(at: Time(0.5))
      let x = (0..<d).map { 0.5 * (means[$0] + means[d + $0]) * schedule.alpha }
      let (lanes, wide) = (x.map { Lanes($0) }, Schedule<Lanes>([schedule]))
      #expect(expanded.allows(lanes, wide)[0] == 1)
      let found = target.posterior(of: lanes, at: wide, .traces).covarianceTraceOverVariance[0]
      let expected = Expectation(family, x, schedule)
      let v = Float80(schedule.variance)
      #expect(
        abs(Float80(found) * v - expected.spread)
          <= 8 * Float80(0x1p-53) * (expected.spread + expected.spreadSensitivity))
    }

    /// Beside the way over differences, which the weights ask for.
    @Test(arguments: [0, 0.1, 0.4])
    func densityIsThatOfTheDifferences(t: Double) throws {
      let target = try Self.mixture(3, d: 30, count: 500, std: 0.1)
      let schedule = CosinePath().schedule(at: try Time(t))
      let x = Self.point(target, 1, at: schedule).map { Lanes($0) }
      let wide = Schedule<Lanes>([schedule])
      let own = target.posterior(of: x, at: wide, .means).logDensity[0]
      let other = target.posterior(of: x, at: wide, [.means, .weights]).logDensity[0]
      #expect(abs(own - other) <= 1e-13 * abs(other))
    }

    /// Rows of all times side by side: some of a group's lanes go one way and some the other.
    @Test func whichWayTheNeighboursGoChangesNoBit() throws {
      let target = try Self.mixture(4, d: 20, count: 300, std: 0)
      let field = MarginalField(path: try OptimalTransportPath(), target: target)
      let times = try (0..<43).map { try Time(Double($0 * 7 % 40) / 40) }
      let points = times.enumerated().flatMap { row, time in
        Self.point(target, UInt64(row), at: field.path.schedule(at: time))
      }
      for quantity in [MarginalQuantity.velocity, .score, .denoiser, .divergence] {
        let batch = try field.values(of: quantity, at: times, of: points)
        for row in times.indices {
          let alone = try field.value(
            of: quantity, at: times[row], of: Array(points[row * 20..<(row + 1) * 20]))
          let rows = row * alone.count..<(row + 1) * alone.count
          #expect(bits(alone) == bits(Array(batch[rows])), "\(quantity), row \(row)")
        }
      }
    }
  }
#endif
