import FlowFiles
import FlowMatching

/// The report as one page that needs no network: what came out, a picture per target, the worst case of each check with
/// what asks for it again.
public struct VerificationPage: Sendable {
  /// What the page shows.
  public let report: VerificationReport
  /// How to run it again.
  public let command: String
  /// Pictures by the target's name: PNG files, with what they show.
  public let pictures: [String: (png: [UInt8], caption: String)]

  public init(
    _ report: VerificationReport, command: String,
    pictures: [String: (png: [UInt8], caption: String)]
  ) {
    self.report = report
    self.command = command
    self.pictures = pictures
  }

  /// The whole of `index.html`.
  public var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Verification</title>
    <link rel="icon" href="data:,">
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    <h1>Verification</h1>
    <p class="\(report.passed ? "good" : "bad")">\(escaped(report.summary)).</p>
    <p class="quiet">Every target on every path, made by <code>\(escaped(command))</code>. Errors in u are
    differences of two sides of an equation in units of 2<sup>-53</sup> of what was added; in se they are means over
    samples in standard errors; in tol, tolerances of the solver; in u32, units of 2<sup>-24</sup>. Files:
    <a href="verify.md">verify.md</a>, <a href="verify.json">verify.json</a>.</p>
    \(summaries)
    \(report.complaints.isEmpty ? "" : "<h2>What failed</h2><ul>" + report.complaints.map { "<li>\(escaped($0))</li>" }.joined() + "</ul>")
    <h2>The worst of each check</h2>
    <p class="quiet">The case that came closest to its allowance, over all targets and paths.</p>
    \(checks)
    <h2>Targets</h2>
    \(TargetSummary.all(report.results).map(target).joined(separator: "\n"))
    </body>
    </html>

    """
  }

  private var summaries: String {
    let rows = TargetSummary.all(report.results).map { summary in
      let worst = summary.worst.map {
        "<span class=\"item\">\(escaped(TargetSummary.text($0)))</span>"
      }
      return
        "<tr><th scope=\"row\"><a href=\"#\(escaped(summary.target))\">\(escaped(summary.target))</a></th>"
        + "<td>\(summary.extent)</td><td>\(worst.joined(separator: " "))</td>"
        + "<td class=\"\(summary.failures == 0 ? "good" : "bad")\">\(summary.verdict)</td></tr>"
    }
    return table(
      "Targets", ["target", "checks", "worst error of what is allowed", "verdict"], rows)
  }

  private var checks: String {
    let rows = report.statements.compactMap { name, statement -> String? in
      let results = report.results.filter { $0.check == name && !$0.skipped }
      guard let first = results.first else { return nil }
      let worst = results.dropFirst().reduce(first, CheckResult.worse)
      return "<tr><th scope=\"row\">\(escaped(name))<br><code>\(escaped(statement))</code></th>"
        + "<td>\(escaped(TargetSummary.text(worst)))</td>"
        + "<td>\(escaped("\(worst.target), \(worst.path)"))\(place(worst))</td></tr>"
    }
    return table("Checks", ["check", "worst", "where"], rows)
  }

  private func place(_ result: CheckResult) -> String {
    var text = result.time.map { "<br>t = \($0.t), 1 - t = \($0.remaining)" } ?? ""
    if let request = WorstCase.request(result) {
      text +=
        "<details><summary>request</summary><pre tabindex=\"0\">\(escaped(request))</pre></details>"
    }
    return text
  }

  private func target(_ summary: TargetSummary) -> String {
    let picture = pictures[summary.target].map {
      "<figure><img alt=\"\(escaped($0.caption))\" src=\"data:image/png;base64,\(Base64.text($0.png))\">"
        + "<figcaption>\(escaped($0.caption))</figcaption></figure>"
    }
    let rows = report.lines.filter { $0.worst.target == summary.target }.map { line in
      let worst = line.worst
      let verdict =
        line.failures > 0
        ? "FAIL on \(line.failures) of \(line.paths) paths" : line.count == 0 ? "skip" : "pass"
      return "<tr><th scope=\"row\">\(escaped(worst.check))</th>"
        + "<td>\(line.count == 0 ? "-" : escaped(TargetSummary.text(worst)))</td><td>\(escaped(worst.path))</td>"
        + "<td>\(line.count)</td><td class=\"\(line.failures == 0 ? "good" : "bad")\">\(verdict)</td></tr>"
    }
    return
      "<section id=\"\(escaped(summary.target))\"><h3>\(escaped(summary.target))</h3>\(picture ?? "")"
      + table(summary.target, ["check", "worst", "at path", "errors looked at", "verdict"], rows)
      + "</section>"
  }

  private func table(_ name: String, _ columns: [String], _ rows: [String]) -> String {
    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(escaped(name))\"><table><thead><tr>"
      + columns.map { "<th scope=\"col\">\($0)</th>" }.joined()
      + "</tr></thead><tbody>\(rows.joined(separator: "\n"))</tbody></table></div>"
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
  }

  private static let style = """
    :root {
      color-scheme: light dark;
      --ground: #ffffff; --text: #1c1f23; --quiet: #5c6670; --line: #d5dade; --link: #0b57a4;
      --good: #146c2e; --bad: #a8211a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #15181b; --text: #e6e9ec; --quiet: #9aa5b0; --line: #383f46; --link: #7db8f2;
        --good: #6fd08c; --bad: #ff958c;
      }
      figure img { filter: invert(0.9) hue-rotate(180deg); }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 1.25rem; max-width: 76rem; background: var(--ground);
      color: var(--text); font: 15px/1.5 system-ui, sans-serif;
    }
    h1 { font-size: 1.5rem; margin: 0 0 .3rem; }
    h2 { font-size: 1.2rem; margin: 1.6rem 0 .3rem; }
    h3 { font-size: 1.05rem; margin: 1.4rem 0 .3rem; }
    p { margin: .3rem 0; max-width: 60rem; }
    a { color: var(--link); }
    code, pre { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
    pre { white-space: pre-wrap; margin: .2rem 0; }
    .good { color: var(--good); }
    .bad { color: var(--bad); font-weight: 600; }
    .quiet, figcaption { color: var(--quiet); font-size: .9rem; }
    .item { display: inline-block; margin-right: 1rem; }
    .scroll { overflow-x: auto; }
    @media (max-width: 700px) { .scroll table { min-width: 40rem; } }
    table { border-collapse: collapse; margin: .4rem 0; font-variant-numeric: tabular-nums; }
    th, td {
      border-bottom: 1px solid var(--line); padding: .2rem .9rem .2rem 0; text-align: left;
      vertical-align: top;
    }
    th { font-weight: 600; }
    tbody th code { font-weight: 400; color: var(--quiet); }
    figure { margin: .4rem 0; }
    figure img { max-width: 100%; height: auto; border: 1px solid var(--line); image-rendering: auto; }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    """
}
