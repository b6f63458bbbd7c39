import RealModule

/// The components that have weight.
struct KeptComponents {
  let count: Int
  let places: [Int]
  let weights: [Double]
  let logWeights: [Double]

  /// The kept rows of a table of `count` rows.
  func rows(of table: [Double], _ dimension: Int) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(places.count * dimension)
    for place in places { result += table[place * dimension..<(place + 1) * dimension] }
    return result
  }

  /// The same components, neighbours close to each other.
  func inCompactOrder(_ means: [Double], _ dimension: Int) -> Self {
    guard places.count > BlockBounds.size else { return self }
    let order = compactOrder(
      rows(of: means, dimension), dimension: dimension, leaf: BlockBounds.size)
    return KeptComponents(
      count: count, places: order.map { places[$0] }, weights: order.map { weights[$0] },
      logWeights: order.map { logWeights[$0] })
  }
}

extension KeptComponents {
  /// Those of `count` components that have weight, in the order given.
  init(_ weights: [Double]?, count: Int) throws(FlowError) {
    let given = weights ?? [Double](repeating: 1, count: count)
    guard given.count == count else {
      throw FlowError.dimensionMismatch("weights", given.count, expected: count)
    }
    for weight in given { try FlowError.checkNonNegative(weight, "weights") }
    let total = blockedSum(count) { given[$0] }
    try FlowError.checkPositive(total, "weights")
    self.count = count
    places = given.indices.filter { given[$0] > 0 }
    self.weights = places.map { given[$0] }
    logWeights = self.weights.map { weight in
      // log1p where one component has nearly all of the weight.
      2 * weight > total
        ? Double.log(onePlus: (weight - total) / total) : Double.log(weight / total)
    }
  }
}
