import FlowFiles
import TestSupport
import Testing

@testable import FlowConformance

/// How a program starts, and what it says of itself.
struct GreetingTests {
  typealias Fake = FakeImplementation

  /// What a program takes to load its libraries is no time-out of its first case, after a restart as little as at the
  /// beginning.
  @Test func aSlowStartAfterACrashIsNoTimeOut() async {
    let reply = """
      if t == 3: os._exit(1)
      if t >= 0 and not started: started.append(1); time.sleep(2)
      return right(request)
      """
    let validation = await Fake.validate(
      Fake.command(reply: reply, before: "started = []"), timeout: .seconds(1))
    #expect(ValidatorTests.kinds(validation) == ValidatorTests.all(but: 3, .crashed))
  }

  @Test func oneSlowHelloAfterARestartDoesNotEndTheRun() async throws {
    try await TemporaryFolder.use { folder in
      let before = """
        starts = len(os.listdir("\(folder.path)"))
        open("\(folder.path)/" + str(starts), "w").close()
        """
      let reply = """
        if request["op"] == "hello" and starts == 1: time.sleep(600)
        if t == 2: os._exit(1)
        return right(request)
        """
      let validation = await Fake.validate(
        Fake.command(reply: reply, before: before), timeout: .seconds(2), startTimeout: .seconds(4))
      #expect(ValidatorTests.kinds(validation) == ValidatorTests.all(but: 2, .crashed))
      #expect(validation.trouble == nil)
    }
  }

  @Test func aSlowHelloIsToldFromAMissingFlush() async {
    var settings = Validator.Settings()
    settings.startTimeout = .seconds(1)
    let validation = await Validator(
      command: Fake.command(
        reply: "if request['op'] == 'hello': time.sleep(2)\nreturn right(request)"),
      settings: settings
    ).run(Fake.library)
    let trouble = validation.trouble ?? "none"
    #expect(trouble.contains("the program is slow, not silent"), "\(trouble)")
  }

  static func greeting(_ more: String, _ request: String = "right(request)") -> String {
    """
    if request["op"] == "hello":
        return json.dumps({"id": request["id"], "ok": True, "value": {"protocol": 1, "name": "n", \(more)}})
    return \(request)
    """
  }

  @Test func whatAGreetingMayNotSay() async {
    for (more, complaint) in [
      ("\"solvers\": {\"rk4\": \"rk5\"}", "rk5"),
      ("\"solvers\": [\"rk4\"]", "from names to methods"),
      ("\"time\": \"t\"", "t_only"),
    ] {
      let validation = await Fake.validate(Fake.command(reply: Self.greeting(more)))
      let trouble = validation.trouble ?? "none"
      #expect(trouble.contains(complaint), "\(trouble)")
    }
  }

  @Test func aTimeThatCannotBeNamedIsNotAsked() async throws {
    let library = try FixtureLibrary(root: AdapterTests.fixtures)
      .selecting([Glob("conditional_flow/ot")])
    let reply = Self.greeting(
      "\"time\": \"t_only\"", "os._exit(1) if 'one_minus_t' in request else right(request)")
    let validation = await Validator(command: Fake.command(reply: reply)).run(library)
    #expect(validation.restarts == 0)
    for (entry, outcome) in zip(library.entries, validation.outcomes) {
      #expect((outcome == .unnamedTime) == (entry.fixture.request["one_minus_t"] != nil))
    }
  }

  @Test func methodsAreAskedByTheImplementationsOwnNames() async throws {
    let library = try FixtureLibrary(root: AdapterTests.fixtures)
      .selecting([Glob("solver-step/in-time/rk4*"), Glob("solver-step/in-time/dopri5*")])
    let reply = Self.greeting(
      "\"solvers\": {\"rk4\": \"rk4_three_eighths\", \"mine\": \"dopri5_shampine\"}",
      "right(request) if request['op'] == 'echo' else "
        + "json.dumps({'id': request['id'], 'ok': True, 'value': {'x': request['solver']}})")
    let validation = await Validator(command: Fake.command(reply: reply)).run(library)
    for (entry, judgement) in zip(library.entries, validation.judgements) {
      switch entry.fixture.request["solver"] {
      case .string("rk4")?: #expect(judgement.outcome == .notApplicable)
      case .string("rk4_three_eighths")?:
        #expect(judgement.outcome.detail.contains("answered \"rk4\""), "\(judgement)")
      case .string("dopri5_shampine")?:
        #expect(judgement.outcome.detail.contains("answered \"mine\""), "\(judgement)")
      default: #expect(judgement.outcome.detail.contains("answered \"dopri5\""), "\(judgement)")
      }
    }
  }
}
