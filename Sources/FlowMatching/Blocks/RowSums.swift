/// One axis's part of a sum over the axes of a component.
protocol AxisTerm<Value> {
  associatedtype Value: Scalar
  /// What the components have in common on axis i.
  associatedtype Shared
  func shared(_ i: Int) -> Shared
  /// Adds the part of the component with the coordinate `mean`.
  func add(to sum: inout Value, _ shared: Shared, _ mean: Double)
}

/// Rows of means, four of which are summed over side by side, so that four chains of additions keep
/// the arithmetic units busy and what the rows share is loaded once.
struct RowSums {
  let means: UnsafePointer<Double>
  let dimension: Int

  /// Puts `scale sum_i term_i(k)` into `sums` for every component k of the block; zero for those
  /// outside `fours`, unless there are so few axes that looking is no dearer than not.
  ///
  /// Sums are taken in blocks of 16 axes, so that the rounding error of a long one stays within a few
  /// u of the sum of the magnitudes. Beyond the block's end the last row is repeated up to a multiple
  /// of four.
  @inline(__always)
  func callAsFunction<T: AxisTerm>(
    _ block: Range<Int>, _ term: T, times scale: T.Value, in fours: Fours,
    into sums: UnsafeMutablePointer<T.Value>
  ) {
    // A constant dimension lets the loops over the axes unroll.
    switch dimension {
    case 1: each(block, 1, term, scale, .all, sums)
    case 2: each(block, 2, term, scale, .all, sums)
    case 3: each(block, 3, term, scale, .all, sums)
    default: each(block, dimension, term, scale, fours, sums)
    }
  }

  /// Up to so many, weighted sums stay in registers and fours are not worth leaving out.
  static let fewAxes = 4
  /// How many axes are summed over for the whole block before going on: what the components share on
  /// them stays in the nearest cache.
  private static let stretch = 128

  @inline(__always)
  private func each<T: AxisTerm>(
    _ block: Range<Int>, _ d: Int, _ term: T, _ scale: T.Value, _ fours: Fours,
    _ sums: UnsafeMutablePointer<T.Value>
  ) {
    let zero = T.Value(0.0)
    var start = 0
    repeat {
      let end = min(start &+ Self.stretch, d)
      var b = 0
      while b < block.count {
        let place = sums + b
        if !fours.contains(b) {
          for i in 0..<4 { place[i] = zero }
        } else {
          let part = four(FourRows(means, block, b, d), start..<end, term)
          let whole =
            start == 0
            ? part
            : (
              place[0] + part.0, place[1] + part.1, place[2] + part.2, place[3] + part.3
            )
          let isLast = end == d
          place[0] = isLast ? whole.0 * scale : whole.0
          place[1] = isLast ? whole.1 * scale : whole.1
          place[2] = isLast ? whole.2 * scale : whole.2
          place[3] = isLast ? whole.3 * scale : whole.3
        }
        b = b &+ 4
      }
      start = end
    } while start < d
  }

  /// Four sums over some of the axes, 16 at a time.
  @inline(__always)
  private func four<T: AxisTerm>(
    _ rows: FourRows, _ axes: Range<Int>, _ term: T
  ) -> (T.Value, T.Value, T.Value, T.Value) {
    let zero = T.Value(0.0)
    var total = (zero, zero, zero, zero)
    var start = axes.lowerBound
    repeat {
      let end = min(start &+ 16, axes.upperBound)
      var part = (zero, zero, zero, zero)
      var i = start
      repeat {
        let shared = term.shared(i)
        term.add(to: &part.0, shared, rows.a[i])
        term.add(to: &part.1, shared, rows.b[i])
        term.add(to: &part.2, shared, rows.c[i])
        term.add(to: &part.3, shared, rows.e[i])
        i = i &+ 1
      } while i < end
      total =
        start == axes.lowerBound
        ? part : (total.0 + part.0, total.1 + part.1, total.2 + part.2, total.3 + part.3)
      start = end
    } while start < axes.upperBound
    return total
  }

  /// Puts `scale sum_k p_k (m_k - origin)` into `sums`, an axis each, for the shares p of `fours`.
  @inline(__always)
  func weighted<S: Scalar>(
    _ block: Range<Int>, from origin: UnsafePointer<S>, by shares: UnsafePointer<S>,
    times scale: S, in fours: Fours, into sums: UnsafeMutablePointer<S>
  ) {
    @inline(__always) func weighted(_ rows: FourRows, _ share: UnsafePointer<S>, _ i: Int) -> S {
      let o = origin[i]
      let first = ((S(rows.a[i]) - o) * share[0]).adding(share[1], times: S(rows.b[i]) - o)
      let second = ((S(rows.c[i]) - o) * share[2]).adding(share[3], times: S(rows.e[i]) - o)
      return first + second
    }
    if dimension <= Self.fewAxes {
      for i in 0..<dimension {
        var total = S(0.0)
        var b = 0
        while b < block.count {
          total = total + weighted(FourRows(means, block, b, dimension), shares + b, i)
          b = b &+ 4
        }
        sums[i] = total * scale
      }
    } else {
      var start = 0
      repeat {
        let axes = start..<min(start &+ Self.stretch, dimension)
        for i in axes { sums[i] = S(0.0) }
        var b = 0
        while b < block.count {
          if fours.contains(b) {
            let rows = FourRows(means, block, b, dimension)
            for i in axes { sums[i] = sums[i] + weighted(rows, shares + b, i) }
          }
          b = b &+ 4
        }
        for i in axes { sums[i] = sums[i] * scale }
        start = axes.upperBound
      } while start < dimension
    }
  }
}

/// The rows of four components, the last one of the block repeated beyond its end.
private struct FourRows {
  let a, b, c, e: UnsafePointer<Double>

  @inline(__always)
  init(_ means: UnsafePointer<Double>, _ block: Range<Int>, _ first: Int, _ d: Int) {
    let k = block.lowerBound &+ first
    let last = block.upperBound &- 1
    a = means + k &* d
    b = means + min(k &+ 1, last) &* d
    c = means + min(k &+ 2, last) &* d
    e = means + min(k &+ 3, last) &* d
  }
}
