import FlowFigures
package import FlowMatching
import FlowSpectral
import FlowTraining

/// The toy experiment of introductory notebooks from end to end: a ring of Gaussians, three sources, a
/// small network, Euler with 500 steps; the learned field beside the exact one.
///
/// The network has a time network of three maps, 1-16-16-16, and five maps, 18-128-128-128-128-2, with
/// ReLU between; AdamW at 1e-3 with weight decay 0.01, batches of 1,000 rows of 1,000 fixed samples; 500
/// updates, 4,000 for the source that is a data set.
package struct NotebookStudy: Sendable {
  /// A law of x0.
  package struct Source: Sendable {
    let name: String
    let law: TrainingRecipe.Source
    /// The law as a target, where it is one.
    let distribution: (any Target)?
    let updates: Int

    func sample(_ index: UInt64, from random: RandomStream) -> [Double] {
      if let distribution { return distribution.sample(index, from: random) }
      if case .uniform(let lower, let upper) = law {
        let pair = random.uniforms(at: index)
        return [lower + (upper - lower) * pair.0, lower + (upper - lower) * pair.1]
      }
      return random.normals(2, at: index)
    }

    /// The exact field from this source to the ring.
    func exact(_ study: NotebookStudy) throws(FlowError) -> PlaneField {
      let title = "\(name), exact"
      if let mixture = distribution as? GaussianMixture {
        let target = try SourcedMixture(data: study.target, source: mixture)
        return PlaneField(name: title, MarginalField(path: study.path, target: target))
      }
      if case .uniform(let lower, let upper) = law {
        let field = try UniformSourceField(
          path: study.path, dimension: 2, means: study.target.componentMeans.flatMap(\.mean),
          std: study.std, lower: lower, upper: upper)
        return PlaneField(name: title, velocity: field) { time, points throws(FlowError) in
          try field.logDensities(at: [time], of: points)
        }
      }
      return PlaneField(name: title, MarginalField(path: study.path, target: study.target))
    }

    /// The path from this source to the ring on grids.
    func spectral(_ study: NotebookStudy) throws(FlowError) -> SpectralPath {
      if let mixture = distribution as? GaussianMixture {
        return try SpectralPath(
          path: study.path, target: SourcedMixture(data: study.target, source: mixture))
      }
      guard case .uniform(let lower, let upper) = law else {
        return try SpectralPath(path: study.path, target: study.target)
      }
      let means = study.target.componentMeans.flatMap(\.mean)
      let side = SeparableLaw.Factor.uniform(lower: lower, upper: upper)
      return try SpectralPath(
        path: study.path,
        data: SeparableLaw(
          dimension: 2, weights: [Double](repeating: 1, count: means.count / 2),
          factors: means.map { .normal(mean: $0, std: study.std) }),
        source: SeparableLaw(dimension: 2, weights: [1], factors: [side, side]))
    }
  }

  package let target: GaussianMixture
  let std = 0.2
  let path: OptimalTransportPath
  package let sources: [Source]
  package let seed: UInt64
  package let threads: Int
  /// Whether every sample comes once per epoch, or batches are drawn with replacement.
  package let takesEpochs: Bool
  /// The notebook's window.
  let window = PlotGrid(lower: (-5, -5), length: 10, count: 101)

  /// - Parameters:
  ///   - image: a grey picture, rows from the top, whose ink is the data-set source: a Gaussian per
  ///     pixel, weighted by its ink.
  ///   - width: of the image in pixels.
  ///   - shortened: divides the numbers of updates, for tests.
  package init(
    image: [Double], width: Int, seed: UInt64, threads: Int, takesEpochs: Bool = false,
    shortened: Int = 1
  ) throws(FlowError) {
    target = try Preset.ringOfGaussians(modes: 8, radius: 3, std: std)
    path = try OptimalTransportPath()
    self.seed = seed
    self.threads = threads
    self.takesEpochs = takesEpochs
    let pixel = 0.5
    let height = image.count / width
    var means: [Double] = []
    var weights: [Double] = []
    for (place, ink) in image.enumerated() where ink > 0 {
      means += [
        pixel * (Double(place % width) - Double(width - 1) / 2),
        pixel * (Double(height - 1) / 2 - Double(place / width)),
      ]
      weights.append(ink)
    }
    let picture = try GaussianMixture(
      dimension: 2, means: means, stds: [pixel / 3], weights: weights)
    sources = [
      Source(name: "gaussian", law: .gaussian, distribution: nil, updates: 500 / shortened),
      Source(
        name: "uniform", law: .uniform(lower: -3.5, upper: 3.5), distribution: nil,
        updates: 500 / shortened),
      Source(name: "digit", law: .data, distribution: picture, updates: 4000 / shortened),
    ]
  }

  /// Calls of `progress`: one for every fifty updates, and some more.
  package var parts: Int { sources.reduce(0) { $0 + $1.updates / 50 } + 2 * sources.count + 4 }
}
