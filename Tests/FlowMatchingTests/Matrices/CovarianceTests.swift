import Testing

@testable import FlowMatching

@Suite struct CovarianceTests {
  /// Mirrored entries that differ by rounding of the larger one, as a product A A^T in doubles has them.
  @Test func whatIsSymmetricUpToRoundingIsItsSymmetricPart() throws {
    let next = 1.0.nextUp
    let found = try Covariance([2, next, 1, 3], dimension: 2, field: "c")
    #expect(found.entries == [2, 1 + (next - 1) / 2, 1 + (next - 1) / 2, 3])
    #expect(
      try Covariance([2, 1, 1, 3], dimension: 2, field: "c").entries == [2, 1, 1, 3])
    for entries in [[2, 1 + 1e-12, 1, 3], [2, 1e-17, 0, 1], [2, -1, 1, 3]] {
      let error = #expect(throws: FlowError.self) {
        try Covariance(entries, dimension: 2, field: "c")
      }
      #expect(error?.code == .outOfDomain && error?.field == "c[1][0]")
    }
    let large = Double.greatestFiniteMagnitude
    let wide = try Covariance(
      [large, large / 2, (large / 2).nextUp, large], dimension: 2, field: "c")
    #expect(wide.entries[1].isFinite && wide.entries[1] == wide.entries[2])
  }

  private func covariance(_ entries: [Double], _ d: Int) throws(FlowError) -> Covariance {
    try Covariance(entries, dimension: d, field: "covariances[0]")
  }

  /// `G G^T` for whole-number G: exact entries.
  private func gram(_ factor: [[Double]]) -> [Double] {
    factor.flatMap { a in factor.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
  }

  @Test(arguments: 1...20)
  func theDecompositionGivesBackTheMatrixAndItsVectorsAreOrthonormal(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let d = 1 + random.index(below: 8)
    let rows = (0..<d).map { _ in random.vector(d + 1) }
    let entries = gram(rows)
    let s = try covariance(entries, d)
    for i in 0..<d {
      for j in 0..<d {
        var (rebuilt, product) = (0.0, 0.0)
        for a in 0..<d {
          rebuilt += s.eigenvectors[i * d + a] * s.eigenvalues[a] * s.eigenvectors[j * d + a]
          product += s.eigenvectors[a * d + i] * s.eigenvectors[a * d + j]
        }
        let scale = (entries[i * d + i] * entries[j * d + j]).squareRoot()
        #expect(abs(rebuilt - entries[i * d + j]) <= 1e-14 * scale)
        #expect(abs(product - (i == j ? 1 : 0)) <= 1e-14)
      }
    }
    #expect(s.eigenvalues == s.eigenvalues.sorted(by: >))
  }

  @Test func aDiagonalMatrixHasItsDiagonalAsEigenvaluesExactly() throws {
    let s = try covariance([0.25, 0, 0, 0, 4, 0, 0, 0, 1], 3)
    #expect(s.eigenvalues == [4, 1, 0.25])
  }

  @Test(arguments: [1, 2, 3])
  func missingRanksAreExactZeros(rank: Int) throws {
    let rows = [[1.0, 2, 0], [3, -1, 2], [0, 1, 1], [2, 2, -3], [1, 0, 4]].map {
      Array($0[..<rank])
    }
    let s = try covariance(gram(rows), 5)
    #expect(s.eigenvalues[..<rank].allSatisfy { $0 > 0 })
    #expect(s.eigenvalues[rank...].allSatisfy { $0 == 0 })
  }

  @Test func theZeroMatrixIsAPoint() throws {
    #expect(try covariance([0, 0, 0, 0], 2).eigenvalues == [0, 0])
  }

  @Test(arguments: [
    ([1.0, 2, 2, 1], 2), ([0, 1, 1, 0], 2), ([-1, 0, 0, 1], 2), ([1, 0, 0, -1e-300], 2),
    ([2, -1, -1.5, -1, 2, -1, -1.5, -1, 2], 3),
  ])
  func indefiniteMatricesAreRefused(entries: [Double], d: Int) {
    #expect(failure { try covariance(entries, d) }?.code == .outOfDomain)
  }

  @Test func anAsymmetricMatrixIsRefusedByItsEntry() {
    let error = failure { try covariance([1, 0.5, 0.25, 1], 2) }
    #expect(error?.code == .outOfDomain)
    #expect(error?.field == "covariances[0][1][0]")
  }

  #if arch(x86_64)
    @Test(arguments: 1...20)
    func gradedMatricesKeepTheirSmallEigenvalues(seed: Int) throws {
      var random = SplitMix(seed: seed)
      let (large, small) = (random.power(-20...20), random.power(-60...(-30)))
      let correlation = random.uniform(-0.9...0.9)
      let (a, c) = (large, large * small * small)
      let b = correlation * large * small
      let s = try covariance([a, b, b, c], 2)
      let (x, y, z) = (Float80(a), Float80(b), Float80(c))
      let half = (x - z) / 2
      let top = (x + z) / 2 + (half * half + y * y).squareRoot()
      let bottom = (x * z - y * y) / top
      #expect(abs(Float80(s.eigenvalues[0]) - top) <= 1e-15 * top)
      #expect(abs(Float80(s.eigenvalues[1]) - bottom) <= 1e-14 * bottom)
    }
  #endif
}
