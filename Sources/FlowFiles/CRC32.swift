/// The cyclic redundancy check of zlib and PNG (polynomial 0xEDB88320, reflected), eight bytes at a
/// time. Finds every error burst of up to 32 bits and any other change with probability 1 - 2^-32.
public struct CRC32 {
  private var register: UInt32 = 0xFFFF_FFFF

  /// The check of no bytes.
  public init() {}

  /// The check of the bytes so far.
  public var value: UInt32 { ~register }

  /// Table k advances a byte that has k bytes after it.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
      tables[byte] = value
    }
    for k in 1..<8 {
      for byte in 0..<256 {
        let before = tables[(k - 1) * 256 + byte]
        tables[k * 256 + byte] = before >> 8 ^ tables[Int(before & 0xFF)]
      }
    }
    return tables
  }()

  /// Appends bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    Self.tables.withUnsafeBufferPointer { tables in
      var crc = register
      var i = 0
      while i + 8 <= bytes.count {
        let word =
          UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self))
          ^ UInt64(crc)
        crc = 0
        for k in 0..<8 { crc ^= tables[(7 - k) * 256 + Int(word >> (8 * UInt64(k)) & 0xFF)] }
        i += 8
      }
      while i < bytes.count {
        crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[i])) & 0xFF)]
        i += 1
      }
      register = crc
    }
  }

  /// Appends bytes.
  public mutating func update(_ bytes: some Collection<UInt8>) {
    let copy = Array(bytes)
    copy.withUnsafeBytes { update($0) }
  }
}

/// A check of numbers, to notice that data has changed.
public enum Checksum {
  /// The CRC-32 of the little-endian bytes.
  public static func crc32(_ values: [Double]) -> UInt32 {
    var crc = CRC32()
    if UInt64(1).littleEndian == 1 {
      values.withUnsafeBytes { crc.update($0) }
    } else {
      for value in values {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { crc.update($0) }
      }
    }
    return crc.value
  }
}
