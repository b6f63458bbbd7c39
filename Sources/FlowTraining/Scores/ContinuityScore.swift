public import FlowMatching

extension TrueLoss {
  /// How far a learned field w is from carrying the exact densities: the root mean square over p_t and t
  /// of the continuity residual per unit of density,
  ///
  ///     r = d log p/dt + div w + w . grad log p = div (w - u) + (w - u) . grad log p
  ///
  /// (the second form because the exact field u has none), with the divergence of w exact. Beside it the
  /// root mean square of the residual's own size, `|d log p/dt| + |div u| + |u . grad log p|`.
  /// - Throws: what the fields throw.
  public func continuityResidual(
    _ learned: some DifferentiableField, exactly field: MarginalField
  ) throws(FlowError) -> (residual: Double, size: Double) {
    let d = field.target.dimension
    let (w, learnedDivergences) = try learned.divergences(at: times, of: points)
    let divergences = try field.values(of: .divergence, at: times, of: points)
    let scores = try field.values(of: .score, at: times, of: points)
    let rates = try field.values(of: .logDensityRate, at: times, of: points)
    var (residual, size) = (0.0, 0.0)
    for row in times.indices {
      var (along, whole) = (0.0, 0.0)
      for i in row * d..<(row + 1) * d {
        along += (w[i] - exact[i]) * scores[i]
        whole += exact[i] * scores[i]
      }
      let r = learnedDivergences[row] - divergences[row] + along
      let s = abs(rates[row]) + abs(divergences[row]) + abs(whole)
      residual += r * r
      size += s * s
    }
    let count = Double(times.count)
    return ((residual / count).squareRoot(), (size / count).squareRoot())
  }
}
