import FlowFiles
import FlowMatching

extension VerificationReport {
  /// The table in columns, what failed, and the summary.
  public var text: String {
    let rows = [Self.header] + cells
    let widths = Self.header.indices.map { column in rows.map { $0[column].count }.max()! }
    let numeric: Set = [2, 3, 7]
    var result = ""
    for row in rows {
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += numeric.contains(column) ? padding + cell + "  " : cell + padding + "  "
      }
      while line.last == " " { line.removeLast() }
      result += line + "\n"
    }
    result += "\n" + complaints.map { "FAIL: \($0)\n" }.joined()
    return result + summary + "\n"
  }

  /// The same as a Markdown document, with the equations.
  public var markdown: String {
    var result = "# Verification\n\n\(summary).\n\n"
    result += "| " + Self.header.joined(separator: " | ") + " |\n"
    result += "|---|---|--:|--:|---|---|---|--:|---|\n"
    for row in cells { result += "| " + row.joined(separator: " | ") + " |\n" }
    if !complaints.isEmpty {
      result += "\n## What failed\n\n" + complaints.map { "- \($0)\n" }.joined()
    }
    result += "\n## The checks\n\n| check | equation |\n|---|---|\n"
    for (name, statement) in statements {
      result += "| \(name) | `\(statement.replacing("|", with: "\\|"))` |\n"
    }
    return result + "\n" + Self.explanation + "\n"
  }

  private static var checks: [any Check.Type] {
    [
      ScheduleCheck.self,
      AnalyticContinuityCheck.self,
      AutomaticContinuityCheck.self,
      GridContinuityCheck.self,
      ScoreCheck.self,
      VelocityFromScoreCheck.self,
      TweedieCheck.self,
      TraceCheck.self,
      JacobianCheck.self,
      NormalisationCheck.self,
      MomentCheck.self,
      LossGapCheck.self,
      SamplerCheck.self,
    ]
  }

  static let statements = checks.map { ($0.name, $0.statement) } + FlowChecks.statements

  static let explanation = """
    Errors in `u` are differences of the two sides divided by 2^-53 and by the sum of the magnitudes
    of what was added; the allowance is 8 for every quantity of the engine plus the roundings of the
    check itself. (On a grid: the norm of the residual over the norm that those roundings can explain.)
    Errors in `se` are means over samples in standard errors; the allowance is the
    normal quantile that gives the stated false-alarm rate over all statistics together (Bonferroni).
    Errors in `tol` are counted in tolerances of the solver (1e-9), per step of the trajectory; those
    in `u32` like those in `u`, divided by 2^-24; `bits` counts different numbers.
    Every line shows the worst over all paths, where it was found, and how many errors were looked at.
    """

  /// A time by its distance to the nearer end.
  static func text(_ time: Time<Double>) -> String {
    time.remaining < 0.01 ? "1-\(DecimalText.short(time.remaining))" : DecimalText.short(time.t)
  }
}
