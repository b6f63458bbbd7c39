import FlowMatching
import FlowSpectral

/// The continuity equation in one and two dimensions with nothing but the velocity from the engine: the
/// density and its derivative along time are convolutions, the divergence is Fourier's.
///
/// The residual at one time is measured by the smallest flux that would account for it, in the norm
/// `(integral of |w|^2)^(1/2)`: differentiation would raise the rounding of the finest modes above all
/// that could be wrong with the velocity; the flux keeps both as they are. The error is that norm over
/// what may have come about by rounding, the sum of
///
/// - the norm of `8 u p |u|`, the engine's promise, with the addends of u for |u| (grid points and
///   times are exact);
/// - the flux where the density is below u times its maximum, and the field is not asked;
/// - the noise, as the root of the sum of squares: of the density under the velocity and of dp/dt
///   (``SpectralPath/roundingNoise(of:)``), of the product p u and its transforms, and of the transforms
///   of dp/dt and of the divergence.
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
    let places = marginal.supportPoints
    let velocities = try field.velocities(at: [time], of: places)
    let residual = try marginal.residual(ofVelocities: marginal.spread(velocities))
    let magnitudes = try field.target.componentMagnitudes(
      of: places, at: [field.path.schedule(at: time)])
    let schedule = field.path.schedule(at: time)
    // Sums of squares: of p u, of p times the addends of u, of u, and of the flux that is left out.
    var (flux, addends, speeds, outside) = (0.0, 0.0, 0.0, 0.0)
    var isAsked = [Bool](repeating: false, count: grid.count)
    for (row, point) in marginal.support.enumerated() {
      isAsked[point] = true
      let p = marginal.density[point]
      for axis in 0..<d {
        let u = velocities[row * d + axis]
        let size = magnitudes[row].velocity(axis, schedule)
        speeds += u * u
        flux += p * p * u * u
        addends += p * p * size * size
      }
    }
    for component in marginal.flux {
      for (isAsked, value) in zip(isAsked, component) where !isAsked { outside += value * value }
    }
    func norm(_ squares: Double) -> Double { (squares * grid.cell).squareRoot() }
    let noise = try spectral.roundingNoise(of: marginal)
    let rate = grid.norm(of: marginal.densityRate) * grid.leastFluxOfNoise
    let parts = [
      noise.flux, noise.density * norm(speeds) / grid.volume.squareRoot(),
      (Roundings.unit + noise.transform) * norm(flux), noise.transform * rate,
      (Roundings.unit + noise.transform) * rate,
    ]
    let total =
      Roundings.engine * Roundings.unit * norm(addends) + norm(outside)
      + parts.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return allowance * (try grid.leastFlux(withDivergence: residual.values)) / total
  }
}
