public import FlowMatching
import RealModule

/// Distances between two sets of samples, rows of `dimension` numbers.
public enum SampleDistance {
  /// The energy distance `2 E|X - Y| - E|X - X'| - E|Y - Y'|`, without the terms of a row with itself:
  /// unbiased, so that it may be negative for samples of one law. O(n^2).
  ///
  /// *Reference*: Szekely and Rizzo (2013).
  public static func energy(_ a: [Double], _ b: [Double], dimension d: Int) -> Double {
    let (n, m) = (a.count / d, b.count / d)
    precondition(n > 1 && m > 1, "\(n) and \(m) rows: at least two of each are needed")
    func total(_ x: [Double], _ y: [Double]) -> Double {
      var sum = 0.0
      for i in 0..<x.count / d {
        var row = 0.0
        for j in 0..<y.count / d {
          var square = 0.0
          for k in 0..<d {
            let difference = x[i * d + k] - y[j * d + k]
            square += difference * difference
          }
          row += square.squareRoot()
        }
        sum += row
      }
      return sum
    }
    let (n2, m2) = (Double(n), Double(m))
    return 2 * total(a, b) / (n2 * m2) - total(a, a) / (n2 * (n2 - 1))
      - total(b, b) / (m2 * (m2 - 1))
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
    let random = RandomStream(seed: seed, stream: RandomPurpose.probes.stream)
    let n = a.count / d
    var sum = 0.0
    for k in 0..<directions {
      var direction: [Double]
      switch d {
      case 1: direction = [1]
      case 2:
        let turn = (Double(k) + 0.5) / Double(directions)
        direction = [Double.cosPi(turn), Double.sinPi(turn)]
      default:
        direction = random.normals(d, at: UInt64(k * ((d + 1) / 2)))
        let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
        direction = direction.map { $0 / length }
      }
      func projected(_ x: [Double]) -> [Double] {
        (0..<n).map { i in (0..<d).reduce(0) { $0 + x[i * d + $1] * direction[$1] } }.sorted()
      }
      sum += zip(projected(a), projected(b)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    return (sum / Double(n * directions)).squareRoot()
  }
}
