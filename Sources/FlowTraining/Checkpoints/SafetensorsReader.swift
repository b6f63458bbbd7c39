import FlowFiles

extension Safetensors {
  /// - Throws: `damaged` with what is wrong.
  init(decoding bytes: [UInt8], path: String) throws(FileError) {
    func damaged(_ reason: String) -> FileError { FileError(path: path, .damaged(reason: reason)) }
    guard bytes.count >= 8 else {
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
    let start = 8 + Int(length)
    let header: JSONValue
    do throws(JSONError) {
      header = try JSONDocument(parsing: Array(bytes[8..<start])).value
    } catch {
      throw damaged("its header is no JSON: \(error)")
    }
    guard case .object(let object) = header else { throw damaged("its header is \(header.kind)") }
    var check: String?
    self.init(entries: [], metadata: [])
    var spans: [Range<Int>] = []
    var areSingle = true
    for member in object.members {
      if member.name == "__metadata__" {
        guard case .object(let texts) = member.value else {
          throw damaged("its metadata is no object")
        }
        for text in texts.members {
          guard case .string(let value) = text.value else {
            throw damaged("its metadata \(text.name) is no string")
          }
          if text.name == Self.checkName {
            check = value
          } else {
            metadata.append((text.name, value))
          }
        }
        continue
      }
      let (entry, span, isSingle) = try Self.entry(member, bytes, start: start, damaged)
      areSingle = areSingle && isSingle
      entries.append(entry)
      spans.append(span)
    }
    var end = 0
    for span in spans.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    ) {
      guard span.lowerBound == end else {
        throw damaged("its tensors overlap, or leave a gap, at byte \(end)")
      }
      end = span.upperBound
    }
    guard start + end == bytes.count else {
      throw damaged("its tensors have \(end) bytes, but \(bytes.count - start) follow")
    }
    // Tensors in the order of their numbers, all float32: as this program writes them.
    guard areSingle, spans == spans.sorted(by: { $0.lowerBound < $1.lowerBound }) else { return }
    let expected = Self.check(encodedHeader(check: Self.noCheck) + bytes[start...])
    if check != expected {
      failedCheck =
        check.map { "its check is \(expected), but it says \($0): changed or cut off" }
        ?? "it has no check \(Self.checkName): changed or cut off"
    }
  }

  /// One tensor and where its bytes stand behind the header.
  private static func entry(
    _ member: JSONObject.Member, _ bytes: [UInt8], start: Int, _ damaged: (String) -> FileError
  ) throws(FileError) -> (Entry, Range<Int>, isSingle: Bool) {
    let name = member.name
    guard case .object(let object) = member.value, case .string(let type)? = object["dtype"],
      case .numbers(let sizes)? = object["shape"],
      case .numbers(let ends)? = object["data_offsets"],
      ends.count == 2
    else { throw damaged("its tensor \(name) is not described as the format says") }
    guard let number = Number(rawValue: type) else {
      let known = Number.allCases.map(\.rawValue).joined(separator: ", ")
      throw damaged("its tensor \(name) holds numbers of the type \(type); \(known) are read")
    }
    let shape = sizes.map { Int(exactly: $0) ?? -1 }
    var count = 1
    for n in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: n)
      guard n >= 0, !overflow, product <= bytes.count else {
        throw damaged("its tensor \(name) has the shape \(sizes)")
      }
      count = product
    }
    guard let first = Int(exactly: ends[0]), let last = Int(exactly: ends[1]), first >= 0,
      last - first == number.width * count, last <= bytes.count - start
    else { throw damaged("its tensor \(name) does not stand where it should") }
    let values = bytes.withUnsafeBytes { raw in
      (0..<count).map { number.value(raw, start + first + number.width * $0) }
    }
    return (Entry(name: name, shape: shape, values: values), first..<last, number == .single)
  }

  /// Puts the tensors that are named into this order; others stay behind them.
  mutating func sort(by names: [String]) {
    let places = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    if zip(entries, names).allSatisfy({ $0.name == $1 }) { return }
    // Another program's order: its check is not ours.
    failedCheck = nil
    entries = entries.enumerated().sorted {
      (places[$0.element.name] ?? names.count, $0.offset)
        < (places[$1.element.name] ?? names.count, $1.offset)
    }.map(\.element)
  }
}

/// The types of numbers that are read, by their names in the format.
private enum Number: String, CaseIterable {
  case single = "F32"
  case half = "F16"
  case brain = "BF16"
  case double = "F64"

  var width: Int {
    switch self {
    case .half, .brain: 2
    case .single: 4
    case .double: 8
    }
  }

  func value(_ raw: UnsafeRawBufferPointer, _ offset: Int) -> Float {
    func bits<T: FixedWidthInteger>(_ type: T.Type) -> T {
      T(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: T.self))
    }
    return switch self {
    case .single: Float(bitPattern: bits(UInt32.self))
    case .brain: Float(bitPattern: UInt32(bits(UInt16.self)) << 16)
    case .half: Self.half(bits(UInt16.self))
    case .double: Float(Double(bitPattern: bits(UInt64.self)))
    }
  }

  /// Ten bits of significand, five of exponent.
  private static func half(_ bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 1 ? -1 : 1
    let (exponent, significand) = (Int(bits >> 10 & 31), Float(bits & 1023))
    switch exponent {
    case 0: return sign * significand * 0x1p-24
    case 31: return significand == 0 ? sign * .infinity : .nan
    default:
      return sign * (1024 + significand)
        * Float(sign: .plus, exponent: exponent - 25, significand: 1)
    }
  }
}
