/// What it costs to send point i of one set to point j of another, rows first.
public struct CostMatrix: Sendable, Equatable {
  /// The number of points of the first set.
  public let rows: Int
  /// The number of points of the second set.
  public let columns: Int
  /// `rows * columns` finite numbers; row i, column j at `i * columns + j`.
  public let values: [Double]

  /// Any costs.
  /// - Throws: `dimensionMismatch`, `nonFinite`.
  public init(rows: Int, columns: Int, values: [Double]) throws(FlowError) {
    guard rows > 0, columns > 0 else {
      throw FlowError.outOfDomain("costs", "\(rows) x \(columns)", accepted: "1 x 1 or larger")
    }
    guard values.count == rows * columns else {
      throw FlowError.dimensionMismatch("costs", values.count, expected: rows * columns)
    }
    try FlowError.checkFinite(values, "costs")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// Squared distances `|x0_i - x1_j|^2`, from the differences themselves.
  ///
  /// *Accuracy*: a few u relative (differences are formed first, all terms are positive).
  /// - Parameters:
  ///   - x0: Points of `dimension` numbers, joined: the rows.
  ///   - x1: Points of `dimension` numbers, joined: the columns.
  /// - Throws: `dimensionMismatch`, `nonFinite`, `outOfDomain` where a square overflows.
  public init(
    squaredDistancesFrom x0: [Double], to x1: [Double], dimension d: Int
  ) throws(FlowError) {
    guard d > 0 else { throw FlowError.outOfDomain("dimension", d, accepted: "[1, infinity)") }
    for (points, name) in [(x0, "x0"), (x1, "x1")] {
      _ = try FlowError.rowCount(of: points, dimension: d, name, atLeast: 1)
      try FlowError.checkFinite(points, name)
    }
    rows = x0.count / d
    columns = x1.count / d
    try Budget.check(bytes: 8 * Double(rows) * Double(columns), "x0")
    var values: [Double] = []
    values.reserveCapacity(rows * columns)
    for i in 0..<rows {
      for j in 0..<columns {
        values.append(
          blockedSum(d) { axis in
            let difference = x0[i * d + axis] - x1[j * d + axis]
            return difference * difference
          })
      }
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw FlowError(
        .outOfDomain, "x0",
        "the squared distance of x0[\(index / columns)] and x1[\(index % columns)] overflows; "
          + "distances below 1e154 are accepted")
    }
    self.values = values
  }

  /// Costs known to be finite and of the right number.
  init(rows: Int, columns: Int, reduced values: [Double]) {
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  subscript(row: Int, column: Int) -> Double { values[row * columns + column] }
}
