package import FlowFigures
import FlowIntegration
package import FlowMatching
import FlowSpectral
import FlowTraining
import RealModule

/// What the notebook's experiment gives: figures, a table, the explorer.
package struct NotebookResults {
  package let figures: [any Figure]
  package let tables: [StudyTable]
  package let explorer: Explorer

  private static let times = [0, 0.5, 1]
  private static let samples = 1000
  /// How many samples the explorer animates.
  private static let shown = 200

  /// Trains and measures.
  /// - Throws: what the trainer, the fields and the solver throw.
  package init(_ study: NotebookStudy, progress: () -> Void) throws(FlowError) {
    let window = study.window
    let arrows = window.with(count: 21)
    var figures: [any Figure] = []
    var curves: [TrainingFigure.Run] = []
    var densities: [[DensityFigure.Panel]] = []
    var panels: [TrajectoryFigure.Panel] = []
    var rows: [[String]] = []
    var explored: [ExploredField] = []
    var learnedFigures: [any Figure] = []
    var residuals: [(name: String, residuals: [GridResidual])] = []
    let data = study.target.samples(Self.samples, from: RandomStream(seed: study.seed, stream: 25))

    for source in study.sources {
      let run = try NotebookRun(source, study, progress: progress)
      curves.append(
        TrainingFigure.Run(
          title: run.name, losses: run.losses, floor: run.floor, errors: run.errors))
      let noise = RandomStream(seed: study.seed, stream: 26)
      let start = (0..<UInt64(Self.samples)).flatMap { source.sample($0, from: noise) }
      densities.append(
        try Self.panels(run.exact, window: window, arrows: arrows, name: run.name))
      learnedFigures.append(
        try Self.beside(
          run, arrows: arrows, fine: window.with(count: 81), source: start, data: data))
      progress()

      let conserved = try source.spectral(study).conservation(of: run.learned, count: 3)
      residuals.append((name: "\(run.name) source, ", residuals: conserved.residuals))

      let learned = PlaneField(
        name: "\(run.name), learned", velocity: run.learned, logDensity: nil)
      var ends: [[Double]] = []
      for (k, field) in [run.exact, learned].enumerated() {
        let moved = try Self.euler(field.velocity, start)
        ends.append(moved.end)
        if k == 1 {
          panels.append(
            TrajectoryFigure.Panel(
              title: "\(run.name) source, learned field", trajectories: moved.curves))
        }
        explored.append(
          ExploredField(
            field: field, path: study.path, tracks: moved.tracks,
            density: k == 0 ? nil : explored.count - 1))
      }
      progress()
      let tail = run.losses.suffix(50)
      func fixed(_ value: Double) -> String { TargetStudy.fixed(value, places: 4) }
      rows.append(
        [
          run.name, "\(run.losses.count)", fixed(tail.reduce(0, +) / Double(tail.count)),
          fixed(run.floor), fixed(run.errors.last?.value ?? .nan),
          fixed(((run.errors.last?.value ?? .nan) / run.size).squareRoot()),
        ]
          + ends.map { fixed(SampleDistance.energy($0, data, dimension: 2)) }
          + [
            fixed(try SampleDistance.slicedWasserstein(ends[0], data, dimension: 2)),
            fixed(try SampleDistance.slicedWasserstein(ends[1], data, dimension: 2)),
          ])
    }

    figures.append(
      DensityFigure(
        name: "density",
        caption: """
          The exact density and velocity from each source to the ring, at t = 0, 0.5 and 1; no arrows \
          where the density is zero.
          """, grid: window, arrows: arrows, rows: densities))
    figures += learnedFigures
    figures.append(
      ConservationFigure.figure(of: "the learned field", rows: residuals, window: window))
    figures.append(
      TrajectoryFigure(
        name: "trajectories",
        caption: "200 samples of each source carried by the learned field, Euler with 500 steps.",
        panels: panels, window: window))
    figures.append(
      TrainingFigure(
        name: "training",
        caption: """
          Left: the loss of every batch, and dashed the loss of the exact field on fresh pairs: no \
          network is below it there. Right: the mean squared error of the learned velocity against the exact \
          one.
          """, runs: curves))
    progress()
    self.figures = figures
    tables = [
      StudyTable(
        name: "notebook",
        caption: """
          Per source: the mean loss of the last 50 batches; the loss of the exact field on 4,096 \
          pairs; the squared error of the learned velocity, and its root relative to the exact \
          velocity's; energy distance and sliced W2 of 1,000 end states (Euler, 500 steps) to 1,000 \
          fresh samples of the data, by the exact and by the learned field.
          """,
        columns: [
          "source", "updates", "loss", "loss of the exact field", "squared error",
          "relative error", "energy distance, exact", "energy distance, learned",
          "sliced W2, exact", "sliced W2, learned",
        ], rows: rows)
    ]
    explorer = try Explorer(
      window: window, fields: explored, points: study.target.componentMeans.map(\.mean),
      selector: "Source and field", progress: {})
    progress()
  }

  /// Exact density and velocity at the notebook's times.
  private static func panels(
    _ field: PlaneField, window: PlotGrid, arrows: PlotGrid, name: String
  ) throws(FlowError) -> [DensityFigure.Panel] {
    var panels: [DensityFigure.Panel] = []
    for t in times {
      let time = try Time(t)
      panels.append(
        DensityFigure.Panel(
          title: "\(name) source, t = \(TargetStudy.text(t))",
          logDensity: try field.logDensities(at: time, of: window.points),
          velocities: try field.velocities(at: time, of: arrows.points)))
    }
    return panels
  }

  private static func beside(
    _ run: NotebookRun, arrows: PlotGrid, fine: PlotGrid, source: [Double], data: [Double]
  ) throws(FlowError) -> LearnedFieldFigure {
    var columns: [LearnedFieldFigure.Column] = []
    for t in times {
      let time = try Time(t)
      columns.append(
        LearnedFieldFigure.Column(
          title: "t = \(TargetStudy.text(t))",
          exact: try run.exact.velocities(at: time, of: arrows.points),
          learned: try run.learned.velocities(at: [time], of: arrows.points),
          errors: try run.errors(at: time, of: fine.points),
          source: Array(source.prefix(800)), data: Array(data.prefix(800))))
    }
    return LearnedFieldFigure(
      name: "learned_\(run.name)",
      caption: """
        The \(run.name) source: the exact field, the learned field, and the size of their difference, \
        at t = 0, 0.5 and 1, there only where the density is above a thousandth of its largest value. \
        Grey: samples of the source; orange: of the data. Arrows of a column share one scale. The \
        network knows the field only where samples pass.
        """, arrows: arrows, fine: fine, columns: columns)
  }

  /// 500 steps of Euler: the end states, a few curves, and the places at the explorer's frames.
  private static func euler(
    _ field: any VelocityField, _ start: [Double]
  ) throws(FlowError) -> (end: [Double], curves: [[Double]], tracks: [[Double]]) {
    let flow = try Flow(
      of: field, solver: .euler, steps: .fixed(steps: 500), keepsTrajectory: true)
    let solutions = try flow.solutions(from: 0, to: 1, at: start)
    var curves: [[Double]] = []
    for solution in solutions.prefix(shown) {
      guard let trajectory = solution.trajectory else { continue }
      curves.append(
        stride(from: 0, to: trajectory.states.count, by: 5).flatMap {
          trajectory.states[$0]
        })
    }
    var tracks: [[Double]] = []
    for t in Explorer.frameTimes {
      var places: [Double] = []
      for solution in solutions.prefix(shown) {
        guard let trajectory = solution.trajectory else { continue }
        places += try trajectory.state(at: min(t, solution.t))
      }
      tracks.append(places)
    }
    return (solutions.flatMap(\.x), curves, tracks)
  }
}
