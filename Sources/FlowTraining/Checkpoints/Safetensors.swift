import FlowFiles

/// Named float32 tensors and strings in one file of the safetensors format: eight bytes with the
/// length of a JSON header, the header, the numbers.
///
/// The header's metadata has one more member, `crc32`: eight hexadecimal digits, the check of the whole
/// file taken with these digits as zeros. Whatever the format allows is read: blanks in the header, tensors in any
/// order, other widths, converted to float32. Such a file was written by another program, and whether it fails
/// its check means nothing.
struct Safetensors {
  struct Entry {
    var name: String
    var shape: [Int]
    var values: [Float]
  }

  var entries: [Entry]
  /// Name and text, in order; without `crc32`.
  var metadata: [(name: String, text: String)]
  /// What is wrong with the check of a file that was read, if its tensors stand as this program writes them.
  var failedCheck: String?

  init(entries: [Entry], metadata: [(name: String, text: String)]) {
    self.entries = entries
    self.metadata = metadata
  }

  static let checkName = "crc32"
  static let noCheck = "00000000"

  func encoded() -> [UInt8] {
    var bytes = encodedHeader(check: Self.noCheck)
    bytes.reserveCapacity(bytes.count + entries.reduce(0) { $0 + 4 * $1.values.count })
    for entry in entries {
      if UInt32(1).littleEndian == 1 {
        entry.values.withUnsafeBytes { bytes.append(contentsOf: $0) }
      } else {
        for value in entry.values {
          withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
      }
    }
    let digits = Self.check(bytes)
    bytes.replaceSubrange(Self.checkRange, with: digits.utf8)
    return bytes
  }

  /// The length and the header.
  func encodedHeader(check: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.writeObject { writer in
      writer.writeName("__metadata__")
      writer.writeObject { writer in
        // First, so that its place is found by counting.
        writer.writeName(Self.checkName)
        writer.write(check)
        for (name, text) in metadata {
          writer.writeName(name)
          writer.write(text)
        }
      }
      var offset = 0
      for entry in entries {
        writer.writeName(entry.name)
        writer.writeObject { writer in
          writer.writeName("dtype")
          writer.write("F32")
          writer.writeName("shape")
          writer.writeArray { writer in for n in entry.shape { writer.write(n) } }
          writer.writeName("data_offsets")
          writer.writeArray { writer in
            writer.write(offset)
            offset += 4 * entry.values.count
            writer.write(offset)
          }
        }
      }
    }
    var header = writer.bytes
    // Numbers begin at a multiple of eight, as the format advises.
    while !header.count.isMultiple(of: 8) { header.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
  }

  /// Where the digits stand: behind the length and `{"__metadata__":{"crc32":"`.
  static var checkRange: Range<Int> {
    let start = 8 + #"{"__metadata__":{""#.utf8.count + checkName.utf8.count + #"":""#.utf8.count
    return start..<start + noCheck.utf8.count
  }

  static func check(_ bytes: [UInt8]) -> String {
    var crc = CRC32()
    bytes.withUnsafeBytes { bytes in
      crc.update(UnsafeRawBufferPointer(rebasing: bytes[..<checkRange.lowerBound]))
      crc.update(noCheck.utf8)
      crc.update(UnsafeRawBufferPointer(rebasing: bytes[checkRange.upperBound...]))
    }
    let digits = String(crc.value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
