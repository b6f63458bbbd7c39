extension ValidationReport {
  private static let shownFailures = 20

  /// The table by operation, failures with how to see them again, and the verdict.
  public var text: String {
    var result = "\(title): \(entries.count) cases\n\n"
    if entries.contains(where: { $0.outcome != .notAsked }) { result += table + "\n" }
    let failures = failures
    for entry in spread(failures) {
      result += "FAIL \(entry.id): \(entry.outcome.kind.rawValue): \(entry.outcome.detail)\n"
      if let mistake = entry.mistakes.first { result += "     hunts: \(mistake)\n" }
      if !entry.reproduction.isEmpty { result += "     \(entry.reproduction)\n" }
    }
    if failures.count > Self.shownFailures {
      let rest = failures.count - Self.shownFailures
      result += "and \(rest) more failures, all of them in --json, --junit and --html\n"
    }
    for complaint in listComplaints { result += "FAIL \(complaint)\n" }
    if !failures.isEmpty || !listComplaints.isEmpty { result += "\n" }
    if let trouble = validation.trouble { result += "STOPPED: \(trouble)\n" }
    if validation.restarts > 0 {
      result += "The process was restarted \(validation.restarts) times.\n"
    }
    if !budgetSentence.isEmpty { result += budgetSentence + "\n" }
    return result + verdict + "\n"
  }

  /// One line: whether it conforms, and the counts.
  var verdict: String {
    let counts = Outcome.Kind.allCases.compactMap { kind -> String? in
      let count = count(kind)
      return count == 0 && kind != .passed ? nil : "\(count) \(kind.rawValue)"
    }
    let expected = entries.count(where: \.isExpected)
    let all = counts + (expected == 0 ? [] : ["\(expected) failed as expected"])
    return (conforms ? "conforms: " : "does not conform: ") + all.joined(separator: ", ")
  }

  /// At most twenty failures, taken in turn from the operations, and within these from the paths.
  private func spread(_ failures: [Entry]) -> ArraySlice<Entry> {
    let byOperation = Self.grouped(failures, by: \.operation).map { operation in
      Self.inTurn(Self.grouped(operation, by: \.path))
    }
    return Self.inTurn(byOperation).prefix(Self.shownFailures)
  }

  /// The first of every group, then the second of every group, and so on.
  private static func inTurn(_ groups: [[Entry]]) -> [Entry] {
    (0..<(groups.map(\.count).max() ?? 0)).flatMap { turn in
      groups.compactMap { turn < $0.count ? $0[turn] : nil }
    }
  }

  private var table: String {
    let kinds = Outcome.Kind.allCases.filter { $0 == .passed || count($0) > 0 }
    let hasExpected = entries.contains(where: \.isExpected)
    var header = ["operation", "cases"] + kinds.map(\.rawValue)
    if hasExpected { header.append("expected") }
    header += ["worst error/allowance", "budget"]
    let rows = lines.map { line in
      var row = [line.operation, "\(line.entries.count)"]
      row += kinds.map { "\(line.counts[$0] ?? 0)" }
      if hasExpected { row.append("\(line.expected)") }
      let isProtocol = line.operation == "protocol"
      row.append(isProtocol ? "" : line.worst.map(PassRule.text) ?? "-")
      row.append(isProtocol ? "" : PassRule.text(line.budget))
      return row
    }
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max()! }
    return all.map { row in
      var line = row[0] + String(repeating: " ", count: widths[0] - row[0].count)
      for column in 1..<row.count {
        line += "  " + String(repeating: " ", count: widths[column] - row[column].count)
        line += row[column]
      }
      return line + "\n"
    }.joined()
  }
}
