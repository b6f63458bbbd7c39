import Foundation

/// `exp` by a table of `2^(k/64)` and a short series, beside the library's by a long one: to see whether
/// the table pays.
///
/// `x = (64 n + k) log(2)/64 + r` with `|r| <= log(2)/128`, where the Taylor series to degree 6 errs by
/// less than 2^-64. *Reference*: Tang (1989), table-driven implementation of the exponential function.
struct TabledExponential {
  private let table = (0..<64).map { Foundation.exp2(Double($0) / 64) }

  @inline(__always)
  func callAsFunction(_ x: SIMD8<Double>) -> SIMD8<Double> {
    typealias V = SIMD8<Double>
    let magic = V(repeating: 0x1.8p52)
    let shifted = magic.addingProduct(x, V(repeating: 0x1.71547652b82fep6))
    let steps = shifted - magic
    let r =
      x.addingProduct(steps, V(repeating: -0x1.62e42fefa39efp-7))
      .addingProduct(steps, V(repeating: -0x1.abc9e3b39803fp-62))
    var p = V(repeating: 1.0 / 720)
    p = V(repeating: 1.0 / 120).addingProduct(p, r)
    p = V(repeating: 1.0 / 24).addingProduct(p, r)
    p = V(repeating: 1.0 / 6).addingProduct(p, r)
    p = V(repeating: 0.5).addingProduct(p, r)
    let series = r.addingProduct(p, r * r)
    let whole = unsafeBitCast(shifted, to: SIMD8<Int64>.self)
    let places = whole & SIMD8<Int64>(repeating: 63)
    var entry = V()
    table.withUnsafeBufferPointer { table in
      for lane in 0..<8 { entry[lane] = table[Int(truncatingIfNeeded: places[lane])] }
    }
    let power = ((whole &>> 6) &<< 52) &+ SIMD8<Int64>(repeating: 1023 << 52)
    return entry.addingProduct(entry, series) * unsafeBitCast(power, to: V.self)
  }

  /// The largest relative difference from the system's, to see that it is one.
  var largestError: Double {
    stride(from: -40.0, to: 40, by: 0.01).map { x in
      abs(self(SIMD8(repeating: x))[0] / Foundation.exp(x) - 1)
    }.max()!
  }
}
