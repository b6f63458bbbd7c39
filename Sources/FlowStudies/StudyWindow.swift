package import FlowFigures
package import FlowMatching
import RealModule

extension PlotGrid {
  /// A square window that holds a distribution of two dimensions, and the standard normal.
  /// - Throws: `unsupported` for another dimension or a distribution without an extent.
  package static func window(around target: any Target, count: Int) throws(FlowError) -> PlotGrid {
    guard target.dimension == 2 else {
      throw FlowError(
        .unsupported, "data",
        "a study draws the plane: the data has dimension \(target.dimension), expected 2")
    }
    guard let extent = (target as? any LocatedTarget)?.extent else {
      throw FlowError(.unsupported, "data", "the target's extent is not known")
    }
    let margin = 3.5 * extent.largestVariance.squareRoot() + 0.25
    // Two and a half standard deviations of the noise on both sides of 0.
    let lower = min(extent.lower - margin, -2.5)
    let upper = max(extent.upper + margin, 2.5)
    // Whole quarters: places that read well.
    let start = (4 * lower).rounded(.down) / 4
    let length = (4 * upper).rounded(.up) / 4 - start
    return PlotGrid(lower: (start, start), length: length, count: count)
  }
}
