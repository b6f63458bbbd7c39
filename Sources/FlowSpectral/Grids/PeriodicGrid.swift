public import FlowMatching

/// Equidistant points of a box in one or two dimensions whose opposite sides are one, the last axis
/// fastest.
public struct PeriodicGrid: Sendable, Equatable {
  /// The points `origin + j step`, `0 <= j < count`, of one axis with the period `count step`.
  public struct Axis: Sendable, Equatable {
    /// The first point.
    public let origin: Double
    /// The distance between neighbours.
    public let step: Double
    public let count: Int

    /// - Throws: `nonFinite`, or `outOfDomain` unless the step is positive and the count even and at
    ///   least 4.
    public init(origin: Double, step: Double, count: Int) throws(FlowError) {
      guard origin.isFinite, step.isFinite else {
        throw FlowError(.nonFinite, "grid", "origin = \(origin), step = \(step)")
      }
      guard step > 0 else { throw FlowError.outOfDomain("step", step, accepted: "(0, infinity)") }
      guard count >= 4, count.isMultiple(of: 2) else {
        throw FlowError.outOfDomain("count", count, accepted: "the even numbers from 4")
      }
      self.origin = origin
      self.step = step
      self.count = count
    }

    /// The length after which the grid repeats.
    public var period: Double { step * Double(count) }
    /// Where the points are.
    public var places: [Double] { (0..<count).map { origin + Double($0) * step } }
    /// The largest wave number that the points can tell from a smaller one, `pi/step`.
    public var nyquist: Double { .pi / step }

    /// The modes of a full axis, `0, 1, ..., N/2, -N/2 + 1, ..., -1`, or of a half one, `0...N/2`.
    func modes(half: Bool) -> [Int] {
      half ? Array(0...count / 2) : (0..<count).map { $0 <= count / 2 ? $0 : $0 - count }
    }
    /// The wave number of a mode, `2 pi n/period`.
    func waveNumber(_ mode: Int) -> Double { 2 * .pi * Double(mode) / period }
  }

  /// The axes, one or two.
  public let axes: [Axis]

  /// The most points that a grid may have.
  public static let largestCount = 1 << 24

  /// - Throws: `unsupported` unless there are one or two axes, `outOfDomain` for more than 2^24 points.
  public init(_ axes: [Axis]) throws(FlowError) {
    guard axes.count == 1 || axes.count == 2 else {
      throw FlowError(
        .unsupported, "dimension", "grids have one or two axes, not \(axes.count)")
    }
    var total = 1
    for axis in axes {
      let (product, overflow) = total.multipliedReportingOverflow(by: axis.count)
      guard !overflow, product <= Self.largestCount else {
        throw FlowError.outOfDomain(
          "grid", axes.map(\.count), accepted: "at most \(Self.largestCount) points")
      }
      total = product
    }
    self.axes = axes
  }

  /// The same axis in every dimension, from `lower` to at least `upper`: the step is the largest power
  /// of two that is at most `step`, every point a multiple of it, and their number a power of two, so
  /// that points, period and their ratios are exact.
  /// - Throws: as the others.
  public init(
    dimension: Int, covering lower: Double, _ upper: Double, step largest: Double
  ) throws(FlowError) {
    guard lower.isFinite, upper.isFinite, largest.isFinite else {
      throw FlowError(.nonFinite, "grid", "[\(lower), \(upper)] in steps of \(largest)")
    }
    guard lower < upper, largest > 0 else {
      throw FlowError.outOfDomain(
        "grid", [lower, upper, largest], accepted: "lower < upper and a step above 0")
    }
    let step = Double(sign: .plus, exponent: Int(largest.exponent), significand: 1)
    let needed = (upper - lower) / step + 3
    guard needed <= Double(Self.largestCount) else {
      throw FlowError.outOfDomain(
        "grid", needed, accepted: "at most \(Self.largestCount) points; raise the step")
    }
    var count = 8
    while Double(count) < needed { count *= 2 }
    let middle = (lower / 2 + upper / 2) / step
    let origin = (middle.rounded(.down) - Double(count / 2)) * step
    let axis = try Axis(origin: origin, step: step, count: count)
    try self.init([Axis](repeating: axis, count: dimension))
  }

  /// The number of axes.
  public var dimension: Int { axes.count }
  /// How many points there are.
  public var count: Int { axes.reduce(1) { $0 * $1.count } }
  /// The volume that one point stands for.
  public var cell: Double { axes.reduce(1) { $0 * $1.step } }
  /// The volume of the period.
  public var volume: Double { axes.reduce(1) { $0 * $1.period } }

  /// The points, a row each.
  public var points: [Double] {
    let last = axes[axes.count - 1].places
    if axes.count == 1 { return last }
    return axes[0].places.flatMap { x in last.flatMap { [x, $0] } }
  }

  var counts: [Int] { axes.map(\.count) }

  /// The modes of the rows of half a spectrum, one row in one dimension.
  var rowModes: [Int] { axes.count == 1 ? [0] : axes[0].modes(half: false) }
  /// The modes within a row.
  var columnModes: [Int] { axes[axes.count - 1].modes(half: true) }

  /// Wave numbers of the rows (one zero in one dimension) and within a row.
  var rowNumbers: [Double] {
    axes.count == 1 ? [0] : rowModes.map { axes[0].waveNumber($0) }
  }
  var columnNumbers: [Double] { columnModes.map { axes[axes.count - 1].waveNumber($0) } }
}
