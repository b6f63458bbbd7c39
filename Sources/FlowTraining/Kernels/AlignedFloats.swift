/// Floats on the heap, aligned to 64 bytes, all zero at first.
///
/// Unsafe: kernels address it by pointers, and several threads write to disjoint parts of it at once.
final class AlignedFloats: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  let count: Int

  init(_ count: Int) {
    let bytes = max(count, 16) * MemoryLayout<Float>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    base = raw.bindMemory(to: Float.self, capacity: max(count, 16))
    base.initialize(repeating: 0, count: max(count, 16))
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
