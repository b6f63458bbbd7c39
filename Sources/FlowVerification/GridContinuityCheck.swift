import FlowMatching
import FlowSpectral

/// The continuity equation in one and two dimensions with nothing but the velocity from the engine: the
/// density and its derivative along time are convolutions, the divergence is Fourier's.
///
/// Its error at one time is the norm `(integral of r^2)^(1/2)` of the residual on the grid over what
/// rounding may have done to it. With a spectral derivative that multiplies by at most
/// `K = sqrt(d) pi/step`, that is the sum of
///
/// - the error of dp/dt, and K times that of p where it meets the largest velocity
///   (``SpectralPath/roundingBound(of:)``);
/// - K times the norm of `8 u p |u|`, the engine's promise, with the addends of u and its sensitivity to
///   the place for |u|;
/// - K times three roundings and two transforms of `p u`, and what flows outside of the support.
///
/// Aliasing and the tails beyond the period are below u on the grid that ``SpectralPath/grid(at:)``
/// chooses.
enum GridContinuityCheck: Check {
  static let name = "continuity (grid)"
  static let statement =
    "dp/dt + div(p u) = 0, p and dp/dt by convolution, div by Fourier (one and two dimensions)"
  static let allowance = Roundings.engine
  /// Grids above this many points are not walked.
  static let largest = (line: 1 << 16, plane: 1 << 18)

  /// The error at one time; `nil` where the density is too narrow for a grid.
  static func error(
    _ field: MarginalField, at time: Time<Double>
  ) throws(FlowError) -> Double? {
    let d = field.target.dimension
    guard let spectral = try? SpectralPath(path: field.path, target: field.target),
      let grid = try? spectral.grid(at: time),
      grid.count <= (d == 1 ? largest.line : largest.plane)
    else { return nil }
    let marginal = try spectral.marginal(at: time, on: grid)
    let bound = try spectral.roundingBound(of: marginal)
    let places = marginal.supportPoints
    let velocities = try field.velocities(at: [time], of: places)
    let residual = try marginal.residual(ofVelocities: marginal.spread(velocities))
    let magnitudes = try field.target.magnitudes(of: places, at: [time], on: field.path)
    let schedule = field.path.schedule(at: time)
    // Squares of p u and of p times the promise, and the largest velocity.
    var (flux, promise, fastest) = (0.0, 0.0, 0.0)
    for (row, point) in marginal.support.enumerated() {
      let p = marginal.density[point]
      var speed = 0.0
      let distance = (0..<d).reduce(0.0) { $0 + abs(places[row * d + $1]) }
      for axis in 0..<d {
        let u = velocities[row * d + axis]
        let size =
          magnitudes[row].velocity(axis, schedule)
          + distance * magnitudes[row].slope(axis, schedule)
        speed += u * u
        promise += (p * size) * (p * size)
      }
      flux += p * p * speed
      fastest = max(fastest, speed.squareRoot())
    }
    let root = grid.cell.squareRoot()
    let unit = Roundings.unit
    let outside = unit * marginal.highest * fastest * grid.volume.squareRoot()
    let flow =
      bound.density * fastest + Roundings.engine * unit * root * promise.squareRoot()
      + (3 * unit + 2 * bound.transform) * root * flux.squareRoot() + outside
    let steepest = grid.axes.reduce(0) { $0 + $1.nyquist * $1.nyquist }.squareRoot()
    let total = bound.densityRate + steepest * flow
    return allowance * grid.norm(of: residual.values) / total
  }
}
