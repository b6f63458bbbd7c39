/// A path whose sigma is that of a tube around the straight line between a pair's ends, with the noise end averaged.
package protocol TubePath: ProbabilityPath {
  var tube: Tube { get }
}

extension IndependentCouplingPath: TubePath {
  package var tube: Tube { .constant(std: tubeSigma) }
}

extension SchrodingerBridgePath: TubePath {
  package var tube: Tube { .bridge(std: bridgeSigma) }
}
