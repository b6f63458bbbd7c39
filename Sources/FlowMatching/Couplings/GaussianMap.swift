/// The optimal transport map between two Gaussians, for the cost `|x0 - x1|^2`: affine, with a
/// symmetric positive semidefinite matrix,
///
///     T(x) = m1 + A (x - m0),   A = S0^(-1/2) (S0^(1/2) S1 S0^(1/2))^(1/2) S0^(-1/2).
///
/// With factors `S = L L^T` and the singular value decomposition `L1^T L0 = W Sigma Y^T` this is
/// `A = L1 W Y^T L0^(-1)`: no matrix is squared and no square root is taken of a difference.
///
/// *Accuracy*: 8 u (|y| + sensitivity) on the fixtures.
///
/// *Proof*: `gaussian_flow_monotone` (increasing on every axis, which in 1-D makes a map optimal).
///
/// *Reference*: Olkin and Pukelsheim (1982); Takatsu (2011) for the geometry.
public struct GaussianMap: Sendable {
  public let dimension: Int
  /// `W_2^2 = |m0 - m1|^2 + tr(S0 + S1 - 2 (S0^(1/2) S1 S0^(1/2))^(1/2))`, the cost of the map; its
  /// second part is `|L0 - L1 W Y^T|_F^2`, which does not cancel.
  public let squaredDistance: Double

  private let mean0: [Double]
  private let mean1: [Double]
  /// `L0^-1`, rows first.
  private let whitening: [Double]
  /// `L1 W Y^T`, rows first.
  private let colouring: [Double]

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
    guard first.eigenvalues[d - 1] > 0 else {
      throw FlowError.singular(
        "covariance0", "it has no inverse, and mass on a subspace is not spread by a map")
    }
    let scales0 = first.eigenvalues.map { $0.squareRoot() }
    let scales1 = second.eigenvalues.map { $0.squareRoot() }
    var whitening = [Double](repeating: 0, count: d * d)
    var factor0 = whitening
    var factor1 = whitening
    for i in 0..<d {
      for a in 0..<d {
        whitening[a * d + i] = first.eigenvectors[i * d + a] / scales0[a]
        factor0[i * d + a] = first.eigenvectors[i * d + a] * scales0[a]
        factor1[i * d + a] = second.eigenvectors[i * d + a] * scales1[a]
      }
    }
    // M^T = L0^T L1, whose columns belong to the axes of S1: empty ones come last.
    let rank = second.eigenvalues.count { $0 > 0 }
    let columns = (0..<rank).map { b in
      (0..<d).map { a in blockedSum(d) { factor0[$0 * d + a] * factor1[$0 * d + b] } }
    }
    let polar = OneSidedJacobi.polarFactor(of: columns)
    var colouring = [Double](repeating: 0, count: d * d)
    for i in 0..<d {
      for a in 0..<d {
        colouring[i * d + a] = blockedSum(rank) { factor1[i * d + $0] * polar[$0][a] }
      }
    }
    dimension = d
    self.mean0 = mean0
    self.mean1 = mean1
    self.whitening = whitening
    self.colouring = colouring
    let shift = blockedSum(d) { (mean1[$0] - mean0[$0]) * (mean1[$0] - mean0[$0]) }
    let spread = blockedSum(d * d) { index in
      let difference = factor0[index] - colouring[index]
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
    let white = (0..<d).map { a in
      blockedSum(d) { whitening[a * d + $0] * (x[$0] - mean0[$0]) }
    }
    return (0..<d).map { i in
      mean1[i] + blockedSum(d) { colouring[i * d + $0] * white[$0] }
    }
  }
}
