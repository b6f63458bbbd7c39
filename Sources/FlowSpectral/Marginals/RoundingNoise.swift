public import FlowMatching
import RealModule

/// What rounding is expected to do to a marginal on a grid, as norms over the period: the root mean
/// square if roundings were independent and each as large as it may be, `u/sqrt(3)`.
///
/// *Reference*: Higham and Mary, A new approach to probabilistic rounding error analysis (2019).
public struct RoundingNoise: Sendable {
  /// Of the density.
  public let density: Double
  /// Of the flux whose divergence is minus the density's derivative along time: of `dP/dt` over |k|.
  public let flux: Double
  /// Of one Fourier transform, relative to the norm of what it transforms.
  public let transform: Double
}

extension SpectralPath {
  /// The noise of ``marginal(at:on:)`` on a grid that leaves nothing out.
  ///
  /// A component of variance v at the place m has the transform `w e^(-i k.m - k^2 v/2)`. Its phase has
  /// two roundings of k |m|, its exponent, `k^2 v` (a product of two numbers with four roundings each),
  /// half of eight and one more, and the products, the functions and the sum over n terms together
  /// `16 + n`. With the places within R and the variances within [s^2, W^2] the square of the error is at
  /// most
  ///
  ///     u^2/3 ((16 + n + 2 (k R)^2) e^(-(s k)^2) + 17/4 max (k^2 v)^2 e^(-k^2 v))
  ///
  /// with the maximum over v, which is at `k^2 v = 2` or at an end. The flux is that times the size of
  /// its moments. By Parseval the norm over the modes is the norm over the grid; a transform of N values
  /// has the noise `u sqrt(2/3 log2 N)` of the norm of what it transforms.
  ///
  /// *Reference*: Weinstein, Roundoff noise in floating point fast Fourier transform computation (1969).
  /// - Throws: as ``extent(at:)``.
  public func roundingNoise(of marginal: GridMarginal) throws(FlowError) -> RoundingNoise {
    let u = 0x1p-53
    let rates = try SpectralRates(self, at: marginal.time)
    let extent = try extent(at: marginal.time)
    let grid = marginal.grid
    func reach(_ extent: Extent?) -> Double {
      guard let extent else { return 0 }
      return Double(dimension).squareRoot() * max(abs(extent.lower), abs(extent.upper))
    }
    let (data, noise) = (reach(self.data.extent), reach(source?.extent))
    let wide = self.data.extent?.largestVariance ?? 0
    let sourceWide = source?.extent?.largestVariance ?? 0
    let radius = rates.alpha * data + rates.sigma * noise
    let terms = Double(self.data.terms + (source?.terms ?? 0))
    var (density, flux) = (0.0, 0.0)
    let (rows, columns) = (grid.rowNumbers, grid.columnNumbers)
    for row in rows {
      for (place, column) in columns.enumerated() {
        let square = row * row + column * column
        let k = square.squareRoot()
        let size = Double.exp(-square * extent.smallestVariance)
        let exponent = min(
          max(2, square * extent.smallestVariance), square * extent.largestVariance)
        let error =
          (16 + terms + 2 * square * radius * radius) * size
          + 4.25 * exponent * exponent * Double.exp(-exponent)
        let speed =
          abs(rates.alphaDot) * (data + wide * rates.alpha * k)
          + abs(rates.sigmaDot) * (noise + sourceWide * rates.sigma * k)
          + abs(rates.halfVarianceDot) * k
        // Half a spectrum holds every mode but those on its ends once.
        let twice = place == 0 || place == columns.count - 1 ? 1.0 : 2
        density += twice * error
        flux += twice * speed * speed * error
      }
    }
    let transform = u * (2.0 / 3 * Double.log2(Double(grid.count))).squareRoot()
    func norm(_ squares: Double) -> Double { u * (squares / 3 / grid.volume).squareRoot() }
    return RoundingNoise(
      density: Double.hypot(norm(density), transform * grid.norm(of: marginal.density)),
      flux: norm(flux), transform: transform)
  }
}
