/// Data points as a distribution: `q = sum w_k delta(x - x_k)`. A mixture whose stds are zero.
///
/// Its marginal velocity is the exact minimiser of the flow-matching loss on a finite data set.
public enum PointCloud {
  /// The cloud of `points`, rows of `dimension` numbers.
  /// - Throws: `dimensionMismatch`, `nonFinite`, or `outOfDomain` for a negative weight.
  public static func target(
    dimension: Int, points: [Double], weights: [Double]? = nil, labels: [String]? = nil
  ) throws(FlowError) -> GaussianMixture {
    try GaussianMixture(
      dimension: dimension, means: points, stds: [0], weights: weights, labels: labels)
  }
}
