public import FlowMatching
import RealModule

extension SpectralPath {
  /// The path of a target, with the source that the target has, if any, and its tube.
  ///
  /// Mixtures, point clouds, boxes and rings have closed forms; of any other target the density at
  /// alpha = 1, sigma = 0 is sampled, at least 6 points to its smallest std.
  /// - Throws: `unsupported` beyond two dimensions, and for a target that has neither a closed form nor
  ///   a density of known extent.
  public init(path: any ProbabilityPath, target: any Target) throws(FlowError) {
    if let sourced = target as? SourcedMixture {
      try self.init(
        path: path, data: try law(of: sourced.data), source: try law(of: sourced.noise),
        tube: sourced.tube)
    } else {
      guard !(target is any SourcedTarget) else {
        throw FlowError(.unsupported, "source", "the source of this target has no closed form")
      }
      try self.init(path: path, data: try law(of: target))
    }
  }
}

/// The law of a target's data.
func law(of target: any Target) throws(FlowError) -> any CharacteristicLaw {
  let d = target.dimension
  guard d == 1 || d == 2 else {
    throw FlowError(.unsupported, "dimension", "grids have one or two axes, not \(d)")
  }
  switch target {
  case let mixture as GaussianMixture:
    let parts = mixture.parts
    guard let stds = parts.stds else { return try law(of: parts, dimension: d, mixture.extent) }
    return try SeparableLaw(
      dimension: d, weights: parts.shares,
      factors: parts.means.indices.map { .normal(mean: parts.means[$0], std: stds[$0 / d]) })
  case let boxes as UniformBoxes:
    let parts = boxes.parts
    return try SeparableLaw(
      dimension: d, weights: parts.shares,
      factors: parts.lower.indices.map {
        .uniform(lower: parts.lower[$0], upper: parts.upper[$0])
      })
  case let ring as Ring: return PlanarLaw(ring)
  default: return try sampled(target)
  }
}

private func law(
  of parts: MixtureParts, dimension: Int, _ extent: Extent?
) throws(FlowError) -> any CharacteristicLaw {
  let covariances = parts.covariances ?? []
  if dimension == 2 {
    return PlanarLaw(
      weights: parts.shares, means: parts.means, covariances: covariances, extent: extent)
  }
  return try SeparableLaw(
    dimension: 1, weights: parts.shares,
    factors: parts.means.indices.map {
      .normal(mean: parts.means[$0], std: covariances[$0][0].squareRoot())
    })
}

private func sampled(_ target: any Target) throws(FlowError) -> any CharacteristicLaw {
  guard let extent = (target as? any LocatedTarget)?.extent, extent.smallestVariance > 0 else {
    throw FlowError(
      .unsupported, "target",
      "the target has neither a characteristic function in closed form nor a density of known "
        + "extent")
  }
  let reach = 9 * extent.largestVariance.squareRoot()
  let grid = try PeriodicGrid(
    dimension: target.dimension, covering: extent.lower - reach, extent.upper + reach,
    step: extent.smallestVariance.squareRoot() / 6)
  let field = MarginalField(path: try OptimalTransportPath(), target: target)
  let logs = try field.values(of: .logDensity, at: [.end], of: grid.points)
  return try SampledLaw(
    density: logs.map { Double.exp($0) }, on: grid, extent: extent)
}
