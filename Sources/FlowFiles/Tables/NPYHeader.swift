/// The header of an NPY file.
///
/// *Reference*: NumPy enhancement proposal 1; version 1.0 has a two-byte length, 2.0 a four-byte.
struct NPYHeader {
  let elementType: String
  let isFortranOrder: Bool
  let shape: [Int]
  /// Where the elements begin.
  let dataOffset: Int

  init(_ bytes: [UInt8], path: String) throws(FileError) {
    let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
    if bytes.isEmpty { throw FileError(path: path, .empty) }
    guard bytes.starts(with: magic.prefix(bytes.count)) else {
      let found = bytes.prefix(6).map { String($0, radix: 16) }.joined(separator: " ")
      throw FileError(path: path, .notNPY(found: found))
    }
    guard bytes.count >= 10 else {
      throw FileError(path: path, .truncated(expected: 10, found: bytes.count))
    }
    let (major, minor) = (bytes[6], bytes[7])
    guard (major == 1 || major == 2) && minor == 0 else {
      throw FileError(path: path, .unsupportedVersion(found: "\(major).\(minor)"))
    }
    let lengthBytes = major == 1 ? 2 : 4
    let start = 8 + lengthBytes
    guard bytes.count >= start else {
      throw FileError(path: path, .truncated(expected: start, found: bytes.count))
    }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= start + length else {
      throw FileError(path: path, .truncated(expected: start + length, found: bytes.count))
    }
    let text = String(decoding: bytes[start..<start + length], as: UTF8.self)
    func malformed(_ reason: String) -> FileError {
      FileError(path: path, .malformedHeader(reason: reason))
    }

    guard let type = Self.value(of: "descr", in: text) else { throw malformed("no 'descr'") }
    guard let order = Self.value(of: "fortran_order", in: text) else {
      throw malformed("no 'fortran_order'")
    }
    guard let shape = Self.value(of: "shape", in: text) else { throw malformed("no 'shape'") }
    guard order.hasPrefix("True") || order.hasPrefix("False") else {
      throw malformed("'fortran_order' is neither True nor False")
    }
    guard shape.hasPrefix("("), let end = shape.firstIndex(of: ")") else {
      throw malformed("'shape' is no tuple")
    }
    var extents: [Int] = []
    for part in shape[..<end].dropFirst().split(separator: ",") {
      let digits = part.filter { $0 != " " }
      if digits.isEmpty { continue }
      guard let extent = Int(digits), extent >= 0 else {
        throw malformed("'shape' holds \(digits)")
      }
      extents.append(extent)
    }
    self.shape = extents
    isFortranOrder = order.hasPrefix("True")
    elementType = Self.quoted(type) ?? String(type.prefix(40))
    dataOffset = start + length
  }

  /// The text behind `'key':`.
  private static func value(of key: String, in text: String) -> Substring? {
    for quote in ["'", "\""] {
      guard let name = text.firstRange(ofText: "\(quote)\(key)\(quote)") else { continue }
      let rest = text[name...].dropFirst(key.count + 2).drop { $0 == " " }
      return rest.first == ":" ? rest.dropFirst().drop { $0 == " " } : nil
    }
    return nil
  }

  /// The text between the quotes that `text` begins with, in quotes.
  private static func quoted(_ text: Substring) -> String? {
    guard let quote = text.first, quote == "'" || quote == "\"" else { return nil }
    guard let end = text.dropFirst().firstIndex(of: quote) else { return nil }
    return "'\(text[..<end].dropFirst())'"
  }
}

extension String {
  /// Where `text` first begins.
  fileprivate func firstRange(ofText text: String) -> Index? {
    indices.first { self[$0...].hasPrefix(text) }
  }
}
