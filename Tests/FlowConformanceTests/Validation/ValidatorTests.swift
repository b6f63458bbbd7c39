import FlowFiles
import TestSupport
import Testing

@testable import FlowConformance

/// The runner against programs that misbehave, each in one way.
struct ValidatorTests {
  typealias Fake = FakeImplementation

  static func kinds(_ validation: Validation) -> [Outcome.Kind] { validation.outcomes.map(\.kind) }

  /// Everything passed except one case.
  static func all(but index: Int, _ kind: Outcome.Kind) -> [Outcome.Kind] {
    Fake.cases.indices.map { $0 == index ? kind : .passed }
  }

  static func check(_ validation: Validation, _ name: String) -> Outcome? {
    validation.checks.first { $0.id == "protocol/\(name)" }?.outcome
  }

  @Test(arguments: [1, 2, 64]) func aRightImplementationPasses(window: Int) async {
    let validation = await Fake.validate(Fake.command(), window: window)
    #expect(Self.kinds(validation) == Fake.cases.map { _ in .passed })
    #expect(validation.checks.map(\.outcome) == [.passed(0), .passed(0), .passed(0)])
    #expect(validation.trouble == nil && validation.restarts == 0)
    #expect(validation.greeting?.name == "fake" && validation.greeting?.version == "7")
  }

  @Test func answersInPiecesAreAnswers() async {
    let main = """
      for line in sys.stdin:
          text = reply(json.loads(line)) + "\\n"
          for start in range(0, len(text), 5):
              sys.stdout.write(text[start:start + 5]); sys.stdout.flush(); time.sleep(0.0005)
      """
    let validation = await Fake.validate(Fake.command(main: main))
    #expect(Self.kinds(validation) == Fake.cases.map { _ in .passed })
  }

  @Test func theStandardErrorIsNeverAVerdictAndNeverBlocks() async {
    let validation = await Fake.validate(
      Fake.command(reply: "sys.stderr.write('x' * 200000 + '\\n')\nreturn right(request)"))
    #expect(Self.kinds(validation) == Fake.cases.map { _ in .passed })
  }

  @Test(arguments: [1, 64]) func aCrashIsPutDownToItsCaseAndTheRestGoesOn(window: Int) async {
    let reply = "if t == 3: sys.stderr.write('lost the thread\\n'); sys.stderr.flush(); os._exit(7)"
    let validation = await Fake.validate(
      Fake.command(reply: reply + "\nreturn right(request)"), window: window)
    #expect(Self.kinds(validation) == Self.all(but: 3, .crashed))
    #expect(validation.outcomes[3].detail.contains("exit code 7"))
    #expect(validation.outcomes[3].detail.contains("lost the thread"))
    #expect(validation.restarts == (window == 1 ? 1 : 2))
    #expect(Self.check(validation, "end-of-input") == .passed(0))
  }

  @Test func aSignalIsNamed() async {
    let validation = await Fake.validate(
      Fake.command(reply: "if t == 0: os.kill(os.getpid(), signal.SIGSEGV)\nreturn right(request)"))
    #expect(Self.kinds(validation) == Self.all(but: 0, .crashed))
    #expect(validation.outcomes[0].detail.contains("signal 11"))
  }

  @Test func answersThatACrashTookAlongAreAskedAgain() async throws {
    // Answers are collected while requests wait, as in a buffered stream: a crash loses them all.
    let main = """
      kept = []
      for line in sys.stdin:
          request = json.loads(line)
          if request.get("t") == 5: os._exit(1)
          kept.append(right(request))
          if request.get("t", -1) in (-1, 7) or one_by_one: print("\\n".join(kept), flush=True); kept = []
      """
    try await TemporaryFolder.use { folder in
      let mark = folder.file("mark")
      let before = """
        one_by_one = os.path.exists("\(mark)")
        open("\(mark)", "w").close()
        """
      let validation = await Fake.validate(Fake.command(before: before, main: main))
      #expect(Self.kinds(validation) == Self.all(but: 5, .crashed))
    }
  }

