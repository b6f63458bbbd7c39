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

  /// - Throws: `dimensionMismatch`, `nonFinite`, or `outOfDomain` for a matrix that is not symmetric
  ///   or has a negative direction beyond rounding.
  init(_ entries: [Double], dimension d: Int, field: String) throws(FlowError) {
    guard entries.count == d * d else {
      throw FlowError.dimensionMismatch(field, entries.count, expected: d * d)
    }
    try FlowError.checkFinite(entries, field)
    for i in 0..<d {
      for j in 0..<i where entries[i * d + j] != entries[j * d + i] {
        throw FlowError.outOfDomain(
          "\(field)[\(i)][\(j)]", entries[i * d + j],
          accepted: "symmetric matrices (the mirrored entry is \(entries[j * d + i]))")
      }
    }
    dimension = d
    self.entries = entries
    let factor = try Self.choleskyFactor(entries, d, field)
    (eigenvalues, eigenvectors) = Self.orthogonalised(factor, d)
  }

  /// `G` with `G G^T = S`, columns in the order of the pivots.
  private static func choleskyFactor(
    _ entries: [Double], _ d: Int, _ field: String
  ) throws(FlowError) -> [Double] {
    var rest = entries
    var factor = [Double](repeating: 0, count: d * d)
    var open = Array(0..<d)
    for column in 0..<d {
      let position = open.indices.max { rest[open[$0] * (d + 1)] < rest[open[$1] * (d + 1)] }!
      let pivot = open[position]
      let value = rest[pivot * (d + 1)]
      // What is left of the diagonal after exact arithmetic would be zero: rounding of the entries.
      let noise = Double(d) * 0x1p-52 * entries[pivot * (d + 1)]
      if value <= noise {
        for i in open where rest[i * (d + 1)] < -Double(d) * 0x1p-52 * abs(entries[i * (d + 1)]) {
          throw FlowError.outOfDomain(
            field, "a matrix with the pivot \(rest[i * (d + 1)])",
            accepted: "positive semidefinite matrices")
        }
        if let bad = leftover(rest, entries, open, d) {
          throw FlowError.outOfDomain(
            field, "a matrix with the minor \(bad)", accepted: "positive semidefinite matrices")
        }
        break
      }
      open.remove(at: position)
      let root = value.squareRoot()
      factor[pivot * d + column] = root
      for i in open { factor[i * d + column] = rest[i * d + pivot] / root }
      for i in open {
        for j in open {
          rest[i * d + j] -= factor[i * d + column] * factor[j * d + column]
        }
      }
    }
    return factor
  }

  /// An off-diagonal entry that cannot stand beside zero diagonals.
  private static func leftover(
    _ rest: [Double], _ entries: [Double], _ open: [Int], _ d: Int
  ) -> Double? {
    for i in open {
      for j in open where i != j {
        let scale = (entries[i * (d + 1)] * entries[j * (d + 1)]).squareRoot()
        if abs(rest[i * d + j]) > 2 * Double(d) * 0x1p-52 * scale { return rest[i * d + j] }
      }
    }
    return nil
  }

  /// Rotates the columns of `factor` until they are orthogonal; their squared lengths are the
  /// eigenvalues.
  private static func orthogonalised(
    _ factor: [Double], _ d: Int
  ) -> (eigenvalues: [Double], eigenvectors: [Double]) {
    var rotations = OneSidedJacobi(columns: (0..<d).map { a in (0..<d).map { factor[$0 * d + a] } })
    rotations.orthogonalise()
    let columns = rotations.columns
    let squares = columns.map { column in blockedSum(d) { column[$0] * column[$0] } }
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
