import RealModule

/// One query to a density on the line: where its anchor is, what its quadrature found, and which forms
/// of the moments lose the fewest digits.
struct LineQuery<Density: LineDensity> {
  let integrand: LineIntegrand<Density, Double>
  let result: QuadratureResult
  let forms: LineForms
  /// Whether the integrals over the density's slope were taken.
  let usesDensity: Bool
  let width: Int
  let moments: LineMoments<Double>

  /// Whether there is a mark where q is continuous and a derivative is not, and the kernel no zero.
  var hasKink: Bool {
    integrand.density.marks.enumerated().contains { k, mark in
      !mark.isSmooth && !mark.isJump && integrand.isInReach(k, exponent: 700)
    }
  }

  /// - Throws: `noConvergence`, with the best log density so far.
  init(
    _ density: Density, x: Double, _ schedule: Schedule<Double>, _ wanted: Moments,
    limits: QuadratureLimits, folds: Bool = true
  ) throws(FlowError) {
    func seen(
      isFolded: Bool
    ) throws(FlowError) -> (integrand: LineIntegrand<Density, Double>, live: [Int]) {
      let frame = LineFrame(density, x: x, schedule, isFolded: isFolded)
      guard !frame.pieces.isEmpty else {
        throw FlowError(
          .noConvergence, "x",
          "beside the kernel at x = \(x) the density, of the length \(density.scale), is a point of its marks"
        )
      }
      var integrand = LineIntegrand(
        density, frame, x: x, schedule,
        anchor: LineFrame.Place(mark: density.center, offset: 0))
      let live = integrand.findAnchor()
      return (integrand, live)
    }
    var (integrand, live) = try seen(isFolded: false)
    if folds, density.isSymmetric, integrand.hasTwin {
      (integrand, live) = try seen(isFolded: true)
      integrand.foldAboutCenter()
    }
    let frame = integrand.frame
    let regular = integrand.regularity
    let second = !wanted.isDisjoint(with: [.traces, .jacobians, .rates])
    usesDensity =
      density.hasSlope && (frame.isNarrow || integrand.isFarOut) && regular.hasLimits
      && !wanted.isEmpty
    width =
      wanted.isEmpty
      ? 1 : !usesDensity ? 3 : second && regular.hasSlopes ? LineComponent.count : 4
    let settled = integrand
    let quadrature = AdaptiveQuadrature(limits: limits, width: width)
    let found = quadrature.integrate(pieces: live) { piece, t, row, noise in
      settled.fill(piece, t, &row, &noise)
    }
    guard found.converged, found.values[0] > 0, found.values[0].isFinite else {
      let moments = LineMoments(integrand, sums: found.values, usesDensity: false)
      let (log, error) = (moments.logDensity, found.errors[0] / found.values[0])
      throw FlowError(
        .noConvergence, "x",
        "the quadrature at x = \(x) ended after \(found.evaluations) evaluations"
          + (log.isFinite && error.isFinite
            ? "; the log density is \(log) within about \(error)" : " without a finite mass"))
    }
    result = found
    self.integrand = integrand
    let moments = LineMoments(integrand, sums: found.values, usesDensity: usesDensity)
    self.moments = moments
    forms = Self.chosen(moments, found, usesDensity, width)
  }

  /// The form with the smaller addends, unless the two contradict each other, as they do for a density
  /// with a jump that has no mark.
  private static func chosen(
    _ moments: LineMoments<Double>, _ found: QuadratureResult, _ usesDensity: Bool, _ width: Int
  ) -> LineForms {
    var forms = LineForms()
    guard usesDensity else { return forms }
    let sizes = LineSizes(moments, found.magnitudes)
    let byDensity = LineForms(scoreFromDensity: true, slopeFromDensity: true)
    func agree(_ a: Double, _ b: Double, _ size: Double) -> Bool {
      abs(a - b) <= 0x1p-40 * size
    }
    forms.scoreFromDensity =
      sizes.densityScore < sizes.kernelScore
      && agree(
        moments.negativeScore(forms), moments.negativeScore(byDensity),
        sizes.densityScore + sizes.kernelScore)
    guard width == LineComponent.count else { return forms }
    forms.slopeFromDensity =
      sizes.densitySlope < sizes.kernelSlope
      && agree(
        moments.negativeScoreSlope(forms), moments.negativeScoreSlope(byDensity),
        sizes.densitySlope + sizes.kernelSlope)
    return forms
  }
}