  @Test(arguments: [1, 64]) func aHangTimesOutAndTheRestGoesOn(window: Int) async {
    let validation = await Fake.validate(
      Fake.command(reply: "if t == 2: time.sleep(600)\nreturn right(request)"), window: window,
      timeout: .seconds(3))
    #expect(Self.kinds(validation) == Self.all(but: 2, .timedOut))
  }

  @Test func aHangThatIgnoresTheEndOfItsInputIsKilled() async {
    let before = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    let main = """
      for line in sys.stdin: print(right(json.loads(line)), flush=True)
      time.sleep(600)
      """
    let validation = await Fake.validate(
      Fake.command(before: before, main: main), timeout: .seconds(3))
    #expect(Self.kinds(validation) == Fake.cases.map { _ in .passed })
    #expect(Self.check(validation, "end-of-input")?.kind == .timedOut)
  }

  @Test func aNeverFlushedOutputGetsAHint() async {
    let main = """
      output = open(1, "w", buffering=65536)
      for line in sys.stdin: output.write(right(json.loads(line)) + "\\n")
      """
    var settings = Validator.Settings()
    settings.startTimeout = .seconds(5)
    let validation = await Validator(command: Fake.command(main: main), settings: settings)
      .run(Fake.library)
    let trouble = validation.trouble ?? "none"
    #expect(trouble.contains("must be flushed after every line"), "\(trouble)")
    #expect(Self.kinds(validation) == Fake.cases.map { _ in .notAsked })
  }

  @Test func bytesWithoutALineFeedGetAHint() async {
    let reply = """
      if t == 1: sys.stdout.write(right(request)); sys.stdout.flush(); time.sleep(600)
      return right(request)
      """
    let validation = await Fake.validate(Fake.command(reply: reply), timeout: .seconds(3))
    #expect(Self.kinds(validation) == Self.all(but: 1, .timedOut))
    #expect(validation.outcomes[1].detail.contains("no line feed"))
  }

  @Test func aWrongIdIsAProtocolError() async {
    let validation = await Fake.validate(
      Fake.command(reply: "if t == 4: request['id'] = 'no'\nreturn right(request)"))
    #expect(Self.kinds(validation) == Self.all(but: 4, .protocolError))
  }

  @Test func aForgottenIdIsSaidAtOnce() async {
    let validation = await Fake.validate(
      Fake.command(reply: "request['id'] = None\nreturn right(request)"))
    #expect(validation.trouble?.contains("id") == true)
  }

  @Test func answersOutOfOrderAreAProtocolError() async {
    let main = """
      import select
      for line in iter(sys.stdin.buffer.raw.readline, b""):
          lines = [line]
          while lines and select.select([0], [], [], 0.05)[0]:
              more = sys.stdin.buffer.raw.readline()
              if not more: break
              lines.append(more)
          for text in reversed(lines): print(right(json.loads(text)), flush=True)
      """
    let validation = await Fake.validate(Fake.command(main: main))
    #expect(Self.kinds(validation) == Self.all(but: 0, .protocolError))
    #expect(validation.outcomes[0].detail.contains("out of order"))
    #expect(validation.outcomes[0].detail.contains("not when asked alone"))
  }

  @Test func talkOnTheStandardOutputIsAProtocolErrorOfOneCase() async {
    let validation = await Fake.validate(
      Fake.command(reply: "if t == 6: print('loading ...')\nreturn right(request)"), window: 1)
    #expect(validation.outcomes[6].kind == .protocolError)
    #expect(validation.outcomes[6].detail.contains("loading ..."))
    #expect(validation.outcomes[..<6].allSatisfy { $0 == .passed(0) })
  }

