/// A square window of the plane and the points of a lattice in it, both ends of each axis included.
package struct PlotGrid: Sendable, Equatable {
  /// The window's lower corner.
  package let lower: (x: Double, y: Double)
  /// The length of its sides.
  package let length: Double
  /// Points per axis, at least 2.
  package let count: Int

  package init(lower: (x: Double, y: Double), length: Double, count: Int) {
    precondition(length > 0 && count >= 2, "a window of \(length) with \(count) points per axis")
    self.lower = lower
    self.length = length
    self.count = count
  }

  package static func == (a: Self, b: Self) -> Bool {
    a.lower == b.lower && a.length == b.length && a.count == b.count
  }

  /// The same window with another number of points.
  package func with(count: Int) -> PlotGrid { PlotGrid(lower: lower, length: length, count: count) }

  /// The distance between neighbours.
  package var spacing: Double { length / Double(count - 1) }

  /// Coordinate `i` of the first axis.
  package func x(_ i: Int) -> Double { place(lower.x, i) }
  /// Coordinate `j` of the second axis.
  package func y(_ j: Int) -> Double { place(lower.y, j) }

  private func place(_ lower: Double, _ i: Int) -> Double {
    lower + length * (Double(i) / Double(count - 1))
  }

  /// The points as rows of two numbers, the first axis fastest.
  package var points: [Double] {
    (0..<count).flatMap { j in (0..<count).flatMap { i in [x(i), y(j)] } }
  }

  /// Every point with its values, a row each.
  func rows(_ values: [Double]) -> [[Double]] {
    let width = values.count / (count * count)
    return (0..<count * count).map { k in
      [x(k % count), y(k / count)] + values[k * width..<(k + 1) * width]
    }
  }

  /// The commands that set both axes to the window.
  var range: String {
    "set xrange [\(lower.x):\(lower.x + length)]\nset yrange [\(lower.y):\(lower.y + length)]"
  }
}
