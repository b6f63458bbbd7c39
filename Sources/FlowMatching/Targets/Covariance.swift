import RealModule

/// A symmetric positive semidefinite matrix with its eigenvalues, descending, and eigenvectors:
/// `S = Q diag(lambda) Q^T`.
///
/// By pivoted Cholesky factors and one-sided Jacobi rotations, which find small eigenvalues of
/// graded matrices to high relative accuracy.
///
/// *Reference*: Demmel and Veselic (1992); Golub and Van Loan, section 8.6.
struct Covariance: Sendable {
  let dimension: Int
  /// S, rows first.
  let entries: [Double]
  /// Descending; exact zeros for the missing ranks.
  let eigenvalues: [Double]
  /// Row i, column a: component i of eigenvector a.
  let eigenvectors: [Double]

  /// Entries that differ from their mirror images by the rounding of the larger of the two stand for
  /// their mean: what libraries compute as a covariance is often no more symmetric than that.
  /// - Throws: `dimensionMismatch`, `nonFinite`, or `outOfDomain` for a matrix that is not symmetric
  ///   or has a negative direction beyond rounding.
  init(_ entries: [Double], dimension d: Int, field: String) throws(FlowError) {
    guard entries.count == d * d else {
      throw FlowError.dimensionMismatch(field, entries.count, expected: d * d)
    }
    try FlowError.checkFinite(entries, field)
    var entries = entries
    for i in 0..<d {
      for j in 0..<i where entries[i * d + j] != entries[j * d + i] {
        let (a, b) = (entries[i * d + j], entries[j * d + i])
        guard abs(a - b) <= max(a.ulp, b.ulp) else {
          throw FlowError.outOfDomain(
            "\(field)[\(i)][\(j)]", a,
            accepted: "symmetric matrices (the mirrored entry is \(b))")
        }
        (entries[i * d + j], entries[j * d + i]) = (a / 2 + b / 2, a / 2 + b / 2)
      }
    }
    dimension = d
    self.entries = entries
    let factor = try CholeskyFactor(entries, dimension: d, field: field)
    (eigenvalues, eigenvectors) = Self.orthogonalised(factor, d)
  }

  /// Rotates the columns of `factor` until they are orthogonal; their squared lengths are the
  /// eigenvalues, and zeros are those of the missing ranks.
  private static func orthogonalised(
    _ factor: CholeskyFactor, _ d: Int
  ) -> (eigenvalues: [Double], eigenvectors: [Double]) {
    var rotations = OneSidedJacobi(columns: factor.columns)
    rotations.orthogonalise()
    let columns = rotations.columns
    let squares = (0..<d).map { a in
      a < columns.count ? blockedSum(d) { columns[a][$0] * columns[a][$0] } : 0
    }
    let order = (0..<d).sorted { squares[$0] != squares[$1] ? squares[$0] > squares[$1] : $0 < $1 }
    var basis: [[Double]] = []
    for a in order where squares[a] > 0 {
      let length = squares[a].squareRoot()
      basis.append(columns[a].map { $0 / length })
    }
    completeBasis(&basis, d)
    var vectors = [Double](repeating: 0, count: d * d)
    for a in 0..<d { for i in 0..<d { vectors[i * d + a] = basis[a][i] } }
    return (order.map { squares[$0] }, vectors)
  }

  /// Unit vectors orthogonal to the given ones, from the axes, by Gram and Schmidt, twice.
  private static func completeBasis(_ basis: inout [[Double]], _ d: Int) {
    while basis.count < d {
      var best: [Double] = []
      var bestSquare = -1.0
      for axis in 0..<d {
        var candidate = (0..<d).map { $0 == axis ? 1.0 : 0.0 }
        for _ in 0..<2 {
          for vector in basis {
            let along = blockedSum(d) { vector[$0] * candidate[$0] }
            for i in 0..<d { candidate[i] -= along * vector[i] }
          }
        }
        let square = blockedSum(d) { candidate[$0] * candidate[$0] }
        if square > bestSquare {
          best = candidate
          bestSquare = square
        }
      }
      basis.append(best.map { $0 / bestSquare.squareRoot() })
    }
  }
}
