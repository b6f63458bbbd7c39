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

  /// Of a matrix whose mirrored entries differ by rounding, `2 d u` of the larger one, the symmetric part.
  /// - Throws: `dimensionMismatch`, `nonFinite`, or `outOfDomain` for a matrix that is not symmetric
  ///   or has a negative direction beyond rounding.
  init(_ entries: [Double], dimension d: Int, field: String) throws(FlowError) {
    guard entries.count == d * d else {
      throw FlowError.dimensionMismatch(field, entries.count, expected: d * d)
    }
    try FlowError.checkFinite(entries, field)
    let entries = try Self.symmetricPart(of: entries, d, field)
    dimension = d
    self.entries = entries
    let factor = try CholeskyFactor(entries, dimension: d, field: field)
    (eigenvalues, eigenvectors) = Self.orthogonalised(factor, d)
  }

  private static func symmetricPart(
    of entries: [Double], _ d: Int, _ field: String
  ) throws(FlowError) -> [Double] {
    var result = entries
    for i in 0..<d {
      for j in 0..<i where entries[i * d + j] != entries[j * d + i] {
        let (below, above) = (entries[i * d + j], entries[j * d + i])
        // Halves do not overflow.
        let middle = below / 2 + above / 2
        guard abs(below / 2 - above / 2) <= Double(d) * 0x1p-53 * max(abs(below), abs(above)) else {
          throw FlowError.outOfDomain(
            "\(field)[\(i)][\(j)]", below,
            accepted: "symmetric matrices (the mirrored entry is \(above))")
        }
        (result[i * d + j], result[j * d + i]) = (middle, middle)
      }
    }
    return result
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
