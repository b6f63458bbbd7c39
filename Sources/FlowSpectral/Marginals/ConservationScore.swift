public import FlowMatching

extension SpectralPath {
  /// The score of a field over a stretch of time.
  public struct Conservation: Sendable {
    /// One residual per time, at the middles of equal parts.
    public let residuals: [GridResidual]
    /// The integral of their rates: a bound, up to the error of the midpoint rule, on the total
    /// variation between the law that the field carries and the exact one at the end.
    public let totalVariation: Double
  }

  /// How well a velocity field conserves probability from `start` to `end`, at the middles of `count`
  /// equal parts, each on the grid that the path's own smoothness asks for.
  ///
  /// Any ``VelocityField`` will do: exact, trained, on a grid, another process. A field that is not
  /// smooth, such as a network of rectifiers, is differentiated as its values on the grid are.
  /// - Throws: `outOfDomain` unless `0 <= start < end <= 1` and `count >= 1`; as ``grid(at:)`` and
  ///   ``GridMarginal/residual(of:)``.
  public func conservation(
    of field: any VelocityField, from start: Double = 0, to end: Double = 1, count: Int = 16,
    progress: (GridResidual) -> Void = { _ in }
  ) throws(FlowError) -> Conservation {
    guard start >= 0, start < end, end <= 1 else {
      throw FlowError.outOfDomain("t0", start, accepted: "0 <= t0 < t1 <= 1, t1 = \(end)")
    }
    guard count >= 1 else { throw FlowError.outOfDomain("count", count, accepted: "[1, infinity)") }
    let part = (end - start) / Double(count)
    var residuals: [GridResidual] = []
    for k in 0..<count {
      let time = try Time(start + (Double(k) + 0.5) * part)
      let residual = try marginal(at: time, on: try grid(at: time)).residual(of: field)
      residuals.append(residual)
      progress(residual)
    }
    return Conservation(
      residuals: residuals,
      totalVariation: residuals.reduce(0) { $0 + $1.totalVariationRate * part })
  }
}
