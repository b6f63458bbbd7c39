import ArgumentParser
import FlowFiles
import FlowIntegration
import FlowMatching
import Foundation

/// Solutions as a table: the state, what the command adds, the time reached, the counts; the status as
/// the label.
struct SolutionTable {
  static let counts = [
    "t", "nfe", "nfe_initial", "nfe_rejected", "jacobian_evaluations", "accepted", "rejected",
    "t_min", "t_max",
  ]
  let dimension: Int
  let added: [String]
  private(set) var values: [Double] = []
  private(set) var statuses: [Status] = []
  /// What the field said first, by status.
  private var failures: [Status: FlowError] = [:]

  init(dimension: Int, adding added: [String] = []) {
    self.dimension = dimension
    self.added = added
  }

  mutating func append(_ x: [Double], _ added: [Double], _ solution: Solution) {
    let counts = solution.evaluations
    values += x + added
    values.append(solution.t)
    values += [
      counts.total, counts.initial, counts.rejected, counts.jacobians, solution.accepted,
      solution.rejected,
    ].map(Double.init)
    // A field that was never asked has no range: the time itself.
    values += [
      solution.asked?.lowerBound ?? solution.t, solution.asked?.upperBound ?? solution.t,
    ]
    statuses.append(solution.status)
    if let failure = solution.failure, failures[solution.status] == nil {
      failures[solution.status] = failure
    }
  }

  var table: DataTable {
    var table = DataTable(
      columns: Columns.points(dimension) + added + Self.counts,
      dimension: dimension + added.count + Self.counts.count, values: values,
      labels: statuses.map(\.rawValue), labelColumn: "status")
    let first = dimension + added.count + 1
    table.countedColumns = Set(first..<first + 6)
    if let number = added.firstIndex(of: "label_number") {
      table.countedColumns.insert(dimension + number)
    }
    return table
  }

  /// The states alone.
  var points: DataTable {
    let width = dimension + added.count + Self.counts.count
    return DataTable(
      dimension: dimension,
      values: statuses.indices.flatMap { values[$0 * width..<$0 * width + dimension] })
  }

  /// Says on standard error how trajectories ended that did not simply reach their end.
  func reportTrouble() throws {
    for status in Status.allCases where status != .success {
      let count = statuses.count { $0 == status }
      guard count > 0 else { continue }
      let said = failures[status].map { "; the first said: \($0.message)" } ?? ""
      let options =
        switch status {
        case .landed: "; --std gives the points of a file a spread, --t1 0.99 ends before"
        case .singular:
          "; --t0 and --t1 say where to begin and end, --std spreads the points of a file, --sigma-min some paths"
        case .stepLimit, .stepUnderflow: "; --rtol, --atol, --solver msbdf"
        case .noConvergence: "; --steps"
        default: ""
        }
      Trouble.note(
        "\(count) of \(statuses.count) trajectories: \(status.rawValue): \(status.advice)\(options)\(said)"
      )
    }
    if statuses.contains(where: { !$0.arrives }) { throw ExitCode(2) }
  }
}

/// Runs `body` on slices of the rows with a bar on the terminal.
func inSlices(
  _ rows: DataTable, _ body: (_ first: Int, _ points: [Double]) throws -> Void
) throws {
  // Four of the chunks that one thread takes at a time, for every thread there may be.
  let slice = 256 * ProcessInfo.processInfo.activeProcessorCount
  let bar = ProgressBar(total: (rows.rows + slice - 1) / slice)
  defer { bar.finish() }
  for first in stride(from: 0, to: rows.rows, by: slice) {
    let last = min(rows.rows, first + slice)
    try body(first, Array(rows.values[first * rows.dimension..<last * rows.dimension]))
    bar.advance()
  }
}

extension FewStepSampler {
  /// The ends of the rows, and on standard error how often the field was asked for each.
  func table(of rows: DataTable, columns: [String]? = nil) throws -> DataTable {
    var values: [Double] = []
    try inSlices(rows) { _, points in values += try samples(at: points) }
    Trouble.note("\(evaluations) denoisers for every row")
    return DataTable(columns: columns, dimension: rows.dimension, values: values)
  }
}
