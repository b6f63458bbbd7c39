extension ValidationReport {
  /// JUnit XML: a suite for each operation that was judged, a test for each case that was. What counts is a failure,
  /// or an error where there was no answer; a failure of a tier that does not count, or an expected one, is skipped
  /// with what it says. What is not offered or not applicable is counted in the properties of its suite, not listed.
  public var junit: String {
    var result = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    let suites = lines.map { line in (line, Self.listed(line)) }.filter { !$0.1.isEmpty }
    let totals = suites.map { self.totals($0.1) }
    func sum(_ part: (Totals) -> Int) -> Int { totals.reduce(0) { $0 + part($1) } }
    let more = (listComplaints.count, validation.trouble == nil ? 0 : 1)
    let tests = suites.reduce(0) { $0 + $1.1.count } + more.0 + more.1
    result += "<testsuites name=\"\(title.escaped)\" tests=\"\(tests)\""
    result += " failures=\"\(sum(\.failures) + more.0)\""
    result += " errors=\"\(sum(\.errors) + more.1)\" skipped=\"\(sum(\.skipped))\">\n"
    for ((line, listed), total) in zip(suites, totals) {
      result += "<testsuite name=\"\(line.operation.escaped)\" tests=\"\(listed.count)\""
      result += " failures=\"\(total.failures)\" errors=\"\(total.errors)\""
      result += " skipped=\"\(total.skipped)\">\n" + Self.properties(line)
      for entry in listed { result += element(entry) }
      result += "</testsuite>\n"
    }
    if !listComplaints.isEmpty || validation.trouble != nil { result += troubleSuite }
    return result + "</testsuites>\n"
  }

  private typealias Totals = (failures: Int, errors: Int, skipped: Int)

  private enum Sign { case passed, failure, error, skipped }

  private static func listed(_ line: Line) -> [Entry] {
    line.entries.filter { $0.isJudged || $0.outcome == .notAsked }
  }

  private func sign(_ entry: Entry) -> Sign {
    if entry.passed { return .passed }
    guard fails(entry) else { return .skipped }
    return entry.tier == .noAnswer ? .error : .failure
  }

  private func totals(_ entries: [Entry]) -> Totals {
    let signs = entries.map(sign)
    return (
      signs.count { $0 == .failure }, signs.count { $0 == .error }, signs.count { $0 == .skipped }
    )
  }

  /// How many cases there are of each tier, and of each kind that is not listed.
  private static func properties(_ line: Line) -> String {
    let tiers = Tier.allCases.map { ($0.rawValue, line.count($0)) }
    let kinds = withoutVerdict.map { kind in
      (kind.rawValue.replacing(" ", with: "_"), line.entries.count { $0.outcome.kind == kind })
    }
    let written = (tiers + kinds).filter { $0.1 > 0 }.map {
      "<property name=\"\($0.0)\" value=\"\($0.1)\"/>"
    }
    return written.isEmpty ? "" : "<properties>\(written.joined())</properties>\n"
  }

  private func element(_ entry: Entry) -> String {
    let opening =
      "<testcase classname=\"\(entry.operation.escaped)\" name=\"\(entry.id.escaped)\""
    let sign = self.sign(entry)
    switch sign {
    case .passed: return "\(opening)/>\n"
    case .skipped:
      let why =
        entry.isExpected
        ? "failed as expected"
        : entry.tier.map { "\($0.title): \(entry.outcome.detail)" } ?? entry.outcome.kind.rawValue
      return "\(opening)><skipped message=\"\(why.escaped)\"/></testcase>\n"
    case .failure, .error:
      let name = sign == .failure ? "failure" : "error"
      let type = entry.tier?.title ?? ""
      let body = (entry.mistakes.map { "hunts: \($0)" } + [entry.reproduction])
        .joined(separator: "\n").escaped
      return "\(opening)><\(name) type=\"\(type)\" message=\"\(entry.outcome.detail.escaped)\">"
        + "\(body)</\(name)></testcase>\n"
    }
  }

  private var troubleSuite: String {
    var result = "<testsuite name=\"validation\""
    result += " tests=\"\(listComplaints.count + (validation.trouble == nil ? 0 : 1))\">\n"
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
