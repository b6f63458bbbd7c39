import RealModule

extension UniformBoxes {
  public func magnitudes(
    of points: [Double], at times: [Time<Double>], on path: any ProbabilityPath
  ) throws(FlowError) -> [ComponentMagnitudes] {
    let weights = try MarginalField(path: path, target: self)
      .values(of: .posteriorWeights, at: times, of: points)
    let d = dimension
    return (0..<points.count / d).map { row in
      let schedule = path.schedule(at: times[times.count == 1 ? 0 : row])
      let alpha = schedule.alpha
      let axes = intervals.map {
        TruncatedNormal(points[row * d + $0.axis], lower: $0.lower, upper: $0.upper, schedule)
      }
      var result = ComponentMagnitudes(dimension: d)
      for (box, place) in places.enumerated() {
        let p = weights[row * count + place]
        if p < 0x1p-100 { continue }
        for i in 0..<d {
          let axis = axes[cells[box * d + i]]
          let x = points[row * d + i]
          // The distance to the edge carries its own rounding error, and deep inside a wide box
          // exp(-n^2/2) is as uncertain as n^2.
          let g = abs(axis.g) + axis.inverse * abs(x - alpha * axis.edge)
          let n = axis.inverse == 0 ? 0 : (x - alpha * axis.edge) / schedule.sigma
          let isWide = axis.isWide > 0.5
          let denoiser =
            abs(axis.denoiser)
            + (isWide ? (abs(x) + schedule.variance * abs(axis.g)) / alpha : abs(axis.edge))
          result.add(
            p, axis: i, g: g, denoiser: denoiser,
            inverse: isWide ? axis.inverse * (1 + n * n) : 1 / schedule.variance,
            spread: alpha * axis.spread)
        }
      }
      return result
    }
  }
}

extension Ring {
  public func magnitudes(
    of points: [Double], at times: [Time<Double>], on path: any ProbabilityPath
  ) throws(FlowError) -> [ComponentMagnitudes] {
    (0..<points.count / 2).map { row in
      let schedule = path.schedule(at: times[times.count == 1 ? 0 : row])
      let x = Array(points[2 * row..<2 * row + 2])
      let parts = RingParts(self, x, schedule)
      let alpha = schedule.alpha
      let isWide = schedule.variance < alpha * alpha * std * std
      var result = ComponentMagnitudes(dimension: 2)
      let root = parts.square.squareRoot()
      for i in 0..<2 {
        let away = abs(x[i] - alpha * center[i]) / parts.variance
        let bent = alpha * alpha * radius * radius / parts.variance * parts.angle.sine
        let g = away * (1 + bent)
        let denoiser =
          isWide
          ? (abs(x[i]) + schedule.variance * g) / alpha
          : abs(center[i]) + alpha * radius * radius * parts.angle.sine * away
            + alpha * std * std * g
        result.g[i] = g
        result.denoiser[i] = denoiser
        result.square[i] = root * (g + root)
        result.product[i] = denoiser * (g + root)
        result.inverse[i] = 1 / parts.variance + abs(parts.curvature(i, i) - 1 / parts.variance)
        result.spread[i] = alpha * parts.spread(i, i)
      }
      return result
    }
  }
}

extension SourcedMixture {
  public func magnitudes(
    of points: [Double], at times: [Time<Double>], on path: any ProbabilityPath
  ) throws(FlowError) -> [ComponentMagnitudes] {
    let d = dimension
    return (0..<points.count / d).map { row in
      let schedule = path.schedule(at: times[times.count == 1 ? 0 : row])
      let x = Array(points[row * d..<(row + 1) * d])
      if let stds = pairs.stds {
        return magnitudes(IsotropicPairs(table: pairs, stds: stds), x, schedule)
      }
      return magnitudes(FullPairs(table: pairs), x, schedule)
    }
  }

  private func magnitudes(
    _ family: some PairFamily, _ x: [Double], _ schedule: Schedule<Double>
  ) -> ComponentMagnitudes {
    let d = dimension
    let tube = tube.parts(schedule)
    let logits = (0..<pairs.count).map {
      family.logit($0, x, schedule, tube) + pairs.logWeight($0)
    }
    let largest = logits.max()!
    let shares = logits.map { Double.exp($0 - largest) }
    let total = blockedSum(shares.count) { shares[$0] }
    var result = ComponentMagnitudes(dimension: d)
    let zeros = [Double](repeating: 0, count: d)
    var source = ComponentMagnitudes.Source(mean: zeros, product: zeros, spread: zeros)
    for pair in 0..<pairs.count where shares[pair] > 0x1p-100 * total {
      let p = shares[pair] / total
      let place = (
        source: Double(pair / pairs.dataCount), data: Double(pair % pairs.dataCount)
      )
      let own = family.anchor(at: place, x, schedule, tube)
      let term = family.compare(pair, x, own, schedule, tube, .jacobians)
      func diagonal(_ part: Int, _ i: Int) -> Double {
        term.spreads[part * family.spreadSize + (family.spreadSize == 1 ? 0 : i * (d + 1))]
      }
      for i in 0..<d {
        let inverse = diagonal(0, i)
        // x - sigma m0 is rounded before alpha m1 is taken off.
        let g = abs(own.g[i]) + inverse * abs(x[i] - schedule.sigma * own.sourceMean[i])
        let noise = abs(own.noise[i]) + abs(own.sourceMean[i])
        result.add(
          p, axis: i, g: g, denoiser: abs(own.data[i]) + abs(own.dataMean[i]), inverse: inverse,
          spread: abs(diagonal(1, i)))
        source.mean[i] += p * noise
        source.product[i] += p * noise * g
        source.spread[i] += p * abs(diagonal(2, i))
      }
    }
    result.source = source
    return result
  }
}
