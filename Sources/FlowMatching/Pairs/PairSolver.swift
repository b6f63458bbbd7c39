/// `V = sigma^2 S0 + alpha^2 S1 + c I` of one pair, factored as `L D L^T`, with one step of refinement
/// on the unrounded sum.
struct PairSolver<S: Scalar> {
  /// S0 and S1, rows first.
  let noise: [S]
  let data: [S]
  private let schedule: Schedule<S>
  let alpha: S
  let sigma: S
  let tube: S
  /// D.
  let pivots: [S]
  /// `V^-1`, rows first.
  private(set) var inverse: [S] = []
  private let dimension: Int

  init(noise: [S], data: [S], _ schedule: Schedule<S>, _ tube: S) {
    (self.noise, self.data, self.tube) = (noise, data, tube)
    (self.schedule, alpha, sigma) = (schedule, schedule.alpha, schedule.sigma)
    var d = 1
    while d * d < noise.count { d += 1 }
    dimension = d
    let (a, s) = (alpha * alpha, sigma * sigma)
    var lower = (0..<d * d).map { e in
      (s * noise[e]).addingProduct(a, data[e]) + (e % (d + 1) == 0 ? tube : S(0.0))
    }
    var pivots: [S] = []
    for i in 0..<d {
      let pivot = lower[i * (d + 1)]
      pivots.append(pivot)
      for row in (i + 1)..<max(d, i + 1) {
        let ratio = lower[row * d + i] / pivot
        for column in (i + 1)...row {
          lower[row * d + column] = lower[row * d + column].addingProduct(
            -ratio, lower[column * d + i])
        }
      }
      for row in (i + 1)..<max(d, i + 1) { lower[row * d + i] = lower[row * d + i] / pivot }
    }
    self.pivots = pivots
    var first = [S](repeating: S(0.0), count: d * d)
    for column in 0..<d {
      var y = (0..<d).map { S($0 == column ? 1.0 : 0.0) }
      for i in 0..<d {
        for j in 0..<i { y[i] = y[i].addingProduct(-lower[i * d + j], y[j]) }
      }
      for i in 0..<d { y[i] = y[i] / pivots[i] }
      for i in (0..<d).reversed() {
        for j in (i + 1)..<max(d, i + 1) { y[i] = y[i].addingProduct(-lower[j * d + i], y[j]) }
      }
      for i in 0..<d { first[i * d + column] = y[i] }
    }
    inverse = first
    var refined = first
    for column in 0..<d {
      let solution = refinement(
        (0..<d).map { S($0 == column ? 1.0 : 0.0) }, (0..<d).map { first[$0 * d + column] })
      for i in 0..<d { refined[i * d + column] = solution[i] }
    }
    inverse = refined
  }

  /// `V^-1 y`.
  func solve(_ y: [S]) -> [S] {
    refinement(
      y, (0..<dimension).map { i in row(inverse, i, y) })
  }

  private func row(_ matrix: [S], _ i: Int, _ y: [S]) -> S {
    blockedSum(dimension) { matrix[i * dimension + $0] * y[$0] }
  }

  private func refinement(_ y: [S], _ solution: [S]) -> [S] {
    let rest = (0..<dimension).map { i in
      y[i].addingProduct(-tube, solution[i])
        .addingProduct(-sigma * sigma, row(noise, i, solution))
        .addingProduct(-alpha * alpha, row(data, i, solution))
    }
    return (0..<dimension).map { solution[$0] + row(inverse, $0, rest) }
  }

  /// On axis i, `a` where the data is wider than all the rest, and where the source is.
  private func widest(_ i: Int) -> (data: (S, S) -> S, noise: (S, S) -> S) {
    let e = i * (dimension + 1)
    let (noise, data) = (sigma * sigma * noise[e], alpha * alpha * data[e])
    return (
      { S.choose(noise + tube, below: data, then: $0, otherwise: $1) },
      { S.choose(data + tube, below: noise, then: $0, otherwise: $1) }
    )
  }

  /// `m0 + sigma S0 g` and `m1 + alpha S1 g`; where one of them is much wider than all the rest it
  /// would cancel, and follows from `alpha E1 + sigma E0 + c g = x`.
  func ends(_ g: [S], _ x: [S], _ m0: [S], _ m1: [S]) -> (noise: [S], data: [S]) {
    var (noises, datas): ([S], [S]) = ([], [])
    for i in 0..<dimension {
      let widest = widest(i)
      let byNoise = m0[i].addingProduct(sigma, row(noise, i, g))
      let byData = m1[i].addingProduct(alpha, row(data, i, g))
      let rest = x[i].addingProduct(-tube, g[i])
      datas.append(widest.data(schedule.sourceGap(rest, byNoise) / alpha, byData))
      noises.append(widest.noise(schedule.gap(rest, byData) / sigma, byNoise))
    }
    return (noises, datas)
  }

  /// Entry (i, j) of `S1 V^-1`.
  func projected(_ i: Int, _ j: Int) -> S { spread(data, i, j) }

  private func spread(_ matrix: [S], _ i: Int, _ j: Int) -> S {
    blockedSum(dimension) { matrix[i * dimension + $0] * inverse[$0 * dimension + j] }
  }

  /// `alpha S1 V^-1` and `sigma S0 V^-1`, likewise from
  /// `alpha^2 S1 V^-1 + sigma^2 S0 V^-1 + c V^-1 = I`.
  func spreads() -> (noise: [S], data: [S]) {
    var (noises, datas): ([S], [S]) = ([], [])
    for i in 0..<dimension {
      let widest = widest(i)
      for j in 0..<dimension {
        let byNoise = sigma * spread(noise, i, j)
        let byData = alpha * spread(data, i, j)
        let rest = S(i == j ? 1.0 : 0.0).addingProduct(-tube, inverse[i * dimension + j])
        datas.append(widest.data(rest.addingProduct(-sigma, byNoise) / alpha, byData))
        noises.append(widest.noise(rest.addingProduct(-alpha, byData) / sigma, byNoise))
      }
    }
    return (noises, datas)
  }
}
