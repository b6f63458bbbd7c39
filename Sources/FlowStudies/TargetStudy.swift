package import FlowFigures
package import FlowMatching
import RealModule

/// One target of the plane, seen from all sides: its exact fields along several paths.
package struct TargetStudy: Sendable {
  package let name: String
  package let target: any Target
  /// The first is the one that most figures show.
  package let paths: [NamedPath]
  package let seed: UInt64
  let grid: PlotGrid
  let arrows: PlotGrid

  /// The times of a row of panels.
  static let times = [0, 0.25, 0.5, 0.75, 1]
  /// How many trajectories tables average over, and how many of them figures draw.
  static let trajectories = 256
  static let drawn = 128

  /// - Throws: `unsupported` unless the target lies in the plane.
  package init(
    name: String, target: any Target, paths: [NamedPath], seed: UInt64
  ) throws(FlowError) {
    precondition(!paths.isEmpty, "a study needs a path")
    self.name = name
    self.target = target
    self.paths = paths
    self.seed = seed
    grid = try PlotGrid.window(around: target, count: 121)
    arrows = grid.with(count: 13)
  }

  func field(_ path: NamedPath) -> MarginalField { MarginalField(path: path.path, target: target) }

  /// The parts of the work, for a progress bar.
  package static let parts = 6

  /// Every figure and table.
  /// - Throws: what the fields throw.
  package func results(
    progress: () -> Void
  ) throws(FlowError) -> (figures: [any Figure], tables: [StudyTable]) {
    var figures: [any Figure] = [try density()]
    progress()
    let samples = try samples()
    figures.append(try trajectories(samples))
    progress()
    if let ownership = try ownership() { figures.append(ownership) }
    progress()
    figures.append(try residual())
    progress()
    let ladders = try ladders(samples)
    figures.append(workPrecision(ladders[0]))
    figures.append(evaluations(ladders))
    progress()
    let tables = [try pathTable(samples, ladders), workPrecisionTable(ladders)]
    progress()
    return (figures, tables)
  }

  /// The means of a mixture, two numbers each: the points of a cloud.
  private var pointsOfData: [Double] {
    (target as? GaussianMixture)?.componentMeans.flatMap(\.mean) ?? []
  }

  private func density() throws(FlowError) -> DensityFigure {
    let field = PlaneField(name: paths[0].name, field(paths[0]))
    var panels: [DensityFigure.Panel] = []
    for t in Self.times {
      let time = try Time(t)
      let logDensity = try field.logDensities(at: time, of: grid.points)
      // Points have no density: they are drawn themselves.
      let marks = logDensity.contains { $0.isFinite } ? [] : pointsOfData
      panels.append(
        DensityFigure.Panel(
          title: "t = \(TargetStudy.text(t))", logDensity: logDensity,
          velocities: try field.velocities(at: time, of: arrows.points), marks: marks))
    }
    return DensityFigure(
      name: "density",
      caption: """
        The exact density p_t (colour, each panel by its own largest value) and the exact velocity \
        (arrows, each panel in its own unit) on the path \(paths[0].name). White at t = 1 is where \
        the density is zero; data that is points has none there, and the points are drawn.
        """, grid: grid, arrows: arrows, rows: [panels])
  }

  func samples() throws(FlowError) -> [FlowSamples] {
    var result: [FlowSamples] = []
    for path in paths {
      let start = FlowSamples.start(target, path.path, count: Self.trajectories, seed: seed)
      result.append(try FlowSamples(of: field(path), from: start))
    }
    return result
  }

  private func trajectories(_ samples: [FlowSamples]) throws(FlowError) -> TrajectoryFigure {
    var panels: [TrajectoryFigure.Panel] = []
    for (path, samples) in zip(paths, samples) {
      panels.append(
        TrajectoryFigure.Panel(
          title: path.name, trajectories: Array(try samples.curves(points: 41).prefix(Self.drawn))))
    }
    return TrajectoryFigure(
      name: "trajectories",
      caption: """
        \(Self.drawn) samples of p_0 carried to the data by the exact field (dop853, tolerance \
        1e-9), along each path.
        """, panels: panels)
  }

  private func ownership() throws(FlowError) -> OwnershipFigure? {
    guard let count = (target as? any WeightedTarget)?.count, count > 1, count <= 4096,
      let mixture = target as? GaussianMixture
    else { return nil }
    let field = field(paths[0])
    let lattice = grid.with(count: count > 64 ? 81 : 101)
    var panels: [(title: String, owners: [Double])] = []
    for t in Self.times {
      let time = try Time(t)
      var owners: [Double] = []
      for j in 0..<lattice.count {
        let row = (0..<lattice.count).flatMap { [lattice.x($0), lattice.y(j)] }
        owners += try PlaneField.whereDefined(row, width: 2) { points throws(FlowError) in
          let weights = try field.values(of: .posteriorWeights, at: [time], of: points)
          return stride(from: 0, to: weights.count, by: count).flatMap { first -> [Double] in
            let row = weights[first..<first + count]
            let owner = row.indices.max { row[$0] < row[$1] }!
            // At t = 0 on most paths all weights are the same, and nobody owns anything.
            let isTied = row.count { $0 > (1 - 1e-12) * row[owner] } == count
            return isTied ? [.nan, .nan] : [Double(owner - first), row[owner]]
          }
        }
      }
      panels.append(("t = \(TargetStudy.text(t))", owners))
    }
    return OwnershipFigure(
      name: "ownership",
      caption: """
        Which component of the data (or data point) has the largest posterior weight at x on the path \
        \(paths[0].name); the stronger the colour, the larger the weight; grey where all \
        have the same. Points: the components' means.
        """, grid: lattice, panels: panels,
      places: mixture.componentMeans.map { ($0.place, $0.mean[0], $0.mean[1]) })
  }

  private func residual() throws(FlowError) -> ResidualFigure {
    let field = field(paths[0])
    let lattice = grid.with(count: 81)
    var panels: [ResidualFigure.Panel] = []
    for t in Self.times {
      let time = try Time(t)
      let values = try PlaneField.whereDefined(lattice.points, width: 1) {
        points throws(FlowError) in
        try field.continuityResiduals(at: [time], of: points, method: .analytic).map {
          $0.scale > 0 ? $0.residual / $0.scale : 0
        }
      }
      panels.append(
        ResidualFigure.Panel(
          title: "t = \(TargetStudy.text(t))", grid: lattice, residual: values))
    }
    return ResidualFigure(
      name: "residual",
      caption: """
        The residual of the continuity equation, d log p/dt + div u + u . grad log p, over the sum of \
        the sizes of its terms, on the path \(paths[0].name). It is zero for the true field; what is \
        left is rounding (u = 2^-53 = 1.1e-16).
        """, rows: [panels], label: "|residual| / size of its terms")
  }
}
