import Testing

@testable import FlowMatching

/// Blocks of components are left out where they cannot change a bit: the whole sum is the judge.
@Suite struct SkippedBlocksTests {
  enum Kind: CaseIterable { case cloud, equalStds, stds, full }

  static let times = [0, 1e-3, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999, 1 - 1e-4, 1 - 1e-8]

  private func mixture(
    _ kind: Kind, _ random: inout SplitMix, d: Int, count: Int, weighted: Bool
  ) throws -> GaussianMixture {
    // Clusters, some points twice, and one far away.
    var means = random.vector(d * count)
    for k in 0..<count {
      let center = Double(k % 5) - 2
      for i in 0..<d { means[k * d + i] = center + 0.3 * means[k * d + i] }
      if k % 50 == 49 { for i in 0..<d { means[k * d + i] = means[(k - 1) * d + i] } }
    }
    for i in 0..<d { means[i] = 40 }
    let weights = weighted ? (0..<count).map { _ in random.power(-200...200) } : nil
    switch kind {
    case .cloud:
      return try PointCloud.target(dimension: d, points: means, weights: weights)
    case .equalStds:
      return try GaussianMixture(dimension: d, means: means, stds: [0.01], weights: weights)
    case .stds:
      return try GaussianMixture(
        dimension: d, means: means, stds: (0..<count).map { _ in random.power(-4...0) },
        weights: weights)
    case .full:
      let scales = (0..<count).map { _ in random.power(-3...0) }
      return try GaussianMixture(
        dimension: d, means: means,
        covariances: scales.map { s in
          (0..<d * d).map { $0 % (d + 1) == 0 ? s * Double(1 + $0 % 3) : s * 0.3 }
        }, weights: weights)
    }
  }

  /// The posterior with every component looked at, or only those that `components` leaves over.
  private func plain<S: Scalar>(
    _ target: GaussianMixture, _ x: [S], _ schedule: Schedule<S>, _ wanted: Moments,
    skipping: Bool = false
  ) -> Posterior<S> {
    let all = target.components
    let components =
      skipping ? all : MixtureComponents(weights: all.weights, logWeights: all.logWeights)
    func posterior(_ family: some GaussianFamily) -> Posterior<S> {
      mixturePosterior(family, components, [x], [schedule], wanted, leavingOut: false)[0]
    }
    switch target.shape {
    case .isotropic(let family) where family.isUniform:
      return posterior(EqualSpreadFamily(base: family))
    case .isotropic(let family): return posterior(family)
    case .full(let family): return posterior(family)
    }
  }

  private func bits(_ lanes: [Lanes]) -> [UInt64] {
    lanes.flatMap { value in (0..<Lanes.count).map { value[$0].bitPattern } }
  }

  private func bits(_ p: Posterior<Lanes>) -> [UInt64] {
    bits(
      p.denoiser + p.negativeScore + p.denoiserJacobian + p.negativeScoreJacobian + p.covariance
        + [
          p.logDensity, p.denoiserTrace, p.negativeScoreTrace, p.covarianceTraceOverVariance,
          p.alphaRate, p.varianceRate,
        ])
  }

  /// Queries along the way from noise to data, beside it, and far off.
  private func queries(
    _ target: GaussianMixture, _ random: inout SplitMix, _ schedule: Schedule<Double>
  ) -> [Lanes] {
    let stream = RandomStream(seed: random.next(), stream: 0)
    var x = [Lanes](repeating: 0.0, count: target.dimension)
    for lane in 0..<Lanes.count {
      let data = target.sample(UInt64(lane), from: stream)
      for i in x.indices {
        x[i][lane] =
          lane == 7
          ? 1e5 : schedule.alpha * data[i] + schedule.sigma * random.uniform(-2...2)
      }
    }
    return x
  }

