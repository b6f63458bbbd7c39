import FlowMatching

/// Draws training rows: a row depends on the recipe's seed and its number alone.
struct BatchDrawing: Sendable {
  let recipe: TrainingRecipe
  let path: any ProbabilityPath
  let data: DataSource
  let source: NoiseSource

  /// One row in double precision.
  struct Row {
    var time: Time<Double>
    var label: Int?
    var point: [Double]
    var target: [Double]
    var weight: Double
  }

  private func stream(_ purpose: RandomPurpose) -> RandomStream {
    RandomStream(seed: recipe.seed, stream: purpose.stream)
  }

  /// The pair (x1, x0) of row `index`, before any coupling, and its label.
  func pair(_ index: UInt64) -> (x1: [Double], x0: [Double], label: Int?) {
    let (x1, label) = data.sample(index, from: stream(.rows), epochs: recipe.takesEpochs)
    return (x1, source.sample(index, data.dimension, from: stream(.sources)), label)
  }

  /// Row `index`, counted from the start of the training, with its pair.
  func row(_ index: UInt64, _ x1: [Double], _ x0: [Double], _ label: Int?) -> Row {
    let time = recipe.times.time(index, from: stream(.times))
    let s = path.schedule(at: time)
    let isLeftOut =
      label != nil && stream(.labels).uniforms(at: index).0 <= recipe.labelDropout
    var row = Row(
      time: time, label: isLeftOut ? nil : label, point: x1, target: x1,
      weight: recipe.objective.weight(s))
    if let tube { return Self.row(row, in: tube, index, x1, x0, stream(.noise)) }
    for i in x1.indices {
      row.point[i] = (s.alpha * x1[i]).addingProduct(s.sigma, x0[i])
      row.target[i] = recipe.objective.target(x1[i], x0[i], s)
    }
    return row
  }

  /// Paths whose sigma is that of a tube around a pair's line need the pair where x0 is not an
  /// independent Gaussian; where it is, both ways draw the same law.
  private var tube: Tube? {
    if recipe.source == .gaussian, recipe.coupling == .independent { return nil }
    return (path as? any TubePath)?.tube
  }

  /// `x = t x1 + (1 - t) x0 + sqrt(c) e` and its rate at fixed e, `x1 - x0 + (sqrt c)' e`.
  ///
  /// *Reference*: Tong et al. (2023), section 3.2.
  private static func row(
    _ row: Row, in tube: Tube, _ index: UInt64, _ x1: [Double], _ x0: [Double],
    _ random: RandomStream
  ) -> Row {
    var row = row
    let (t, r) = (row.time.t, row.time.remaining)
    let noise = random.normals(x1.count, at: index &* UInt64((x1.count + 1) / 2))
    let (std, slope): (Double, Double)
    switch tube {
    case .none: (std, slope) = (0, 0)
    case .constant(let s): (std, slope) = (s, 0)
    case .bridge(let s):
      let root = (t * r).squareRoot()
      (std, slope) = (s * root, root > 0 ? s * (r - t) / (2 * root) : 0)
    }
    for i in x1.indices {
      row.point[i] = (t * x1[i]).addingProduct(r, x0[i]).addingProduct(std, noise[i])
      row.target[i] = x1[i] - x0[i] + slope * noise[i]
    }
    return row
  }
}
