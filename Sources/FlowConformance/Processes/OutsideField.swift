import FlowFiles
public import FlowMatching
import Synchronization

/// The marginal velocity that another process computes, asked for over its pipe: a field like any other,
/// for as long as the process runs.
public final class OutsideField: VelocityField, @unchecked Sendable {
  /// What the process is asked about, as JSON text of the wire protocol.
  public struct Setting: Sendable {
    /// The path, as requests spell it.
    public let path: String
    public let target: String
    /// The number of axes of a point.
    public let dimension: Int
    /// The longest wait for one answer.
    public var timeout: Duration = .seconds(60)

    public init(path: String, target: String, dimension: Int) {
      self.path = path
      self.target = target
      self.dimension = dimension
    }
  }

  /// A process that cannot be started.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Points of one request.
  private static let batch = 4096

  private let setting: Setting
  // Good while `run` runs; used under the lock of the number of questions, one at a time.
  private let pipes: UnsafeMutablePointer<PipeConversation>
  private let questions = Mutex(0)

  /// The number of axes of a point.
  public var dimension: Int { setting.dimension }

  private init(_ setting: Setting, _ pipes: UnsafeMutablePointer<PipeConversation>) {
    self.setting = setting
    self.pipes = pipes
  }

  /// Starts the process, lets `body` use its field, and ends it.
  /// - Throws: ``Failure`` when the process cannot be started, and what `body` throws.
  public static func run<Value: Sendable>(
    _ command: [String], _ setting: Setting,
    _ body: @escaping @Sendable (OutsideField) throws -> Value
  ) async throws -> Value {
    do {
      let talk = try await OutsideProcess(command: command).run { pipes in
        let result = withUnsafeMutablePointer(to: &pipes) { pipes in
          Result { try body(OutsideField(setting, pipes)) }
        }
        return (result, .seconds(2))
      }
      return try talk.result.get()
    } catch let error as OutsideProcess.StartFailure {
      throw Failure(description: error.description)
    }
  }

  /// - Throws: `unsupported` when the process ends, is silent or says what is no answer, and what it
  ///   answers as an error, under its code.
  public func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    let d = dimension
    let count = try rowCount(of: points, at: times)
    var result: [Double] = []
    for first in stride(from: 0, to: count, by: Self.batch) {
      let last = min(count, first + Self.batch)
      result += try ask(
        times.count == 1 ? times : Array(times[first..<last]), Array(points[first * d..<last * d]))
    }
    return result
  }

  private func ask(_ times: [Time<Double>], _ points: [Double]) throws(FlowError) -> [Double] {
    try questions.withLock { questions throws(FlowError) in
      questions += 1
      pipes.pointee.send(request(questions, times, points))
      let deadline = ContinuousClock.now + setting.timeout
      switch pipes.pointee.next(until: deadline) {
      case .line(let line): return try answer(line, to: questions, count: points.count)
      case .ended: throw refusal("the process ended: \(lastWords)")
      case .silence: throw refusal("no answer within \(setting.timeout)")
      case .lineTooLong: throw refusal("an answer is too long")
      }
    }
  }

  private func request(
    _ number: Int, _ times: [Time<Double>], _ points: [Double]
  ) -> [UInt8] {
    var writer = JSONWriter(wholeNumbersAsIntegers: true)
    writer.writeObject { writer in
      writer.writeName("id")
      writer.write(number)
      writer.writeName("op")
      writer.write("marginal_velocity")
      writer.writeName("path")
      writer.writeText(ArraySlice(setting.path.utf8))
      writer.writeName("target")
      writer.writeText(ArraySlice(setting.target.utf8))
      // By the end that is near, so that no digits are lost.
      let late = times.allSatisfy { $0.t > 0.5 }
      let numbers = times.map { late ? $0.remaining : $0.t }
      writer.writeName(late ? "one_minus_t" : "t")
      if numbers.count == 1 { writer.write(numbers[0]) } else { writer.write(numbers) }
      writer.writeName("points")
      writer.writeArray { writer in
        for first in stride(from: 0, to: points.count, by: dimension) {
          writer.write(points[first..<first + dimension])
        }
      }
    }
    return writer.bytes
  }

  private func answer(
    _ line: [UInt8], to number: Int, count: Int
  ) throws(FlowError) -> [Double] {
    guard let document = try? JSONDocument(parsing: line), case .object(let all) = document.value
    else { throw refusal("the answer is no JSON object") }
    guard all["id"] == .number(Double(number)) else {
      throw refusal("the answer is to another question")
    }
    if all["ok"] == .bool(false), case .object(let error)? = all["error"],
      case .string(let code)? = error["code"], case .string(let message)? = error["message"]
    {
      throw FlowError(FlowError.Code(rawValue: code) ?? .unsupported, "velocity", message)
    }
    guard all["ok"] == .bool(true), let rows = all["value"]?.elements else {
      throw refusal("the answer has no array as its value")
    }
    var result: [Double] = []
    result.reserveCapacity(count)
    for row in rows {
      guard case .numbers(let numbers) = row, numbers.count == dimension else {
        throw refusal("a row of the answer is no vector of \(dimension) finite numbers")
      }
      result += numbers
    }
    guard result.count == count else {
      throw FlowError.dimensionMismatch("velocity", result.count, expected: count)
    }
    return result
  }

  private func refusal(_ why: String) -> FlowError { FlowError(.unsupported, "process", why) }

  private var lastWords: String {
    pipes.pointee.collectErrorText()
    let text = String(decoding: pipes.pointee.errorText, as: UTF8.self)
    let lines = text.split(separator: "\n").suffix(3)
    return lines.isEmpty ? "it said nothing" : lines.joined(separator: " | ")
  }
}
