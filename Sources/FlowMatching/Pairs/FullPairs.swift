/// Pairs of which some have full covariances: `V = sigma^2 S0 + alpha^2 S1 + c I` has no axes that stay
/// the same, so that it is inverted for every pair and point.
struct FullPairs: PairFamily {
  let table: PairTable

  var spreadSize: Int { table.dimension * table.dimension }

  private func place(_ pair: Int) -> (source: Int, data: Int) {
    (pair / table.dataCount, pair % table.dataCount)
  }

  /// `x - sigma m0 - alpha m1`.
  private func away<S: Scalar>(_ pair: Int, _ x: [S], _ schedule: Schedule<S>) -> [S] {
    let (j, k) = place(pair)
    let d = table.dimension
    return (0..<d).map { i in
      schedule.gap(
        schedule.sourceGap(x[i], S(table.sourceMeans[j * d + i])),
        constant: table.dataMeans[k * d + i])
    }
  }

  private func solver<S: Scalar>(
    _ pair: Int, _ schedule: Schedule<S>, _ tube: TubeParts<S>
  ) -> PairSolver<S> {
    let (j, k) = place(pair)
    return PairSolver(
      noise: table.sourceCovariances[j].map { S($0) }, data: table.dataCovariances[k].map { S($0) },
      schedule, tube.variance)
  }

  func logit<S: Scalar>(
    _ pair: Int, _ x: [S], _ schedule: Schedule<S>, _ tube: TubeParts<S>
  ) -> S {
    let solver = solver(pair, schedule, tube)
    let y = away(pair, x, schedule)
    let g = solver.solve(y)
    let square = blockedSum(y.count) { y[$0] * g[$0] }
    let volume = solver.pivots.reduce(S(0.0)) { $0 + S.log($1) }
    return (square + volume).scaled(by: -0.5)
  }

  func anchor<S: Scalar>(
    at index: (source: S, data: S), _ x: [S], _ schedule: Schedule<S>, _ tube: TubeParts<S>
  ) -> PairAnchor<S> {
    let d = table.dimension
    let m0 = (0..<d).map { i in S.gather(at: index.source) { table.sourceMeans[$0 * d + i] } }
    let m1 = (0..<d).map { i in S.gather(at: index.data) { table.dataMeans[$0 * d + i] } }
    let noise = (0..<d * d).map { e in
      S.gather(at: index.source) { table.sourceCovariances[$0][e] }
    }
    let data = (0..<d * d).map { e in S.gather(at: index.data) { table.dataCovariances[$0][e] } }
    let solver = PairSolver(noise: noise, data: data, schedule, tube.variance)
    let y = (0..<d).map {
      schedule.gap(schedule.sourceGap(x[$0], m0[$0]), m1[$0])
    }
    let g = solver.solve(y)
    let square = blockedSum(d) { y[$0] * g[$0] }
    let volume = solver.pivots.reduce(S(0.0)) { $0 + S.log($1.scaled(by: 2 * .pi)) }
    let ends = solver.ends(g, x, m0, m1)
    return PairAnchor(
      sourceMean: m0, dataMean: m1, spread: noise + data, g: g, noise: ends.noise,
      data: ends.data, square: square,
      logDensity: (square + volume).scaled(by: -0.5),
      pivots: solver.pivots, inverse: solver.inverse)
  }

  func scaledSpread<S: Scalar>(
    _ end: PairCovariance.End, _ component: Int, _ schedule: Schedule<S>, _ dimension: Int
  ) -> [S] {
    let matrix =
      end == .data ? table.dataCovariances[component] : table.sourceCovariances[component]
    let scale = end == .data ? schedule.alpha : schedule.sigma
    return matrix.map { scale.scaled(by: $0) }
  }

