/// Rows of a block of components, eight of which are gone through side by side: so many chains of
/// fused additions keep the arithmetic units busy although each axis costs but one.
///
/// Beyond the block's end its last row is repeated up to a multiple of eight.
struct BlockRows {
  let means: UnsafePointer<Double>
  let dimension: Int
  let block: Range<Int>

  /// The number of components, padded.
  var paddedCount: Int { (block.count + 7) / 8 * 8 }

  /// How many axes are gone through for the whole block before going on: what the rows share on them
  /// stays in the nearest cache.
  private static let stretch = 128
  /// How many axes are summed before they are added to the rest, so that the rounding error of a long
  /// sum stays small.
  private static let run = 32

  private typealias Eight = (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes)

  /// Puts `m_k.x` into `products`.
  func products(with x: UnsafePointer<Lanes>, into products: UnsafeMutablePointer<Lanes>) {
    var start = 0
    while start < dimension {
      let end = min(start &+ Self.stretch, dimension)
      var b = 0
      while b < block.count {
        let rows = EightRows(means, block, b, dimension)
        let place = products + b
        var first = start
        while first < end {
          let last = min(first &+ Self.run, end)
          let part = eight(rows, x, first, last)
          if first == 0 {
            place[0] = part.0
            place[1] = part.1
            place[2] = part.2
            place[3] = part.3
            place[4] = part.4
            place[5] = part.5
            place[6] = part.6
            place[7] = part.7
          } else {
            place[0] = place[0] + part.0
            place[1] = place[1] + part.1
            place[2] = place[2] + part.2
            place[3] = place[3] + part.3
            place[4] = place[4] + part.4
            place[5] = place[5] + part.5
            place[6] = place[6] + part.6
            place[7] = place[7] + part.7
          }
          first = last
        }
        b = b &+ 8
      }
      start = end
    }
  }

  @inline(__always)
  private func eight(
    _ rows: EightRows, _ x: UnsafePointer<Lanes>, _ first: Int, _ last: Int
  ) -> Eight {
    let zero = Lanes(0.0)
    var sum: Eight = (zero, zero, zero, zero, zero, zero, zero, zero)
    var i = first
    while i < last {
      let shared = x[i]
      sum.0 = sum.0.adding(shared, timesConstant: rows.a[i])
      sum.1 = sum.1.adding(shared, timesConstant: rows.b[i])
      sum.2 = sum.2.adding(shared, timesConstant: rows.c[i])
      sum.3 = sum.3.adding(shared, timesConstant: rows.d[i])
      sum.4 = sum.4.adding(shared, timesConstant: rows.e[i])
      sum.5 = sum.5.adding(shared, timesConstant: rows.f[i])
      sum.6 = sum.6.adding(shared, timesConstant: rows.g[i])
      sum.7 = sum.7.adding(shared, timesConstant: rows.h[i])
      i = i &+ 1
    }
    return sum
  }

  /// Puts `sum_k p_k m_k` into `sum` for the padded shares p.
  func weighted(by shares: UnsafePointer<Lanes>, into sum: UnsafeMutablePointer<Lanes>) {
    var start = 0
    while start < dimension {
      let end = min(start &+ Self.stretch, dimension)
      for i in start..<end { sum[i] = Lanes(0.0) }
      var b = 0
      while b < block.count {
        let p = shares + b
        if !isZero(p) { add(EightRows(means, block, b, dimension), p, to: sum, start, end) }
        b = b &+ 8
      }
      start = end
    }
  }

  @inline(__always)
  private func add(
    _ rows: EightRows, _ shares: UnsafePointer<Lanes>, to sum: UnsafeMutablePointer<Lanes>,
    _ first: Int, _ last: Int
  ) {
    let p: Eight = (
      shares[0], shares[1], shares[2], shares[3], shares[4], shares[5], shares[6], shares[7]
    )
    var i = first
    while i < last {
      let one = p.0.scaled(by: rows.a[i]).adding(p.1, timesConstant: rows.b[i])
        .adding(p.2, timesConstant: rows.c[i]).adding(p.3, timesConstant: rows.d[i])
      let other = p.4.scaled(by: rows.e[i]).adding(p.5, timesConstant: rows.f[i])
        .adding(p.6, timesConstant: rows.g[i]).adding(p.7, timesConstant: rows.h[i])
      sum[i] = sum[i] + (one + other)
      i = i &+ 1
    }
  }

  /// Whether eight shares vanish in all lanes.
  @inline(__always)
  private func isZero(_ p: UnsafePointer<Lanes>) -> Bool {
    let sum = ((p[0] + p[1]) + (p[2] + p[3])) + ((p[4] + p[5]) + (p[6] + p[7]))
    return Lanes.all(sum, below: Lanes(.leastNonzeroMagnitude))
  }
}

/// The rows of eight components.
private struct EightRows {
  let a, b, c, d, e, f, g, h: UnsafePointer<Double>

  @inline(__always)
  init(_ means: UnsafePointer<Double>, _ block: Range<Int>, _ first: Int, _ dimension: Int) {
    let last = block.upperBound &- 1
    @inline(__always) func row(_ place: Int) -> UnsafePointer<Double> {
      means + min(block.lowerBound &+ first &+ place, last) &* dimension
    }
    (a, b, c, d) = (row(0), row(1), row(2), row(3))
    (e, f, g, h) = (row(4), row(5), row(6), row(7))
  }
}
