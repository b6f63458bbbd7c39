/// A path whose sigma is that of a Gaussian tube around the straight line between a pair's ends, of the std s or
/// `s sqrt(t (1 - t))`, with the noise end averaged.
package protocol TubePath: ProbabilityPath {
  /// s.
  var tubeStd: Double { get }
  /// Whether the tube narrows to nothing at both ends.
  var tubeNarrows: Bool { get }
}

extension IndependentCouplingPath: TubePath {
  package var tubeStd: Double { tubeSigma }
  package var tubeNarrows: Bool { false }
}

extension SchrodingerBridgePath: TubePath {
  package var tubeStd: Double { bridgeSigma }
  package var tubeNarrows: Bool { true }
}
