extension UniformBoxes {
  /// The boxes that have weight: their shares, which sum to one, and rows of corners.
  package var parts: (shares: [Double], lower: [Double], upper: [Double]) {
    (shares(of: weights), lower, upper)
  }
}
