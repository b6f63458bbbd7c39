extension GaussianMixture: AtomicTarget {
  /// The weights of all other places are below u there, and as they are `exp` of a concave quadratic in alpha/sigma
  /// along the flow to the owner, they stay below.
  public func atom(owning x: [Double], at schedule: Schedule<Double>) -> [Double]? {
    guard smallestVariance == 0 else { return nil }
    let found = posterior(of: x.map { Lanes($0) }, at: Schedule<Lanes>([schedule]), .weights)
    return atom(weighing: found.weights.map { $0[0] })
  }

  /// The place of the component whose weight is 1 to rounding, if that is a point; components at one place count
  /// together. `weights` stand in the order in which the components were given.
  func atom(weighing weights: [Double]) -> [Double]? {
    guard let owner = places.indices.max(by: { weights[places[$0]] < weights[places[$1]] })
    else { return nil }
    let atom = mean(owner)
    for k in places.indices where weights[places[k]] > 0x1p-53 {
      guard isPoint(k), mean(k) == atom else { return nil }
    }
    return atom
  }

  private func isPoint(_ k: Int) -> Bool {
    switch shape {
    case .isotropic(let family): family.stds[k] == 0
    case .full(let family): family.covariances[k].eigenvalues.first == 0
    }
  }

  private func mean(_ k: Int) -> [Double] {
    let range = k * dimension..<(k + 1) * dimension
    return switch shape {
    case .isotropic(let family): Array(family.means[range])
    case .full(let family): Array(family.means[range])
    }
  }
}
