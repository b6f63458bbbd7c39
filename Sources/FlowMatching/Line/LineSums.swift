import RealModule

/// The integrals that the posterior moments of a density on the line are made of. With the weight w of
/// a place relative to the anchor y0, its offset s from the reference, and `l = log q`, `c = l'(y0)`:
///
///     1, s, s^2, l' - c, l'' + (l' - c)^2, (l' - c) s     each times w
///
/// A symmetric density folded about its centre has c = 0 and s counted from there: with the weight `r w` of the
/// place -s the even ones are times `w (1 + r)`, the odd ones times `w (1 - r)`, and nothing cancels.
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
      var own = node.noise.below(duals[0].value)
      if let fold, fold.rate.value != 0 {
        // The odd ones go with the rate.
        own.rate = own.rate + Lanes(abs(fold.rate.derivative / fold.rate.value))
        own.log = own.log + Lanes(8.0)
      }
      var rates = [Lanes](repeating: own.rate, count: width)
      var place = own.place
      if let slopes {
        let other = slopes.fill(piece, t, &others).noise.below(duals[0].value)
        for i in LineComponent.slope..<width { (duals[i], rates[i]) = (others[i], other.rate) }
        place = other.place
      }
      if frame.isNarrow, width > LineComponent.curved {
        // Its own slope is not known: by places that stand still in the data.
        let resting = restingRate(node.fromAnchor.value)
        let value = duals[LineComponent.curved].value
        duals[LineComponent.curved].derivative = value * resting.value
        rates[LineComponent.curved] = resting.size
      }
      for i in 0..<width { (row[i], row[width + i]) = (duals[i].value, duals[i].derivative) }
      let offset = Lanes.magnitude(node.offset.value)
      own.fill(
        &noise, Array(row[0..<width]), odd: node.odd.value, offset: offset,
        slope: Lanes.magnitude(node.slope.value))
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
struct LineJumps<S: NodeScalar> {
  /// `sum K`, K the jump of q.
  var value = S(0.0)
  /// `sum K z/sigma`.
  var valueZ = S(0.0)
  /// `sum K (b - y0)`, y0 the reference.
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
    var node = node(piece, t)
    let weight = S.Wide.exp(node.logRatio) * node.stretch
    var (even, odd) = (weight, weight)
    if let fold {
      // Of the weight's derivative the part that is odd is left to the shares, where it does not cancel.
      let share = fold.shares(S.primal(node.offset))
      let half = (node.offset * S.wide(fold.rate)).scaled(by: 0.5)
      let own = S.primal(weight)
      even = weight * S.constant(share.even) + S.function(.zero, slope: own * share.odd, of: half)
      odd = weight * S.constant(share.odd) + S.function(.zero, slope: own * share.even, of: half)
    }
    row[0] = even
    node.odd = odd
    guard row.count > 1 else { return node }
    row[1] = odd * node.offset
    row[2] = (even * node.offset) * node.offset
    guard row.count > 3 else { return node }
    row[3] = odd * node.slope
    guard row.count > 4 else { return node }
    row[4] = even * S.constant(node.curved)
    row[5] = (even * node.slope) * node.offset
    return node
  }

  /// The integrands and bounds on their rounding errors in units of u.
  @inline(__always)
  func fill(_ piece: Int, _ t: Lanes, _ row: inout [Lanes], _ noise: inout [Lanes])
  where S == Double {
    let node = fill(piece, t, &row)
    var own = node.noise.below(row[0])
    // Three roundings of the exponent, whose relative errors are those of 1 - r at most.
    if fold != nil { own.log = own.log + Lanes(8.0) }
    own.fill(
      &noise, row, odd: node.odd, offset: Lanes.magnitude(node.offset),
      slope: Lanes.magnitude(node.slope))
  }

  /// The terms of the marks, divided by the mass of all; those of a folded density with their mirror images.
  func jumps(mass: S) -> LineJumps<S> {
    var result = LineJumps<S>()
    for (k, mark) in density.marks.enumerated() where !mark.isSmooth {
      if fold != nil, k < density.center { continue }
      let fromAnchor = fromAnchor(k)
      let z = fromAnchor * unitZ
      let kernel = S.exp(-(z * anchorZ.addingProduct(z, constant: 0.5)) - anchorLog)
      let unit = kernel / (unitData * mass)
      // A jump of q and its mirror image have opposite signs; jumps of q' have the same.
      var (even, odd) = (S(1.0), S(1.0))
      if let fold, k > density.center { (even, odd) = fold.shares(fromAnchor) }
      let place = LineJumps.Place(
        z: anchorZ * odd + z * even, odd: odd, even: even,
        rate: schedule.sigma, offset: self.offset(k) * unitData)
      // The exponent is made of squares whose roots are each off by 2 u.
      let markZ = anchorZ.primal + z.primal
      let square = markZ * markZ + anchorZ.primal * anchorZ.primal
      let logs = mark.levels.reduce(abs(anchorLog.primal)) { max($0, abs($1.side.logLevel)) }
      result.add(
        mark, unit, place, length: density.unit, lost: 0x1p-53 * (16 + 4 * square + 4 * logs))
    }
    return result
  }

  /// The offset of a mark, where it truly is, from the reference.
  private func offset(_ mark: Int) -> S {
    fromAnchor(mark) + (anchorZ - reference.z) / unitZ
  }
}

