import RealModule

/// The monotone map between two Gaussian mixtures on the line, `T = F1^(-1) o F0`: the optimal
/// transport for every convex function of distance.
///
/// Equal tails are compared on the side on which they are below 1/2, as logarithms: the map works
/// hundreds of standard deviations out.
///
/// *Accuracy*: tested to 1e-13 of the answer's condition against closed forms.
///
/// *Proof*: `flow_keeps_the_mass_below`, `mixture_flow_ends_at_the_data` (the exact flow from noise to
/// data on the line is this map).
///
/// *Reference*: Santambrogio (2015), theorem 2.9.
public struct MonotoneMap: Sendable {
  private let from: [NormalLaw]
  private let to: [NormalLaw]

  /// - Throws: `dimensionMismatch` unless both are one-dimensional; `singular` for a source with an
  ///   atom, whose mass no map can spread.
  public init(from source: GaussianMixture, to target: GaussianMixture) throws(FlowError) {
    for (mixture, name) in [(source, "source"), (target, "target")]
    where mixture.dimension != 1 {
      throw FlowError.dimensionMismatch(name, mixture.dimension, expected: 1)
    }
    from = NormalLaw.components(of: source)
    to = NormalLaw.components(of: target)
    guard from.allSatisfy({ $0.std > 0 }) else {
      throw FlowError.singular("source", "it has an atom, whose mass a map cannot spread")
    }
  }

  /// `T(x)`.
  /// - Throws: `nonFinite`; `outOfDomain` where the tail beyond x is too small even for its
  ///   logarithm.
  public func callAsFunction(_ x: Double) throws(FlowError) -> Double {
    try FlowError.checkFinite(x, "x")
    let below = NormalLaw.logTail(of: from, x, side: -1)
    let above = NormalLaw.logTail(of: from, x, side: 1)
    let side: Double = below < above ? -1 : 1
    let wanted = min(below, above)
    guard wanted.isFinite else {
      throw FlowError.outOfDomain("x", x, accepted: "1e150 standard deviations of the source")
    }
    return quantile(wanted, side)
  }

  /// The y beyond which, on the given side, `to` has the mass `exp(wanted)`: Newton's method on the
  /// logarithm of the tail, inside a bracket that shrinks at least by half every second step.
  private func quantile(_ wanted: Double, _ side: Double) -> Double {
    // The mixture's quantile lies between the quantiles of its components.
    var inner = 1.0
    while NormalLaw.logTail(inner) > wanted { inner *= 2 }
    var low = to.map { $0.mean - $0.std * inner }.min()!
    var high = to.map { $0.mean + $0.std * inner }.max()!
    var y = low + (high - low) / 2
    var width = high - low
    while true {
      let log = NormalLaw.logTail(of: to, y, side: side)
      // The tail falls towards its side.
      if (log > wanted) == (side > 0) { low = y } else { high = y }
      let slope = -side * NormalLaw.density(of: to, y) / Double.exp(log)
      var next = y + (wanted - log) / slope
      let shrunk = high - low <= width / 2
      if shrunk { width = high - low }
      if !(next > low && next < high) || !shrunk { next = low + (high - low) / 2 }
      if next <= low || next >= high || next == y { return y }
      if abs(next - y) <= 0x1p-53 * abs(next) { return next }
      y = next
    }
  }
}
