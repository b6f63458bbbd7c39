extension GaussianMixture {
  /// Sample `index` of the stream: a component by its weight, then `m_k + S_k^(1/2) z`. It depends on
  /// the seed, the stream and the index alone.
  public func sample(_ index: UInt64, from random: RandomStream) -> [Double] {
    // One position for the component and one for every two axes.
    let start = index &* UInt64(1 + (dimension + 1) / 2)
    let k = component(at: random.uniforms(at: start).0)
    var z = random.normals(dimension, at: start &+ 1)
    switch shape {
    case .isotropic(let family):
      for i in z.indices {
        z[i] = family.means[k * dimension + i].addingProduct(family.stds[k], z[i])
      }
      return z
    case .full(let family):
      let covariance = family.covariances[k]
      let scaled = (0..<dimension).map { z[$0] * covariance.eigenvalues[$0].squareRoot() }
      return (0..<dimension).map { i in
        family.means[k * dimension + i]
          + blockedSum(dimension) { covariance.eigenvectors[i * dimension + $0] * scaled[$0] }
      }
    }
  }

  /// The component that a uniform number in (0, 1] falls on.
  func component(at uniform: Double) -> Int {
    let total = blockedSum(weights.count) { weights[$0] }
    var rest = uniform * total
    for k in given {
      rest -= weights[k]
      if rest <= 0 { return k }
    }
    return given.last!
  }

  /// `E[x1]` and, per axis, `E[x1^2]`.
  public var rawMoments: RawMoments? {
    let total = blockedSum(weights.count) { weights[$0] }
    func average(_ term: (Int) -> Double) -> Double {
      blockedSum(weights.count) { weights[$0] / total * term($0) }
    }
    func mean(_ k: Int, _ i: Int) -> Double {
      switch shape {
      case .isotropic(let family): family.means[k * dimension + i]
      case .full(let family): family.means[k * dimension + i]
      }
    }
    func variance(_ k: Int, _ i: Int) -> Double {
      switch shape {
      case .isotropic(let family): family.stds[k] * family.stds[k]
      case .full(let family): family.covariances[k].entries[i * dimension + i]
      }
    }
    return RawMoments(
      mean: (0..<dimension).map { i in average { mean($0, i) } },
      square: (0..<dimension).map { i in average { mean($0, i) * mean($0, i) + variance($0, i) } })
  }
}

extension GaussianMixture {
  /// The smallest and largest coordinate of any mean, and the smallest and largest variance of any
  /// component along any axis.
  public var extent: Extent? {
    let (means, variances) =
      switch shape {
      case .isotropic(let family): (family.means, family.stds.map { $0 * $0 })
      case .full(let family): (family.means, family.covariances.flatMap(\.eigenvalues))
      }
    return Extent(
      lower: means.min()!, upper: means.max()!, smallestVariance: variances.min()!,
      largestVariance: variances.max()!)
  }
}