  func compare<S: Scalar>(
    _ pair: Int, _ x: [S], _ anchor: PairAnchor<S>, _ schedule: Schedule<S>, _ tube: TubeParts<S>,
    _ wanted: Moments
  ) -> PairTerm<S> {
    let d = table.dimension
    let (j, k) = place(pair)
    let (alpha, sigma) = (schedule.alpha, schedule.sigma)
    let solver = solver(pair, schedule, tube)
    let m0 = (0..<d).map { S(table.sourceMeans[j * d + $0]) }
    let m1 = (0..<d).map { S(table.dataMeans[k * d + $0]) }
    let noiseChange = (0..<d * d).map { S(table.sourceCovariances[j][$0]) - anchor.spread[$0] }
    let dataChange = (0..<d * d).map {
      S(table.dataCovariances[k][$0]) - anchor.spread[d * d + $0]
    }
    func applied(_ matrix: [S], _ i: Int) -> S {
      blockedSum(d) { matrix[i * d + $0] * anchor.g[$0] }
    }
    let turned = (0..<d).map { (noise: applied(noiseChange, $0), data: applied(dataChange, $0)) }
    let h0 = (0..<d).map { (m0[$0] - anchor.sourceMean[$0]).addingProduct(sigma, turned[$0].noise) }
    let h1 = (0..<d).map { (m1[$0] - anchor.dataMean[$0]).addingProduct(alpha, turned[$0].data) }
    let w = solver.solve((0..<d).map { (alpha * h1[$0]).addingProduct(sigma, h0[$0]) })
    let moved = solver.ends(w.map { -$0 }, [S](repeating: S(0.0), count: d), h0, h1)

    var term = PairTerm<S>()
    term.shifts = moved.data + moved.noise + w
    let y = away(pair, x, schedule)
    let own = solver.solve(y)
    let bracket = blockedSum(d) { i in
      let mean = (alpha * (m1[i] - anchor.dataMean[i]))
        .addingProduct(sigma, m0[i] - anchor.sourceMean[i])
      let change = (sigma * sigma * turned[i].noise).addingProduct(alpha * alpha, turned[i].data)
      return (mean * (anchor.g[i] + own[i])).addingProduct(change, own[i])
    }
    let plain = anchor.square - blockedSum(d) { y[$0] * own[$0] }
    let change = (0..<d * d).map {
      (sigma * sigma * noiseChange[$0]).addingProduct(alpha * alpha, dataChange[$0])
    }
    // V_q^-1 (V_p - V_q): small where the two are alike.
    let relative = (0..<d * d).map { e in
      blockedSum(d) { l in anchor.inverse[e / d * d + l] * change[l * d + e % d] }
    }
    let size = relative.reduce(S(0.0)) {
      $0 + S.choose($1, below: S(0.0), then: -$1, otherwise: $1)
    }
    let isNear = { (a: S, b: S) in S.choose(size, below: S(0.5), then: a, otherwise: b) }
    let growth = logDeterminant(onePlus: relative.map { isNear($0, S(0.0)) })
    term.logRatio = isNear(bracket - growth, plain).scaled(by: 0.5)
    for i in 0..<d {
      let ratio = isNear(S(1.0), anchor.pivots[i] / solver.pivots[i])
      if i < 4 {
        term.factor = term.factor * S.sqrt(ratio)
      } else {
        term.logRatio = term.logRatio.addingProduct(S.log(ratio), constant: 0.5)
      }
    }
    guard !wanted.isDisjoint(with: [.traces, .jacobians, .rates]) else { return term }
    let spreads = solver.spreads()
    term.spreads = solver.inverse + spreads.data + spreads.noise
    if wanted.contains(.jacobians) {
      // S1 - alpha^2 S1 V^-1 S1 = S1 V^-1 (sigma^2 S0 + c I).
      term.spreads += (0..<d * d).map { e in
        let (i, j) = (e / d, e % d)
        let stretched = blockedSum(d) { l in
          solver.projected(i, l) * solver.noise[l * d + j]
        }
        return (sigma * sigma * stretched).addingProduct(
          tube.variance, solver.projected(i, j))
      }
    } else {
      term.spreads += solver.inverse
    }
    if wanted.contains(.rates) {
      let ends = solver.ends(own, x, m0, m1)
      func trace(_ matrix: [S]) -> S { blockedSum(d) { matrix[$0 * (d + 1)] } }
      term.alphaRate = pairRate(
        own, ends.data, spread: trace(spreads.data), inverse: trace(solver.inverse),
        slope: tube.alphaSlope)
      term.sigmaRate = pairRate(
        own, ends.noise, spread: trace(spreads.noise), inverse: trace(solver.inverse),
        slope: tube.sigmaSlope)
    }
    return term
  }

  /// `log det(I + M)` for a small matrix, as accurate as M: the pivots of elimination are kept as what
  /// they exceed one by.
  private func logDeterminant<S: Scalar>(onePlus matrix: [S]) -> S {
    let d = table.dimension
    var excess = matrix
    var sum = S(0.0)
    for i in 0..<d {
      let pivot = excess[i * (d + 1)]
      sum = sum + S.log(onePlus: pivot)
      for row in (i + 1)..<max(d, i + 1) {
        let factor = excess[row * d + i] / (S(1.0) + pivot)
        for column in (i + 1)..<d {
          excess[row * d + column] = excess[row * d + column].addingProduct(
            -factor, excess[i * d + column])
        }
      }
    }
    return sum
  }
}