/// The magnitudes of what both forms of `g` and `dg/dx` are sums of.
struct LineSizes {
  var kernelScore: Double
  var densityScore: Double
  var kernelSlope: Double
  var densitySlope: Double

  init(_ m: LineMoments<Double>, _ magnitudes: [Double]) {
    let size = magnitudes.map { $0 / m.mass }
    (densityScore, densitySlope) = (.infinity, .infinity)
    (kernelScore, kernelSlope) = (abs(m.z0) / m.sigma, 1 / m.variance)
    guard size.count > LineComponent.square else { return }
    let z = m.unitZ * size[LineComponent.offset]
    kernelScore = (abs(m.z0) + z) / m.sigma
    kernelSlope = (1 + m.unitZ * m.unitZ * size[LineComponent.square] + z * z) / m.variance
    guard size.count > LineComponent.slope else { return }
    let tilt = size[LineComponent.slope] + m.jumps.sizes.value
    densityScore = (abs(m.c) + tilt) / m.alpha
    guard size.count == LineComponent.count else { return }
    let smooth = tilt * tilt + size[LineComponent.curved] + m.jumps.sizes.slope
    densitySlope =
      ((smooth + 2 * abs(m.c) * m.jumps.sizes.value) / m.alpha + m.jumps.sizes.valueZ) / m.alpha
  }
}

extension LineIntegrand where S == Double {
  /// The exponent of the integrand over t, relative to the anchor, at eight places.
  private func exponents(_ piece: Int, _ t: Lanes) -> Lanes {
    let power = frame.pieces[piece].power
    let log = node(piece, t).logRatio
    if power == 1 { return log }
    if isRelative, geometry[piece].end != nil { return log }
    return log.addingProduct(Lanes.log(t), constant: power - 1)
  }

  /// Moves the anchor to about the largest weight: eight places in every piece, then three closer looks
  /// around the best. Returns the pieces whose share can matter.
  mutating func findAnchor() -> [Int] {
    start(at: firstPlace)
    var best = (exponent: -Double.infinity, piece: 0, t: 0.5)
    var peaks: [Double] = []
    func look(_ piece: Int, from start: Double, step: Double) -> Double {
      var places = Lanes(0.0)
      for lane in 0..<Lanes.count { places[lane] = start + step * Double(lane) }
      let exponents = exponents(piece, places)
      var peak = -Double.infinity
      for lane in 0..<Lanes.count where exponents[lane] > peak {
        peak = exponents[lane]
        if peak > best.exponent { best = (peak, piece, places[lane]) }
      }
      return peak
    }
    for piece in frame.pieces.indices {
      let geometry = geometry[piece]
      let length = abs(geometry.length * geometry.power)
      let peak = look(piece, from: 0x1p-4, step: 0x1p-3)
      // In the far tail the second moment weighs more than the mass.
      let middle = geometry.near + geometry.length * Double.pow(0.5, geometry.power)
      let place = (middle - anchorOffset) + geometry.fromAnchor
      let distance = abs(place) / (density.scale / unitData)
      peaks.append(peak + Double.log(length) + 2 * Double.log(onePlus: distance))
    }
    var step = 0x1p-4
    for _ in 0..<4 {
      let start = max(best.t - step, 0x1p-30)
      let end = min(best.t + step, 1)
      _ = look(best.piece, from: start, step: (end - start) / 7)
      step = (end - start) / 7
    }
    let widest = geometry[best.piece]
    let bar = best.exponent + Double.log(abs(widest.length * widest.power))
    let piece = frame.pieces[best.piece]
    let far = piece.far.offset + between(piece.far.mark, and: piece.near.mark)
    // Next to an end where q is infinite any place will do; far from it that factor is a small one.
    let end = isRelative ? geometry[best.piece].end : nil
    let share = max(Double.pow(best.t, piece.power), end == nil ? 0 : 0.5)
    move(
      to: LineFrame.Place(
        mark: piece.near.mark,
        offset: piece.near.offset + (far - piece.near.offset) * share))
    if let end { count(fromMark: end.mark) }
    // The averages over the density's slope may vanish all around the anchor and have their whole, tiny
    // value far away, beyond a kink: for them everything counts that does not underflow.
    let drop = frame.isNarrow || isFarOut ? 700.0 : 80
    return frame.pieces.indices.filter {
      peaks[$0] > min(bar, peaks[best.piece]) - drop || $0 == best.piece
    }
  }

