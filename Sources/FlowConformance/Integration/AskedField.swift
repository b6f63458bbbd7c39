import FlowFiles
import FlowMatching
import Synchronization

/// A field whose slopes the partner of the conversation supplies.
final class AskedField: VelocityField {
  let dimension: Int
  private let exchange: LineExchange
  /// The request's id, byte for byte.
  private let id: [UInt8]
  private let isUnderWay = Mutex(())

  init(_ exchange: LineExchange, id: ArraySlice<UInt8>?, dimension: Int) {
    self.exchange = exchange
    self.id = id.map(Array.init) ?? Array("null".utf8)
    self.dimension = dimension
  }

  /// - Throws: what the partner says, under its code, and `unsupported` where it says nothing of use.
  func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    let count = try rowCount(of: points, at: times)
    return try isUnderWay.withLock { _ throws(FlowError) in
      let line: LineReader.Line?
      do throws(FileError) {
        line = try exchange.ask(question(times, points, count))
      } catch {
        throw refusal(error.description)
      }
      guard let line else { throw refusal("the input ended in the place of a reply") }
      guard case .text(let bytes) = line, let document = try? JSONDocument(parsing: bytes),
        case .object(let reply) = document.value, reply["op"] == nil,
        document.text(ofMember: "id").map(Array.init) == id
      else {
        exchange.putBack(line)
        throw refusal("another line came in the place of a reply")
      }
      return try slopes(reply, count)
    }
  }

  private func question(
    _ times: [Time<Double>], _ points: [Double], _ count: Int
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.writeObject { writer in
      writer.writeName("id")
      writer.writeText(id[...])
      writer.writeName("ask")
      writer.write("velocity")
      writer.writeName("t")
      if times.count == 1 { writer.write(times[0].t) } else { writer.write(times.map(\.t)) }
      writer.writeName("x")
      if count == 1 {
        writer.write(points)
      } else {
        writer.writeArray { writer in
          for first in stride(from: 0, to: points.count, by: dimension) {
            writer.write(points[first..<first + dimension])
          }
        }
      }
    }
    return writer.bytes
  }

  private func slopes(_ reply: JSONObject, _ count: Int) throws(FlowError) -> [Double] {
    if case .object(let error)? = reply["error"] {
      let text = if case .string(let message)? = error["message"] { message } else { "refused" }
      let code = if case .string(let code)? = error["code"] { code } else { "" }
      throw FlowError(FlowError.Code(rawValue: code) ?? .unsupported, "velocity", text)
    }
    let rows: [JSONValue] =
      count == 1 ? [reply["velocity"] ?? .null] : reply["velocity"]?.elements ?? []
    var result: [Double] = []
    for row in rows {
      guard case .numbers(let numbers) = row, numbers.count == dimension else {
        throw refusal("a reply is no vector of \(dimension) numbers")
      }
      result += numbers
    }
    guard rows.count == count else {
      throw FlowError.dimensionMismatch("velocity", rows.count, expected: count)
    }
    try FlowError.checkFinite(result, "velocity")
    return result
  }

  private func refusal(_ why: String) -> FlowError { FlowError(.unsupported, "velocity", why) }
}
