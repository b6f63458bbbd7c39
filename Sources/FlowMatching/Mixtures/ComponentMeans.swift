extension GaussianMixture {
  /// The components that have weight, in the order given: the number of each among those given, and its
  /// mean.
  public var componentMeans: [(place: Int, mean: [Double])] {
    given.map { k in
      let rows =
        switch shape {
        case .isotropic(let family): family.means
        case .full(let family): family.means
        }
      return (places[k], Array(rows[k * dimension..<(k + 1) * dimension]))
    }
  }
}
