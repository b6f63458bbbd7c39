/// Pairs of isotropic components: `V = sigma^2 s0^2 + alpha^2 s1^2 + c` is one number.
struct IsotropicPairs: PairFamily {
  let table: PairTable
  let stds: (source: [Double], data: [Double])

  var spreadSize: Int { 1 }

  private func place(_ pair: Int) -> (source: Int, data: Int) {
    (pair / table.dataCount, pair % table.dataCount)
  }

  /// `x - sigma m0 - alpha m1` on one axis.
  private func away<S: Scalar>(_ pair: Int, _ i: Int, _ x: [S], _ schedule: Schedule<S>) -> S {
    let (j, k) = place(pair)
    let d = table.dimension
    return schedule.gap(
      schedule.sourceGap(x[i], S(table.sourceMeans[j * d + i])),
      constant: table.dataMeans[k * d + i])
  }

  /// `sigma^2 s0^2` and `alpha^2 s1^2`.
  private func parts<S: Scalar>(_ pair: Int, _ schedule: Schedule<S>) -> (noise: S, data: S) {
    let (j, k) = place(pair)
    let noise = schedule.sigma.scaled(by: stds.source[j])
    let data = schedule.alpha.scaled(by: stds.data[k])
    return (noise * noise, data * data)
  }

  func logit<S: Scalar>(
    _ pair: Int, _ x: [S], _ schedule: Schedule<S>, _ tube: TubeParts<S>
  ) -> S {
    let parts = parts(pair, schedule)
    let variance = parts.noise + parts.data + tube.variance
    let square = blockedSum(x.count) { i in
      let away = away(pair, i, x, schedule)
      return away * away
    }
    return (square / variance + S.log(variance).scaled(by: Double(x.count))).scaled(by: -0.5)
  }

  func anchor<S: Scalar>(
    at index: (source: S, data: S), _ x: [S], _ schedule: Schedule<S>, _ tube: TubeParts<S>
  ) -> PairAnchor<S> {
    let d = table.dimension
    let s0 = S.gather(at: index.source) { stds.source[$0] }
    let s1 = S.gather(at: index.data) { stds.data[$0] }
    let m0 = (0..<d).map { i in S.gather(at: index.source) { table.sourceMeans[$0 * d + i] } }
    let m1 = (0..<d).map { i in S.gather(at: index.data) { table.dataMeans[$0 * d + i] } }
    let (noise, data) = (schedule.sigma * s0, schedule.alpha * s1)
    let variance = (noise * noise + data * data) + tube.variance
    let away = (0..<d).map {
      schedule.gap(schedule.sourceGap(x[$0], m0[$0]), m1[$0])
    }
    let square = blockedSum(d) { away[$0] * away[$0] } / variance
    // E1 = ((sigma^2 s0^2 + c) m1 + alpha s1^2 (x - sigma m0))/V, and the same the other way round.
    let toData = data * s1 / variance
    let toNoise = noise * s0 / variance
    let keepData = (noise * noise + tube.variance) / variance
    let keepNoise = (data * data + tube.variance) / variance
    return PairAnchor(
      sourceMean: m0, dataMean: m1, spread: [s0, s1], g: away.map { $0 / variance },
      noise: (0..<d).map {
        (keepNoise * m0[$0]).addingProduct(
          toNoise, schedule.gap(x[$0], m1[$0]))
      },
      data: (0..<d).map {
        (keepData * m1[$0]).addingProduct(
          toData, schedule.sourceGap(x[$0], m0[$0]))
      },
      square: square,
      logDensity: (square + S.log(variance.scaled(by: 2 * .pi)).scaled(by: Double(d)))
        .scaled(by: -0.5),
      variances: [variance])
  }

  func scaledSpread<S: Scalar>(
    _ end: PairCovariance.End, _ component: Int, _ schedule: Schedule<S>, _ dimension: Int
  ) -> [S] {
    let std = end == .data ? stds.data[component] : stds.source[component]
    let value = (end == .data ? schedule.alpha : schedule.sigma).scaled(by: std * std)
    return (0..<dimension * dimension).map { $0 % (dimension + 1) == 0 ? value : S(0.0) }
  }

