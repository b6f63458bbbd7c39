package import FlowFigures
import FlowFiles
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

  private var fewestTable: StudyTable {
    StudyTable(
      name: "fewest",
      caption: """
        The fewest evaluations from which on the root mean square error stays within \(study.goal), and the spacing with which \
        they are the fewest; - where 64 do not suffice. Best: the methods that need the fewest.
        """,
      columns: ["target", "path", "best"] + Self.names,
      rows: found.map { found in
        let all = Self.names.map { ($0, Self.fewest(found, $0, within: study.goal)) }
        let least = all.compactMap { $0.1?.nfe.rounded() }.min()
        let best = all.filter { $0.1 != nil && $0.1?.nfe.rounded() == least }.map(\.0)
        return [found.panel.target.name, found.panel.path.name]
          + [best.isEmpty ? "-" : best.joined(separator: ", ")] + all.map { $0.1?.text ?? "-" }
      })
  }

  private var orderTable: StudyTable {
    let count = StepMethod.all.count
    return StudyTable(
      name: "orders",
      caption: """
        Orders as the errors of \(MeasuredOrder.trajectories) samples show them: log2 of how the root mean square error falls \
        when the steps are doubled to \(MeasuredOrder.ladder[0]), or to the most steps whose error is still \
        \(Int(MeasuredOrder.margin)) times that of the exact ends; in brackets the order of the method's formula, without its \
        first steps. - where two such numbers of steps do not exist.
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
        samples; - where a step of the method takes more.
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
            place + [name, DecimalText.short(value(found.exact))]
              + rows.map { $0.map { DecimalText.short(value($0)) } ?? "-" }
          }
          return [cells("error") { $0.error }, cells("energy distance") { $0.energy.value }]
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
          panel.target.name, panel.path.name, DecimalText.short(panel.start.t),
          TargetStudy.fixed(panel.end.t, places: 6), panel.exact.origin.rawValue,
          DecimalText.short(panel.exact.uncertainty), DecimalText.short(found.exact.energy.value),
          DecimalText.short(found.exact.energy.standardError),
        ]
      })
  }

  private var rowTable: StudyTable {
    StudyTable(
      name: "few_steps",
      caption: """
        Every run: evaluations per sample, the largest and the root mean square distance from the exact ends, the energy \
        distance to exact samples with its standard error by the jackknife; nan where a sample left the range of double precision.
        """,
      columns: [
        "target", "path", "method", "spacing", "steps_or_tolerance", "nfe", "largest_error", "error",
        "energy_distance", "standard_error",
      ],
      rows: found.flatMap { found in
        found.rows.map { row in
          [
            found.panel.target.name, found.panel.path.name, row.method,
            row.spacing?.rawValue ?? "", row.setting?.text ?? "",
            row.nfe == row.nfe.rounded()
              ? "\(Int(row.nfe))" : TargetStudy.fixed(row.nfe, places: 1),
            DecimalText.short(row.largestError), DecimalText.short(row.error),
            DecimalText.short(row.energy.value), DecimalText.short(row.energy.standardError),
          ]
        }
      })
  }
}
