import FlowMatching

extension ValidationReport {
  /// How many failures of one cell the page shows.
  private static let shownPerCell = 50

  /// One page without anything from elsewhere: the matrix of operations and paths; every cell leads
  /// to its failing cases.
  public var page: String {
    let matrix = Matrix(self)
    var body = "<header><h1>\(title.escaped)</h1>\n"
    body += "<p class=\"verdict \(conforms ? "good" : "bad")\">\(verdict.escaped)</p>\n"
    for sentence in remarks { body += "<p>\(sentence.escaped)</p>\n" }
    body +=
      "<p><code>\(command.map(Reproduction.quoted).joined(separator: " ").escaped)</code></p>\n"
    body += "</header>\n<main>\n" + matrix.table + Self.legend
    for cell in matrix.cells { body += section(cell) }
    body += "</main>\n"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Conformance of \(title.escaped)</title>
      <style>
      \(PageStyle.text)
      </style>
      </head>
      <body>
      \(body)</body>
      </html>

      """
  }

  private var remarks: [String] {
    var result: [String] = []
    if let trouble = validation.trouble { result.append("Stopped: \(trouble)") }
    if validation.restarts > 0 {
      result.append("The process was restarted \(validation.restarts) times.")
    }
    if !budgetSentence.isEmpty { result.append(budgetSentence) }
    return result + listComplaints
  }

  private static let legend = """
    <p class="legend">A cell shows how many cases passed, or how many failed of how many, and below \
    it the worst error over what is allowed (the budget is the limit). Choose a cell to see its \
    cases. <span class="key close">up to half the budget</span> <span class="key near">up to the \
    budget</span> <span class="key fail">failures</span> <span class="key expected">only expected \
    failures</span> <span class="key none">not judged</span></p>

    """

  private func section(_ cell: Matrix.Cell) -> String {
    let failures = cell.entries.filter { $0.outcome.isFailure }
    var result = "<section id=\"\(cell.anchor)\" aria-labelledby=\"\(cell.anchor)-title\">\n"
    result += "<h2 id=\"\(cell.anchor)-title\">\(cell.title.escaped)</h2>\n"
    let counts = Outcome.Kind.allCases.compactMap { kind -> String? in
      let count = cell.entries.count { $0.outcome.kind == kind }
      return count == 0 ? nil : "\(count) \(kind.rawValue)"
    }
    result += "<p>\(cell.entries.count) cases: \(counts.joined(separator: ", "))."
    if let worst = cell.line.worst, cell.line.operation != "protocol" {
      result += " Worst error/allowance \(PassRule.text(worst)), budget "
      result += "\(PassRule.text(cell.line.budget)), in <code>\(cell.line.worstID.escaped)</code>."
    }
    result += "</p>\n"
    for entry in failures.prefix(Self.shownPerCell) { result += Self.details(entry) }
    if failures.count > Self.shownPerCell {
      result += "<p>And \(failures.count - Self.shownPerCell) more, all of them in the JSON.</p>\n"
    }
    return result + "<p><a href=\"#matrix\">Back to the matrix</a></p>\n</section>\n"
  }

  private static func details(_ entry: Entry) -> String {
    var result = "<details><summary><b>\(entry.outcome.kind.rawValue)</b> "
    result += "\(entry.isExpected ? "(expected) " : "")<code>\(entry.id.escaped)</code></summary>\n"
    result += "<p>\(entry.outcome.detail.escaped)</p>\n"
    if !entry.mistakes.isEmpty {
      result += "<p>Hunts: \(entry.mistakes.map(\.escaped).joined(separator: "; ")).</p>\n"
    }
    if !entry.reproduction.isEmpty {
      result += "<pre tabindex=\"0\">\(entry.reproduction.escaped)</pre>\n"
    }
    return result + "</details>\n"
  }
}

/// The entries of a report by operation and path.
private struct Matrix {
  struct Cell {
    let title: String
    let anchor: String
    let line: ValidationReport.Line
    var entries: [ValidationReport.Entry] { line.entries }

    var style: String {
      if entries.contains(where: \.isUnexpectedFailure) { return "fail" }
      if line.expected > 0 { return "expected" }
      if line.counts[.passed] == nil { return "none" }
      return (line.worst ?? 0) <= line.budget / 2 ? "close" : "near"
    }

    /// What the cell says, with a sign that needs no colour.
    var label: String {
      let failed = entries.count { $0.isUnexpectedFailure }
      if failed > 0 { return "✗ \(failed) of \(entries.count)" }
      if line.expected > 0 { return "(✗) \(line.expected) of \(entries.count)" }
      guard let passed = line.counts[.passed] else { return "–" }
      return "✓ \(passed)"
    }
  }

  let columns: [String]
  let rows: [(operation: String, cells: [Cell?])]
  var cells: [Cell] { rows.flatMap { $0.cells.compactMap { $0 } } }

  init(_ report: ValidationReport) {
    let known = PathKind.allCases.map(\.rawValue)
    let found = Set(report.entries.map(\.path))
    let others = found.subtracting(known + ["-"]).sorted()
    let columns = known.filter(found.contains) + others + (found.contains("-") ? ["-"] : [])
    self.columns = columns
    rows = report.lines.enumerated().map { row, line in
      let byPath = Dictionary(grouping: line.entries, by: \.path)
      let cells = columns.enumerated().map { column, path in
        byPath[path].map { entries in
          Cell(
            title: path == "-" ? line.operation : "\(line.operation), \(path)",
            anchor: "cell-\(row)-\(column)",
            line: ValidationReport.Line(operation: line.operation, entries: entries))
        }
      }
      return (line.operation, cells)
    }
  }

  var table: String {
    var result = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Matrix\">\n"
    result += "<table id=\"matrix\"><caption>Cases by operation and path</caption>\n<thead><tr>"
    result += "<th scope=\"col\">operation</th>"
    for column in columns {
      result += "<th scope=\"col\">\(column == "-" ? "no path" : column.breakable)</th>"
    }
    result += "</tr></thead>\n<tbody>\n"
    for row in rows {
      result += "<tr><th scope=\"row\">\(row.operation.escaped)</th>"
      for cell in row.cells {
        guard let cell else {
          result += "<td></td>"
          continue
        }
        result += "<td class=\"\(cell.style)\"><a href=\"#\(cell.anchor)\" "
        result += "aria-label=\"\(cell.title.escaped): \(cell.label)\">\(cell.label)"
        if let worst = cell.line.worst, cell.line.operation != "protocol" {
          result += "<small>\(PassRule.text(worst)) / \(PassRule.text(cell.line.budget))</small>"
        }
        result += "</a></td>"
      }
      result += "</tr>\n"
    }
    return result + "</tbody></table></div>\n"
  }
}

extension String {
  /// A name that may be broken after its underscores.
  fileprivate var breakable: String {
    escaped.split(separator: "_").joined(separator: "_<wbr>")
  }
}
