import RealModule

/// A table of costs in vectors of eight, each row filled up with infinities, which count for nothing
/// in `logSumExp`.
struct LaneTable {
  private static let width = Lanes.count

  private let blocks: Int
  private var values: [SIMD8<Double>]

  init(rows: Int, columns: Int, _ entry: (Int, Int) -> Double) {
    blocks = (columns + Self.width - 1) / Self.width
    values = []
    values.reserveCapacity(rows * blocks)
    for i in 0..<rows {
      for block in 0..<blocks {
        var vector = SIMD8<Double>(repeating: .infinity)
        for lane in 0..<min(Self.width, columns - block * Self.width) {
          vector[lane] = entry(i, block * Self.width + lane)
        }
        values.append(vector)
      }
    }
  }

  /// Numbers in vectors of eight, filled up with zeros.
  static func packed(_ numbers: [Double]) -> [SIMD8<Double>] {
    (0..<(numbers.count + width - 1) / width).map { block in
      var vector = SIMD8<Double>(repeating: 0)
      for lane in 0..<min(width, numbers.count - block * width) {
        vector[lane] = numbers[block * width + lane]
      }
      return vector
    }
  }

  /// `log sum_j exp(terms_j - row_j)`, the largest exponent taken out; sums in blocks of 128.
  func logSumExp(_ row: Int, _ terms: [SIMD8<Double>]) -> Double {
    let start = row * blocks
    var largest = SIMD8<Double>(repeating: -.infinity)
    for block in 0..<blocks {
      let exponent = terms[block] - values[start + block]
      largest = largest.replacing(with: exponent, where: exponent .> largest)
    }
    let top = largest.max()
    var total = SIMD8<Double>(repeating: 0)
    for first in stride(from: 0, to: blocks, by: 16) {
      var part = SIMD8<Double>(repeating: 0)
      for block in first..<min(first + 16, blocks) {
        part += vectorExponential(terms[block] - values[start + block] - top)
      }
      total += part
    }
    return top + Double.log(total.sum())
  }
}
