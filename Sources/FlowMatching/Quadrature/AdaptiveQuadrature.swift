import RealModule

/// When an adaptive quadrature stops.
public struct QuadratureLimits: Sendable, Equatable {
  /// The error that is asked for, relative to the integral of the magnitude.
  public var relativeTolerance: Double
  /// How often the integrand may be evaluated for one answer.
  public var evaluations: Int

  /// - Throws: `outOfDomain` for a tolerance outside [2^-50, 1) or fewer than 21 evaluations.
  public init(relativeTolerance: Double = 0x1p-50, evaluations: Int = 40_000) throws(FlowError) {
    guard relativeTolerance >= 0x1p-50, relativeTolerance < 1 else {
      throw FlowError.outOfDomain("tolerance", relativeTolerance, accepted: "[2^-50, 1)")
    }
    guard evaluations >= GaussKronrod.count else {
      throw FlowError.outOfDomain("evaluations", evaluations, accepted: "[21, infinity)")
    }
    self.relativeTolerance = relativeTolerance
    self.evaluations = evaluations
  }

  private init() { (relativeTolerance, evaluations) = (0x1p-50, 40_000) }

  /// As accurate as double precision carries.
  public static let standard = QuadratureLimits()
}

/// A part of one piece: `[start, start + width]` of its unit interval, both dyadic and so exact.
struct Panel: Sendable {
  var piece: Int
  var start: Double
  var width: Double
}

/// Integrals of several functions at once, and what is known about them.
struct QuadratureResult: Sendable {
  /// The integrals, their estimated errors with rounding included, and the integrals of the magnitudes.
  var values: [Double]
  var errors: [Double]
  var magnitudes: [Double]
  /// The panels that they are sums over.
  var panels: [Panel]
  var evaluations: Int
  /// Whether what further halving could still remove from every error is within the tolerance.
  var converged: Bool
}

/// `sum over pieces k of the integral of f_k(t) dt over [0, 1]` for a vector of functions that share
/// their nodes: panels are halved until, for every component, the errors that halving can still remove
/// add up to no more than the tolerance times the integral of its magnitude.
///
/// The error of a panel is estimated by `|K - G| + u N` from its Kronrod sum K, its Gauss sum G and the
/// integral N of the integrand's own rounding errors. For a resolved panel K is far more accurate than
/// G, so that the first term is a bound; it is not made smaller, since for a kink or an algebraic end it
/// is no more than an estimate. Where `|K - G|` is below 2 u N, rounding has the better of halving. An
/// integrand may know less of its rounding errors than it makes: where both halves of a panel differ by
/// more than an eighth of what the whole did, and by less than 2^-30 of the integral, the difference
/// is taken for noise. (A jump or a kink disturbs one half only, and what is smooth falls by 2^-20.)
struct AdaptiveQuadrature {
  let limits: QuadratureLimits
  /// How many functions.
  let width: Int
  /// Fills a row with the functions at eight points of a piece, and another with bounds on their
  /// rounding errors in units of `u = 2^-53`.
  typealias Integrand = (
    _ piece: Int, _ t: Lanes, _ row: inout [Lanes], _ noise: inout [Lanes]
  ) -> Void

  func integrate(pieces: some Sequence<Int>, _ integrand: Integrand) -> QuadratureResult {
    integrate(panels: pieces.map { Panel(piece: $0, start: 0, width: 1) }, integrand)
  }

  /// Starts from given panels.
  func integrate(panels: [Panel], _ integrand: Integrand) -> QuadratureResult {
    var table = PanelTable(width: width)
    for panel in panels { table.add(panel, integrand) }
    var evaluations = table.panels.count * GaussKronrod.count
    while true {
      var (result, removable) = table.totals
      result.evaluations = evaluations
      let magnitudes = result.magnitudes
      let bounds = magnitudes.map { limits.relativeTolerance * $0 }
      // Not `>`: what is no number is open.
      let open = (0..<width).map { !(removable[$0] <= bounds[$0]) }
      result.converged = !open.contains(true)
      if result.converged || evaluations >= limits.evaluations { return result }
      let count = table.panels.count
      let shares = (0..<width).map { open[$0] ? bounds[$0] / Double(2 * count) : .infinity }
      table = table.refined(shares, noiseBelow: magnitudes.map { 0x1p-30 * $0 }, integrand)
      // Nothing left to halve: the integrand is not smooth enough.
      if table.panels.count == count { return result }
      evaluations += 2 * (table.panels.count - count) * GaussKronrod.count
    }
  }
}

/// Panels and, for each, a row of integrals, differences `|K - G|`, rounding errors and magnitudes.
private struct PanelTable {
  let width: Int
  var panels: [Panel] = []
  private var values: [Double] = []
  private var differences: [Double] = []
  private var noises: [Double] = []
  private var magnitudes: [Double] = []
  private var row: [Lanes]
  private var noise: [Lanes]
  private var kronrod: [Lanes]
  private var gauss: [Lanes]
  private var rounding: [Lanes]
  private var magnitude: [Lanes]

