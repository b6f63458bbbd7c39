import RealModule
import Synchronization

/// Quadrature nodes on a curve, shared by all queries: a table for every fineness, made when it is first
/// needed.
///
/// Closed pieces have equidistant nodes, whose sum converges faster than any power of the step for
/// periodic functions. Open ones have panels of about equal length with 16 Gauss nodes each. Every
/// level has twice the nodes of the one before.
///
/// *Reference*: Trefethen and Weideman, The exponentially convergent trapezoidal rule (2014).
final class CurveNodes: Sendable {
  let curve: PlaneCurve
  let std: Double
  /// The length of every piece.
  let lengths: [Double]
  private let tables = Mutex<[Fineness: GaussianMixture]>([:])

  /// How fine a table is: the nodes of open pieces double with every level, and their panels next to
  /// the ends are halved `depth` times towards the end.
  struct Fineness: Hashable {
    var level: Int
    var depth: Int

    static let coarsest = Fineness(level: 0, depth: 0)
    /// Twice the nodes, and one more half towards the ends.
    var next: Fineness { Fineness(level: level + 1, depth: depth + 1) }
  }

  /// The finest level.
  static let finest = 14

  init(_ curve: PlaneCurve, std: Double) {
    (self.curve, self.std) = (curve, std)
    lengths = curve.pieces.map { piece in
      (0..<64).reduce(0.0) { $0 + piece.speed((Double($1) + 0.5) / 64) / 64 }
    }
  }

  /// How many nodes a piece has at a level, without those towards its ends.
  func nodeCount(_ piece: Int, level: Int) -> Int {
    let turns = max(1, curve.pieces[piece].turns.rounded(.up))
    return 16 * Int(turns) << level
  }

  /// The coarsest table that resolves a Gaussian factor of `rate` (one over its width along the curve),
  /// and next to ends of the curve an exponential one of `endRate`, to double precision; beyond
  /// ``finest`` if there is none.
  ///
  /// For 16 Gauss nodes on a panel of half-width H/rate the error is below `(e H^2/128)^16`, 1e-17 for
  /// H = 2; for equidistant nodes at distance h/rate below `2 exp(-2 pi^2/h^2)`, 1e-17 for h = 0.7; for
  /// 16 nodes on `exp(-k t)`, t from 0 to 1, below `(e k/128)^32`, 1e-19 for k = 12.
  func fineness(rate: Double, endRate: Double) -> Fineness {
    var level = 0
    for k in curve.pieces.indices {
      let width = curve.pieces[k].isClosed ? 0.7 : 4.0 / 16
      let needed = lengths[k] * rate / width
      while level <= Self.finest, Double(nodeCount(k, level: level)) < needed { level += 1 }
    }
    var depth = 0
    for k in curve.pieces.indices where !curve.pieces[k].isClosed {
      let panel = lengths[k] / Double(nodeCount(k, level: level) / 16)
      while depth < 60, panel * endRate > 12 * Double(sign: .plus, exponent: depth, significand: 1)
      {
        depth += 4
      }
    }
    return Fineness(level: level, depth: depth)
  }

  /// The curve as a mixture with one narrow component per node.
  func table(_ fineness: Fineness) -> GaussianMixture {
    tables.withLock { tables in
      if let table = tables[fineness] { return table }
      let table = make(fineness)
      tables[fineness] = table
      return table
    }
  }

  private func make(_ fineness: Fineness) -> GaussianMixture {
    var means: [Double] = []
    var weights: [Double] = []
    for (k, piece) in curve.pieces.enumerated() {
      let count = nodeCount(k, level: fineness.level)
      func add(_ w: Double, _ weight: Double) {
        let point = piece.point(w)
        means += [point.0, point.1]
        weights.append(piece.share * weight * piece.measure(w))
      }
      if piece.isClosed {
        for i in 0..<count { add(Double(i) / Double(count), 1 / Double(count)) }
      } else {
        let cuts = graded(cuts(piece, panels: count / 16), fineness.depth)
        for (start, end) in zip(cuts, cuts.dropFirst()) {
          for (node, weight) in GaussLegendre.rule {
            add(start + (end - start) * node, (end - start) * weight)
          }
        }
      }
    }
    do throws(FlowError) {
      return try GaussianMixture(dimension: 2, means: means, stds: [std], weights: weights)
    } catch {
      preconditionFailure("the nodes of a checked curve: \(error)")
    }
  }

  /// The cuts with the first and the last panel halved `depth` times towards the ends: a point far
  /// beyond an end sees the density fall off exponentially from there.
  private func graded(_ cuts: [Double], _ depth: Int) -> [Double] {
    guard depth > 0 else { return cuts }
    var cuts = cuts
    if cuts.count == 2 { cuts.insert(cuts[0] + (cuts[1] - cuts[0]) / 2, at: 1) }
    let (first, last) = (cuts[0], cuts[cuts.count - 1])
    let (start, end) = (cuts[1] - first, last - cuts[cuts.count - 2])
    func part(_ j: Int) -> Double { Double(sign: .plus, exponent: -j, significand: 1) }
    let towardsStart = (1...depth).reversed().map { first + start * part($0) }
    let towardsEnd = (1...depth).map { last - end * part($0) }
    let all = [first] + towardsStart + cuts.dropFirst().dropLast() + towardsEnd + [last]
    return all.enumerated().filter { $0 == 0 || $1 > all[$0 - 1] }.map(\.element)
  }

  /// Parameters that cut the piece into panels of about equal length.
  private func cuts(_ piece: PlaneCurve.Piece, panels: Int) -> [Double] {
    let steps = 1024
    var lengths = [0.0]
    for i in 0..<steps {
      lengths.append(lengths[i] + piece.speed((Double(i) + 0.5) / Double(steps)))
    }
    var cuts: [Double] = []
    var i = 0
    for panel in 0...panels {
      let wanted = lengths[steps] * Double(panel) / Double(panels)
      while i < steps - 1, lengths[i + 1] < wanted { i += 1 }
      let part = (wanted - lengths[i]) / (lengths[i + 1] - lengths[i])
      cuts.append(panel == panels ? 1 : (Double(i) + part) / Double(steps))
    }
    return cuts
  }
}
