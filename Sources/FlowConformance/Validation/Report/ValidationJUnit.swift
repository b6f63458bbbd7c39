extension ValidationReport {
  /// JUnit XML: a suite for each operation, a test for each case. A wrong or refused answer is a
  /// failure; a crash, a timeout, a broken protocol is an error; what is not judged is skipped.
  public var junit: String {
    var result = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    let lines = lines
    let totals = lines.map(Self.totals)
    func sum(_ part: (Totals) -> Int) -> Int { totals.reduce(0) { $0 + part($1) } }
    result += "<testsuites name=\"\(title.escaped)\" tests=\"\(entries.count)\""
    result += " failures=\"\(sum(\.failures) + listComplaints.count)\""
    let errors = sum(\.errors) + (validation.trouble == nil ? 0 : 1)
    result += " errors=\"\(errors)\" skipped=\"\(sum(\.skipped))\">\n"
    for (line, total) in zip(lines, totals) {
      result += "<testsuite name=\"\(line.operation.escaped)\" tests=\"\(line.entries.count)\""
      result += " failures=\"\(total.failures)\" errors=\"\(total.errors)\""
      result += " skipped=\"\(total.skipped)\">\n"
      for entry in line.entries { result += Self.element(entry) }
      result += "</testsuite>\n"
    }
    if !listComplaints.isEmpty || validation.trouble != nil { result += troubleSuite }
    return result + "</testsuites>\n"
  }

  private typealias Totals = (failures: Int, errors: Int, skipped: Int)

  private static func totals(_ line: Line) -> Totals {
    func count(_ kinds: [Outcome.Kind]) -> Int { kinds.reduce(0) { $0 + (line.counts[$1] ?? 0) } }
    return (
      count([.wrong, .refused]), count([.crashed, .timedOut, .protocolError]),
      count([.unsupported, .notApplicable, .notAsked]) + line.expected
    )
  }

  private static func element(_ entry: Entry) -> String {
    let opening =
      "<testcase classname=\"\(entry.operation.escaped)\" name=\"\(entry.id.escaped)\""
    let kind = entry.outcome.kind
    if entry.isExpected {
      return "\(opening)><skipped message=\"failed as expected\"/></testcase>\n"
    }
    switch kind {
    case .passed: return "\(opening)/>\n"
    case .unsupported, .notApplicable, .notAsked:
      return "\(opening)><skipped message=\"\(kind.rawValue)\"/></testcase>\n"
    case .wrong, .refused, .crashed, .timedOut, .protocolError:
      let name = kind == .wrong || kind == .refused ? "failure" : "error"
      let message = entry.outcome.detail.escaped
      let body = (entry.mistakes.map { "hunts: \($0)" } + [entry.reproduction])
        .joined(separator: "\n").escaped
      return "\(opening)><\(name) type=\"\(kind.rawValue)\" message=\"\(message)\">\(body)"
        + "</\(name)></testcase>\n"
    }
  }

  private var troubleSuite: String {
    var result = "<testsuite name=\"validation\" tests=\"\(listComplaints.count + 1)\">\n"
    for complaint in listComplaints {
      result += "<testcase classname=\"validation\" name=\"expected failures\">"
      result += "<failure message=\"\(complaint.escaped)\"/></testcase>\n"
    }
    if let trouble = validation.trouble {
      result += "<testcase classname=\"validation\" name=\"conversation\">"
      result += "<error message=\"\(trouble.escaped)\"/></testcase>\n"
    }
    return result + "</testsuite>\n"
  }
}

extension String {
  /// Text for XML and HTML; control characters, which XML cannot hold, become spaces.
  var escaped: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
