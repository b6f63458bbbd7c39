/// Distances of points from where they should be.
package enum RowDistances {
  /// The distance of every row of `a` from the same row of `b`.
  package static func distances(_ a: [Double], _ b: [Double], dimension d: Int) -> [Double] {
    (0..<a.count / d).map { row in
      var square = 0.0
      for i in row * d..<(row + 1) * d { square += (a[i] - b[i]) * (a[i] - b[i]) }
      return square.squareRoot()
    }
  }

  /// The root of the mean of the squares.
  package static func rootMeanSquare(_ values: [Double]) -> Double {
    (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
  }

  /// The value in the middle, the upper of two.
  package static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
