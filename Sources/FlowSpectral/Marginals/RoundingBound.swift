public import FlowMatching
import RealModule

/// What rounding may have done to a marginal on a grid, as norms over the period.
public struct RoundingBound: Sendable {
  /// Of the density.
  public let density: Double
  /// Of its derivative along time.
  public let densityRate: Double
  /// The factor of one transform of N values: `7 u log2 N` relative to their norm.
  public let transform: Double
}

extension SpectralPath {
  /// Bounds on the errors of ``marginal(at:on:)`` on a grid that leaves nothing out.
  ///
  /// A sum of n terms `w e^(-i k.m - S k^2/2)` is wrong by at most
  /// `u (n + 16 (1 + |k| R + k^2 W^2)) e^(-(s k)^2/2)`: n for the sum, and sixteen roundings in the
  /// phase, in the exponent and in the factors, where R bounds the places |alpha m1 + sigma m0|, and s^2
  /// and W^2 are the smallest and largest variance of p_t. Times |k| and the size of the velocity's
  /// moments that is the error of dp/dt. By Parseval the norm over the modes is the norm over the grid; a
  /// Fourier transform adds `7 u log2 N` of the norm of what it transforms.
  ///
  /// *Reference*: Higham, Accuracy and Stability of Numerical Algorithms (2002), theorem 24.2.
  /// - Throws: as ``extent(at:)``.
  public func roundingBound(of marginal: GridMarginal) throws(FlowError) -> RoundingBound {
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
    var (density, rate) = (0.0, 0.0)
    let (rows, columns) = (grid.rowNumbers, grid.columnNumbers)
    for row in rows {
      for (place, column) in columns.enumerated() {
        let square = row * row + column * column
        let k = square.squareRoot()
        let size = Double.exp(-0.5 * square * extent.smallestVariance)
        let roundings = terms + 16 * (1 + k * radius + square * extent.largestVariance)
        let error = u * roundings * size
        let speed =
          abs(rates.alphaDot) * (data + wide * rates.alpha * k)
          + abs(rates.sigmaDot) * (noise + sourceWide * rates.sigma * k)
          + abs(rates.halfVarianceDot) * k
        // Half a spectrum holds every mode but those on its ends once.
        let twice = place == 0 || place == columns.count - 1 ? 1.0 : 2
        density += twice * error * error
        rate += twice * (k * speed * error) * (k * speed * error)
      }
    }
    let transform = 7 * u * Double.log2(Double(grid.count))
    return RoundingBound(
      density: (density / grid.volume).squareRoot()
        + transform * grid.norm(of: marginal.density),
      densityRate: (rate / grid.volume).squareRoot()
        + transform * grid.norm(of: marginal.densityRate),
      transform: transform)
  }
}
