import RealModule

/// The integrals that the posterior moments of a density on the line are made of. With the weight w of
/// a place relative to the anchor y0, its offset s from the anchor, and `l = log q`, `c = l'(y0)`:
///
///     1, s, s^2, l' - c, l'' + (l' - c)^2, (l' - c) s     each times w
enum LineComponent {
  static let mass = 0
  static let offset = 1
  static let square = 2
  static let slope = 3
  static let curved = 4
  static let product = 5
  static let count = 6
}

extension LineIntegrand where S == Dual<Double> {
  /// All integrals and their derivatives, from the panels of a finished quadrature without derivatives,
  /// halved where a derivative needs it; those over the density's slope by the places of `slopes`, if it
  /// is given.
  /// - Throws: `noConvergence`.
  func sums(
    _ panels: [Panel], width: Int, slopes: LineIntegrand?, _ limits: QuadratureLimits
  ) throws(FlowError) -> [Dual<Double>] {
    var duals = [Dual<Lanes>](repeating: Dual<Lanes>(0.0), count: width)
    var others = duals
    let result = AdaptiveQuadrature(limits: limits, width: 2 * width).integrate(panels: panels) {
      piece, t, row, noise in
      let node = fill(piece, t, &duals)
      let own = node.noise.below(duals[0].value)
      var rates = [Lanes](repeating: own.rate, count: width)
      var place = own.place
      if let slopes {
        let other = slopes.fill(piece, t, &others).noise.below(duals[0].value)
        for i in LineComponent.slope..<width { (duals[i], rates[i]) = (others[i], other.rate) }
        place = other.place
      }
      if frame.isNarrow, width > LineComponent.curved {
        // Its own slope is not known: by places that stand still in the data.
        let resting = restingRate(node.offset.value)
        let value = duals[LineComponent.curved].value
        duals[LineComponent.curved].derivative = value * resting.value
        rates[LineComponent.curved] = resting.size
      }
      for i in 0..<width { (row[i], row[width + i]) = (duals[i].value, duals[i].derivative) }
      let offset = Lanes.magnitude(node.offset.value)
      own.fill(
        &noise, row, width: width, offset: offset, slope: Lanes.magnitude(node.slope.value))
      for i in 0..<width {
        let addends = Lanes.magnitude(row[i]).scaled(by: 4) + noise[i]
        noise[width + i] =
          (Lanes.magnitude(row[width + i]) * own.log).addingProduct(addends, rates[i])
      }
      // The slope itself moves with its place.
      guard width > LineComponent.slope else { return }
      let moved = row[0] * own.curved * place
      noise[width + LineComponent.slope] = noise[width + LineComponent.slope] + moved
      guard width > LineComponent.product else { return }
      noise[width + LineComponent.product] = noise[width + LineComponent.product] + moved * offset
    }
    guard result.converged else {
      throw FlowError(
        .noConvergence, "x",
        "the quadrature of derivatives at x = \(x.value) reached \(result.evaluations) evaluations; the "
          + "mass changes by about \(result.values[width])")
    }
    return (0..<width).map { Dual(result.values[$0], result.values[width + $0]) }
  }
}

/// What integration by parts adds at the marks, where q or its slope jumps; with the kernel's z at
/// the mark, all relative to the mass:
struct LineJumps<S: Scalar> {
  /// `sum K`, K the jump of q.
  var value = S(0.0)
  /// `sum K z/sigma`.
  var valueZ = S(0.0)
  /// `sum K (b - y0)`.
  var valueOffset = S(0.0)
  /// `sum J`, J the jump of q'.
  var slope = S(0.0)
  /// The sums of the magnitudes, and what rounding may have made of the sums.
  var sizes = Sizes()
  var noise = Sizes()

  struct Sizes {
    var value = 0.0
    var valueZ = 0.0
    var valueOffset = 0.0
    var slope = 0.0
  }
}

