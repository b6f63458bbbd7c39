import RealModule

extension SourcedMixture: MeasuredTarget {
  package func magnitudes(
    of points: [Double], at schedules: [Schedule<Double>]
  ) throws(FlowError) -> [ComponentMagnitudes] {
    let d = dimension
    return (0..<points.count / d).map { row in
      let schedule = schedules[schedules.count == 1 ? 0 : row]
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
