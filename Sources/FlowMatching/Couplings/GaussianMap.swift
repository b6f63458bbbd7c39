/// The optimal transport map between two Gaussians, for the cost `|x0 - x1|^2`: affine, with a
/// symmetric positive semidefinite matrix,
///
///     T(x) = m1 + A (x - m0),   A = S0^(-1/2) (S0^(1/2) S1 S0^(1/2))^(1/2) S0^(-1/2).
///
/// With factors `S = L L^T` from Cholesky and the singular value decomposition `L1^T L0 = W Sigma Y^T` this is
/// `A = Z Sigma Z^T` for `L0^T Z = Y`: no matrix is squared, no square root is taken of a difference, A is
/// symmetric to the bit, and axes of very different scales keep their own digits, since triangular
/// systems and one-sided rotations do.
///
/// *Accuracy*: 8 u (|y| + sensitivity) on the fixtures.
///
/// *Proof*: `gaussian_flow_monotone` (increasing on every axis, which in 1-D makes a map optimal).
///
/// *Reference*: Olkin and Pukelsheim (1982); Takatsu (2011) for the geometry; Demmel and Veselic (1992) for
/// graded matrices.
public struct GaussianMap: Sendable {
  public let dimension: Int
  /// `W_2^2 = |m0 - m1|^2 + tr(S0 + S1 - 2 (S0^(1/2) S1 S0^(1/2))^(1/2))`, the cost of the map; its
  /// second part is `|L0 - A L0|_F^2`, which does not cancel.
  public let squaredDistance: Double

  private let mean0: [Double]
  private let mean1: [Double]
  /// A, rows first.
  let matrix: [Double]

  /// - Parameters:
  ///   - covariance0: Rows of S0, positive definite.
  ///   - covariance1: Rows of S1, positive semidefinite.
  /// - Throws: `dimensionMismatch`, `nonFinite`; `outOfDomain` for a matrix that is not symmetric
  ///   positive semidefinite; `singular` where S0 has no inverse (mass on a subspace cannot be
  ///   spread by a map).
  public init(
    mean0: [Double], covariance0: [Double], mean1: [Double], covariance1: [Double]
  ) throws(FlowError) {
    let d = mean0.count
    guard d > 0 else { throw FlowError.dimensionMismatch("mean0", 0, expected: 1) }
    guard mean1.count == d else {
      throw FlowError.dimensionMismatch("mean1", mean1.count, expected: d)
    }
    try FlowError.checkFinite(mean0, "mean0")
    try FlowError.checkFinite(mean1, "mean1")
    let first = try Covariance(covariance0, dimension: d, field: "covariance0")
    let second = try Covariance(covariance1, dimension: d, field: "covariance1")
    let factor0 = try CholeskyFactor(first.entries, dimension: d, field: "covariance0")
    let factor1 = try CholeskyFactor(second.entries, dimension: d, field: "covariance1")
    guard factor0.rank == d else {
      throw FlowError.singular(
        "covariance0", "it has no inverse, and mass on a subspace is not spread by a map")
    }
    // The columns of L1^T L0; rotating them builds Y.
    let columns = (0..<d).map { a in
      (0..<factor1.rank).map { b in
        blockedSum(d) { factor0.columns[a][$0] * factor1.columns[b][$0] }
      }
    }
    var turned = (0..<d).map { a in (0..<d).map { $0 == a ? 1.0 : 0.0 } }
    var rotations = OneSidedJacobi(columns: columns)
    rotations.orthogonalise { OneSidedJacobi.rotate(&turned, $0, $1, $2, $3) }
    let lengths = rotations.columns.map { column in
      blockedSum(column.count) { column[$0] * column[$0] }.squareRoot()
    }
    // Where S1 has a lower rank, so has A; what else is left is rounding.
    let kept = (0..<d).sorted { lengths[$0] > lengths[$1] }.prefix(factor1.rank)
    let directions = kept.map { (length: lengths[$0], z: factor0.solvedTransposed(turned[$0])) }
    var matrix = [Double](repeating: 0, count: d * d)
    for i in 0..<d {
      for j in 0...i {
        let entry = blockedSum(directions.count) { k in
          directions[k].z[i] * (directions[k].length * directions[k].z[j])
        }
        (matrix[i * d + j], matrix[j * d + i]) = (entry, entry)
      }
    }
    dimension = d
    self.mean0 = mean0
    self.mean1 = mean1
    self.matrix = matrix
    let shift = blockedSum(d) { (mean1[$0] - mean0[$0]) * (mean1[$0] - mean0[$0]) }
    // A L0 = Z Sigma Y^T, column by column.
    let spread = blockedSum(d * d) { index in
      let (a, i) = (index / d, index % d)
      let moved = zip(directions, kept).reduce(0.0) { sum, pair in
        sum + pair.0.z[i] * (pair.0.length * turned[pair.1][a])
      }
      let difference = factor0.columns[a][i] - moved
      return difference * difference
    }
    squaredDistance = shift + spread
  }

  /// `T(x)`.
  /// - Throws: `dimensionMismatch`, `nonFinite`.
  public func callAsFunction(_ x: [Double]) throws(FlowError) -> [Double] {
    let d = dimension
    guard x.count == d else { throw FlowError.dimensionMismatch("x", x.count, expected: d) }
    try FlowError.checkFinite(x, "x")
    return (0..<d).map { i in
      mean1[i] + blockedSum(d) { matrix[i * d + $0] * (x[$0] - mean0[$0]) }
    }
  }
}
