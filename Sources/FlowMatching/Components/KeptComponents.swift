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
    let scaled = try Self.summable(given)
    let total = blockedSum(count) { scaled[$0] }
    try FlowError.checkPositive(total, "weights")
    self.count = count
    places = given.indices.filter { given[$0] > 0 }
    self.weights = places.map { scaled[$0] }
    logWeights = self.weights.map { weight in
      // log1p where one component has nearly all of the weight.
      2 * weight > total
        ? Double.log(onePlus: (weight - total) / total) : Double.log(weight / total)
    }
  }

  /// The weights times a power of two, so that their sum does not overflow; what counts is their ratio.
  private static func summable(_ weights: [Double]) throws(FlowError) -> [Double] {
    // 2^64 is more than there can be.
    let scale = 0x1p-64
    guard let largest = weights.max(), largest > .greatestFiniteMagnitude * scale else {
      return weights
    }
    for weight in weights where weight > 0 && weight * scale < .leastNormalMagnitude {
      throw FlowError.outOfDomain(
        "weights", weight, accepted: "2^-2000 times the largest, \(largest), and more")
    }
    return weights.map { $0 * scale }
  }
}
