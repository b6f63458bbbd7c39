import FlowFiles

extension Fuzzer.Result {
  /// Whether nothing was found and everything was asked.
  public var agrees: Bool {
    validation.trouble == nil && findings.isEmpty && compared > 0
      && !validation.checks.contains { $0.outcome.isFailure }
  }

  /// How many answers were compared.
  private var compared: Int {
    validation.judgements.count { $0.outcome.isFailure || $0.outcome.kind == .passed }
  }

  /// What was found, each finding with the fixture that shows it.
  public func text(command: [String]) -> String {
    var result = ""
    for finding in findings {
      let fixture = finding.simplest.fixture
      let all = counts[fixture.operation] ?? 0
      result +=
        "\(fixture.operation): \(finding.outcome.kind.rawValue) in \(finding.count) of \(all) "
      result += "cases; the simplest request found:\n"
      result += "  \(finding.outcome.detail)\n"
      result += "  \(Reproduction.line(finding.simplest, command: command))\n"
      result += "  \(fixture.line)\n\n"
    }
    for check in validation.checks where check.outcome.isFailure {
      result += "\(check.id): \(check.outcome.detail)\n"
    }
    if let trouble = validation.trouble { result += "STOPPED: \(trouble)\n" }
    if !findings.isEmpty {
      result += "The lines that begin with {\"id\" are fixtures to keep. Their values are the "
      result += "engine's: the radius is its promise, the sensitivity an estimate.\n"
    }
    let failed = validation.outcomes.count(where: \.isFailure)
    let unsupported = validation.outcomes.count { $0 == .unsupported }
    if compared == 0, validation.trouble == nil {
      result +=
        "Nothing was compared: no operation that is drawn is offered and selected. Drawn are "
      result += FuzzRequests.operations.joined(separator: ", ") + ".\n"
    }
    return result + "seed \(seed): \(compared) cases compared, \(failed) differ, "
      + "\(unsupported) unsupported\n"
  }
}

extension FixtureCase {
  /// The case as an entry of a fixture file, on one line.
  var line: String {
    var writer = JSONWriter(wholeNumbersAsIntegers: true)
    writer.writeObject { writer in
      writer.writeName("id")
      writer.write(id)
      writer.writeName("flags")
      writer.write(.array(flags.map(JSONValue.string)))
      writer.writeName("request")
      writer.write(.object(request))
      if let formats, certifiedError == nil {
        writer.writeName("formats")
        writer.write(.array(formats.map(JSONValue.string)))
      }
      writer.writeName("expected")
      writer.writeObject { writer in
        switch expected {
        case .error(let code):
          writer.writeName("error")
          writer.write(code)
        case .answer(let answer):
          let parts = [
            ("value", answer.value), ("tail", answer.tail), ("sensitivity", answer.sensitivity),
            ("radius", answer.radius),
          ]
          for (name, value) in parts {
            writer.writeName(name)
            writer.write(value)
          }
        }
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
