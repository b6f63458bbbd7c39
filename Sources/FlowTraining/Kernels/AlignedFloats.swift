#if canImport(Glibc)
  import Glibc
#endif

/// Floats on the heap, aligned to 64 bytes, all zero at first. On Linux blocks from a megabyte on ask for
/// pages of two, since kernels walk down columns and would meet a new small page at every other row.
///
/// Unsafe: kernels address it by pointers, and several threads write to disjoint parts of it at once.
final class AlignedFloats: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  let count: Int

  private static let largePage = 2 << 20

  init(_ count: Int) {
    let floats = max(count, 16)
    let bytes = floats * MemoryLayout<Float>.stride
    let isLarge = bytes >= Self.largePage / 2
    let page = isLarge ? Self.largePage : 64
    let whole = (bytes + page - 1) / page * page
    let raw = UnsafeMutableRawPointer.allocate(byteCount: whole, alignment: page)
    #if canImport(Glibc)
      // A wish: where it is not granted, nothing changes but the speed.
      if isLarge { _ = madvise(raw, whole, Int32(MADV_HUGEPAGE)) }
    #endif
    base = raw.bindMemory(to: Float.self, capacity: floats)
    base.initialize(repeating: 0, count: floats)
    self.count = count
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// A copy of everything.
  var array: [Float] {
    get { Array(UnsafeBufferPointer(start: base, count: count)) }
    set {
      precondition(newValue.count == count, "\(newValue.count) values for \(count) places")
      base.update(from: newValue, count: count)
    }
  }

  func fill(_ value: Float) { base.update(repeating: value, count: count) }
}
