/// The components of a source and of a target that have weight; pair `j * dataCount + k` is made of
/// component j of the source and k of the data.
///
/// Shared, since every copy of a value would count a dozen references.
final class PairTable: Sendable {
  let dimension: Int
  let sourceCount: Int
  let dataCount: Int
  /// Rows of means.
  let sourceMeans: [Double]
  let dataMeans: [Double]
  let sourceWeights: [Double]
  let dataWeights: [Double]
  let sourceLogWeights: [Double]
  let dataLogWeights: [Double]
  /// One std per component, where all of both are isotropic.
  let stds: (source: [Double], data: [Double])?
  /// One covariance per component, rows first, where they are not.
  let sourceCovariances: [[Double]]
  let dataCovariances: [[Double]]
  /// Whether every `S0_j + S1_k` is positive definite. Between the ends V is then too, whatever the
  /// ranks of the two are.
  let isRegular: Bool

  var count: Int { sourceCount * dataCount }

  init(source: GaussianMixture, data: GaussianMixture) {
    dimension = data.dimension
    sourceCount = source.weights.count
    dataCount = data.weights.count
    (sourceWeights, dataWeights) = (source.weights, data.weights)
    (sourceLogWeights, dataLogWeights) = (source.components.logWeights, data.components.logWeights)
    (sourceMeans, dataMeans) = (source.means, data.means)
    if case .isotropic(let a) = source.shape, case .isotropic(let b) = data.shape {
      stds = (a.stds, b.stds)
      (sourceCovariances, dataCovariances) = ([], [])
      isRegular = !a.stds.contains(0) || !b.stds.contains(0)
    } else {
      stds = nil
      (sourceCovariances, dataCovariances) = (source.matrices, data.matrices)
      let (first, second) = (source.deficientFactors, data.deficientFactors)
      let dimension = dimension
      isRegular = first.allSatisfy { noise in
        second.allSatisfy { OneSidedJacobi.spans(noise + $0, dimension) }
      }
    }
  }

  func logWeight(_ pair: Int) -> Double {
    sourceLogWeights[pair / dataCount] + dataLogWeights[pair % dataCount]
  }

  /// `w_pair / w_anchor`, the anchor's factors per lane.
  func share<S: Scalar>(_ pair: Int, _ anchor: (source: S, data: S)) -> S {
    (S(sourceWeights[pair / dataCount]) / anchor.source)
      * (S(dataWeights[pair % dataCount]) / anchor.data)
  }
}

extension GaussianMixture {
  var means: [Double] {
    switch shape {
    case .isotropic(let family): family.means
    case .full(let family): family.means
    }
  }

  /// Of every component whose covariance is not positive definite, the unit vectors of the axes on which
  /// it has some extent.
  fileprivate var deficientFactors: [[[Double]]] {
    let axes = 0..<dimension
    switch shape {
    case .isotropic(let family):
      return family.stds.filter { $0 == 0 }.map { _ in [] }
    case .full(let family):
      return family.covariances.filter { $0.eigenvalues.last! == 0 }.map { covariance in
        axes.filter { covariance.eigenvalues[$0] > 0 }.map { a in
          axes.map { covariance.eigenvectors[$0 * dimension + a] }
        }
      }
    }
  }

  /// The covariance of every component, rows first.
  fileprivate var matrices: [[Double]] {
    switch shape {
    case .full(let family): return family.covariances.map(\.entries)
    case .isotropic(let family):
      return family.stds.map { std in
        (0..<dimension * dimension).map { $0 % (dimension + 1) == 0 ? std * std : 0 }
      }
    }
  }
}

/// What the accumulator of pairs needs of a pair p = (j, k), relative to the heaviest pair q. With
/// `d0 = m0_p - m0_q`, `D0 = S0_p - S0_q` and the same for the data,
///
///     h0 = d0 + sigma D0 g_q,   h1 = d1 + alpha D1 g_q,   w = V_p^-1 (alpha h1 + sigma h0)
///     g_p = g_q - w,   E0_p = E0_q + a0,   E1_p = E1_q + a1
///     a0 = h0 - sigma S0_p w,   a1 = h1 - alpha S1_p w,   alpha a1 + sigma a0 = c w
///
/// so that no large numbers are subtracted.
protocol PairFamily {
  /// `-q/2 - log(det V)/2`, plain: only to find the heaviest pair.
  func logit<S: Scalar>(
    _ pair: Int, _ x: [S], _ schedule: Schedule<S>, _ tube: TubeParts<S>
  ) -> S
  /// The pair `index`, per lane.
  func anchor<S: Scalar>(
    at index: (source: S, data: S), _ x: [S], _ schedule: Schedule<S>, _ tube: TubeParts<S>
  ) -> PairAnchor<S>
  /// `alpha S1_k`, or `sigma S0_j`, rows first.
  func scaledSpread<S: Scalar>(
    _ end: PairCovariance.End, _ component: Int, _ schedule: Schedule<S>, _ dimension: Int
  ) -> [S]
  /// How many numbers each of the term's spreads has.
  var spreadSize: Int { get }
  /// A pair against the anchor.
  func compare<S: Scalar>(
    _ pair: Int, _ x: [S], _ anchor: PairAnchor<S>, _ schedule: Schedule<S>, _ tube: TubeParts<S>,
    _ wanted: Moments
  ) -> PairTerm<S>
}

/// The heaviest pair at x.
struct PairAnchor<S: Scalar> {
  var sourceMean: [S]
  var dataMean: [S]
  /// The family's own numbers: two stds, or two covariances.
  var spread: [S]
  var g: [S]
  /// `E[x0 | x]` and `E[x1 | x]`.
  var noise: [S]
  var data: [S]
  /// `g.V g`.
  var square: S
  var logDensity: S
  /// V, where it is one number.
  var variances: [S] = []
  /// `det V`, as a factor for every axis, and `V^-1`, where V is a matrix.
  var pivots: [S] = []
  var inverse: [S] = []
}

/// One pair seen from the anchor.
struct PairTerm<S: Scalar> {
  /// `l_p - l_q` without weights and without what `factor` holds.
  var logRatio = S(0.0)
  var factor = S(1.0)
  /// a1, a0 and w, one after the other.
  var shifts: [S] = []
  /// `V^-1`, `alpha S1 V^-1`, `sigma S0 V^-1` and the pair's own `Cov[x1 | x]`, one after the other,
  /// where traces or Jacobians are wanted: one number each for isotropic pairs, else matrices, rows
  /// first.
  var spreads: [S] = []
  /// `d l_p/d alpha` and `d l_p/d sigma`.
  var alphaRate = S(0.0)
  var sigmaRate = S(0.0)
}

/// The rates of one pair: with V' the derivative of V, `g.(E) - tr(alpha S1 V^-1)` and the tube's
/// part, `(c'/2) (|g|^2 - tr V^-1)`.
func pairRate<S: Scalar>(
  _ g: [S], _ mean: [S], spread: S, inverse: S, slope: S
) -> S {
  let product = blockedSum(g.count) { g[$0] * mean[$0] }
  let square = blockedSum(g.count) { g[$0] * g[$0] }
  return (product - spread).addingProduct(slope.scaled(by: 0.5), square - inverse)
}
