import RealModule

/// Distances between two sets of samples, rows of `dimension` numbers.
public enum SampleDistance {
  /// The energy distance `2 E|X - Y| - E|X - X'| - E|Y - Y'|`, without the terms of a row with itself:
  /// unbiased, so that it may be negative for samples of one law. O(n^2).
  ///
  /// - Parameter spreadOfSecond: ``spread(_:dimension:)`` of `b`, where it is known already.
  ///
  /// *Reference*: Szekely and Rizzo (2013).
  public static func energy(
    _ a: [Double], _ b: [Double], dimension d: Int, spreadOfSecond: Double? = nil
  ) -> Double {
    let (n, m) = (Double(a.count / d), Double(b.count / d))
    precondition(n > 1 && m > 1, "\(n) and \(m) rows: at least two of each are needed")
    return 2 * total(a, b, d) / (n * m) - spread(a, dimension: d)
      - (spreadOfSecond ?? spread(b, dimension: d))
  }

  /// The mean distance `E|X - X'|` of two different rows.
  public static func spread(_ a: [Double], dimension d: Int) -> Double {
    let n = Double(a.count / d)
    return total(a, a, d) / (n * (n - 1))
  }

  /// The sum of the distances of all pairs.
  private static func total(_ x: [Double], _ y: [Double], _ d: Int) -> Double {
    sums(x, y, dimension: d).reduce(0, +)
  }

  /// Of every row of `x` the sum of its distances from the rows of `y`.
  package static func sums(_ x: [Double], _ y: [Double], dimension d: Int) -> [Double] {
    let (n, m) = (x.count / d, y.count / d)
    return parallelMap(n) { i in
      var row = 0.0
      for j in 0..<m {
        var square = 0.0
        for k in 0..<d {
          let difference = x[i * d + k] - y[j * d + k]
          square += difference * difference
        }
        row += square.squareRoot()
      }
      return row
    }
  }

  /// The sliced 2-Wasserstein distance: the root of the mean, over directions, of the mean squared
  /// difference of the sorted projections. Both sets must have as many rows. In two dimensions the
  /// directions are equally spaced, beyond them random.
  ///
  /// *Reference*: Bonneel, Rabin, Peyre and Pfister (2015).
  /// - Throws: `dimensionMismatch`.
  public static func slicedWasserstein(
    _ a: [Double], _ b: [Double], dimension d: Int, directions: Int = 128, seed: UInt64 = 0
  ) throws(FlowError) -> Double {
    guard a.count == b.count else {
      throw FlowError.dimensionMismatch("samples", b.count / d, expected: a.count / d)
    }
    let random = RandomStream(seed: seed, stream: 9 << 56)
    let n = a.count / d
    let sums = parallelMap(directions) { k in
      let direction = direction(k, of: directions, d, random)
      func projected(_ x: [Double]) -> [Double] {
        (0..<n).map { i in (0..<d).reduce(0) { $0 + x[i * d + $1] * direction[$1] } }.sorted()
      }
      return zip(projected(a), projected(b)).reduce(0) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
      }
    }
    return (sums.reduce(0, +) / Double(n * directions)).squareRoot()
  }

  private static func direction(
    _ k: Int, of directions: Int, _ d: Int, _ random: RandomStream
  ) -> [Double] {
    switch d {
    case 1: return [1]
    case 2:
      let turn = (Double(k) + 0.5) / Double(directions)
      return [Double.cosPi(turn), Double.sinPi(turn)]
    default:
      let direction = random.normals(d, at: UInt64(k * ((d + 1) / 2)))
      let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return direction.map { $0 / length }
    }
  }
}
