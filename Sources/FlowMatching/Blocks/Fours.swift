/// Which fours of neighbours of a block's 64 components are worth looking at, a bit each: the others'
/// shares are zero in all lanes.
struct Fours: Equatable {
  private var bits: UInt16

  /// In fewer dimensions the exponentials cost more than the differences, and boxes leave little to
  /// leave out.
  static let leastDimension = 16

  static var all: Self { Self(bits: .max) }

  private init(bits: UInt16) { self.bits = bits }

  /// The fours for which `isWanted`, which is told the place of the first of them.
  @inline(__always)
  init(of count: Int, where isWanted: (Int) -> Bool) {
    bits = 0
    var b = 0
    while b < count {
      if isWanted(b) { bits |= 1 &<< UInt16(truncatingIfNeeded: b &>> 2) }
      b = b &+ 4
    }
  }

  /// Those that have weight, of shares padded to a multiple of four.
  @inline(__always)
  init<S: Scalar>(of count: Int, shares: UnsafePointer<S>) {
    self.init(of: count) { b in
      let sum = (shares[b] + shares[b + 1]) + (shares[b + 2] + shares[b + 3])
      return !S.all(sum, below: S(.leastNonzeroMagnitude))
    }
  }

  /// Whether the component at this place of the block is in one of them.
  @inline(__always)
  func contains(_ b: Int) -> Bool { bits &>> UInt16(truncatingIfNeeded: b &>> 2) & 1 != 0 }
}
