/// Components that are each other's mirror images in a point c, with the same weights.
///
/// A component is a row of numbers that mirror one another: the mean, or the lower corner of a box and then the upper
/// one. The image of `m` is `2c - m`; that of a lower corner is an upper one.
struct MirrorPairs: Sendable {
  /// c.
  let center: [Double]
  /// Component, image; the same twice for a component that is its own.
  let pairs: [(first: Int, second: Int)]
  /// The largest distance of a number of a row from the centre.
  let reach: Double

  /// `nil` where a component has no image with the same weight and the same spread, each number exactly `2c - m`;
  /// `haveEqualSpreads` compares the spreads of two components.
  init?(
    dimension: Int, rows: [Double], weights: [Double],
    haveEqualSpreads: (Int, Int) -> Bool = { _, _ in true }
  ) {
    let count = weights.count
    guard count > 1 else { return nil }
    let width = rows.count / count
    func row(_ k: Int) -> ArraySlice<Double> { rows[k * width..<(k + 1) * width] }
    // The extreme rows of the first axis must be each other's images: all that most mixtures are asked.
    var center: [Double] = []
    for i in 0..<dimension {
      let opposite = (i + dimension) % width
      var (least, largest) = (rows[i], rows[opposite])
      for k in 1..<count {
        least = min(least, rows[k * width + i])
        largest = max(largest, rows[k * width + opposite])
      }
      center.append(least / 2 + largest / 2)
      guard center[i].isFinite, Self.image(least, in: center[i]) == largest else { return nil }
    }
    func image(_ k: Int) -> [Double]? {
      var result: [Double] = []
      for i in 0..<width {
        let m = rows[k * width + (i + dimension) % width]
        guard let other = Self.image(m, in: center[i % dimension]) else { return nil }
        result.append(other)
      }
      return result
    }
    guard let first = image(0), (0..<count).contains(where: { row($0).elementsEqual(first) }) else {
      return nil
    }
    var places: [[Double]: [Int]] = [:]
    for k in 0..<count { places[Array(row(k)), default: []].append(k) }
    var isPaired = [Bool](repeating: false, count: count)
    var pairs: [(first: Int, second: Int)] = []
    for k in 0..<count where !isPaired[k] {
      guard let image = image(k) else { return nil }
      let partner =
        row(k).elementsEqual(image)
        ? k
        : places[image]?.first {
          !isPaired[$0] && weights[$0] == weights[k] && haveEqualSpreads($0, k)
        }
      guard let partner else { return nil }
      isPaired[k] = true
      isPaired[partner] = true
      pairs.append((k, partner))
    }
    self.center = center
    self.pairs = pairs
    var reach = 0.0
    for (i, m) in rows.enumerated() { reach = max(reach, abs(m - center[i % width % dimension])) }
    self.reach = reach
  }

  /// `2c - m` where that and `m - c` are exact.
  private static func image(_ m: Double, in c: Double) -> Double? {
    let half = exactSum(m, -c)
    let image = exactSum(c, -half.high)
    return half.low == 0 && image.low == 0 ? image.high : nil
  }

  /// Less than half in the lanes where D is so near to c that the pairs are to be taken, 1 elsewhere.
  @inline(__always)
  func distance<S: Scalar>(_ denoiser: (Int) -> S) -> S {
    let near = S(reach * 0x1p-5)
    var result = S(0.0)
    for i in center.indices {
      let away = denoiser(i) - S(center[i])
      result = S.choose(S.maximum(away, -away), below: near, then: result, otherwise: S(1.0))
    }
    return result
  }
}
