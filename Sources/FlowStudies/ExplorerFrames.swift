package import FlowFigures
package import FlowMatching

/// One entry of an explorer before it is computed.
package struct ExploredField: Sendable {
  package let field: PlaneField
  package let path: any ProbabilityPath
  /// Per frame the places of samples, two numbers each.
  package let tracks: [[Double]]
  /// The number of the field whose density belongs to this one, where it has none of its own.
  package let density: Int?

  package init(
    field: PlaneField, path: any ProbabilityPath, tracks: [[Double]], density: Int? = nil
  ) {
    self.field = field
    self.path = path
    self.tracks = tracks
    self.density = density
  }
}

extension Explorer {
  /// The times of the frames: 0 to 1 in fortieths.
  package static let frameTimes = (0...40).map { Double($0) / 40 }

  /// The fields on the finest lattice of the window that keeps the page below 6 MB.
  /// - Throws: what the fields throw, other than `singular`.
  package init(
    window: PlotGrid, fields: [ExploredField], points: [[Double]], selector: String,
    progress: () -> Void
  ) throws(FlowError) {
    let times = Self.frameTimes
    let numbers = fields.reduce(0) { $0 + ($1.field.logDensity == nil ? 2 : 3) }
    let grid = window.with(count: Self.count(frames: times.count, numbers: numbers))
    let places = grid.points
    var entries: [Field] = []
    for explored in fields {
      var entry = Field(
        name: explored.field.name, velocities: [], density: explored.density.map { .same(as: $0) },
        schedule: [], tracks: explored.tracks.joined().map { Float($0) })
      var logDensities: [Float] = []
      for t in times {
        let time = try Time(t)
        entry.velocities += try explored.field.velocities(at: time, of: places).map { Float($0) }
        logDensities += try explored.field.logDensities(at: time, of: places).map { Float($0) }
        let s = explored.path.schedule(at: time)
        entry.schedule.append([
          s.alpha, s.sigma, s.alphaDot, s.variance > 0 ? s.varianceDot / (2 * s.variance) : .nan,
        ])
      }
      if explored.field.logDensity != nil { entry.density = .values(logDensities) }
      entries.append(entry)
      progress()
    }
    self.init(grid: grid, times: times, fields: entries, points: points, selector: selector)
  }
}

extension TargetStudy {
  /// The explorer over the paths.
  package func explorer(progress: () -> Void) throws(FlowError) -> Explorer {
    var fields: [ExploredField] = []
    for (path, samples) in zip(paths, try samples()) {
      var tracks: [[Double]] = []
      for t in Explorer.frameTimes { tracks.append(try samples.states(at: t)) }
      fields.append(
        ExploredField(
          field: PlaneField(name: path.name, field(path)), path: path.path, tracks: tracks))
    }
    return try Explorer(
      window: grid, fields: fields, points: points, selector: "Path", progress: progress)
  }

  /// Up to twelve data points: means of a mixture that has so few, samples otherwise.
  private var points: [[Double]] {
    if let mixture = target as? GaussianMixture, mixture.count <= 12 {
      return mixture.componentMeans.map(\.mean)
    }
    let samples = target.samples(12, from: RandomStream(seed: seed, stream: 4))
    return stride(from: 0, to: samples.count, by: 2).map { Array(samples[$0..<$0 + 2]) }
  }
}