extension LineIntegrand {
  /// The integrands at eight nodes, in the order of ``LineComponent``.
  @inline(__always)
  func fill(_ piece: Int, _ t: Lanes, _ row: inout [S.Wide]) -> LineNode<S.Wide> {
    let node = node(piece, t)
    let weight = S.Wide.exp(node.logRatio) * node.stretch
    row[0] = weight
    guard row.count > 1 else { return node }
    row[1] = weight * node.offset
    row[2] = row[1] * node.offset
    guard row.count > 3 else { return node }
    row[3] = weight * node.slope
    guard row.count > 4 else { return node }
    row[4] = weight * S.constant(node.curved)
    row[5] = row[3] * node.offset
    return node
  }

  /// The integrands and bounds on their rounding errors in units of u.
  @inline(__always)
  func fill(_ piece: Int, _ t: Lanes, _ row: inout [Lanes], _ noise: inout [Lanes])
  where S == Double {
    let node = fill(piece, t, &row)
    node.noise.below(row[0]).fill(
      &noise, row, width: row.count, offset: Lanes.magnitude(node.offset),
      slope: Lanes.magnitude(node.slope))
  }

  /// The terms of the marks, divided by the mass of all.
  func jumps(mass: S) -> LineJumps<S> {
    var result = LineJumps<S>()
    for (k, mark) in density.marks.enumerated() where !mark.isSmooth {
      let fromAnchor = fromAnchor(k)
      let z = fromAnchor * unitZ
      let kernel = S.exp(-(z * anchorZ.addingProduct(z, constant: 0.5)) - anchorLog)
      let unit = kernel / (unitData * mass)
      let markZ = anchorZ + z
      // The exponent is made of squares whose roots are each off by 2 u.
      let square = markZ.primal * markZ.primal + anchorZ.primal * anchorZ.primal
      for (sign, side) in mark.levels where side.exponent == 1 || side.exponent == 2 {
        let level = unit.scaled(by: sign * Double.exp(side.logLevel))
        let logs = abs(side.logLevel) + abs(anchorLog.primal)
        let lost = 0x1p-53 * (16 + 4 * square + 4 * logs)
        if side.exponent == 1 {
          let (rate, place) = (markZ / schedule.sigma, fromAnchor * unitData)
          result.value = result.value + level
          result.valueZ = result.valueZ + level * rate
          result.valueOffset = result.valueOffset + level * place
          result.slope = result.slope + level.scaled(by: side.slope)
          let size = abs(level.primal)
          result.add(
            value: size, valueZ: size * abs(rate.primal), valueOffset: size * abs(place.primal),
            slope: size * abs(side.slope), lost)
        } else {
          // q grows like a straight line on the right of the mark, falls on the left: q' jumps up.
          result.slope = result.slope + level.scaled(by: sign)
          result.add(value: 0, valueZ: 0, valueOffset: 0, slope: abs(level.primal), lost)
        }
      }
    }
    return result
  }
}

extension LineJumps {
  /// Adds magnitudes whose numbers have the relative error `lost`.
  mutating func add(
    value: Double, valueZ: Double, valueOffset: Double, slope: Double, _ lost: Double
  ) {
    sizes.value += value
    sizes.valueZ += valueZ
    sizes.valueOffset += valueOffset
    sizes.slope += slope
    noise.value += value * lost
    noise.valueZ += valueZ * lost
    noise.valueOffset += valueOffset * lost
    noise.slope += slope * lost
  }
}

extension LineNodeNoise {
  /// Bounds on the rounding errors of a row of integrands, as many as it has, from the magnitudes of the
  /// offset and of the slope's change.
  @inline(__always)
  func fill(
    _ noise: inout [Lanes], _ row: [Lanes], width: Int, offset size: Lanes, slope change: Lanes
  ) {
    let weight = row[0]
    noise[0] = weight * log
    guard width > 1 else { return }
    let part = Lanes.magnitude(row[1])
    noise[1] = (part * log).addingProduct(weight, offset)
    noise[2] = (row[2] * log).addingProduct(part.scaled(by: 2), offset)
    guard width > 3 else { return }
    noise[3] = (Lanes.magnitude(row[3]) * log).addingProduct(weight, slope + change)
    guard width > 4 else { return }
    noise[4] = (Lanes.magnitude(row[4]) * log).addingProduct(weight, curved)
    noise[5] = noise[3] * size + Lanes.magnitude(row[3]) * offset
  }
}
