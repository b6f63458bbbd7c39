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
    let reach = Self.reach([data.target, other])
    let mixture = try Self.mixture(data.target, "data", reach)
    let noise = try Self.mixture(other, "source", reach)
    return ("\(data.name)_sourced", try SourcedMixture(data: mixture, source: noise))
  }

  /// A target as a mixture: itself, or the nodes of a curve.
  private static func mixture(
    _ target: any Target, _ name: String, _ reach: Double
  ) throws -> GaussianMixture {
    if let mixture = target as? GaussianMixture { return mixture }
    if let curve = target as? CurveTarget { return try curve.mixture(reach: reach) }
    throw FlowError(
      .unsupported, name,
      "with --source both --data and --source must be mixtures of Gaussians, points of a file or curves with "
        + "noise, such as eight_gaussians, ring_of_gaussians, two_moons")
  }

  /// How far from each other points of the two ends can lie, their tails included.
  private static func reach(_ ends: [any Target]) -> Double {
    let extents = ends.compactMap { ($0 as? any LocatedTarget)?.extent }
    let tail = 10 * extents.reduce(0) { max($0, $1.largestVariance) }.squareRoot()
    let upper = extents.reduce(0) { max($0, abs($1.upper), abs($1.lower)) }
    return 2 * (upper + tail)
  }
}
