import ArgumentParser
import FlowFiles
import FlowMatching

/// A source other than the standard normal, for the commands whose quantities are defined with one.
struct SourceOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The law of the noise instead of the standard normal: a preset, a file or a target as in requests; \
      mixtures of Gaussians, points and curves with noise.
      """, valueName: "preset|file|json"))
  var source: String?

  /// Throws for a source without data.
  func check(_ data: DataOptions) throws {
    if source != nil, data.data == nil { throw ValidationError("--source needs --data.") }
  }

  /// The data with this source.
  func applied(
    to data: (name: String, target: any Target)
  ) throws -> (name: String, target: any Target) {
    guard let source else { return data }
    let other = try DataOptions.named(source, std: 0) {
      try TableLayout.read(source, DataSelection())
    }.target
    guard other.dimension == data.target.dimension else {
      throw ValidationError(
        "--source has \(other.dimension) coordinates, --data has \(data.target.dimension).")
    }
    // Of curves the nodes depend on the source, and on no data.
    let noise = try Self.mixture(other, "source", seenFrom: other)
    let mixture = try Self.mixture(data.target, "data", seenFrom: noise)
    return ("\(data.name)_sourced", try SourcedMixture(data: mixture, source: noise))
  }

  /// A target as a mixture: itself, or the nodes of a curve, as fine as the source needs.
  private static func mixture(
    _ target: any Target, _ name: String, seenFrom source: any Target
  ) throws -> GaussianMixture {
    if let mixture = target as? GaussianMixture { return mixture }
    if let curve = target as? CurveTarget {
      let extent = (source as? any LocatedTarget)?.extent
      let noise = (extent?.smallestVariance ?? 0).squareRoot()
      let tail = 6 * (extent?.largestVariance ?? 0).squareRoot()
      let reach = max(abs(extent?.lower ?? 0), abs(extent?.upper ?? 0)) + tail
      return try curve.mixture(noise: noise, reach: reach)
    }
    throw FlowError(
      .unsupported, name,
      "with --source both --data and --source must be mixtures of Gaussians, points of a file or curves with "
        + "noise, such as eight_gaussians, ring_of_gaussians, two_moons")
  }
}
