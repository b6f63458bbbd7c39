// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CFlowReference
import FlowConformance
import FlowMatching

/// An oracle with its last answer, which the caller may read until the next.
final class OracleSession {
  private var oracle: Oracle
  private var bytes: [UInt8] = []
  private var answer: UnsafeMutablePointer<CChar>?
  private var capacity = 0

  init(allowsFiles: Bool, limits: RequestLimits) {
    oracle = Oracle(version: Names.version, allowsFiles: allowsFiles, limits: limits)
  }

  deinit { answer?.deallocate() }

  /// The answers to one or several lines, each with a line feed, as memory of this session.
  func answers(_ lines: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<CChar> {
    bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 24)
    var first = lines.startIndex
    while first < lines.endIndex {
      let rest = lines[first...]
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? lines.endIndex
      oracle.answer(Array(lines[first..<end]), into: &bytes)
      first = end + 1
    }
    if bytes.count > capacity || capacity > 1 << 24 {
      answer?.deallocate()
      capacity = max(bytes.count, 1 << 12)
      answer = .allocate(capacity: capacity)
    }
    bytes.withUnsafeBytes { bytes in
      if let answer {
        UnsafeMutableRawPointer(answer).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
      }
    }
    return UnsafeBufferPointer(start: answer, count: bytes.count)
  }
}

@c @implementation
public func flowref_oracle_create(
  _ allowsFiles: Int32, _ memory: Double, _ seconds: Double,
  _ oracle: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    var limits = RequestLimits()
    for (name, value) in [("memory", memory), ("seconds", seconds)] where !(value >= 0) {
      throw FlowError.outOfDomain(name, value, accepted: "[0, infinity)")
    }
    if memory > 0 { limits.memory = memory }
    if seconds > 0 { limits.seconds = seconds }
    try Handle<OracleSession>.give(
      OracleSession(allowsFiles: allowsFiles != 0, limits: limits), to: oracle)
  }
}

@c @implementation
public func flowref_oracle_answer(
  _ oracle: OpaquePointer?, _ request: UnsafePointer<CChar>?, _ length: Int,
  _ answer: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ answerLength: UnsafeMutablePointer<Int>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let session = try Handle<OracleSession>.at(oracle, "oracle").value
    guard let request, length > 0 else {
      throw CallFailure.invalid("request", "there is no request")
    }
    let answerPlace = try Arrays.place(answer, "answer")
    let lengthPlace = try Arrays.place(answerLength, "answer_length")
    let lines = UnsafeRawBufferPointer(start: request, count: length)
    let bytes = lines.withMemoryRebound(to: UInt8.self) { session.answers($0) }
    answerPlace.pointee = bytes.baseAddress
    lengthPlace.pointee = bytes.count
  }
}

@c @implementation
public func flowref_oracle_free(_ oracle: OpaquePointer?) { Handle<OracleSession>.free(oracle) }

@c @implementation
public func flowref_expectation(
  _ request: UnsafePointer<CChar>?, _ length: Int, _ precision: UnsafePointer<CChar>?,
  _ text: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    guard let request, length > 0 else {
      throw CallFailure.invalid("request", "there is no request")
    }
    let place = try Arrays.place(text, "text")
    let precision = try Arrays.choice(precision, "precision", Precision.self)
    let bytes = [UInt8](UnsafeRawBufferPointer(start: request, count: length))
    let found = try ExpectationText.expected(of: bytes, precision: precision) + [0]
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: found.count)
    UnsafeMutableRawPointer(copy).copyMemory(from: found, byteCount: found.count)
    place.pointee = copy
  }
}

@c @implementation
public func flowref_text_free(_ text: UnsafeMutablePointer<CChar>?) { text?.deallocate() }