  init(width: Int) {
    self.width = width
    row = [Lanes](repeating: .zero, count: width)
    (noise, kronrod, gauss, rounding, magnitude) = (row, row, row, row, row)
  }

  /// Whether halving a panel may still make a component more accurate.
  private func isRough(_ place: Int) -> Bool { !(differences[place] <= 2 * noises[place]) }

  /// Sums over all panels, and the part of the errors that halving may remove.
  var totals: (QuadratureResult, removable: [Double]) {
    func total(_ entry: (Int) -> Double) -> [Double] {
      (0..<width).map { i in blockedSum(panels.count) { entry($0 * width + i) } }
    }
    let result = QuadratureResult(
      values: total { values[$0] }, errors: total { differences[$0] + noises[$0] },
      magnitudes: total { magnitudes[$0] }, panels: panels, evaluations: 0, converged: false)
    return (result, total { isRough($0) ? differences[$0] : 0 })
  }

  /// The table with every panel halved that has a removable error over its share.
  func refined(
    _ shares: [Double], noiseBelow bounds: [Double], _ integrand: AdaptiveQuadrature.Integrand
  ) -> PanelTable {
    var next = PanelTable(width: width)
    for (k, panel) in panels.enumerated() {
      let own = k * width..<(k + 1) * width
      let coarse = (0..<width).contains {
        let place = own.lowerBound + $0
        return !(differences[place] <= shares[$0]) && isRough(place)
      }
      if coarse, panel.width > 0x1p-48 {
        let half = panel.width / 2
        next.add(Panel(piece: panel.piece, start: panel.start, width: half), integrand)
        next.add(Panel(piece: panel.piece, start: panel.start + half, width: half), integrand)
        for i in 0..<width where differences[own.lowerBound + i] < bounds[i] {
          next.noteNoise(i, differences[own.lowerBound + i])
        }
      } else {
        next.panels.append(panel)
        next.values += values[own]
        next.differences += differences[own]
        next.noises += noises[own]
        next.magnitudes += magnitudes[own]
      }
    }
    return next
  }

  /// Takes the differences of the last two panels for noise if they are not much smaller than that of
  /// the whole.
  private mutating func noteNoise(_ component: Int, _ whole: Double) {
    let right = (panels.count - 1) * width + component
    let left = right - width
    guard min(differences[left], differences[right]) > whole / 8 else { return }
    for place in [left, right] { noises[place] = max(noises[place], differences[place]) }
  }

  mutating func add(_ panel: Panel, _ integrand: AdaptiveQuadrature.Integrand) {
    for i in 0..<width {
      (kronrod[i], gauss[i], rounding[i], magnitude[i]) = (.zero, .zero, .zero, .zero)
    }
    for group in 0..<3 {
      integrand(panel.piece, panel.nodes(group), &row, &noise)
      let weight = GaussKronrod.weights[group]
      let gaussWeight = GaussKronrod.gaussWeights[group]
      for i in 0..<width {
        let value = row[i]
        kronrod[i] = kronrod[i].addingProduct(weight, value)
        gauss[i] = gauss[i].addingProduct(gaussWeight, value)
        rounding[i] = rounding[i].addingProduct(weight, noise[i])
        magnitude[i] = magnitude[i].addingProduct(weight, Lanes.magnitude(value))
      }
    }
    for i in 0..<width {
      let (value, size) = (kronrod[i].sum, magnitude[i].sum)
      // Six roundings of the sum itself; what underflows is lost.
      let lost = 0x1p-53 * (rounding[i].sum + 6 * size) + 0x1p-1069
      values.append(panel.width * value)
      differences.append(panel.width * abs(value - gauss[i].sum))
      noises.append(panel.width * lost)
      magnitudes.append(panel.width * size)
    }
    panels.append(panel)
  }
}

extension Panel {
  /// One of the groups of eight nodes, as places in the piece's unit interval.
  @inline(__always)
  func nodes(_ group: Int) -> Lanes {
    Lanes(start).addingProduct(GaussKronrod.nodes[group], constant: width)
  }
}

extension Lanes {
  /// The sum of the lanes, in a fixed order.
  @inline(__always)
  package var sum: Double {
    let halves = storage.lowHalf + storage.highHalf
    let quarters = halves.lowHalf + halves.highHalf
    return quarters[0] + quarters[1]
  }

  /// The magnitude of every lane.
  @inline(__always)
  package static func magnitude(_ x: Lanes) -> Lanes {
    Lanes(
      storage: unsafeBitCast(
        unsafeBitCast(x.storage, to: SIMD8<UInt64>.self) & SIMD8(repeating: ~0 >> 1),
        to: SIMD8<Double>.self))
  }
}