  @Test(arguments: Kind.allCases, [1, 2, 5])
  func noBitChangesByWhatIsLeftOut(kind: Kind, d: Int) throws {
    var random = SplitMix(seed: d)
    let count = kind == .full ? 200 : 700
    for weighted in [false, true] {
      let target = try mixture(kind, &random, d: d, count: count, weighted: weighted)
      for t in Self.times {
        let scalar = CosinePath().schedule(at: try Time(t))
        let schedule = Schedule<Lanes>([scalar])
        let x = queries(target, &random, scalar)
        for wanted: Moments in [.means, [.means, .traces, .rates], .jacobians] {
          let whole = plain(target, x, schedule, wanted)
          #expect(
            bits(plain(target, x, schedule, wanted, skipping: true)) == bits(whole),
            "t = \(t), weighted: \(weighted)")
        }
        let weights = target.posterior(of: x, at: schedule, .weights).weights
        let expected = plain(target, x, schedule, .weights).weights
        #expect(bits(target.places.map { weights[$0] }) == bits(expected), "weights at t = \(t)")
      }
    }
  }

  /// In many dimensions fours of components are left out of blocks too.
  @Test(arguments: [Kind.cloud, .equalStds, .stds])
  func noBitChangesInManyDimensions(kind: Kind) throws {
    var random = SplitMix(seed: 16)
    for weighted in [false, true] {
      let target = try mixture(kind, &random, d: 16, count: 300, weighted: weighted)
      for t in Self.times {
        let scalar = CosinePath().schedule(at: try Time(t))
        let schedule = Schedule<Lanes>([scalar])
        let x = queries(target, &random, scalar)
        for wanted: Moments in [.means, [.means, .traces, .rates]] {
          #expect(
            bits(plain(target, x, schedule, wanted, skipping: true))
              == bits(plain(target, x, schedule, wanted)), "t = \(t), weighted: \(weighted)")
        }
      }
    }
  }

  @Test func derivativesLoseNoBitEither() throws {
    var random = SplitMix(seed: 7)
    let target = try mixture(.cloud, &random, d: 2, count: 400, weighted: true)
    for t in [0.5, 0.99] {
      let scalar = CosinePath().schedule(at: try Time(t))
      let schedule = Schedule<Dual<Lanes>>(constant: Schedule<Lanes>([scalar]))
      let x = queries(target, &random, scalar).map { Dual($0, 1.0) }
      let got = plain(target, x, schedule, .means, skipping: true)
      let expected = plain(target, x, schedule, .means)
      #expect(
        bits(got.denoiser.map(\.derivative)) == bits(expected.denoiser.map(\.derivative)))
      #expect(bits([got.logDensity.derivative]) == bits([expected.logDensity.derivative]))
    }
  }

  @Test(arguments: Kind.allCases)
  func noLogitExceedsTheBoundOfItsBlock(kind: Kind) throws {
    var random = SplitMix(seed: 11)
    let target = try mixture(kind, &random, d: 3, count: 300, weighted: true)
    let bounds = try #require(target.components.bounds)
    for t in Self.times {
      let scalar = CosinePath().schedule(at: try Time(t))
      let schedule = Schedule<Lanes>([scalar])
      let x = queries(target, &random, scalar)
      var upper = [Lanes](repeating: 0.0, count: bounds.count)
      bounds.fill(&upper, x, schedule)
      for k in 0..<300 {
        let logit =
          switch target.shape {
          case .isotropic(let family): family.logit(k, x, schedule)
          case .full(let family): family.logit(k, x, schedule)
          }
        for lane in 0..<Lanes.count {
          #expect(
            logit[lane] + target.components.logWeights[k] <= upper[k / BlockBounds.size][lane],
            "component \(k) at t = \(t)")
        }
      }
    }
  }

  @Test func nearTheDataNearlyAllBlocksAreLeftOut() throws {
    var random = SplitMix(seed: 3)
    let target = try PointCloud.target(dimension: 2, points: random.vector(2 * 64 * 400))
    guard case .isotropic(let family) = target.shape else { return }
    func seen(_ t: Double) throws -> Int {
      let schedule = Schedule<Lanes>([CosinePath().schedule(at: try Time(t))])
      let x = (0..<2).map { schedule.alpha.scaled(by: family.means[6400 + $0]) }
      let equal = EqualSpreadFamily(base: family)
      let scratch = BlockScratch(dimension: 2, points: [x], blockCount: 400)
      var search = HeaviestComponent(0, equal, target.components, schedule, .exact, scratch)
      for block in 0..<400 where search.canBe(in: block) {
        search.visit(block, equal, target.components, scratch)
      }
      return (0..<400).count { search.canMatter($0, .exact) }
    }
    #expect(try seen(0.3) == 400)
    #expect(try seen(0.999) <= 20)
    #expect(try seen(1 - 1e-6) == 1)
  }

  /// Sums that differ by what is left out may round differently, by u of their largest term.
  @Test(arguments: Kind.allCases, [1, 3])
  func whatIsLeftOutIsBelowARoundingError(kind: Kind, d: Int) throws {
    var random = SplitMix(seed: 20 + d)
    for weighted in [false, true] {
      let target = try mixture(
        kind, &random, d: d, count: kind == .full ? 200 : 700, weighted: weighted)
      for t in Self.times {
        let scalar = CosinePath().schedule(at: try Time(t))
        let schedule = Schedule<Lanes>([scalar])
        let x = queries(target, &random, scalar)
        let got = target.posterior(of: x, at: schedule, [.means, .traces])
        let whole = plain(target, x, schedule, [.means, .traces])
        for lane in 0..<Lanes.count {
          for i in 0..<d {
            let scale = abs(whole.denoiser[i][lane]) + 40
            #expect(abs(got.denoiser[i][lane] - whole.denoiser[i][lane]) <= 0x1p-50 * scale)
            let slope = scalar.alpha / max(scalar.variance, 1e-8) * scale
            #expect(
              abs(got.negativeScore[i][lane] - whole.negativeScore[i][lane])
                <= 0x1p-50 * (abs(whole.negativeScore[i][lane]) + slope))
          }
          let (a, b) = (
            got.covarianceTraceOverVariance[lane], whole.covarianceTraceOverVariance[lane]
          )
          #expect(abs(a - b) <= 0x1p-48 * b, "t = \(t)")
          #expect(abs(got.logDensity[lane] - whole.logDensity[lane]) <= 0x1p-50 * 1e3)
        }
      }
    }
  }

  /// A pixel that is zero in the images nearby: all of the denoiser there comes from faint components.
  @Test func aFaintCoordinateKeepsItsDigits() throws {
    let near = (0..<100).flatMap { k -> [Double] in [0, 0.01 * Double(k)] }
    let far = (0..<100).flatMap { k -> [Double] in [1, 5 + 0.01 * Double(k)] }
    let target = try PointCloud.target(dimension: 2, points: near + far)
    let field = MarginalField(path: try OptimalTransportPath(), target: target)
    for t in [0.5, 0.7, 0.8, 0.85] {
      let scalar = try OptimalTransportPath().schedule(at: Time(t))
      let x = [0.01, 0.25]
      let schedule = Schedule<Lanes>([scalar])
      let whole = plain(target, x.map { Lanes($0) }, schedule, .means)
      let got = try field.value(of: .denoiser, at: try Time(t), of: x)
      #expect(whole.denoiser[0][0] > 0 && whole.denoiser[0][0] < 1e-4)
      #expect(got[0] == whole.denoiser[0][0], "t = \(t)")
    }
  }

  @Test(arguments: 1...5)
  func aCompactOrderIsAPermutationWhoseLeavesAreSmall(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let count = 64 * 64 + seed
    let rows = random.vector(2 * count)
    let order = compactOrder(rows, dimension: 2, leaf: 64)
    #expect(order.sorted() == Array(0..<count))
    func extent(_ rows: [Double], _ chosen: ArraySlice<Int>) -> Double {
      (0..<2).map { i in
        let values = chosen.map { rows[$0 * 2 + i] }
        return values.max()! - values.min()!
      }.max()!
    }
    // 64 leaves tile the square: an eighth of its side each, on average.
    let sides = stride(from: 0, to: 64 * 64, by: 64).map { extent(rows, order[$0..<$0 + 64]) }
    #expect(sides.reduce(0, +) / 64 <= extent(rows, order[...]) / 4)
  }
}
