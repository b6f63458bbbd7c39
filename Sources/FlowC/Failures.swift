// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CFlowReference
import FlowConformance
import FlowFiles
import FlowMatching

/// What a caller across the boundary has done wrong, or a call that was ended.
struct CallFailure: Error {
  let code: Int32
  let field: String
  let message: String

  static func invalid(_ field: String, _ message: String) -> CallFailure {
    CallFailure(code: Code.number(.invalidField), field: field, message: message)
  }

  static let cancelled = CallFailure(
    code: Int32(FLOWREF_CANCELLED), field: "", message: "cancelled")
}

/// The numbers of the protocol's codes: their place in the order of precedence, from 1 on.
enum Code {
  static func number(_ code: WireCode) -> Int32 {
    Int32(WireCode.allCases.firstIndex(of: code)!) + 1
  }
}

/// Runs a call; whatever it throws becomes a code, and an error where the caller wants to know.
func guarded(
  _ error: UnsafeMutablePointer<flowref_error>?, _ body: () throws -> Void
) -> Int32 {
  let failure: CallFailure
  do {
    try body()
    error?.pointee.code = Int32(FLOWREF_OK)
    return Int32(FLOWREF_OK)
  } catch let thrown as CallFailure {
    failure = thrown
  } catch let thrown as FlowError {
    let code = WireCode(rawValue: thrown.code.rawValue)!
    failure = CallFailure(code: Code.number(code), field: thrown.field, message: thrown.message)
  } catch let thrown as WireError {
    failure = CallFailure(
      code: Code.number(thrown.code), field: thrown.field ?? "", message: thrown.message)
  } catch let thrown as JSONError {
    let code: WireCode = thrown.code == "too_large" ? .tooLarge : .malformedJSON
    failure = CallFailure(code: Code.number(code), field: "", message: thrown.description)
  } catch {
    failure = .invalid("", "\(error)")
  }
  if let error {
    error.pointee.code = failure.code
    copy(failure.field, to: &error.pointee.field)
    copy(failure.message, to: &error.pointee.message)
  }
  return failure.code
}

/// Writes a text that ends with a NUL, cut between characters where it is too long.
private func copy<Room>(_ text: String, to room: inout Room) {
  withUnsafeMutableBytes(of: &room) { bytes in
    var count = 0
    for character in text.unicodeScalars {
      let code = UTF8.encode(character)!
      if count + code.count >= bytes.count { break }
      for unit in code {
        bytes[count] = unit
        count += 1
      }
    }
    bytes[count] = 0
  }
}

@c @implementation
public func flowref_code_name(_ code: Int32) -> UnsafePointer<CChar>? {
  Names.codes.indices.contains(Int(code)) ? Names.codes[Int(code)] : nil
}

@c @implementation
public func flowref_status_name(_ status: Int32) -> UnsafePointer<CChar>? {
  Names.statuses.indices.contains(Int(status)) ? Names.statuses[Int(status)] : nil
}
