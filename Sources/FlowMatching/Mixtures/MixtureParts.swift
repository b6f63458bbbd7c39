/// The components of a mixture that have weight, for the package's other modules: their shares, which
/// sum to one, rows of means, and stds or, for full covariances, matrices with their rows first.
package struct MixtureParts: Sendable {
  package let shares: [Double]
  package let means: [Double]
  package let stds: [Double]?
  package let covariances: [[Double]]?
}

extension GaussianMixture {
  /// What it is made of.
  package var parts: MixtureParts {
    let shares = shares(of: weights)
    switch shape {
    case .isotropic(let family):
      return MixtureParts(
        shares: shares, means: family.means, stds: family.stds, covariances: nil)
    case .full(let family):
      return MixtureParts(
        shares: shares, means: family.means, stds: nil,
        covariances: family.covariances.map(\.entries))
    }
  }
}

/// Weights divided by their sum.
func shares(of weights: [Double]) -> [Double] {
  let total = blockedSum(weights.count) { weights[$0] }
  return weights.map { $0 / total }
}
