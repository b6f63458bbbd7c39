package import FlowIntegration
package import FlowMatching
import RealModule

/// The order of a method on an exact field, as its errors show it.
package struct MeasuredOrder: Sendable, Equatable {
  /// `log2` of how the error falls when the steps are doubled.
  package let slope: Double
  /// The larger number of steps of the two.
  package let steps: Int

  /// The numbers of steps that are tried, from the most on.
  static let ladder = [512, 256, 128, 64, 32]
  /// How many trajectories are followed.
  static let trajectories = 128
  /// How many times the exact ends' own error an error must be to say something of the method.
  static let margin = 100.0
}

extension FewStepPanel {
  /// The slope between the largest two numbers of steps at which the error is the method's and not rounding's; `nil` where
  /// there are none.
  /// - Throws: what the method throws.
  package func order(
    of method: StepMethod, _ spacing: StepSpacing
  ) throws(FlowError) -> MeasuredOrder? {
    let count = min(points.count, MeasuredOrder.trajectories * field.dimension)
    let (starts, ends) = (Array(points.prefix(count)), Array(exact.points.prefix(count)))
    let size = RowDistances.rootMeanSquare(
      RowDistances.distances(
        ends, [Double](repeating: 0, count: count), dimension: field.dimension))
    let smallest = MeasuredOrder.margin * max(exact.uncertainty, 100 * size.ulp)
    var finer: (steps: Int, error: Double)?
    for steps in MeasuredOrder.ladder {
      let found = try method.ends(of: field, at: try times(steps, spacing), from: starts).points
      guard let found else { return nil }
      let error = RowDistances.rootMeanSquare(
        RowDistances.distances(found, ends, dimension: field.dimension))
      if let finer { return MeasuredOrder(slope: Double.log2(error / finer.error), steps: finer.steps) }
      if error > smallest { finer = (steps, error) }
    }
    return nil
  }
}
