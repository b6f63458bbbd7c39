import CVectorUnit

/// Sixteen floats: one register of AVX-512, two of AVX, four of NEON or SSE.
typealias Vector = SIMD16<Float>

/// Whether the machine that is compiled for has an instruction for `a b + c` rounded once. (Not a
/// stored constant: the compiler would warn of the branch that is never taken.)
@inline(__always)
var hasFusedMultiplyAdd: Bool { FLOW_HAS_FUSED_MULTIPLY_ADD == 1 }

/// `sum + a b`: rounded once where the machine has an instruction for it, else rounded twice.
@inline(__always)
func fused(_ sum: Vector, _ a: Vector, _ b: Vector) -> Vector {
  hasFusedMultiplyAdd ? sum.addingProduct(a, b) : sum + a * b
}

extension Vector {
  /// The sixteen floats from `start` on.
  @inline(__always) init(at start: UnsafePointer<Float>) {
    self = UnsafeRawPointer(start).loadUnaligned(as: Vector.self)
  }

  /// The first `count` floats from `start` on; the other lanes are zero.
  @inline(__always) init(at start: UnsafePointer<Float>, count: Int) {
    if count >= 16 {
      self.init(at: start)
    } else {
      self.init(repeating: 0)
      for lane in 0..<Swift.max(count, 0) { self[lane] = start[lane] }
    }
  }

  /// Writes all sixteen.
  @inline(__always) func store(to start: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(start).storeBytes(of: self, as: Vector.self)
  }

  /// Writes the first `count`.
  @inline(__always) func store(to start: UnsafeMutablePointer<Float>, count: Int) {
    if count >= 16 {
      store(to: start)
    } else {
      for lane in 0..<Swift.max(count, 0) { start[lane] = self[lane] }
    }
  }
}
