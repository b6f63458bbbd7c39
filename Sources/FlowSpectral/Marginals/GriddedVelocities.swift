public import FlowMatching

/// Velocities at the points of a grid at one time, as they come from a file: rows of a place and a
/// velocity, in any order.
public struct GriddedVelocities: Sendable {
  public let grid: PeriodicGrid
  /// Rows in the order of the grid's points.
  public let velocities: [Double]

  /// - Parameter rows: per point `dimension` coordinates and as many components.
  /// - Throws: `dimensionMismatch`, `nonFinite`, `unsupported` beyond two dimensions, and `outOfDomain`
  ///   for points that are no full grid with equal steps and an even number of points per axis.
  public init(rows: [Double], dimension d: Int) throws(FlowError) {
    guard d == 1 || d == 2 else {
      throw FlowError(.unsupported, "dimension", "grids have one or two axes, not \(d)")
    }
    guard !rows.isEmpty, rows.count.isMultiple(of: 2 * d) else {
      throw FlowError.dimensionMismatch("rows", rows.count, expected: 2 * d)
    }
    guard rows.allSatisfy(\.isFinite) else {
      throw FlowError(.nonFinite, "rows", "a coordinate or a velocity is not finite")
    }
    let count = rows.count / (2 * d)
    var axes: [PeriodicGrid.Axis] = []
    for axis in 0..<d {
      let places = Set((0..<count).map { rows[$0 * 2 * d + axis] }).sorted()
      guard places.count > 1 else {
        throw FlowError.outOfDomain("x\(axis)", places, accepted: "the points of a grid")
      }
      let step = (places[places.count - 1] - places[0]) / Double(places.count - 1)
      for (j, place) in places.enumerated()
      where abs(place - places[0] - Double(j) * step) > 1e-9 * step {
        throw FlowError.outOfDomain("x\(axis)", place, accepted: "equal steps of \(step)")
      }
      axes.append(try PeriodicGrid.Axis(origin: places[0], step: step, count: places.count))
    }
    grid = try PeriodicGrid(axes)
    guard grid.count == count else {
      throw FlowError.dimensionMismatch("rows", count, expected: grid.count)
    }
    var velocities = [Double](repeating: .nan, count: count * d)
    for row in 0..<count {
      var point = 0
      for (axis, places) in axes.enumerated() {
        let j = ((rows[row * 2 * d + axis] - places.origin) / places.step).rounded()
        point = point * places.count + Int(j)
      }
      for axis in 0..<d { velocities[point * d + axis] = rows[row * 2 * d + d + axis] }
    }
    guard velocities.allSatisfy(\.isFinite) else {
      throw FlowError.outOfDomain("rows", count, accepted: "every point of the grid once")
    }
    self.velocities = velocities
  }
}
