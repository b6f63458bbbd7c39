import FlowMatching
import Testing

/// Points come in groups of eight lanes, in parallel: none of that may be visible.
@Suite struct LaneGroupTests {
  private struct Batch {
    let field: MarginalField
    let times: [Time<Double>]
    let points: [Double]
    let d: Int

    init(seed: Int, full: Bool, count: Int) throws {
      var random = SplitMix(seed: seed)
      let d = 3
      self.d = d
      let means = random.vector(d * 70)
      let target =
        full
        ? try GaussianMixture(
          dimension: d, means: Array(means[..<(d * 4)]),
          covariances: (0..<4).map { k in
            let b = 0.1 * Double(k)
            return [1, b, 0, b, 0.5, b / 2, 0, b / 2, 0.25]
          })
        : try GaussianMixture(
          dimension: d, means: means, stds: (0..<70).map { 0.1 + 0.01 * Double($0 % 7) })
      field = MarginalField(path: try VariancePreservingPath(), target: target)
      times = try (0..<count).map { _ in try random.time() }
      points = random.vector(d * count)
    }

    func values(_ quantity: MarginalQuantity, _ rows: [Int]) throws -> [[Double]] {
      let flat = try field.values(
        of: quantity, at: rows.map { times[$0] },
        of: rows.flatMap { points[$0 * d..<($0 + 1) * d] })
      let width = flat.count / rows.count
      return rows.indices.map { Array(flat[$0 * width..<($0 + 1) * width]) }
    }
  }

  @Test(arguments: MarginalQuantity.allCases, [false, true])
  func aPointAloneEqualsThePointInABatchToTheBit(quantity: MarginalQuantity, full: Bool) throws {
    let batch = try Batch(seed: 1, full: full, count: 37)
    let together = try batch.values(quantity, Array(0..<37))
    for row in 0..<37 {
      #expect(bits(try batch.values(quantity, [row])[0]) == bits(together[row]), "row \(row)")
    }
  }

  @Test(arguments: MarginalQuantity.allCases, 1...5)
  func noSplitOrOrderOfABatchChangesABit(quantity: MarginalQuantity, seed: Int) throws {
    let batch = try Batch(seed: seed, full: seed % 2 == 0, count: 100)
    let together = try batch.values(quantity, Array(0..<100))
    var random = SplitMix(seed: seed)
    var rest = random.shuffled(100)[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(1 + random.index(below: 30)))
      rest = rest.dropFirst(piece.count)
      for (row, values) in zip(piece, try batch.values(quantity, piece)) {
        #expect(bits(values) == bits(together[row]), "row \(row) in a piece of \(piece.count)")
      }
    }
  }

  @Test(arguments: ResidualMethod.allCases)
  func residualsDoNotDependOnTheBatchEither(method: ResidualMethod) throws {
    let batch = try Batch(seed: 9, full: false, count: 21)
    let together = try batch.field.continuityResiduals(
      at: batch.times, of: batch.points, method: method)
    for row in 0..<21 {
      let alone = try batch.field.continuityResiduals(
        at: [batch.times[row]], of: Array(batch.points[row * 3..<(row + 1) * 3]), method: method)
      #expect(
        bits([alone[0].residual, alone[0].scale])
          == bits([together[row].residual, together[row].scale]))
    }
  }

  @Test func oneTimeForAllEqualsTheSameTimeForEach() throws {
    let batch = try Batch(seed: 4, full: false, count: 20)
    let time = try Time(0.4)
    #expect(
      bits(try batch.field.velocities(at: [time], of: batch.points))
        == bits(
          try batch.field.velocities(
            at: [Time<Double>](repeating: time, count: 20), of: batch.points)))
  }

  @Test func repeatedCallsGiveTheSameBits() throws {
    let batch = try Batch(seed: 5, full: false, count: 400)
    let first = bits(try batch.field.velocities(at: batch.times, of: batch.points))
    for _ in 0..<5 {
      #expect(bits(try batch.field.velocities(at: batch.times, of: batch.points)) == first)
    }
  }

  @Test func ofSeveralFailuresTheFirstPointsIsThrown() throws {
    let cloud = try PointCloud.target(dimension: 1, points: [0, 1])
    let field = MarginalField(path: try PolynomialPath(exponent: 0.5), target: cloud)
    // Row 20 lies at the data (an atom), row 50 at the noise (an infinite slope).
    var times = [Time<Double>](repeating: try Time(0.5), count: 64)
    (times[20], times[50]) = (.end, .start)
    let points = [Double](repeating: 0.25, count: 64)
    #expect(
      failure { try field.velocities(at: times, of: points) }
        == failure { try field.velocities(at: [.end], of: [0.25]) })
    (times[20], times[50]) = (.start, .end)
    #expect(
      failure { try field.velocities(at: times, of: points) }
        == failure { try field.velocities(at: [.start], of: [0.25]) })
  }
}