extension LineJumps {
  /// A mark, and its mirror image if it has one: what the terms of a jump are multiplied with.
  struct Place {
    /// The sum of both z, each with its sign and share.
    var z: S
    var odd: S
    var even: S
    var rate: S
    var offset: S
  }

  /// Adds a mark where `unit` is the weight of `l q = 1`, l = `length`.
  mutating func add(
    _ mark: DensityMark, _ unit: S, _ place: Place, length: Double, lost: Double
  ) {
    // The jumps of q, which is zero at a kink, and of q'; q grows like a straight line on the right of the mark,
    // falls on the left: q' jumps up.
    var (jump, bend, size) = (0.0, 0.0, 0.0)
    for (sign, side) in mark.levels where side.exponent == 1 || side.exponent == 2 {
      let level = Double.exp(side.logLevel)
      if side.exponent == 1 { jump += sign * level }
      let part = side.exponent == 1 ? sign * level * side.slope : level / length
      (bend, size) = (bend + part, size + abs(part))
    }
    let value = (unit * place.odd).scaled(by: jump)
    let rate = unit.scaled(by: jump) * (place.z / place.rate)
    let offset = (unit * place.even).scaled(by: jump) * place.offset
    self.value = self.value + value
    valueZ = valueZ + rate
    valueOffset = valueOffset + offset
    slope = slope + (unit * place.even).scaled(by: bend)
    add(
      value: abs(value.primal), valueZ: abs(rate.primal), valueOffset: abs(offset.primal),
      slope: abs((unit * place.even).primal) * size, lost)
  }

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
  /// Bounds on the rounding errors of a row of integrands, as many as it has, from the weight of the odd ones and
  /// the magnitudes of the offset and of the slope.
  @inline(__always)
  func fill(
    _ noise: inout [Lanes], _ row: [Lanes], odd: Lanes, offset size: Lanes, slope change: Lanes
  ) {
    let weight = row[0]
    noise[0] = weight * log
    guard row.count > 1 else { return }
    noise[1] = (Lanes.magnitude(row[1]) * log).addingProduct(odd, offset)
    noise[2] = (row[2] * log).addingProduct((weight * size).scaled(by: 2), offset)
    guard row.count > 3 else { return }
    noise[3] = (Lanes.magnitude(row[3]) * log).addingProduct(odd, slope + change)
    guard row.count > 4 else { return }
    noise[4] = (Lanes.magnitude(row[4]) * log).addingProduct(weight, curved)
    let product = (Lanes.magnitude(row[5]) * log).addingProduct(weight, (slope + change) * size)
    noise[5] = product.addingProduct(weight, change * offset)
  }
}
