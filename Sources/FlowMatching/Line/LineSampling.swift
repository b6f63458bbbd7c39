import RealModule

/// Samples of a density by inversion of its distribution function, which is known panel by panel.
struct LineSampler<Density: LineDensity>: Sendable {
  private let integrand: LineIntegrand<Density, Double>
  private let panels: [Panel]
  /// The mass up to the end of every panel, and all of it.
  private let cumulative: [Double]

  /// - Throws: `noConvergence` where q has no integral.
  init(_ density: Density, limits: QuadratureLimits = .standard) throws(FlowError) {
    let prior = try LinePrior(density, limits: limits)
    let integrand = prior.integrand
    self.integrand = integrand
    panels = prior.result.panels
    var sum = 0.0
    cumulative = panels.map { panel in
      sum += Self.mass(integrand, panel)
      return sum
    }
  }

  private static func mass(_ integrand: LineIntegrand<Density, Double>, _ panel: Panel) -> Double {
    var (row, noise, sum) = ([Lanes.zero], [Lanes.zero], Lanes.zero)
    for group in GaussKronrod.nodes.indices {
      integrand.fill(panel.piece, panel.nodes(group), &row, &noise)
      sum = sum.addingProduct(GaussKronrod.weights[group], row[0])
    }
    return panel.width * sum.sum
  }

  /// The place below which lies the share `uniform` of every panel's mass taken in turn. (The panels
  /// are not in the order of the line: any order gives the same law.)
  func sample(_ uniform: Double) -> Double {
    let wanted = uniform * cumulative.last!
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    let panel = panels[low]
    let rest = wanted - (low == 0 ? 0 : cumulative[low - 1])
    var (left, right) = (0.0, panel.width)
    while true {
      let middle = left + (right - left) / 2
      if middle <= left || middle >= right || right - left < 0x1p-50 * panel.width { break }
      let part = Panel(piece: panel.piece, start: panel.start, width: middle)
      if Self.mass(integrand, part) < rest { left = middle } else { right = middle }
    }
    return integrand.place(panel.piece, at: panel.start + right)
  }
}

extension LineIntegrand where S == Double {
  /// The data at a place of a piece; for frames whose places are data.
  func place(_ piece: Int, at t: Double) -> Double {
    let piece = frame.pieces[piece]
    let far = piece.far.offset + between(piece.far.mark, and: piece.near.mark)
    let share = Double.pow(t, piece.power)
    return density.marks[piece.near.mark].position
      + (piece.near.offset + (far - piece.near.offset) * share)
  }
}

extension LineTarget: LocatedTarget {
  public func sample(_ index: UInt64, from random: RandomStream) -> [Double] {
    let (first, second) = random.uniforms(at: index)
    return [density.sample(first, second) ?? sampler!.sample(first)]
  }

  public var rawMoments: RawMoments? {
    guard let mean = density.mean, let variance = density.variance else { return nil }
    return RawMoments(mean: [mean], square: [mean * mean + variance])
  }

  public var extent: Extent? {
    guard let first = density.marks.first, let last = density.marks.last, first.isEnd, last.isEnd,
      first.left == nil, last.right == nil
    else { return nil }
    return Extent(lower: first.position, upper: last.position)
  }
}
