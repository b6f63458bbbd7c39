/// The header of an NPY file.
///
/// What numpy refuses is refused: the text is one dictionary of exactly three keys.
/// *Reference*: NumPy enhancement proposal 1; version 1.0 has a two-byte length, 2.0 and 3.0 a four-byte.
struct NPYHeader {
  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  /// The longest text, in bytes, as in numpy.
  private static let maximumLength = 10_000

  /// What stands in an element: one number without a name, or the fields of a structured array.
  let fields: [Field]
  let isFortranOrder: Bool
  let shape: [Int]
  /// Where the elements begin.
  let dataOffset: Int

  /// A named part of an element.
  struct Field: Equatable {
    let name: String?
    let element: NPYElement
    /// Where it stands in the element.
    let offset: Int
  }

  /// Bytes of an element.
  var size: Int { fields.reduce(0) { $0 + $1.element.size } }

  init(_ bytes: [UInt8], path: String) throws(FileError) {
    let text = try Self.text(bytes, path: path)
    func malformed(_ reason: String) -> FileError {
      FileError(path: path, .malformedHeader(reason: reason))
    }
    let literal: PythonLiteral
    do throws(PythonLiteral.Malformed) {
      literal = try PythonLiteral(parsing: text)
    } catch {
      throw malformed(error.reason)
    }
    guard case .dictionary(let members) = literal else { throw malformed("it is no dictionary") }
    func value(_ key: String) throws(FileError) -> PythonLiteral {
      guard let member = members.first(where: { $0.key == key }) else {
        throw malformed("no '\(key)'")
      }
      return member.value
    }
    let (descr, order) = (try value("descr"), try value("fortran_order"))
    guard case .tuple(let extents) = try value("shape") else {
      throw malformed("'shape' is no tuple")
    }
    guard members.count == 3 else { throw malformed("it has \(members.count) keys, not 3") }
    guard case .bool(let isFortranOrder) = order else {
      throw malformed("'fortran_order' is neither True nor False")
    }
    self.isFortranOrder = isFortranOrder
    var shape: [Int] = []
    for extent in extents {
      guard case .integer(let count) = extent, count >= 0 else {
        throw malformed("'shape' holds what is no count")
      }
      shape.append(count)
    }
    self.shape = shape
    fields = try Self.fields(descr, path: path)
    dataOffset = text.endIndex
  }

  private static func fields(_ descr: PythonLiteral, path: String) throws(FileError) -> [Field] {
    func element(_ type: PythonLiteral, isField: Bool) throws(FileError) -> NPYElement {
      let text: String? = if case .string(let type) = type { type } else { nil }
      guard let text, let element = NPYElement(text), isField || element.kind != .text else {
        let found = text.map { "'\($0)'" } ?? "a structure in a structure"
        throw FileError(path: path, .unsupportedElementType(found: FileError.excerpt(found)))
      }
      return element
    }
    guard case .list(let members) = descr else {
      return [Field(name: nil, element: try element(descr, isField: false), offset: 0)]
    }
    var (fields, offset): ([Field], Int) = ([], 0)
    for member in members {
      guard case .tuple(let parts) = member, parts.count == 2, case .string(let name) = parts[0],
        !name.isEmpty, !fields.contains(where: { $0.name == name })
      else {
        throw FileError(
          path: path, .malformedHeader(reason: "'descr' holds what is no field of its own name"))
      }
      fields.append(
        Field(name: name, element: try element(parts[1], isField: true), offset: offset))
      offset += fields[fields.count - 1].element.size
    }
    guard !fields.isEmpty else {
      throw FileError(path: path, .malformedHeader(reason: "'descr' has no fields"))
    }
    return fields
  }

  /// Where the text stands.
  private static func text(_ bytes: [UInt8], path: String) throws(FileError) -> ArraySlice<UInt8> {
    if bytes.isEmpty { throw FileError(path: path, .empty) }
    guard bytes.starts(with: magic.prefix(bytes.count)) else {
      let found = bytes.prefix(6).map { String($0, radix: 16) }.joined(separator: " ")
      throw FileError(path: path, .notNPY(found: found))
    }
    guard bytes.count >= 10 else {
      throw FileError(path: path, .truncated(expected: 10, found: bytes.count))
    }
    let (major, minor) = (bytes[6], bytes[7])
    guard (1...3).contains(major) && minor == 0 else {
      throw FileError(path: path, .unsupportedVersion(found: "\(major).\(minor)"))
    }
    let start = major == 1 ? 10 : 12
    guard bytes.count >= start else {
      throw FileError(path: path, .truncated(expected: start, found: bytes.count))
    }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= maximumLength else {
      throw FileError(
        path: path,
        .malformedHeader(reason: "its text has \(length) bytes, at most \(maximumLength) are read"))
    }
    guard bytes.count >= start + length else {
      throw FileError(path: path, .truncated(expected: start + length, found: bytes.count))
    }
    return bytes[start..<start + length]
  }
}
