import FlowFiles
import Foundation

@testable import FlowConformance

/// Small Python programs that answer the protocol, each with one way to misbehave.
///
/// All of them know three cases: `schedule` at t = 0, 1 and 2 of a made-up kind, to be answered by
/// the number t. `body` sees `request` (a dictionary) and must return a line, or None for silence.
enum FakeImplementation {
  static let cases: [FixtureLibrary.Entry] = (0..<8).map { number in
    let zero = JSONValue.number(0)
    let value = JSONValue.number(Double(number))
    let request = jsonObject(["op": .string("schedule"), "t": value])
    guard case .object(let object) = request else { fatalError("an object is one") }
    return FixtureLibrary.Entry(
      fixture: FixtureCase(
        id: "schedule/fake/t-\(number)", operation: "schedule", request: object,
        expected: .answer(Expectation(value: value, tail: zero, sensitivity: zero, radius: zero)),
        flags: ["basic"], formats: ["float64", "float32"]),
      file: "schedule/fake", definition: nil, mistakes: [.init(flag: "basic", text: "a mistake")])
  }

  static let library = FixtureLibrary(entries: cases)

  /// The command of a program whose `reply(request)` is given; `main` replaces the loop.
  static func command(
    reply: String = "return right(request)", before: String = "",
    main: String = """
    for line in sys.stdin:
        text = reply(json.loads(line))
        if text is not None: print(text, flush=True)
    """
  ) -> [String] {
    let body = reply.split(separator: "\n", omittingEmptySubsequences: false)
      .map { "    \($0)" }.joined(separator: "\n")
    let program = """
      import json, os, signal, sys, time
      \(before)
      def right(request):
          op = request["op"]
          value = ({"protocol": 1, "name": "fake", "version": "7", "precision": "float64"} if op == "hello"
                   else request["value"] if op == "echo" else request["t"])
          return json.dumps({"id": request["id"], "ok": True, "value": value})
      def reply(request):
          t = request.get("t", -1)
      \(body)
      \(main)
      """
    return ["python3", "-c", program]
  }

  static func validate(
    _ command: [String], window: Int = 64, timeout: Duration = .seconds(20), restarts: Int = 20,
    startTimeout: Duration = .seconds(20)
  ) async -> Validation {
    var settings = Validator.Settings()
    settings.window = window
    settings.timeout = timeout
    settings.startTimeout = max(timeout, startTimeout)
    settings.maximumRestarts = restarts
    return await Validator(command: command, settings: settings).run(library)
  }
}
