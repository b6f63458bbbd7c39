package import FlowIntegration
package import FlowMatching

/// What 1 to 64 evaluations of exact fields are worth, by method, spacing of the steps, path and target, beside `dopri5`.
package struct FewStepStudy: Sendable {
  package let paths: [NamedPath]
  package let targets: [NamedTarget]
  /// Samples per row.
  package let samples: Int
  /// The error that the fewest evaluations are counted for.
  package let goal: Double
  package let seed: UInt64

  /// The numbers of evaluations; a method has those that are whole steps of it.
  package static let evaluations = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]
  /// The solver that all are seen beside.
  package static let rival = Solver.dopri5
  /// Its tolerances.
  package static let tolerances: [Double] = EvaluationBenchmark.standardRuns.compactMap {
    if $0.solver == rival.name, case .tolerance(let value) = $0.setting { value } else { nil }
  }

  /// - Throws: `outOfDomain` for fewer than 8 or more than 65,536 samples or a goal that is not above 0, or where a name stands twice.
  package init(
    paths: [NamedPath], targets: [NamedTarget], samples: Int = 256, goal: Double = 0.01,
    seed: UInt64 = 0
  ) throws(FlowError) {
    // Energy distances take the distances of all pairs.
    guard (8...65_536).contains(samples) else {
      throw FlowError.outOfDomain("samples", samples, accepted: "[8, 65536]")
    }
    guard goal > 0, goal.isFinite else {
      throw FlowError.outOfDomain("goal", goal, accepted: "(0, infinity)")
    }
    for (field, names) in [("paths", paths.map(\.name)), ("targets", targets.map(\.name))] {
      guard !names.isEmpty, Set(names).count == names.count else {
        throw FlowError.outOfDomain(
          field, names.joined(separator: ","), accepted: "names that differ, one at least")
      }
    }
    (self.paths, self.targets) = (paths, targets)
    (self.samples, self.goal, self.seed) = (samples, goal, seed)
  }

  /// The product of two laws of the line that studies show: two Gaussians times two intervals. Its flow is known without a
  /// solver, by levels.
  package static func product() throws(FlowError) -> ProductTarget {
    try ProductTarget([
      GaussianMixture(dimension: 1, means: [-2, 1.5], stds: [0.4, 0.7], weights: [1, 2]),
      UniformBoxes(dimension: 1, lower: [-2, 1], upper: [-0.5, 2], weights: [2, 1]),
    ])
  }

  /// A method on one kind of grid.
  struct Ladder: Sendable {
    let method: StepMethod
    let spacing: StepSpacing
  }

  static let ladders: [Ladder] = StepSpacing.allCases.flatMap { spacing in
    StepMethod.all.map { Ladder(method: $0, spacing: spacing) }
  }

  /// All of one path and one target.
  package struct Found: Sendable {
    package let panel: FewStepPanel
    package let exact: FewStepPanel.Row
    package let rows: [FewStepPanel.Row]
    /// Of every ladder.
    package let orders: [MeasuredOrder?]
  }

  /// The parts of the work, for a progress bar.
  package var parts: Int { paths.count * targets.count * (Self.ladders.count + 2) }

  /// Targets outside, paths inside.
  /// - Throws: what the fields throw.
  package func run(progress: (String) -> Void) throws(FlowError) -> [Found] {
    var found: [Found] = []
    for target in targets {
      for path in paths {
        let name = "\(target.name), \(path.name)"
        let panel = try FewStepPanel(path: path, target: target, samples: samples, seed: seed)
        let exact = try panel.exactRow()
        progress(name)
        var rows: [FewStepPanel.Row] = []
        var orders: [MeasuredOrder?] = []
        for ladder in Self.ladders {
          let cost = ladder.method.evaluationsPerStep
          for count in Self.evaluations where count % cost == 0 {
            rows.append(try panel.row(ladder.method, ladder.spacing, steps: count / cost))
          }
          orders.append(try panel.order(of: ladder.method, ladder.spacing))
          progress(name)
        }
        for tolerance in Self.tolerances {
          rows.append(try panel.row(Self.rival, tolerance: tolerance))
        }
        progress(name)
        found.append(Found(panel: panel, exact: exact, rows: rows, orders: orders))
      }
    }
    return found
  }
}
