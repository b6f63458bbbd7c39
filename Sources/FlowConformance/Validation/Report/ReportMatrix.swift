import FlowMatching

/// The entries of a report by operation and path; operations of which nothing was judged are left out.
struct ReportMatrix {
  struct Cell {
    let title: String
    /// The path, as the heading of its column.
    let heading: String
    let anchor: String
    let line: ValidationReport.Line
    var entries: [ValidationReport.Entry] { line.entries }

    /// The colour: of the most serious failure, else of how near the budget is.
    var style: String {
      if let tier = line.tier { return tier.rawValue }
      if line.expected > 0 { return "expected" }
      if line.passed == 0 { return "none" }
      return (line.worst ?? 0) <= line.budget / 2 ? "close" : "near"
    }

    /// What the cell says, with a sign that needs no colour.
    var label: String {
      let failed = entries.count { $0.isUnexpectedFailure }
      if failed > 0 { return "✗ \(failed) of \(line.judged)" }
      if line.expected > 0 { return "(✗) \(line.expected) of \(line.judged)" }
      return line.passed == 0 ? "–" : "✓ \(line.passed)"
    }
  }

  let headings: [String]
  let rows: [(line: ValidationReport.Line, cells: [Cell?])]
  var cells: [Cell] { rows.flatMap { $0.cells.compactMap { $0 } } }

  init(_ report: ValidationReport) {
    let lines = report.lines.filter { $0.judged > 0 }
    let known = PathKind.allCases.map(\.rawValue)
    let found = Set(lines.flatMap(\.entries).filter(\.isJudged).map(\.path))
    let others = found.subtracting(known + ["-"]).sorted()
    let columns = known.filter(found.contains) + others + (found.contains("-") ? ["-"] : [])
    headings = columns.map { $0 == "-" ? "no path" : $0 }
    rows = lines.enumerated().map { row, line in
      let byPath = Dictionary(grouping: line.entries, by: \.path)
      let cells = columns.enumerated().map { column, path in
        byPath[path].map { entries in
          Cell(
            title: path == "-" ? line.operation : "\(line.operation), \(path)",
            heading: path == "-" ? "no path" : path, anchor: "cell-\(row)-\(column)",
            line: ValidationReport.Line(operation: line.operation, entries: entries))
        }
      }
      return (line, cells)
    }
  }

  var table: String {
    if rows.isEmpty { return "<p id=\"matrix\">Nothing was judged.</p>\n" }
    var result = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Matrix\">\n"
    result +=
      "<table class=\"matrix\" id=\"matrix\"><caption>Cases by operation and path</caption>\n"
    result += "<thead><tr><th scope=\"col\">operation</th><th scope=\"col\">passed of judged</th>"
    for heading in headings { result += "<th scope=\"col\">\(heading.breakable)</th>" }
    result += "</tr></thead>\n<tbody>\n"
    for row in rows {
      result += "<tr><th scope=\"row\">\(row.line.operation.breakable)</th>"
      result += "<td class=\"rate\">\(row.line.rate)<small>\(row.line.passed) of \(row.line.judged)"
      result += "</small></td>"
      for cell in row.cells { result += cell.map(Self.text) ?? "<td class=\"empty\"></td>" }
      result += "</tr>\n"
    }
    return result + "</tbody></table></div>\n"
  }

  private static func text(_ cell: Cell) -> String {
    var result = "<td class=\"\(cell.style)\" data-path=\"\(cell.heading.escaped)\">"
    result += "<a href=\"#\(cell.anchor)\" aria-label=\"\(cell.title.escaped): \(cell.label)\">"
    result += cell.label
    if let worst = cell.line.worst {
      result +=
        "<small>\(PassRule.text(worst).escaped) / \(PassRule.text(cell.line.budget))</small>"
    }
    return result + "</a></td>"
  }
}
