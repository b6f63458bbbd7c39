// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CFlowReference
import FlowMatching

/// The squared distances of two sets of points.
private func distances(
  _ x0: UnsafePointer<Double>?, _ count0: Int, _ x1: UnsafePointer<Double>?, _ count1: Int,
  _ dimension: Int
) throws -> CostMatrix {
  try CostMatrix(
    squaredDistancesFrom: try Arrays.read(x0, count0, dimension, "x0"),
    to: try Arrays.read(x1, count1, dimension, "x1"), dimension: dimension)
}

@c @implementation
public func flowref_assignment(
  _ x0: UnsafePointer<Double>?, _ x1: UnsafePointer<Double>?, _ count: Int, _ dimension: Int,
  _ permutation: UnsafeMutablePointer<Int64>?, _ cost: UnsafeMutablePointer<Double>?,
  _ run: UnsafePointer<flowref_run>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let place = try Arrays.place(permutation, "permutation")
    try RunControl(run).run {
      let found = try Assignment(try distances(x0, count, x1, count, dimension))
      for (row, column) in found.permutation.enumerated() { place[row] = Int64(column) }
      cost?.pointee = found.cost
    }
  }
}

@c @implementation
public func flowref_sinkhorn(
  _ x0: UnsafePointer<Double>?, _ count0: Int, _ x1: UnsafePointer<Double>?, _ count1: Int,
  _ dimension: Int, _ weights0: UnsafePointer<Double>?, _ weights1: UnsafePointer<Double>?,
  _ epsilon: Double, _ tolerance: Double, _ plan: UnsafeMutablePointer<Double>?,
  _ cost: UnsafeMutablePointer<Double>?, _ gap: UnsafeMutablePointer<Double>?,
  _ run: UnsafePointer<flowref_run>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let place = try Arrays.place(plan, "plan")
    try RunControl(run).run {
      let found = try EntropicPlan(
        try distances(x0, count0, x1, count1, dimension), epsilon: epsilon,
        rowWeights: try Arrays.optional(weights0, count0, "weights0"),
        columnWeights: try Arrays.optional(weights1, count1, "weights1"), tolerance: tolerance)
      Arrays.write(found.plan, to: place)
      cost?.pointee = found.cost
      gap?.pointee = found.gap
    }
  }
}

@c @implementation
public func flowref_gaussian_map(
  _ dimension: Int, _ mean0: UnsafePointer<Double>?, _ covariance0: UnsafePointer<Double>?,
  _ mean1: UnsafePointer<Double>?, _ covariance1: UnsafePointer<Double>?,
  _ points: UnsafePointer<Double>?, _ count: Int, _ result: UnsafeMutablePointer<Double>?,
  _ squaredDistance: UnsafeMutablePointer<Double>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let map = try GaussianMap(
      mean0: try Arrays.read(mean0, dimension, "mean0"),
      covariance0: try Arrays.read(covariance0, dimension, dimension, "covariance0"),
      mean1: try Arrays.read(mean1, dimension, "mean1"),
      covariance1: try Arrays.read(covariance1, dimension, dimension, "covariance1"))
    squaredDistance?.pointee = map.squaredDistance
    guard count > 0 else { return }
    let x = try Arrays.read(points, count, dimension, "x")
    let place = try Arrays.place(result, "result")
    for row in 0..<count {
      let image = try map(Array(x[row * dimension..<(row + 1) * dimension]))
      Arrays.write(image, to: place, at: row * dimension)
    }
  }
}
