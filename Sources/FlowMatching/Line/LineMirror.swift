/// A query to a symmetric density left of its centre c, answered by its mirror image on the right:
/// `x' = 2 alpha c - x`, `D = 2 c - D'`, `g = -g'`, so that odd moments are odd to the bit. (Unless x' would be
/// rounded.)
struct LineMirror<S: NodeScalar> {
  private let isMirrored: Bool
  private let center: Double
  /// Where to ask.
  let x: S

  init(_ density: some LineDensity, x: S, _ schedule: Schedule<S>) {
    center = density.marks[density.center].position
    let gap = schedule.gap(x, constant: center)
    // Every one of `alpha c`, `x - alpha c` and x' a number of the format.
    let place = schedule.alpha.primal * center
    let isExact =
      (-place).addingProduct(schedule.alpha.primal, center) == 0
      && LineCoordinate(x.primal, -place).isExact
      && LineCoordinate(x.primal, -2 * gap.primal).isExact && schedule.alphaTail.primal == 0
    isMirrored = density.isSymmetric && gap.primal < 0 && (center == 0 || isExact)
    self.x = isMirrored ? x - (gap + gap) : x
  }

  /// What to ask for: the rate in alpha needs g.
  func asked(_ wanted: Moments) -> Moments {
    isMirrored && wanted.contains(.rates) ? wanted.union(.means) : wanted
  }

  func posterior(_ found: Posterior<S>, _ wanted: Moments) -> Posterior<S> {
    guard isMirrored else { return found }
    var result = found
    // E[(x - alpha y) y]/v with both factors turned around.
    if wanted.contains(.rates) {
      result.alphaRate = found.alphaRate.addingProduct(
        found.negativeScore[0], constant: -2 * center)
    }
    guard wanted.contains(.means) else {
      (result.denoiser, result.negativeScore) = ([], [])
      return result
    }
    result.denoiser = found.denoiser.map { (S(center) - $0) + S(center) }
    result.negativeScore = found.negativeScore.map { -$0 }
    return result
  }
}

extension LineMirror where S == Double {
  /// The errors of the same.
  func errors(_ found: Posterior<Double>, _ wanted: Moments) -> Posterior<Double> {
    guard isMirrored else { return found }
    var result = found
    if wanted.contains(.rates) {
      result.alphaRate += 2 * abs(center) * found.negativeScore[0]
    }
    result.denoiser =
      wanted.contains(.means) ? found.denoiser.map { $0 + 0x1p-51 * abs(center) } : []
    if !wanted.contains(.means) { result.negativeScore = [] }
    return result
  }
}
