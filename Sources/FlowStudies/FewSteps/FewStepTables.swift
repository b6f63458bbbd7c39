package import FlowFigures
import FlowIntegration
import FlowMatching

extension FewStepResults {
  /// What a reader looks at first comes first.
  package var tables: [StudyTable] {
    [fewestTable, orderTable, shortestTable, exactTable, rowTable]
  }

  /// From where on a method stays within the goal: its evaluations, the mean, and the spacing of the steps.
  struct Fewest: Equatable {
    let nfe: Double
    let spacing: StepSpacing?

    var text: String {
      "\(Int(nfe.rounded()))" + (spacing.map { " \($0.rawValue)" } ?? "")
    }
  }

  /// On the spacing with which it takes the fewest, the first of those that take as many.
  static func fewest(
    _ found: FewStepStudy.Found, _ method: String, within goal: Double
  ) -> Fewest? {
    let spacings: [StepSpacing?] =
      method == FewStepStudy.rival.name ? [nil] : StepSpacing.allCases.map { $0 }
    return spacings.compactMap { spacing in
      EvaluationBenchmark.first(rows(found, method, spacing)) { $0.error <= goal }
        .map { Fewest(nfe: $0.nfe, spacing: spacing) }
    }.min { $0.nfe < $1.nfe }
  }

  /// Of a field the fewest evaluations of all, and the methods that need no more; `nil` where none reaches the goal.
  func best(_ found: FewStepStudy.Found) -> (nfe: Int, methods: [String])? {
    let all = Self.names.compactMap { name in
      Self.fewest(found, name, within: study.goal).map { (name, Int($0.nfe.rounded())) }
    }
    guard let least = all.map(\.1).min() else { return nil }
    return (least, all.filter { $0.1 == least }.map(\.0))
  }

  /// What ``fewestTable`` says, in a sentence per target.
  package var verdict: [String] {
    study.targets.map { target in
      let parts = found(target).map { found -> String in
        let rival = Self.fewest(found, FewStepStudy.rival.name, within: study.goal)
        let own = rival.map { "\(Int($0.nfe.rounded()))" } ?? "none"
        guard let best = best(found) else { return "none on \(found.panel.path.name)" }
        return "on \(found.panel.path.name) \(best.nfe) (\(best.methods.joined(separator: ", ")); "
          + "\(FewStepStudy.rival.name) \(own))"
      }
      return "Fewest evaluations for a root mean square error of \(study.goal) on \(target.name): "
        + parts.joined(separator: ", ") + "."
    }
  }

  private var fewestTable: StudyTable {
    StudyTable(
      name: "fewest",
      caption: """
        The fewest evaluations from which on the root mean square error stays within \(study.goal), and the spacing with which \
        they are the fewest; - where 64 do not suffice. Best: the methods that need the fewest.
        """,
      columns: ["target", "path", "best"] + Self.names,
      rows: found.map { found in
        [
          found.panel.target.name, found.panel.path.name,
          best(found)?.methods.joined(separator: ", ") ?? "-",
        ] + Self.names.map { Self.fewest(found, $0, within: study.goal)?.text ?? "-" }
      })
  }

  private var orderTable: StudyTable {
    let count = StepMethod.all.count
    return StudyTable(
      name: "orders",
      caption: """
        Orders as the errors of \(MeasuredOrder.trajectories) samples show them: log2 of how their median error falls when \
        the steps are doubled, the mean of the two doublings up to \(MeasuredOrder.ladder[0]) steps, or up to as many of \
        \(MeasuredOrder.ladder.dropFirst().map { "\($0)" }.joined(separator: ", ")) as leave an error of \
        \(Int(MeasuredOrder.margin)) times that of the exact ends; in brackets the order of the method's formula, without its \
        first steps. - where none do.
        """,
      columns: ["target", "path", "spacing"] + StepMethod.all.map { "\($0.name) (\($0.order))" },
      rows: found.flatMap { found in
        StepSpacing.allCases.enumerated().map { k, spacing in
          [found.panel.target.name, found.panel.path.name, spacing.rawValue]
            + found.orders[k * count..<(k + 1) * count].map { order in
              order.map { TargetStudy.fixed($0.slope, places: 2) } ?? "-"
            }
        }
      })
  }

  private var shortestTable: StudyTable {
    StudyTable(
      name: "one_and_two",
      caption: """
        One and two evaluations, steps equal in log(alpha/sigma): the root mean square error, and the energy distance to exact \
        samples (energy); - where a step of the method takes more.
        """,
      columns: ["target", "path", "NFE", "measure", "exact"] + StepMethod.all.map(\.name),
      rows: found.flatMap { found in
        [1, 2].flatMap { count in
          let rows = StepMethod.all.map { method in
            Self.rows(found, method.name, Self.drawnSpacing).first { $0.nfe == Double(count) }
          }
          let place = [found.panel.target.name, found.panel.path.name, "\(count)"]
          func cells(
            _ name: String, _ value: (FewStepPanel.Row) -> Double
          ) -> [String] {
            place + [name, short(value(found.exact))]
              + rows.map { $0.map { short(value($0)) } ?? "-" }
          }
          return [cells("error") { $0.error }, cells("energy") { $0.energy.value }]
        }
      })
  }

  private var exactTable: StudyTable {
    StudyTable(
      name: "exact",
      caption: """
        The exact ends: between which times, how they are known (levels of distribution functions, or a solver), the largest \
        distance that they may have from the truth (of a solver its largest distance from itself at ten times the tolerance), and \
        the energy distance of the ends to as many fresh exact samples, with its standard error.
        """,
      columns: [
        "target", "path", "t0", "t1", "ends by", "uncertainty", "energy_distance", "standard_error",
      ],
      rows: found.map { found in
        let panel = found.panel
        return [
          panel.target.name, panel.path.name, short(panel.start.t),
          TargetStudy.fixed(panel.end.t, places: 6), panel.exact.origin.rawValue,
          short(panel.exact.uncertainty), short(found.exact.energy.value),
          short(found.exact.energy.standardError),
        ]
      })
  }

  private var rowTable: StudyTable {
    // For programs, which compare.
    func number(_ value: Double) -> String { short(value, digits: 6) }
    return StudyTable(
      name: "few_steps",
      caption: """
        Every run: evaluations per sample, the largest, the root mean square and the median distance from the exact ends, the energy \
        distance to exact samples with its standard error by the jackknife; nan where a sample left the range of double precision.
        """,
      columns: [
        "target", "path", "method", "spacing", "steps_or_tolerance", "nfe", "largest_error",
        "error", "median_error", "energy_distance", "standard_error",
      ],
      rows: found.flatMap { found in
        found.rows.map { row in
          [
            found.panel.target.name, found.panel.path.name, row.method,
            row.spacing?.rawValue ?? "", row.setting?.text ?? "",
            row.nfe == row.nfe.rounded()
              ? "\(Int(row.nfe))" : TargetStudy.fixed(row.nfe, places: 1),
            number(row.largestError), number(row.error), number(row.medianError),
            number(row.energy.value), number(row.energy.standardError),
          ]
        }
      })
  }
}
