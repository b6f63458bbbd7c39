public import FlowMatching

/// Where samples come from: a distribution, fresh every time, or the rows of a table.
public enum DataSource: Sendable {
  case target(any Target)
  /// Rows of `dimension` numbers, with the number of its label for every row where there are labels.
  case table(dimension: Int, rows: [Double], labels: [Int]?)

  public var dimension: Int {
    switch self {
    case .target(let target): target.dimension
    case .table(let dimension, _, _): dimension
    }
  }

  /// Sample `index` of the stream and the number of its label; with `epochs` every row of a table comes once
  /// before any comes again.
  func sample(
    _ index: UInt64, from random: RandomStream, epochs: Bool = false
  ) -> (point: [Double], label: Int?) {
    switch self {
    case .target(let target):
      return (target.sample(index, from: random), nil)
    case .table(let d, let rows, let labels):
      let count = UInt64(rows.count / d)
      // 64 random bits times the number of rows, the high half: uniform to within 2^-64 of the count.
      let row = Int(
        epochs
          ? EpochOrder(count: count, epoch: index / count, random: random)[index % count]
          : random.bits(at: index).0.multipliedFullWidth(by: count).high)
      return (Array(rows[row * d..<(row + 1) * d]), labels?[row])
    }
  }
}

/// The order of the rows in one epoch: a permutation of `0..<count` that is known at every place without being
/// stored, so that a resumed run needs nothing but its number of updates.
///
/// A Feistel network of six rounds on the next even number of bits, walked until it comes back below `count`: two
/// walks on average. (On fewer than six bits six rounds would prefer some orders visibly.)
///
/// *Reference*: Luby and Rackoff (1988); Black and Rogaway (2002), section 4, for the walk.
struct EpochOrder {
  let count: UInt64
  let epoch: UInt64
  let random: RandomStream

  private var halfBits: UInt64 {
    let bits = UInt64(64 - (max(count, 2) - 1).leadingZeroBitCount)
    return max(3, (bits + 1) / 2)
  }

  subscript(place: UInt64) -> UInt64 {
    let half = halfBits
    let mask = UInt64(1) << half - 1
    var value = place
    repeat {
      var (left, right) = (value >> half, value & mask)
      for round in 0..<UInt64(6) {
        // Its own number for every epoch, round and half, far from those of samples with replacement.
        let number = UInt64(1) << 63 | epoch << 36 ^ round << 33 ^ right
        (left, right) = (right, left ^ (random.bits(at: number).0 & mask))
      }
      value = left << half | right
    } while value >= count
    return value
  }
}

/// The law of x0.
public enum NoiseSource: Sendable {
  /// N(0, I).
  case gaussian
  /// Uniform on a cube.
  case uniform(lower: Double, upper: Double)
  case data(DataSource)

  var isGaussian: Bool { if case .gaussian = self { true } else { false } }

  func sample(_ index: UInt64, _ d: Int, from random: RandomStream) -> [Double] {
    let start = index &* UInt64((d + 1) / 2)
    switch self {
    case .gaussian:
      return random.normals(d, at: start)
    case .uniform(let lower, let upper):
      return (0..<d).map { i in
        let pair = random.uniforms(at: start &+ UInt64(i / 2))
        return lower + (upper - lower) * (i.isMultiple(of: 2) ? pair.0 : pair.1)
      }
    case .data(let source):
      return source.sample(index, from: random).point
    }
  }
}

extension TrainingRecipe {
  /// The law of x0; `source` is the data that it is drawn from where the recipe says so.
  /// - Throws: `outOfDomain` where that is missing, `dimensionMismatch`.
  func noiseSource(_ source: DataSource?) throws(FlowError) -> NoiseSource {
    switch self.source {
    case .gaussian: return .gaussian
    case .uniform(let lower, let upper): return .uniform(lower: lower, upper: upper)
    case .data:
      guard let source else {
        throw FlowError(.outOfDomain, "source", "the source data is missing")
      }
      guard source.dimension == network.dimension else {
        throw FlowError.dimensionMismatch(
          "source", source.dimension, expected: network.dimension)
      }
      return .data(source)
    }
  }
}
