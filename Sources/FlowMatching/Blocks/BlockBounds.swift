import RealModule

/// What is known of every block of 64 components without looking at them: the box that holds their
/// means, the range of their variances along any axis, and the largest weight.
///
/// With `V_k = alpha^2 S_k + v I`, no component of the block has a larger logit at x than
///
///     -|x - alpha b|^2 / (2 V_max) - (d/2) log V_min + max log w_k,
///
/// b the point of the box nearest to x/alpha: `(x - alpha m).V_k^-1 (x - alpha m) >=
/// |x - alpha m|^2 / V_max` because V_max bounds the eigenvalues of V_k, and no mean is nearer than b.
struct BlockBounds: Sendable {
  static let size = 64

  let dimension: Int
  /// A row of `dimension` numbers per block.
  private(set) var lower: [Double] = []
  private(set) var upper: [Double] = []
  private var smallestVariance: [Double] = []
  private var largestVariance: [Double] = []
  private var logWeight: [Double] = []
  /// Whether all variances are equal, so that logits leave out the determinant.
  let isUniform: Bool

  /// At least the distance between any two means.
  let diameter: Double
  /// The range of the variances of all components.
  let variances: ClosedRange<Double>

  var count: Int { logWeight.count }

  /// `variances` holds the range of the eigenvalues of each covariance.
  init(
    dimension d: Int, means: [Double], variances: [ClosedRange<Double>], logWeights: [Double],
    isUniform: Bool
  ) {
    dimension = d
    self.isUniform = isUniform
    self.variances =
      variances.map(\.lowerBound).min()!...variances.map(\.upperBound).max()!
    let sides = (0..<d).map { i in
      let axis = stride(from: i, to: means.count, by: d)
      return axis.lazy.map { means[$0] }.max()! - axis.lazy.map { means[$0] }.min()!
    }
    diameter = 2 * sides.reduce(0) { Double.hypot($0, $1) }
    for start in stride(from: 0, to: logWeights.count, by: Self.size) {
      let block = start..<min(start + Self.size, logWeights.count)
      var low = Array(means[start * d..<(start + 1) * d])
      var high = low
      for k in block {
        for i in 0..<d {
          low[i] = min(low[i], means[k * d + i])
          high[i] = max(high[i], means[k * d + i])
        }
      }
      lower += low
      upper += high
      smallestVariance.append(block.map { variances[$0].lowerBound }.min()!)
      largestVariance.append(block.map { variances[$0].upperBound }.max()!)
      logWeight.append(block.map { logWeights[$0] }.max()!)
    }
  }

  /// The components of a block, of `total` in all.
  static func range(_ block: Int, of total: Int) -> Range<Int> {
    block * size..<min((block + 1) * size, total)
  }

  /// An upper bound of `log w_k + logit` over every block, rounding included.
  func fill<S: Scalar>(
    _ bounds: UnsafeMutablePointer<S>, _ x: UnsafePointer<S>, _ schedule: Schedule<S>
  ) {
    let alpha = schedule.alpha
    let zero = S(0.0)
    let common = schedule.variance.adding(alpha * alpha, timesConstant: largestVariance[0])
    let commonScale = S(-0.5) / common
    lower.withUnsafeBufferPointer { lower in
      upper.withUnsafeBufferPointer { upper in
        for block in 0..<count {
          var square = zero
          for i in block * dimension..<(block + 1) * dimension {
            let a = schedule.gapTerm(x[i - block * dimension], constant: lower[i])
            let b = schedule.gapTerm(x[i - block * dimension], constant: upper[i])
            // For alpha >= 0, b <= a: outside the box b > 0 or a < 0.
            let beyond = S.maximum(S.minimum(a, b), -S.maximum(a, b))
            let distance = S.maximum(beyond, zero)
            square = square.adding(distance, times: distance)
          }
          if isUniform {
            bounds[block] = inflated(square * commonScale + S(logWeight[block]), dimension)
            continue
          }
          let widest = schedule.variance.adding(
            alpha * alpha, timesConstant: largestVariance[block])
          let narrowest = schedule.variance.adding(
            alpha * alpha, timesConstant: smallestVariance[block])
          let volume = S.log(narrowest).scaled(by: 0.5 * Double(dimension))
          bounds[block] = inflated(
            S(logWeight[block]) - (square / widest).scaled(by: 0.5) - volume, dimension)
        }
      }
    }
  }
}

/// A logit moved up by more than the rounding errors of the terms that it was summed from.
///
/// A sum of d squares errs by less than `(d/16 + 32) u` of itself, which 2^-30 covers up to d = 10^8;
/// the squares are at most the logit plus the logarithms of the determinant and of the weight, whose
/// magnitudes 1024 d + 1024 covers for all doubles.
@inline(__always)
func inflated<S: Scalar>(_ logit: S, _ dimension: Int) -> S {
  (logit + S(0x1p-20 * Double(dimension + 1)))
    .adding(S.maximum(logit, -logit), timesConstant: 0x1p-30)
}
