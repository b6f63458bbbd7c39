import ArgumentParser
import FlowFiles
import FlowIntegration
import FlowMatching

struct LikelihoodCommand: ParsableCommand, Exemplified {
  static let example = """
    flowref likelihood --data eight_gaussians --path ot --grid -4:4:3,-4:4:3 --rtol 1e-10 --atol 1e-10
    """

  static let configuration = CommandConfiguration(
    commandName: "likelihood",
    abstract: "Log densities of points by the flow, from data to noise.",
    discussion: """
      A row per point: the point, its log density in nats at --t1, the standard error where probes \
      estimate the divergence, and what the trajectory took; the last column is the status.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var source: SourceOption
  @OptionGroup var path: PathOptions
  @OptionGroup var places: PlaceOptions
  @OptionGroup var solver: SolverOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "How the divergence is followed: exact, rademacher or gaussian.")
  var divergence = "exact"

  @Option(
    parsing: .unconditional,
    help: "Of an estimated divergence: probes per trajectory, at least 2 (default: 16).")
  var probes: Int?

  @Option(parsing: .unconditional, help: "Of an estimated divergence: which probes (default: 0).")
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "exact (p_t0), prior (N(alpha(t0) E[x1], sigma(t0)^2 I), the path's own) or normal (N(0, I)).",
      valueName: "name"))
  var base: Base = .exact

  enum Base: String, CaseIterable, ExpressibleByArgument {
    case exact, prior, normal

    func density(_ field: MarginalField) -> BaseDensity {
      switch self {
      case .exact: .marginal(field)
      case .prior: .prior(field)
      case .normal: .standardNormal
      }
    }
  }

  @Flag(
    help: "Adds bits per dimension, for data in [-1, 1] that stand for grey levels: see --levels.")
  var bits = false

  @Option(
    parsing: .unconditional,
    help:
      "How many grey levels, 2/levels apart, [-1, 1] stands for (the digits of this project: 16).")
  var levels = 256

  mutating func validate() throws {
    try source.check(data)
    try path.check(with: data, and: places.points)
    try solver.refuseFewSteps("likelihood")
    guard divergence == "exact" || TraceEstimate.Law(rawValue: divergence) != nil else {
      throw ValidationError("--divergence is exact, rademacher or gaussian.")
    }
    if let probes, probes < 2 { throw ValidationError("--probes must be at least 2.") }
    if divergence == "exact", probes != nil || seed != nil {
      throw ValidationError("--probes and --seed need --divergence rademacher or gaussian.")
    }
  }

  /// Throws where the points have no density at --t1 because the data is points.
  private func checkDensity(of field: MarginalField, at rows: DataTable) throws {
    guard rows.rows > 0 else { return }
    do throws(FlowError) {
      _ = try field.value(
        of: .logDensity, at: try Time(solver.t1), of: Array(rows.values.prefix(rows.dimension)))
    } catch {
      guard error.code == .singular else { throw error }
      throw FlowError(
        .singular, "t1",
        "there is no density at --t1 \(solver.t1): \(error.message); --t1 0.99 asks before, --std 0.1 spreads the "
          + "points of a file, --sigma-min the end of some paths")
    }
  }

  func run() throws {
    try Trouble.reported {
      let field = try ExactField.field(data, source, path)
      let rows = try places.rows(beside: data)
      try places.check(rows, against: field.dimension)
      try checkDensity(of: field, at: rows)
      let law = TraceEstimate.Law(rawValue: divergence)
      let density = base.density(field)
      let start = try Time(solver.t0)
      var largestGap = 0.0
      let likelihood = try Likelihood(
        of: field, base: density,
        divergence: law.map { .hutchinson($0, probes: probes ?? 16, seed: seed ?? 0) } ?? .exact,
        solver: solver.method,
        steps: try solver.control(from: solver.t1, to: solver.t0, on: field.path))
      let added =
        ["log_density"] + (law == nil ? [] : ["standard_error"]) + (bits ? ["bits_per_dim"] : [])
      var table = SolutionTable(dimension: rows.dimension, adding: added)
      let d = rows.dimension
      try inSlices(rows) { first, points in
        let results = try likelihood.logDensities(
          of: points, at: solver.t1, base: solver.t0, firstTrajectory: UInt64(first))
        for (row, result) in results.enumerated() {
          // A table has numbers only: what is not known is left at the value that shows it.
          let logDensity = result.logDensity ?? -.infinity
          var numbers = [logDensity]
          if result.logDensity != nil,
            let gap = density.gap(to: field, of: result.solution.x, at: start),
            abs(gap) > abs(largestGap)
          {
            largestGap = gap
          }
          if law != nil { numbers.append(result.standardError ?? .infinity) }
          if bits {
            numbers.append(
              result.logDensity == nil
                ? .infinity
                : try bitsPerDimension(
                  logDensity: logDensity, dimension: d, levels: levels))
          }
          table.append(Array(points[row * d..<(row + 1) * d]), numbers, result.solution)
        }
      }
      try output.write(table.table)
      if abs(largestGap) > BaseDensity.noticeableGap {
        Trouble.note(
          "the base \(base.rawValue) is up to \(largestGap) nats off p_t0 where trajectories end, and so "
            + "are their log densities; --base exact is p_t0")
      }
      try table.reportTrouble()
    }
  }
}
