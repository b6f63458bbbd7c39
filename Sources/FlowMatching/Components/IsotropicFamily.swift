/// Components N(m_k, s_k^2 I). With every s_k = 0 this is a point cloud.
struct IsotropicFamily: GaussianFamily {
  let dimension: Int
  /// Rows of means.
  let means: [Double]
  /// One std per component.
  let stds: [Double]
  let isUniform: Bool
  /// The largest coordinate of a mean.
  let reach: Double

  var count: Int { stds.count }

  init(dimension: Int, means: [Double], stds: [Double]) {
    self.dimension = dimension
    self.means = means
    self.stds = stds
    isUniform = stds.allSatisfy { $0 == stds[0] }
    reach = means.reduce(0) { max($0, abs($1)) }
  }

  @inline(__always)
  private func variance<S: Scalar>(_ k: Int, _ schedule: Schedule<S>) -> S {
    let spread = schedule.alpha.scaled(by: stds[k])
    return schedule.variance.adding(spread, times: spread)
  }

  @inline(__always)
  func logit<S: Scalar>(_ k: Int, _ x: UnsafePointer<S>, _ schedule: Schedule<S>) -> S {
    means.withUnsafeBufferPointer { means in
      let mean = means.baseAddress! + k * dimension
      let square = blockedSum(dimension) { i in
        let difference = schedule.gapTerm(x[i], constant: mean[i])
        return difference * difference
      }
      let variance = variance(k, schedule)
      let logDeterminant = isUniform ? S(0.0) : S.log(variance).scaled(by: Double(dimension))
      return (square / variance + logDeterminant).scaled(by: -0.5)
    }
  }

  func anchor<S: Scalar>(
    at index: S, _ x: UnsafePointer<S>, _ schedule: Schedule<S>
  ) -> Anchor<S> {
    let std = S.gather(at: index) { stds[$0] }
    let spread = schedule.alpha * std
    let variance = schedule.variance.adding(spread, times: spread)
    let mean = (0..<dimension).map { i in S.gather(at: index) { means[$0 * dimension + i] } }
    let toMean = schedule.variance / variance
    let toPoint = spread * std / variance
    var g: [S] = []
    var denoiser: [S] = []
    for i in 0..<dimension {
      g.append(schedule.gap(x[i], mean[i]) / variance)
      denoiser.append((toMean * mean[i]).addingProduct(toPoint, x[i]))
    }
    let square = blockedSum(dimension) { i in
      schedule.gap(x[i], mean[i]) * g[i]
    }
    let logVolume = S.log(variance.scaled(by: 2 * .pi)).scaled(by: Double(dimension))
    return Anchor(
      mean: mean, g: g, denoiser: denoiser, square: square,
      logDensity: (square + logVolume).scaled(by: -0.5),
      spread: [std], variances: [variance])
  }

  @inline(__always)
  func compare<S: Scalar>(
    _ k: Int, _ x: UnsafePointer<S>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    shift: UnsafeMutablePointer<S>, _ wanted: Moments
  ) -> Comparison<S> {
    let alpha = schedule.alpha
    let d = Double(dimension)
    var result = Comparison<S>()
    let variance: S
    let spreadChange: S
    if isUniform {
      variance = anchor.variances[0]
      spreadChange = S(0.0)
    } else {
      variance = self.variance(k, schedule)
      let std = S(stds[k])
      spreadChange = alpha * ((std - anchor.spread[0]) * (std + anchor.spread[0]))
    }
    let inverse = S(1.0) / variance
    let halfAlpha = alpha.scaled(by: 0.5)
    means.withUnsafeBufferPointer { means in
      anchor.mean.withUnsafeBufferPointer { origin in
        anchor.g.withUnsafeBufferPointer { g in
          let mean = means.baseAddress! + k * dimension
          let sum: S
          if isUniform {
            sum = blockedSum(dimension) { i in
              let delta = S(mean[i]) - origin[i]
              let w = delta * inverse
              shift[i] = w
              return delta * g[i].adding(-halfAlpha, times: w)
            }
          } else {
            let halfChange = spreadChange.scaled(by: 0.5)
            sum = blockedSum(dimension) { i in
              let delta = S(mean[i]) - origin[i]
              shift[i] = delta.adding(spreadChange, times: g[i]) * inverse
              // As the anchor's g: seen from each other, two components differ in sign alone.
              let own = schedule.gap(x[i], constant: mean[i]) / variance
              return (delta.scaled(by: 0.5) * (g[i] + own)).adding(halfChange * g[i], times: own)
            }
          }
          result.logRatio = alpha * sum
          if wanted.contains(.rates) {
            let toMean = schedule.variance * inverse
            let toPoint = (alpha * inverse).scaled(by: stds[k] * stds[k])
            let square = blockedSum(dimension) { i in
              let own = schedule.gap(x[i], constant: mean[i]) * inverse
              return own * own
            }
            let product = blockedSum(dimension) { i in
              let own = schedule.gap(x[i], constant: mean[i]) * inverse
              return own * toMean.scaled(by: mean[i]).adding(toPoint, times: x[i])
            }
            result.varianceRate = (square - inverse.scaled(by: d)).scaled(by: 0.5)
            result.alphaRate = product.adding(toPoint, timesConstant: -d)
          }
        }
      }
    }
    if !isUniform {
      let volume = volumeRatio(
        variance, over: anchor.variances[0], difference: alpha * spreadChange, power: d / 2)
      let square = blockedSum(dimension) { i in
        let difference = schedule.gap(x[i], constant: means[k * dimension + i])
        return difference * difference
      }
      let plain = (anchor.square - square / variance).scaled(by: 0.5)
      let relative = alpha * spreadChange / anchor.variances[0]
      result.logRatio =
        within(relative, -0.5, 1, then: result.logRatio, otherwise: plain) + volume.log
      result.factor = volume.factor
    }
    result.inverseTrace = inverse.scaled(by: d)
    result.spreadInverseTrace = inverse.scaled(by: d * stds[k] * stds[k])
    return result
  }

  var hasOneSpread: Bool { isUniform }

  @inline(__always)
  func invert<S: Scalar>(
    _ k: Int, _ y: UnsafePointer<S>, _ schedule: Schedule<S>,
    into inverse: UnsafeMutablePointer<S>, stretched: UnsafeMutablePointer<S>
  ) {
    let rate = S(1.0) / variance(k, schedule)
    for i in 0..<dimension {
      inverse[i] = y[i] * rate
      stretched[i] = inverse[i].scaled(by: stds[k] * stds[k])
    }
  }

  func addInverse<S: Scalar>(
    _ k: Int, times p: S, _ schedule: Schedule<S>, inverse: inout [S], spreadInverse: inout [S]
  ) {
    let share = p / variance(k, schedule)
    for i in 0..<dimension {
      let place = i * dimension + i
      inverse[place] = inverse[place] + share
      spreadInverse[place] = spreadInverse[place].adding(
        share, timesConstant: stds[k] * stds[k])
    }
  }
}
