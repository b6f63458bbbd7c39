import Testing

@testable import FlowMatching

/// Small mixtures have a way of their own through batches: it must give what the general one gives.
@Suite struct SmallBatchTests {
  private static let quantities: [MarginalQuantity] = [
    .velocity, .score, .denoiser, .noisePrediction, .vPrediction, .divergence,
  ]

  private struct Case {
    let field: MarginalField
    let times: [Time<Double>]
    let points: [Double]
    var d: Int { field.dimension }
    var count: Int { times.count }

    /// One to four axes, one to 64 components, equal and unequal weights, clouds among them.
    init(seed: Int, _ path: any ProbabilityPath = CosinePath()) throws {
      var random = SplitMix(seed: seed)
      let d = 1 + seed % 4
      let components = [1, 2, 3, 8, 37, 64][seed % 6]
      let target = try GaussianMixture(
        dimension: d, means: random.vector(d * components), stds: [seed % 3 == 0 ? 0 : 0.3],
        weights: seed % 2 == 0 ? nil : (0..<components).map { 1 + Double($0 % 5) })
      field = MarginalField(path: path, target: target)
      let count = 1 + 7 * seed
      times = try (0..<count).map { _ in try random.time() }
      points = random.vector(d * count)
    }

    func row(_ row: Int) -> [Double] { Array(points[row * d..<(row + 1) * d]) }
  }

  /// Asking for the weights as well switches off all that is left out.
  @Test(arguments: 0..<24)
  func valuesEqualThoseOfTheGeneralMixtureToTheBit(seed: Int) throws {
    let test = try Case(seed: seed)
    #expect(test.field.abilities.small != nil)
    for quantity in Self.quantities {
      let batch = try test.field.values(of: quantity, at: test.times, of: test.points)
      for row in 0..<test.count {
        let schedule = Schedule<Lanes>([test.field.path.schedule(at: test.times[row])])
        let x = test.row(row).map { Lanes($0) }
        let posterior = try test.field.target.posterior(
          of: x, at: schedule, [.means, .traces, .weights])
        let general = quantity.lanes(posterior, at: schedule, x: x).map { $0[0] }
        #expect(
          bits(Array(batch[row * general.count..<(row + 1) * general.count])) == bits(general),
          "\(quantity), row \(row)")
      }
    }
  }

  @Test(arguments: 0..<24)
  func aPointAloneEqualsThePointInABatchToTheBit(seed: Int) throws {
    let test = try Case(seed: seed)
    for quantity in Self.quantities {
      let batch = try test.field.values(of: quantity, at: test.times, of: test.points)
      for row in 0..<test.count {
        let alone = try test.field.value(of: quantity, at: test.times[row], of: test.row(row))
        let rows = row * alone.count..<(row + 1) * alone.count
        #expect(bits(alone) == bits(Array(batch[rows])))
      }
      let shared = try test.field.values(of: quantity, at: [test.times[0]], of: test.points)
      let repeated = try test.field.values(
        of: quantity, at: [Time](repeating: test.times[0], count: test.count), of: test.points)
      #expect(bits(shared) == bits(repeated))
    }
  }

  @Test(arguments: 0..<12)
  func velocityAndDivergenceTogetherEqualEachAlone(seed: Int) throws {
    let test = try Case(seed: seed)
    for times in [test.times, [test.times[0]]] {
      let both = try test.field.divergences(at: times, of: test.points)
      let velocity = try test.field.values(of: .velocity, at: times, of: test.points)
      let divergence = try test.field.values(of: .divergence, at: times, of: test.points)
      #expect(bits(both.velocities) == bits(velocity))
      #expect(bits(both.divergences) == bits(divergence))
    }
  }

  @Test(arguments: 0..<12)
  func eightLanesEqualTheBatchToTheBit(seed: Int) throws {
    let paths: [any ProbabilityPath] = [
      try OptimalTransportPath(), try OptimalTransportPath(sigmaMin: 0.01),
      try VariancePreservingPath(), CosinePath(), try PolynomialPath(exponent: 2),
    ]
    for path in paths {
      let test = try Case(seed: seed + 8, path)
      var x = [Lanes](repeating: Lanes(0.0), count: test.d)
      var (t, remaining) = (Lanes(0.0), Lanes(0.0))
      for lane in 0..<Lanes.count {
        for i in 0..<test.d { x[i][lane] = test.row(lane)[i] }
        (t[lane], remaining[lane]) = (test.times[lane].t, test.times[lane].remaining)
      }
      var velocity = x
      try test.field.velocity(at: Time(t: t, remaining: remaining), of: x, into: &velocity)
      for lane in 0..<Lanes.count {
        let value = try test.field.value(
          of: .velocity, at: test.times[lane], of: test.row(lane))
        #expect(bits(velocity.map { $0[lane] }) == bits(value), "\(path.kind), lane \(lane)")
      }
    }
  }

  /// Of several troubles a point that is no number is said first, then the first row's.
  @Test func troublesAreThoseOfTheFirstRow() throws {
    let cloud = try GaussianMixture(dimension: 2, means: [0, 1, 1, 0], stds: [0])
    let field = MarginalField(path: try OptimalTransportPath(), target: cloud)
    let half = try Time(0.5)
    for quantity in Self.quantities {
      func code(_ times: [Time<Double>], _ points: [Double]) -> FlowError.Code? {
        do throws(FlowError) {
          _ = try field.values(of: quantity, at: times, of: points)
          return nil
        } catch {
          return error.code
        }
      }
      #expect(code([.end], [0, 1]) == .singular)
      #expect(code([.end], [0, .nan]) == .nonFinite)
      #expect(code([half, .end], [0, 1, 2, 3]) == .singular)
      #expect(code([half, .end], [0, 1, 2, .infinity]) == .nonFinite)
      #expect(code([half], [0, 1, 2]) == .dimensionMismatch)
      #expect(code([half, half, half], [0, 1, 2, 3]) == .dimensionMismatch)
      #expect(code([half], []) == nil)
      #expect(try field.values(of: quantity, at: [half], of: []) == [])
    }
    #expect(throws: FlowError.self) {
      try field.velocities(at: [half], of: [.greatestFiniteMagnitude, 0])
    }
  }
}
