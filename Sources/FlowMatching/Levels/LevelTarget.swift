/// One part of a distribution on the line: how much of the mass it has, and its law.
public struct LinePart: Sendable {
  /// The laws whose distribution function is known at every time of a path.
  public enum Law: Sendable {
    /// N(mean, std^2); with std = 0 a point.
    case gaussian(mean: Double, std: Double)
    /// A density, integrated over.
    case density(any LineDensity)
  }

  /// The part of the mass: those of one axis sum to one.
  public let share: Double
  /// How that mass lies on the line.
  public let law: Law

  public init(share: Double, law: Law) { (self.share, self.law) = (share, law) }
}

/// A distribution whose coordinates `Q^T (x - center)` are independent, each a sum of parts on the line.
public struct LineAxes: Sendable {
  /// The parts of every axis.
  public var axes: [[LinePart]]
  /// Q, orthogonal, row i and column a: component i of axis a. `nil` for the axes as they are.
  public var rotation: [Double]?
  /// Where the axes are counted from; `nil` for 0.
  public var center: [Double]?

  public init(_ axes: [[LinePart]], rotation: [Double]? = nil, center: [Double]? = nil) {
    (self.axes, self.rotation, self.center) = (axes, rotation, center)
  }
}

/// A target whose flow keeps levels of distribution functions on the line: in one dimension, or with independent axes.
public protocol LevelTarget: Target {
  /// Its axes; `nil` where they do not separate.
  var lineAxes: LineAxes? { get }
}

extension GaussianMixture: LevelTarget {
  /// On the line its components; of one component the principal axes.
  public var lineAxes: LineAxes? {
    let parts = parts
    let d = dimension
    guard d == 1 || parts.shares.count == 1 else { return nil }
    if let stds = parts.stds {
      if d > 1 {
        return LineAxes(
          parts.means.map { [LinePart(share: 1, law: .gaussian(mean: $0, std: stds[0]))] })
      }
      return LineAxes([
        parts.shares.indices.map {
          LinePart(share: parts.shares[$0], law: .gaussian(mean: parts.means[$0], std: stds[$0]))
        }
      ])
    }
    guard case .full(let family) = shape else { return nil }
    if d == 1 {
      return LineAxes([
        parts.shares.indices.map { k in
          let std = family.covariances[k].eigenvalues[0].squareRoot()
          return LinePart(
            share: parts.shares[k], law: .gaussian(mean: parts.means[k], std: std))
        }
      ])
    }
    let covariance = family.covariances[0]
    return LineAxes(
      covariance.eigenvalues.map {
        [LinePart(share: 1, law: .gaussian(mean: 0, std: $0.squareRoot()))]
      }, rotation: covariance.eigenvectors, center: parts.means)
  }
}

extension UniformBoxes: LevelTarget {
  /// On the line the boxes; of one box its edges.
  public var lineAxes: LineAxes? {
    let parts = parts
    let d = dimension
    guard d == 1 || parts.shares.count == 1 else { return nil }
    var all: [LinePart] = []
    for (k, corner) in parts.lower.enumerated() {
      guard let density = try? UniformDensity(lower: corner, upper: parts.upper[k]) else {
        return nil
      }
      all.append(LinePart(share: d == 1 ? parts.shares[k] : 1, law: .density(density)))
    }
    return LineAxes(d == 1 ? [all] : all.map { [$0] })
  }
}

extension LineTarget: LevelTarget {
  public var lineAxes: LineAxes? {
    LineAxes([[LinePart(share: 1, law: .density(density))]])
  }
}

extension ProductTarget: LevelTarget {
  /// Those of the factors, if all have them.
  public var lineAxes: LineAxes? {
    var all = LineAxes([])
    var isTurned = false
    var parts: [LineAxes] = []
    for factor in factors {
      guard let own = (factor as? any LevelTarget)?.lineAxes else { return nil }
      parts.append(own)
      all.axes += own.axes
      isTurned = isTurned || own.rotation != nil
    }
    guard isTurned else { return all }
    let d = all.axes.count
    var rotation = (0..<d * d).map { $0 / d == $0 % d ? 1.0 : 0.0 }
    var center = [Double](repeating: 0, count: d)
    var first = 0
    for part in parts {
      let count = part.axes.count
      for i in 0..<count {
        if let own = part.center { center[first + i] = own[i] }
        guard let own = part.rotation else { continue }
        for a in 0..<count { rotation[(first + i) * d + first + a] = own[i * count + a] }
      }
      first += count
    }
    return LineAxes(all.axes, rotation: rotation, center: center)
  }
}
