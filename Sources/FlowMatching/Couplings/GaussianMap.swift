/// The optimal transport map between two Gaussians, for the cost `|x0 - x1|^2`: affine, with a
/// symmetric positive semidefinite matrix,
///
///     T(x) = m1 + A (x - m0),   A = S0^(-1/2) (S0^(1/2) S1 S0^(1/2))^(1/2) S0^(-1/2).
///
/// With factors `S = L L^T` from Cholesky and the singular value decomposition `L1^T L0 = W Sigma Y^T` this is
///
///     A = Z Sigma Z^T,  L0^T Z = Y     or     A = X Sigma^-1 X^T,  X = L1 W.
///
/// No matrix is squared, no square root is taken of a difference, and A is symmetric to the bit. Axes of very
/// different scales keep their own digits in the first form where they are those of S0 and in the second where
/// they are those of S1, because the columns that one-sided rotations turn then have these scales.
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
    let directions =
      factor0.grading >= factor1.grading
      ? Self.fromSource(factor0, factor1) : Self.fromTarget(factor0, factor1)
    var matrix = [Double](repeating: 0, count: d * d)
    for i in 0..<d {
      for j in 0...i {
        let entry = blockedSum(directions.count) { k in
          directions[k].axis[i] * (directions[k].stretch * directions[k].axis[j])
        }
        (matrix[i * d + j], matrix[j * d + i]) = (entry, entry)
      }
    }
    dimension = d
    self.mean0 = mean0
    self.mean1 = mean1
    self.matrix = matrix
    let shift = blockedSum(d) { (mean1[$0] - mean0[$0]) * (mean1[$0] - mean0[$0]) }
    let spread = blockedSum(d * d) { index in
      let (a, i) = (index / d, index % d)
      let moved = directions.reduce(0.0) { $0 + $1.axis[i] * $1.moved[a] }
      let difference = factor0.columns[a][i] - moved
      return difference * difference
    }
    squaredDistance = shift + spread
  }

  /// One term of `A = sum stretch axis axis^T` and of `A L0 = sum axis moved^T`.
  private typealias Direction = (axis: [Double], stretch: Double, moved: [Double])

  /// `Z Sigma Z^T`.
  private static func fromSource(
    _ factor0: CholeskyFactor, _ factor1: CholeskyFactor
  ) -> [Direction] {
    let (columns, y) = rotated(factor0, factor1)
    // Where S1 has a lower rank, so has A; what else is left is rounding.
    return columns.map(length).enumerated().sorted { $0.element > $1.element }
      .prefix(factor1.rank).map { k, size in
        (factor0.solvedTransposed(y[k]), size, y[k].map { size * $0 })
      }
  }

  /// `X Sigma^-1 X^T`.
  private static func fromTarget(
    _ factor0: CholeskyFactor, _ factor1: CholeskyFactor
  ) -> [Direction] {
    let (columns, w) = rotated(factor1, factor0)
    return columns.indices.map { k in
      let size = length(columns[k])
      let axis = (0..<factor0.rank).map { i in
        blockedSum(factor1.rank) { factor1.columns[$0][i] * w[k][$0] }
      }
      return (axis, 1 / size, columns[k].map { $0 / size })
    }
  }

  /// The columns of `right^T left` turned until they are orthogonal, and the columns of the rotation.
  private static func rotated(
    _ left: CholeskyFactor, _ right: CholeskyFactor
  ) -> (columns: [[Double]], turned: [[Double]]) {
    let columns = left.columns.map { a in
      right.columns.map { b in blockedSum(a.count) { a[$0] * b[$0] } }
    }
    var turned = columns.indices.map { a in columns.indices.map { $0 == a ? 1.0 : 0.0 } }
    var rotations = OneSidedJacobi(columns: columns)
    rotations.orthogonalise { OneSidedJacobi.rotate(&turned, $0, $1, $2, $3) }
    return (rotations.columns, turned)
  }

  private static func length(_ column: [Double]) -> Double {
    blockedSum(column.count) { column[$0] * column[$0] }.squareRoot()
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
