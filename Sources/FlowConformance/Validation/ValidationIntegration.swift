import FlowFiles

/// Integrations: their questions are answered on the way.
extension ValidationSession {
  /// Notes that an integration is asked for, if the case is one.
  mutating func beginIntegration(_ fixture: FixtureCase) {
    guard let field = fixture.field else { return }
    do throws(WireError) {
      integration = (
        try Interrogation(fixture, field), .now + settings.timeout * Interrogation.mostWaits
      )
    } catch {
      preconditionFailure("the field of \(fixture.id): \(error.message)")
    }
  }

  /// What came of a line that is a question.
  enum Questioning {
    case replied
    case failed(Failure)
  }

  /// Replies to a question of the integration under way; nil for a line that is none.
  mutating func reply(
    to line: [UInt8], _ asked: (id: Int, item: ValidationState.Item),
    _ pipes: inout PipeConversation
  ) -> Questioning? {
    guard integration != nil else { return nil }
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(parsing: line)
    } catch {
      // It may wait for a reply: what comes next must not be taken for one.
      return .failed(.disorder(FixtureCase.explanation(of: error, line)))
    }
    guard case .object(let question) = document.value, question["ask"] != nil,
      document.text(ofMember: "id").map(Self.text) == String(asked.id)
    else { return nil }
    pipes.send(integration!.questions.reply(to: question, id: asked.id))
    lastProgress = .now
    if integration!.questions.questions > Interrogation.mostQuestions {
      return .failed(.endless("no answer after \(Interrogation.mostQuestions) evaluations"))
    }
    if ContinuousClock.now > integration!.deadline {
      let limit = settings.timeout * Interrogation.mostWaits
      let count = integration!.questions.questions
      return .failed(.endless("no answer within \(limit), after \(count) evaluations"))
    }
    return .replied
  }
}
