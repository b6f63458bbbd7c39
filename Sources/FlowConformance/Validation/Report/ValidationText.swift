extension ValidationReport {
  /// How many failures are shown of a tier that counts, and of one that does not.
  private static let shown = (counting: 20, others: 3)

  /// The table by operation, failures by tier with how to see them again, and the verdict.
  public var text: String { text(inColour: false) }

  /// The same with the tiers in colours, for a terminal.
  public func text(inColour: Bool) -> String {
    var result = "\(title): \(entries.count) cases\n\n"
    if entries.contains(where: { $0.outcome != .notAsked }) { result += table + "\n" }
    for (tier, found) in failuresByTier.reversed() {
      let counts = fails(tier)
      let limit = counts ? Self.shown.counting : Self.shown.others
      let title = "\(tier.title): \(found.count)"
      result += inColour ? "\u{1B}[\(tier.terminalColour)m\(title)\u{1B}[0m" : title
      result += " (\(tier.help))"
      result += counts ? "\n" : "; fails only with --strict\n"
      for entry in spread(found, limit) {
        result += "\(counts ? "FAIL" : "NOTE") \(entry.id): \(entry.outcome.kind.rawValue): "
        result += "\(entry.outcome.detail)\n"
        if let mistake = entry.mistakes.first { result += "     hunts: \(mistake)\n" }
        if !entry.reproduction.isEmpty { result += "     \(entry.reproduction)\n" }
      }
      if found.count > limit {
        result += "and \(found.count - limit) more, all of them in --json, --junit and --html\n"
      }
      result += "\n"
    }
    for complaint in listComplaints { result += "FAIL \(complaint)\n" }
    if !listComplaints.isEmpty { result += "\n" }
    for sentence in information { result += sentence + "\n" }
    if let trouble = validation.trouble { result += "STOPPED: \(trouble)\n" }
    if validation.restarts > 0 {
      result += "The process was restarted \(validation.restarts) times.\n"
    }
    if !budgetSentence.isEmpty { result += budgetSentence + "\n" }
    return result + verdict + "\n"
  }

  /// One line: whether it conforms, and the counts.
  var verdict: String {
    let beginning =
      !conforms ? "does not conform" : judged == 0 ? "nothing was judged" : "conforms"
    return "\(beginning): " + Self.counts(of: entries).joined(separator: ", ")
  }

  /// Some failures, taken in turn from the operations, and within these from the paths.
  func spread(_ failures: [Entry], _ limit: Int) -> ArraySlice<Entry> {
    let byOperation = Self.grouped(failures, by: \.operation).map { operation in
      Self.inTurn(Self.grouped(operation, by: \.path))
    }
    return Self.inTurn(byOperation).prefix(limit)
  }

  /// The first of every group, then the second of every group, and so on.
  private static func inTurn(_ groups: [[Entry]]) -> [Entry] {
    (0..<(groups.map(\.count).max() ?? 0)).flatMap { turn in
      groups.compactMap { turn < $0.count ? $0[turn] : nil }
    }
  }

  /// One row for each operation of which something was judged; then what was not.
  private var table: String {
    let lines = lines
    let tiers = failuresByTier.map(\.tier)
    let kinds = Self.withoutVerdict.filter { kind in
      lines.contains { $0.judged > 0 && $0.entries.contains { $0.outcome.kind == kind } }
    }
    let hasExpected = entries.contains(where: \.isExpected)
    var header = ["operation", "judged", "passed", "rate"] + tiers.map(\.title)
    if hasExpected { header.append("expected") }
    header += kinds.map(\.rawValue) + ["worst error/allowance", "budget"]
    let rows = lines.filter { $0.judged > 0 }.map { line in
      var row = [line.operation, "\(line.judged)", "\(line.passed)", line.rate]
      row += tiers.map { "\(line.count($0))" }
      if hasExpected { row.append("\(line.expected)") }
      row += kinds.map { kind in "\(line.entries.count { $0.outcome.kind == kind })" }
      row.append(line.worst.map(PassRule.text) ?? "-")
      row.append(line.operation == Self.protocolName ? "-" : PassRule.text(line.budget))
      return row
    }
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max()! }
    let table = all.map { row in
      var line = row[0] + String(repeating: " ", count: widths[0] - row[0].count)
      for column in 1..<row.count {
        line += "  " + String(repeating: " ", count: widths[column] - row[column].count)
        line += row[column]
      }
      return line + "\n"
    }.joined()
    return table + unjudged.map { "\($0)\n" }.joined()
  }

  /// The operations of which nothing was judged, by why.
  var unjudged: [String] {
    let absent = lines.filter { $0.judged == 0 }
    return Self.withoutVerdict.compactMap { kind in
      let names = absent.filter { $0.entries.first?.outcome.kind == kind }.map(\.operation)
      return names.isEmpty ? nil : "\(kind.rawValue): \(names.joined(separator: ", "))"
    }
  }
}

extension Tier {
  /// The parameters of a terminal's sequence that sets the colour.
  fileprivate var terminalColour: String {
    switch self {
    case .wrongValue: "1;31"
    case .noAnswer: "1;35"
    case .count: "35"
    case .endOfTime: "33"
    case .refusal: "93"
    case .otherCode: "36"
    case .convention: "34"
    }
  }
}
