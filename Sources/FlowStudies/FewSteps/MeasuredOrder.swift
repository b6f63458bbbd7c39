package import FlowIntegration
package import FlowMatching
import RealModule

/// The order of a method on an exact field, as the median of its errors shows it. The mean would tell of the few trajectories
/// that a coarse step brings to another part of the data.
package struct MeasuredOrder: Sendable, Equatable {
  /// `log2` of how the error falls when the steps are doubled, the mean of two doublings.
  package let slope: Double
  /// The larger number of steps.
  package let steps: Int

  /// The numbers of steps that are tried, from the most on, each against a quarter of them.
  package static let ladder = [256, 128, 64]
  /// How many trajectories are followed.
  static let trajectories = 64
  /// How many times the exact ends' own error an error must be to say something of the method.
  static let margin = 100.0
}

extension FewStepPanel {
  /// The slope up to the largest number of steps at which the error is the method's and not rounding's; `nil` where there is
  /// none, or where a state leaves the range of double precision.
  /// - Throws: what the method throws.
  package func order(
    of method: StepMethod, _ spacing: StepSpacing, ladder: [Int] = MeasuredOrder.ladder
  ) throws(FlowError) -> MeasuredOrder? {
    let d = field.dimension
    let count = min(points.count, MeasuredOrder.trajectories * d)
    let (starts, ends) = (Array(points.prefix(count)), Array(exact.points.prefix(count)))
    func error(_ steps: Int) throws(FlowError) -> Double {
      let found = try method.ends(of: field, at: try times(steps, spacing), from: starts).points
      return found.map { RowDistances.median(RowDistances.distances($0, ends, dimension: d)) }
        ?? .nan
    }
    let size = ends.map(abs).max() ?? 0
    let smallest =
      MeasuredOrder.margin * max(RowDistances.median(exact.uncertainties), 100 * size.ulp)
    for steps in ladder {
      let fine = try error(steps)
      guard fine.isFinite else { return nil }
      guard fine > smallest else { continue }
      let coarse = try error(steps / 4)
      return coarse.isFinite
        ? MeasuredOrder(slope: Double.log2(coarse / fine) / 2, steps: steps) : nil
    }
    return nil
  }
}