  /// Where the kernel hardly changes over the bulk, next to the density's centre: seen from a place that is twenty
  /// decades away one place of the bulk is like any other. Elsewhere, and for slices of the plane, whose bulk may be
  /// anywhere, the place that is nearest to the kernel's peak.
  private var firstPlace: LineFrame.Place {
    guard !frame.isNarrow, density.hasSlope,
      let piece = frame.pieces.first(where: {
        $0.near.mark == density.center && $0.near.offset == 0
      }), abs(z(piece)) * (density.scale / unitData * unitZ) < 1
    else { return nearestPlace }
    let far = piece.far.offset + between(piece.far.mark, and: piece.near.mark)
    return LineFrame.Place(mark: piece.near.mark, offset: 0.5 * far)
  }

  /// The place of the support that is nearest to the kernel's peak, or next to it.
  private var nearestPlace: LineFrame.Place {
    let piece = frame.pieces.min { abs(z($0)) < abs(z($1)) }!
    let far = piece.far.offset + between(piece.far.mark, and: piece.near.mark)
    return LineFrame.Place(
      mark: piece.near.mark, offset: piece.near.offset + 0.5 * (far - piece.near.offset))
  }

  private func z(_ piece: LineFrame.LinePiece) -> Double {
    let far = piece.far.offset + between(piece.far.mark, and: piece.near.mark)
    let middle = piece.near.offset + 0.5 * (far - piece.near.offset)
    if frame.isNarrow { return positions[piece.near.mark] + middle }
    return ((positions[piece.near.mark] - kernelPosition) + middle) * unitZ
  }

  /// The place of the kernel's peak in the frame's coordinate; 0 for a frame that has none.
  private var kernelPosition: Double {
    positions.count > density.marks.count ? positions[density.marks.count] : 0
  }

  /// Whether the kernel's peak is not left of the centre of a symmetric density and the anchor's mirror image has a
  /// weight of more than `e^-2` of its own.
  var hasTwin: Bool {
    let center = fromAnchor(density.center)
    let fromKernel = anchorZ + center * unitZ
    return fromKernel <= 0 && abs(2 * fromKernel * (center * unitZ)) <= 2
  }

  /// Whether the weight lies so far from the bulk that the kernel is the narrower factor there.
  var isFarOut: Bool {
    isRelative && abs(fromAnchor(density.center) * unitZ) > 8
  }

  /// The largest distance between x and a mark that matters, times alpha: it is rounded once.
  var distanceInReach: Double {
    let marks = density.marks.indices.filter { isRelative ? isInReach($0, exponent: 60) : true }
    let distances = marks.map { abs(schedule.gap(x, constant: density.marks[$0].position)) }
    let own = abs(schedule.sigma * anchorZ)
    return max(own, frame.isNarrow ? distances.max() ?? 0 : distances.min() ?? 0)
  }

  /// Whether the kernel at a mark is above `e^-exponent` of that at the anchor.
  func isInReach(_ mark: Int, exponent: Double) -> Bool {
    let z = fromAnchor(mark) * unitZ
    return !(z * (anchorZ + z / 2) > exponent)
  }

  /// Whether q, and its slope, have limits at every mark that the kernel reaches.
  var regularity: (hasLimits: Bool, hasSlopes: Bool) {
    var result = (hasLimits: true, hasSlopes: true)
    for (k, mark) in density.marks.enumerated() where isInReach(k, exponent: 60) {
      for (_, side) in mark.levels {
        if !side.hasLimit { result.hasLimits = false }
        if !side.hasSlope { result.hasSlopes = false }
      }
    }
    return result
  }
}