  @Test func aBareNaNIsAProtocolErrorWithAHint() async {
    let validation = await Fake.validate(
      Fake.command(reply: "if t == 1: request['t'] = float('nan')\nreturn right(request)"))
    #expect(Self.kinds(validation) == Self.all(but: 1, .protocolError))
    #expect(validation.outcomes[1].detail.contains("JSON has no NaN"))
  }

  @Test(.timeLimit(.minutes(1))) func aFloodIsCutOff() async {
    let flood = """
      if t == 2:
          while True: os.write(1, b'x' * 65536)
      return right(request)
      """
    let validation = await Fake.validate(Fake.command(reply: flood))
    #expect(Self.kinds(validation) == Self.all(but: 2, .protocolError))
  }

  @Test(.timeLimit(.minutes(1))) func aFloodOfLinesIsCutOff() async {
    let flood = """
      while t == 2: os.write(1, b'{}\\n' * 1000)
      return right(request)
      """
    let validation = await Fake.validate(Fake.command(reply: flood))
    #expect(Self.kinds(validation) == Self.all(but: 2, .protocolError))
  }

  @Test func deathOnTheFirstByteIsTrouble() async {
    let validation = await Fake.validate(["sh", "-c", "head -c 1 >/dev/null; exit 3"])
    #expect(validation.trouble?.contains("exit code 3") == true)
    #expect(Self.kinds(validation) == Fake.cases.map { _ in .notAsked })
  }

  @Test func aProgramThatDoesNotExistIsTrouble() async {
    let validation = await Fake.validate(["/no/such/program"])
    #expect(validation.trouble?.contains("cannot start /no/such/program") == true)
  }

  @Test func tooManyRestartsEndIt() async {
    let validation = await Fake.validate(
      Fake.command(reply: "if t >= 0: os._exit(1)\nreturn right(request)"), restarts: 3)
    #expect(validation.trouble == "given up after 3 restarts")
    #expect(validation.outcomes.contains(.notAsked))
  }

  @Test func numbersThatChangeOnTheWayStopEverything() async {
    let reply = """
      import struct
      def narrow(v):
          if isinstance(v, list): return [narrow(e) for e in v]
          return struct.unpack('f', struct.pack('f', v if abs(v) < 3e38 else 0))[0]
      if request["op"] == "echo": request["value"] = narrow(request["value"])
      return right(request)
      """
    let validation = await Fake.validate(Fake.command(reply: reply))
    #expect(Self.check(validation, "echo")?.kind == .wrong)
    #expect(validation.trouble?.hasPrefix("echo: sent 0.1, got back 0.10000000149011612") == true)
    #expect(Self.kinds(validation) == Fake.cases.map { _ in .notAsked })
  }

  @Test func whatIsNotOfferedIsNotAsked() async {
    let reply = """
      if request["op"] == "hello":
          return json.dumps({"id": request["id"], "ok": True, "value": {"protocol": 1, "name": "n",
            "version": "1", "precision": "float32", "ops": ["denoiser"]}})
      os._exit(9)
      """
    let validation = await Fake.validate(Fake.command(reply: reply))
    #expect(Self.kinds(validation) == Fake.cases.map { _ in .unsupported })
    #expect(validation.terms.precision == .float32)
  }

  @Test func errorsAndWrongValuesAreToldApart() async {
    let reply = """
      def error(code): return json.dumps({"id": request["id"], "ok": False, "error": {"code": code}})
      if t == 0: return error("unsupported")
      if t == 1: return error("singular")
      if t == 2: request["t"] = 2.0000001
      if t == 3: request["t"] = [3]
      if t == 4: return json.dumps({"id": request["id"], "value": 4})
      return right(request)
      """
    let validation = await Fake.validate(Fake.command(reply: reply))
    #expect(
      Self.kinds(validation) == [
        .unsupported, .refused, .wrong, .wrong, .protocolError, .passed, .passed, .passed,
      ])
    #expect(validation.outcomes[2].detail.contains("answered 2.0000001, certified 2.0"))
  }
}
