import FlowFiles
import Foundation
import Testing

@testable import FlowConformance

/// Programs that ask back over the pipe, each in one way; and the oracle, which asks too.
struct ConversationTests {
  /// The cases of one field, and one case that asks nothing behind them.
  static let library = FixtureLibrary(
    entries: IntegrationTests.entries.filter {
      $0.fixture.id.hasPrefix("integrate/tolerance/ot/two/1e-3")
    } + FakeImplementation.cases.prefix(1))

  /// A program with Euler's method; `body` stands before its answer and may ask.
  static func command(_ body: String) -> [String] {
    FakeImplementation.command(
      reply: """
        if request["op"] == "hello":
            return json.dumps({"id": request["id"], "ok": True, "value": {
                "protocol": 1, "name": "fake", "integrators": {"euler": {"order": 1, "adaptive": True}}}})
        if request["op"] != "integrate": return right(request)
        t0, t1, x = request["t0"], request["t1"], request["x"]
        def say(line):
            print(line, flush=True)
            return json.loads(sys.stdin.readline())
        def ask(t, x):
            found = say(json.dumps({"id": request["id"], "ask": "velocity", "t": t, "x": x}))
            if "error" in found: raise ValueError(found["error"]["message"])
            return found["velocity"]
        def answer(x, **more):
            return json.dumps({"id": request["id"], "ok": True, "value": {"x": x, **more}})
        n = 4000
        try:
        \(body.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
            for k in range(n):
                x = [a + (t1 - t0) / n * b for a, b in zip(x, ask(t0 + (t1 - t0) * k / n, x))]
            return answer(x, nfe=n, t=t1)
        except ValueError as error:
            return json.dumps({"id": request["id"], "ok": False, "error": {"code": "internal", "message": str(error)}})
        """)
  }

  static func validate(
    _ command: [String], timeout: Duration = .seconds(20)
  ) async -> Validation {
    var settings = Validator.Settings()
    settings.timeout = timeout
    settings.startTimeout = .seconds(20)
    return await Validator(command: command, settings: settings).run(library)
  }

  @Test func aProgramThatAsksIsAnswered() async {
    let found = await Self.validate(Self.command("pass"))
    #expect(found.trouble == nil && found.restarts == 0)
    #expect(found.outcomes.map(\.kind) == [.passed, .passed, .passed], "\(found.outcomes)")
    #expect(found.entries.map(\.fixture.askedOf) == ["euler", "euler", nil])
    let report = ValidationReport(found, of: Self.library, command: ["mine"])
    #expect(report.conforms && report.entries.contains { $0.id.hasSuffix("/forth@euler") })
  }

  @Test(arguments: [
    ("print('no json', flush=True); time.sleep(60)", Outcome.Kind.protocolError, "not JSON"),
    ("say(json.dumps({'id': 'other', 'ask': 'velocity', 't': 0, 'x': x}))", .protocolError, "id"),
    ("ask(0.5, ['nan'])", .protocolError, "a question was none: x"),
    ("ask(0.5, x + x)", .protocolError, "a question was none: x"),
    ("os._exit(3)", .crashed, "exit code 3"),
    ("ask(0.5, x); os._exit(3)", .crashed, "exit code 3"),
    ("ask(0.5, x); time.sleep(60)", .timedOut, "no answer within"),
    ("while True: ask(0.5, x)", .timedOut, "evaluations"),
    ("ask(1.5, x)", .wrong, "outside [0, 1]"),
    ("return answer(x)", .wrong, "allowed"),
    ("return answer([1, 2])", .wrong, "shape"),
    ("return answer('so')", .wrong, "shape"),
    ("return json.dumps({'id': request['id'], 'ok': True, 'value': 3})", .wrong, "shape"),
    ("return json.dumps({'id': request['id']})", .protocolError, "ok"),
  ])
  func whatAProgramDoesIsPutDownToItsCase(
    body: String, kind: Outcome.Kind, text: String
  ) async throws {
    let found = await Self.validate(
      Self.command(
        "if t0 == 0:\n    \(body.replacing("; ", with: "\n    "))"), timeout: .seconds(1))
    #expect(found.trouble == nil)
    // The others are judged as if nothing had happened.
    #expect(found.outcomes.map(\.kind) == [kind, .passed, .passed], "\(found.outcomes)")
    #expect(found.outcomes[0].detail.contains(text), "\(found.outcomes[0].detail)")
  }

  // MARK: The oracle

  /// What the oracle writes, line for line, to lines that are written when it has written so many.
  private func conversation(_ turns: [(after: Int, line: String)]) throws -> [String] {
    let (input, output) = (Pipe(), Pipe())
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      var oracle = Oracle(version: "test")
      try? oracle.run(
        input: input.fileHandleForReading.fileDescriptor,
        output: output.fileHandleForWriting.fileDescriptor)
      try? output.fileHandleForWriting.close()
      done.signal()
    }
    var lines: [String] = []
    var reader = LineReader(descriptor: output.fileHandleForReading.fileDescriptor)
    for turn in turns {
      while lines.count < turn.after {
        guard case .text(let line)? = try reader.next() else { break }
        lines.append(String(decoding: line, as: UTF8.self))
      }
      input.fileHandleForWriting.write(Data("\(turn.line)\n".utf8))
    }
    try input.fileHandleForWriting.close()
    while case .text(let line)? = try reader.next() {
      lines.append(String(decoding: line, as: UTF8.self))
    }
    done.wait()
    return lines
  }

  private static let request =
    #"{"id":"a","op":"integrate","solver":"euler","t0":0,"t1":1,"x":[1],"steps":2}"#

  @Test func theOracleAsksAndAnswers() throws {
    let lines = try conversation([
      (0, Self.request), (1, #"{"id":"a","velocity":[2]}"#), (2, #"{"id":"a","velocity":[-1]}"#),
    ])
    #expect(
      lines == [
        #"{"id":"a","ask":"velocity","t":0.0,"x":[1.0]}"#,
        #"{"id":"a","ask":"velocity","t":0.5,"x":[2.0]}"#,
        #"{"id":"a","ok":true,"value":{"x":[1.5],"t":1.0,"nfe":2}}"#,
      ])
  }

  @Test(arguments: [
    #"{"id":"a","velocity":[1,2]}"#, #"{"id":"a","velocity":"so"}"#, #"{"id":"a"}"#,
    #"{"id":"a","error":{"code":"out_of_domain","message":"no"}}"#,
    #"{"id":"a","velocity":[1e999]}"#,
  ])
  func aReplyThatIsNoneEndsTheIntegration(reply: String) throws {
    let lines = try conversation([(0, Self.request), (1, reply)])
    #expect(lines.count == 2 && lines[1].contains(#""id":"a","ok":false"#), "\(lines)")
  }

  @Test func anotherRequestInThePlaceOfAReplyIsAnsweredToo() throws {
    let lines = try conversation([
      (0, Self.request), (1, #"{"id":7,"op":"bits_per_dim","log_density":0,"dimension":1}"#),
    ])
    #expect(lines.count == 3 && lines[1].contains("place of a reply"), "\(lines)")
    #expect(lines[2] == #"{"id":7,"ok":true,"value":7.0}"#)
  }

  @Test func whoCannotBeAskedBackIsToldSo() {
    var oracle = Oracle(version: "test")
    let answer = String(decoding: oracle.answer(Array(Self.request.utf8)), as: UTF8.self)
    #expect(answer.contains(#""code":"unsupported""#))
    let hello = String(decoding: oracle.answer(Array(#"{"op":"hello"}"#.utf8)), as: UTF8.self)
    #expect(!hello.contains(#""integrate""#))
  }
}