  func compare<S: Scalar>(
    _ pair: Int, _ x: [S], _ anchor: PairAnchor<S>, _ schedule: Schedule<S>, _ tube: TubeParts<S>,
    _ wanted: Moments
  ) -> PairTerm<S> {
    let d = table.dimension
    let (j, k) = place(pair)
    let (alpha, sigma) = (schedule.alpha, schedule.sigma)
    let (noise, data) = parts(pair, schedule)
    let variance = (noise + data) + tube.variance
    let inverse = S(1.0) / variance
    func change(_ std: Double, _ other: S) -> S { (S(std) - other) * (S(std) + other) }
    let noiseChange = change(stds.source[j], anchor.spread[0])
    let dataChange = change(stds.data[k], anchor.spread[1])
    let varianceChange = (sigma * sigma * noiseChange).addingProduct(alpha * alpha, dataChange)
    let keepData = (noise + tube.variance) * inverse
    let keepNoise = (data + tube.variance) * inverse
    let toData = (alpha * inverse).scaled(by: stds.data[k] * stds.data[k])
    let toNoise = (sigma * inverse).scaled(by: stds.source[j] * stds.source[j])

    var term = PairTerm<S>()
    term.shifts = [S](repeating: S(0.0), count: 3 * d)
    for i in 0..<d {
      let m0 = S(table.sourceMeans[j * d + i])
      let m1 = S(table.dataMeans[k * d + i])
      let h0 = (m0 - anchor.sourceMean[i]).addingProduct(sigma * noiseChange, anchor.g[i])
      let h1 = (m1 - anchor.dataMean[i]).addingProduct(alpha * dataChange, anchor.g[i])
      term.shifts[i] = (keepData * h1).addingProduct(-sigma * toData, h0)
      term.shifts[d + i] = (keepNoise * h0).addingProduct(-alpha * toNoise, h1)
      term.shifts[2 * d + i] = (alpha * h1).addingProduct(sigma, h0) * inverse
    }
    // As the anchor's: seen from each other, two pairs differ in sign alone.
    func own(_ i: Int) -> S { away(pair, i, x, schedule) / variance }
    // Between alike variances by their differences, else plainly.
    let bracket = blockedSum(d) { i in
      let mean = (alpha * (S(table.dataMeans[k * d + i]) - anchor.dataMean[i]))
        .addingProduct(sigma, S(table.sourceMeans[j * d + i]) - anchor.sourceMean[i])
      let g = own(i)
      return (mean * (anchor.g[i] + g)).addingProduct(varianceChange * anchor.g[i], g)
    }
    let square = blockedSum(d) { i in
      let g = own(i)
      return g * g
    }
    let volume = volumeRatio(
      variance, over: anchor.variances[0], difference: varianceChange, power: Double(d) / 2)
    let relative = varianceChange / anchor.variances[0]
    term.logRatio =
      within(relative, -0.5, 1, then: bracket, otherwise: anchor.square - square * variance)
      .scaled(by: 0.5)
      + volume.log
    term.factor = volume.factor
    if !wanted.isDisjoint(with: [.traces, .jacobians]) {
      let covariance = keepData.scaled(by: stds.data[k] * stds.data[k])
      term.spreads = [inverse, toData, toNoise, covariance]
    }
    if wanted.contains(.rates) {
      let size = Double(d)
      let own = (0..<d).map { own($0) }
      let ends = (0..<d).map { i -> (noise: S, data: S) in
        let (m0, m1) = (table.sourceMeans[j * d + i], table.dataMeans[k * d + i])
        return (
          keepNoise.scaled(by: m0).addingProduct(
            toNoise, schedule.gap(x[i], constant: m1)),
          keepData.scaled(by: m1).addingProduct(
            toData, schedule.sourceGap(x[i], S(m0)))
        )
      }
      term.alphaRate = pairRate(
        own, ends.map(\.data), spread: toData.scaled(by: size), inverse: inverse.scaled(by: size),
        slope: tube.alphaSlope)
      term.sigmaRate = pairRate(
        own, ends.map(\.noise), spread: toNoise.scaled(by: size),
        inverse: inverse.scaled(by: size), slope: tube.sigmaSlope)
    }
    return term
  }
}
