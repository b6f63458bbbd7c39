import RealModule

/// The density itself by quadrature: its mass, its moments, and panels to draw samples from.
struct LinePrior<Density: LineDensity>: Sendable {
  /// `log` of the integral of q.
  let logMass: Double
  /// `nil` where the integral does not settle.
  let mean: Double?
  let variance: Double?
  let integrand: LineIntegrand<Density, Double>
  let result: QuadratureResult

  /// - Throws: `noConvergence` where q has no integral.
  init(_ density: Density, limits: QuadratureLimits) throws(FlowError) {
    let frame = LineFrame(prior: density)
    // A kernel that is flat.
    let schedule = Schedule(
      alpha: 0.0, sigma: 1, variance: 1, alphaDot: 0, sigmaDot: 0, varianceDot: 0)
    var integrand = LineIntegrand(
      density, frame, x: 0, schedule, anchor: LineFrame.Place(mark: density.center, offset: 0))
    let live = integrand.findAnchor()
    let frozen = integrand
    let result = AdaptiveQuadrature(limits: limits, width: 3)
      .integrate(pieces: live) { piece, t, row, noise in
        frozen.fill(piece, t, &row, &noise)
      }
    let mass = result.values[0]
    guard mass > 0, mass.isFinite, result.errors[0] <= 0x1p-30 * mass else {
      let known = "\(mass) times e^\(integrand.anchorLog) within about \(result.errors[0])"
      throw FlowError(
        .noConvergence, "density",
        mass.isFinite ? "its integral is \(known)" : "its integral is not finite")
    }
    (self.integrand, self.result) = (integrand, result)
    logMass = integrand.anchorLog + Double.log(mass)
    let offset = result.values[1] / mass
    let anchor = integrand.reference.data
    // Tails that still count where the line ends in double precision have no moments.
    let reach = 0x1p580 * density.scale
    let settled = live.allSatisfy {
      abs(frame.pieces[$0].near.offset) < reach && abs(frame.pieces[$0].far.offset) < reach
    }
    mean = settled && result.errors[1] <= 0x1p-30 * result.magnitudes[1] ? anchor + offset : nil
    variance =
      settled && result.errors[2] <= 0x1p-30 * result.magnitudes[2]
      ? result.values[2] / mass - offset * offset : nil
  }
}
