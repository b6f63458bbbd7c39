package import FlowFigures
import FlowIntegration
package import FlowMatching

/// The figures and tables of a study of few steps.
package struct FewStepResults {
  let study: FewStepStudy
  let found: [FewStepStudy.Found]

  package init(_ study: FewStepStudy, _ found: [FewStepStudy.Found]) {
    (self.study, self.found) = (study, found)
  }

  /// The names of the methods, then the rival's.
  static let names = StepMethod.all.map(\.name) + [FewStepStudy.rival.name]

  func found(_ target: NamedTarget) -> [FewStepStudy.Found] {
    found.filter { $0.panel.target.name == target.name }
  }

  /// The rows of one method on one kind of grid, or of the rival.
  static func rows(
    _ found: FewStepStudy.Found, _ method: String, _ spacing: StepSpacing?
  ) -> [FewStepPanel.Row] {
    found.rows.filter { $0.method == method && $0.spacing == spacing }
  }

  /// Of every target the errors, the energy distances and, in the plane, samples.
  /// - Throws: what the fields throw.
  package func figures() throws(FlowError) -> [any Figure] {
    var figures: [any Figure] = []
    for target in study.targets {
      figures.append(
        curves(
          "errors_\(target.name)", target, "root mean square error",
          """
          \(target.name): the root mean square distance of \(study.samples) samples from the exact ends of \
          their trajectories, against evaluations, a panel per path and spacing of the steps. With marks: \
          methods that ask for the denoiser; broken: solvers that ask for the velocity; heavy: \
          \(FewStepStudy.rival.name), which chooses its own steps, the same for every spacing. Thin and level, where it is not \
          below the figure: how well the exact ends are known.
          """, top: 100, floorTitle: "exact ends", { $0.error },
          floor: { $0.panel.exact.uncertainty }))
      figures.append(
        curves(
          "energy_\(target.name)", target, "energy distance",
          """
          \(target.name): the energy distance of the same samples to as many exact ones. Thin and level: that of the exact ends of the \
          trajectories and twice its standard error; below it samples are not told from exact ones. Where the estimate is \
          negative there is no point.
          """, top: 10, floorTitle: "exact samples", { $0.energy.value },
          floor: { max(0, $0.exact.energy.value) + 2 * $0.exact.energy.standardError }))
      if target.target.dimension == 2 { figures.append(try samples(target)) }
    }
    return figures
  }

  private static let ends = (0.9, 150.0)

  private func curves(
    _ name: String, _ target: NamedTarget, _ label: String, _ caption: String, top: Double,
    floorTitle: String,
    _ value: (FewStepPanel.Row) -> Double, floor: (FewStepStudy.Found) -> Double
  ) -> CurveGridFigure {
    let series = StepMethod.all.map { method -> CurveGridFigure.Series in
      if case .denoiser = method {
        CurveGridFigure.Series(title: method.name, kind: .solid)
      } else {
        CurveGridFigure.Series(title: method.name, kind: .dashed)
      }
    }
    func panel(_ found: FewStepStudy.Found, _ spacing: StepSpacing) -> CurveGridFigure.Panel {
      // Its finer tolerances would leave no room for what 64 evaluations do.
      let rival = Self.rows(found, FewStepStudy.rival.name, nil).filter { $0.nfe <= Self.ends.1 }
      return CurveGridFigure.Panel(
        title: "\(found.panel.path.name), \(spacing.rawValue)",
        curves: StepMethod.all.map { method in
          Self.rows(found, method.name, spacing).map { ($0.nfe, value($0)) }
        } + [rival.map { ($0.nfe, value($0)) }],
        floor: floor(found))
    }
    let (found, spacings) = (found(target), StepSpacing.allCases)
    // What there is more of goes across.
    let panels =
      found.count >= spacings.count
      ? spacings.flatMap { spacing in found.map { panel($0, spacing) } }
      : found.flatMap { found in spacings.map { panel(found, $0) } }
    return CurveGridFigure(
      name: name, caption: caption,
      series: series + [CurveGridFigure.Series(title: FewStepStudy.rival.name, kind: .heavy)],
      panels: panels, columns: max(found.count, spacings.count),
      labels: ("evaluations (NFE)", label), ticks: [1, 4, 16, 64], ends: Self.ends, top: top,
      floorTitle: floorTitle)
  }

  /// The spacing of the samples that are drawn: its middle is where data and noise weigh the same, on every path.
  static let drawnSpacing = StepSpacing.logSNR
  private static let drawnSamples = 192
  /// What is drawn beside exact samples: methods that do not come to the same with so few evaluations.
  private static let drawn: [(method: StepMethod, evaluations: Int)] = [
    (.denoiser(.ddim), 1), (.velocity(.euler), 1), (.denoiser(.ddim), 2), (.denoiser(.dpmpp2M), 2),
    (.denoiser(.unipc2), 2), (.denoiser(.heunSigma), 2), (.velocity(.midpoint), 2),
  ]

  private func samples(_ target: NamedTarget) throws(FlowError) -> SampleGridFigure {
    var points: [[[Double]]] = []
    for found in found(target) {
      let panel = found.panel
      let count = min(panel.points.count, 2 * Self.drawnSamples)
      var row = [Array(panel.exact.points.prefix(count))]
      for (method, evaluations) in Self.drawn {
        let times = try panel.times(
          evaluations / method.evaluationsPerStep, Self.drawnSpacing)
        row.append(
          try method.ends(of: panel.field, at: times, from: Array(panel.points.prefix(count)))
            .points ?? [])
      }
      points.append(row)
    }
    return SampleGridFigure(
      name: "samples_\(target.name)",
      caption: """
        \(target.name): the exact ends of \(min(study.samples, Self.drawnSamples)) trajectories, and where one and two evaluations bring them, \
        steps equal in log(alpha/sigma). With one evaluation all methods that ask \
        for the denoiser once a step are ddim, and land next to the mean of the data.
        """, window: try PlotGrid.window(around: target.target, count: 2),
      rows: study.paths.map(\.name),
      columns: ["exact"] + Self.drawn.map { "\($0.method.name), \($0.evaluations)" }, points: points
    )
  }
}
