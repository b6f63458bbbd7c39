import FlowFiles

/// Named float32 tensors and strings in one file of the safetensors format: eight bytes with the
/// length of a JSON header, the header, the numbers.
///
/// The header's metadata has one more member, `crc32`: eight hexadecimal digits, the check of the whole
/// file taken with these digits as zeros. A file in which anything was changed or lost is refused.
struct Safetensors {
  struct Entry {
    var name: String
    var shape: [Int]
    var values: [Float]
  }

  var entries: [Entry]
  /// Name and text, in order; without `crc32`.
  var metadata: [(name: String, text: String)]

  init(entries: [Entry], metadata: [(name: String, text: String)]) {
    self.entries = entries
    self.metadata = metadata
  }

  private static let checkName = "crc32"
  private static let noCheck = "00000000"

  func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.writeObject { writer in
      writer.writeName("__metadata__")
      writer.writeObject { writer in
        // First, so that its place is found by counting.
        writer.writeName(Self.checkName)
        writer.write(Self.noCheck)
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
    var bytes: [UInt8] = []
    let total = entries.reduce(0) { $0 + 4 * $1.values.count }
    bytes.reserveCapacity(8 + header.count + total)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes += header
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

  /// Where the digits stand: behind the length and `{"__metadata__":{"crc32":"`.
  private static var checkRange: Range<Int> {
    let start = 8 + #"{"__metadata__":{""#.utf8.count + checkName.utf8.count + #"":""#.utf8.count
    return start..<start + noCheck.utf8.count
  }

  private static func check(_ bytes: [UInt8]) -> String {
    var crc = CRC32()
    bytes.withUnsafeBytes { bytes in
      crc.update(UnsafeRawBufferPointer(rebasing: bytes[..<checkRange.lowerBound]))
      crc.update(noCheck.utf8)
      crc.update(UnsafeRawBufferPointer(rebasing: bytes[checkRange.upperBound...]))
    }
    let digits = String(crc.value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// - Throws: `damaged` with what is wrong.
  init(decoding bytes: [UInt8], path: String) throws(FileError) {
    func damaged(_ reason: String) -> FileError { FileError(path: path, .damaged(reason: reason)) }
    guard bytes.count >= Self.checkRange.upperBound else {
      throw damaged("\(bytes.count) bytes are too few for a model file")
    }
    let length = bytes.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    }
    guard length <= UInt64(bytes.count - 8) else {
      throw damaged(
        "its header should have \(length) bytes, but \(bytes.count - 8) follow: cut off, or not a "
          + "safetensors file")
    }
    let found = String(decoding: bytes[Self.checkRange], as: UTF8.self)
    let expected = Self.check(bytes)
    guard found == expected else {
      throw damaged("its check is \(expected), but it says \(found): changed or cut off")
    }
    let header: JSONValue
    do throws(JSONError) {
      header = try JSONDocument(parsing: Array(bytes[8..<8 + Int(length)])).value
    } catch {
      throw damaged("its header is no JSON: \(error)")
    }
    guard case .object(let object) = header else { throw damaged("its header is \(header.kind)") }
    entries = []
    metadata = []
    var offset = 0
    for member in object.members {
      if member.name == "__metadata__" {
        guard case .object(let texts) = member.value else {
          throw damaged("its metadata is no object")
        }
        for text in texts.members where text.name != Self.checkName {
          guard case .string(let value) = text.value else {
            throw damaged("its metadata \(text.name) is no string")
          }
          metadata.append((text.name, value))
        }
        continue
      }
      let entry = try Self.entry(member, bytes, start: 8 + Int(length), offset: offset, damaged)
      offset += 4 * entry.values.count
      entries.append(entry)
    }
    guard 8 + Int(length) + offset == bytes.count else {
      throw damaged("its tensors have \(offset) bytes, but \(bytes.count - 8 - Int(length)) follow")
    }
  }

  private static func entry(
    _ member: JSONObject.Member, _ bytes: [UInt8], start: Int, offset: Int,
    _ damaged: (String) -> FileError
  ) throws(FileError) -> Entry {
    guard case .object(let object) = member.value, case .string("F32")? = object["dtype"],
      case .numbers(let sizes)? = object["shape"], case .numbers(let ends)? = object["data_offsets"]
    else { throw damaged("its tensor \(member.name) is not described as float32") }
    let shape = sizes.map { Int(exactly: $0) ?? -1 }
    var count = 1
    for n in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: n)
      guard n >= 0, !overflow, product <= bytes.count else {
        throw damaged("its tensor \(member.name) has the shape \(sizes)")
      }
      count = product
    }
    guard ends == [Double(offset), Double(offset + 4 * count)],
      start + offset + 4 * count <= bytes.count
    else { throw damaged("its tensor \(member.name) does not stand where it should") }
    let values = bytes.withUnsafeBytes { raw in
      (0..<count).map { k in
        Float(
          bitPattern: UInt32(
            littleEndian: raw.loadUnaligned(
              fromByteOffset: start + offset + 4 * k, as: UInt32.self)))
      }
    }
    return Entry(name: member.name, shape: shape, values: values)
  }
}
