/// Hutchinson's estimate of a trace: `E[z.Az] = tr A` for probes z with independent components of
/// mean 0 and variance 1.
///
/// *Reference*: Hutchinson (1990); Grathwohl et al. (2019) for its use in likelihoods.
public enum TraceEstimate {
  /// The law of a probe's components.
  public enum Law: String, Sendable, CaseIterable, Explained {
    /// -1 or 1.
    case rademacher
    /// Standard normal.
    case gaussian

    package var help: String {
      switch self {
      case .rademacher: "-1 or 1 on every axis"
      case .gaussian: "standard normal"
      }
    }

    /// The variance of `z.Az` for one probe: `sum_(i<j) (A_ij + A_ji)^2` for Rademacher probes,
    /// `2 |(A + A^T)/2|_F^2` for Gaussian ones. The mean of k probes has a k-th of it.
    /// - Throws: `dimensionMismatch`, `nonFinite`, `outOfDomain` where the result overflows.
    ///
    /// *Proof*: `rademacher_variance`, `normal_probe_variance_is_frobenius`.
    public func variance(matrix: [Double], dimension d: Int) throws(FlowError) -> Double {
      try TraceEstimate.check(matrix, d)
      let sums = (0..<d).map { i in
        blockedSum(i) { j in
          let sum = matrix[i * d + j] + matrix[j * d + i]
          return sum * sum
        }
      }
      let offDiagonal = blockedSum(d) { sums[$0] }
      switch self {
      case .rademacher: return try FlowError.checked([offDiagonal])[0]
      case .gaussian:
        let diagonal = blockedSum(d) { matrix[$0 * d + $0] * matrix[$0 * d + $0] }
        return try FlowError.checked([offDiagonal + 2 * diagonal])[0]
      }
    }
  }

  /// The mean of `z.Az` over the probes, and its standard error `sqrt(sum (q - mean)^2/(k - 1)/k)`,
  /// which needs two probes or more (nil for one).
  /// - Throws: `dimensionMismatch`, `nonFinite`, `outOfDomain` where the result overflows.
  ///
  /// *Proof*: `hutchinson_unbiased`.
  public static func mean(
    matrix: [Double], dimension d: Int, probes: [Double]
  ) throws(FlowError) -> (mean: Double, standardError: Double?) {
    try check(matrix, d)
    let count = try FlowError.rowCount(of: probes, dimension: d, "probes", atLeast: 1)
    try FlowError.checkFinite(probes, "probes")
    let values = (0..<count).map { k in
      blockedSum(d) { i in
        probes[k * d + i] * blockedSum(d) { matrix[i * d + $0] * probes[k * d + $0] }
      }
    }
    let mean = blockedSum(count) { values[$0] } / Double(count)
    guard count > 1 else { return (try FlowError.checked([mean])[0], nil) }
    let square = blockedSum(count) { (values[$0] - mean) * (values[$0] - mean) }
    let error = (square / Double(count - 1) / Double(count)).squareRoot()
    _ = try FlowError.checked([mean, error])
    return (mean, error)
  }

  private static func check(_ matrix: [Double], _ d: Int) throws(FlowError) {
    guard d > 0, matrix.count == d * d else {
      throw FlowError.dimensionMismatch("matrix", matrix.count, expected: d * d)
    }
    try FlowError.checkFinite(matrix, "matrix")
  }
}
