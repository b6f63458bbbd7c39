import ArgumentParser

/// A box of points: `min:max:n` per axis, axes separated by commas, the last axis fastest.
struct Grid: ExpressibleByArgument {
  let axes: [(lower: Double, upper: Double, count: Int)]

  init?(argument: String) {
    var axes: [(Double, Double, Int)] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let numbers = part.split(separator: ":", omittingEmptySubsequences: false)
      guard numbers.count == 3, let lower = Double(numbers[0]), let upper = Double(numbers[1]),
        let count = Int(numbers[2]), lower.isFinite, upper.isFinite, count >= 1,
        count > 1 ? lower < upper : lower == upper
      else { return nil }
      axes.append((lower, upper, count))
    }
    // A hundred million points are no grid but a slip.
    var total = 1
    for axis in axes {
      let (product, overflow) = total.multipliedReportingOverflow(by: axis.2)
      guard !overflow, product <= 100_000_000 else { return nil }
      total = product
    }
    self.axes = axes
  }

  /// The points, a row each; both ends of every axis are met exactly.
  var points: [Double] {
    let total = axes.reduce(1) { $0 * $1.count }
    var result: [Double] = []
    result.reserveCapacity(total * axes.count)
    for index in 0..<total {
      var rest = index
      var row = [Double](repeating: 0, count: axes.count)
      for (place, axis) in axes.enumerated().reversed() {
        row[place] = Self.place(rest % axis.count, axis)
        rest /= axis.count
      }
      result += row
    }
    return result
  }

  private static func place(
    _ i: Int, _ axis: (lower: Double, upper: Double, count: Int)
  ) -> Double {
    if i == 0 { return axis.lower }
    if i == axis.count - 1 { return axis.upper }
    let share = Double(i) / Double(axis.count - 1)
    return axis.lower * (1 - share) + axis.upper * share
  }
}
