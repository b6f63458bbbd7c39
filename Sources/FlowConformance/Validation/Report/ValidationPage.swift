extension ValidationReport {
  /// How many failures the page shows of one cell, and of one tier.
  private static let shown = (perCell: 50, perTier: 12)

  /// One page without anything from elsewhere: the tiers, the matrix of operations and paths; every cell leads
  /// to its failing cases.
  public var page: String {
    let matrix = ReportMatrix(self)
    let found = failuresByTier
    var body = "<header><h1>\(title.escaped)</h1>\n"
    let style = !conforms ? "bad" : judged == 0 ? "" : "good"
    body += "<p class=\"verdict \(style)\">\(verdict.escaped)</p>\n"
    for sentence in remarks { body += "<p>\(sentence.escaped)</p>\n" }
    body +=
      "<p><code>\(command.map(Reproduction.quoted).joined(separator: " ").escaped)</code></p>\n"
    body += "</header>\n<main>\n"
    if !found.isEmpty { body += summary(found) }
    body += matrix.table + Self.legend
    for sentence in unjudged { body += "<p class=\"legend\">\(sentence.breakable)</p>\n" }
    for (tier, entries) in found { body += section(tier, entries) }
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
    return result + information + listComplaints
  }

  /// What failed, by tier.
  private func summary(_ found: [(tier: Tier, entries: [Entry])]) -> String {
    var result =
      "<table class=\"tiers\"><caption>Failures by tier, the most serious first</caption>\n<tbody>\n"
    for (tier, entries) in found {
      result += "<tr><td class=\"\(tier.rawValue)\"><a href=\"#tier-\(tier.rawValue)\">"
      result += "\(entries.count)</a></td><th scope=\"row\">\(tier.title)</th>"
      result += "<td class=\"text\">\(tier.help.escaped)"
      result += "\(fails(tier) ? "" : "; fails only with <code>--strict</code>")</td></tr>\n"
    }
    return result + "</tbody></table>\n"
  }

  private static let legend = """
    <p class="legend">A cell shows how many cases passed, or how many failed of how many, and below \
    it the worst error over what is allowed (the budget is the limit). Choose a cell to see its \
    cases. <span class="key close">up to half the budget</span> <span class="key near">up to the \
    budget</span> <span class="key expected">only expected failures</span> <span class="key \
    none">not judged</span> A cell with failures has the colour of the most serious: \
    \(Tier.allCases.map { "<span class=\"key \($0.rawValue)\">\($0.title)</span>" }
      .joined(separator: " "))</p>

    """

  private func section(_ tier: Tier, _ entries: [Entry]) -> String {
    let name = "tier-\(tier.rawValue)"
    var result = "<section class=\"always\" id=\"\(name)\" aria-labelledby=\"\(name)-title\">\n"
    result +=
      "<h2 id=\"\(name)-title\"><span class=\"key \(tier.rawValue)\">\(entries.count)</span> "
    result += "\(tier.title)</h2>\n"
    return result + details(spread(entries, Self.shown.perTier), of: entries.count)
      + "</section>\n"
  }

  private func section(_ cell: ReportMatrix.Cell) -> String {
    let failures = cell.entries.filter { $0.outcome.isFailure }
    var result = "<section id=\"\(cell.anchor)\" aria-labelledby=\"\(cell.anchor)-title\">\n"
    result += "<h2 id=\"\(cell.anchor)-title\">\(cell.title.escaped)</h2>\n"
    result += "<p>\(cell.entries.count) cases: "
    result += "\(Self.counts(of: cell.entries).joined(separator: ", "))."
    if let worst = cell.line.worst {
      result += " Worst error/allowance \(PassRule.text(worst)), budget "
      result += "\(PassRule.text(cell.line.budget)), in <code>\(cell.line.worstID.escaped)</code>."
    }
    result += "</p>\n" + details(failures.prefix(Self.shown.perCell), of: failures.count)
    return result + "<p><a href=\"#matrix\">Back to the matrix</a></p>\n</section>\n"
  }

  private func details(_ entries: ArraySlice<Entry>, of count: Int) -> String {
    let rest = count - entries.count
    return entries.map(Self.details).joined()
      + (rest == 0 ? "" : "<p>And \(rest) more, all of them in the JSON.</p>\n")
  }

  private static func details(_ entry: Entry) -> String {
    let tier = entry.judgement.tier
    var result = "<details><summary><span class=\"key \(tier?.rawValue ?? "")\">"
    result += "\(tier?.title ?? "")</span> "
    result += "\(entry.isExpected ? "(expected) " : "")<code>\(entry.id.escaped)</code></summary>\n"
    result += "<p>\(entry.outcome.kind.rawValue): \(entry.outcome.detail.escaped)</p>\n"
    if !entry.mistakes.isEmpty {
      result += "<p>Hunts: \(entry.mistakes.map(\.escaped).joined(separator: "; ")).</p>\n"
    }
    if !entry.reproduction.isEmpty {
      result += "<pre tabindex=\"0\">\(entry.reproduction.escaped)</pre>\n"
    }
    return result + "</details>\n"
  }
}

extension String {
  /// A name that may be broken after its underscores.
  var breakable: String { escaped.replacing("_", with: "_<wbr>") }
}
