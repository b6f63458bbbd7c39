import RealModule

/// The time grids of the popular flow-matching schedulers (data at sigma = 0, noise at 1), for a
/// model trained on 1,000 steps.
///
/// Every sigma travels with `1 - sigma`, so that neither end cancels:
///
///     linear    sigma_i from 1 down to 1/1000
///     shift     shift sigma/(shift sigma + (1 - sigma))
///     mu        e^mu sigma/(e^mu sigma + (1 - sigma))
///     terminal  1 - (1 - sigma) (1 - terminal)/(1 - sigma_last)
///
/// *Reference*: Esser et al. (2024), section 5.3.2, for the shift; the widely used schedulers apply
/// it a second time to an already shifted lower end, which `shiftTwice` reproduces.
public struct SigmaGrid: Sendable {
  /// How the sigmas are placed between the first and the last.
  public enum Spacing: String, Sendable, CaseIterable, Explained {
    /// Equal steps of `sigma^(1/7)`.
    case karras
    /// Equal steps of log sigma.
    case exponential
    /// Quantiles of the Beta(0.6, 0.6) law.
    case beta

    package var help: String {
      switch self {
      case .karras: "equal steps of sigma^(1/7)"
      case .exponential: "equal steps of log sigma"
      case .beta: "quantiles of the Beta(0.6, 0.6) law"
      }
    }
  }

  /// The number of steps of the training discretisation.
  public static let trainingSteps = 1000.0

  private typealias Pair = (sigma: Double, rest: Double)

  /// The noise levels, the final 0 included.
  public let sigmas: [Double]
  /// `1000 sigma`, without the final 0.
  public let timesteps: [Double]

  /// The grid of `steps` steps, with a static `shift` or the dynamic `mu`.
  /// - Throws: `outOfDomain`, `nonFinite`, `singular` for one step with a terminal.
  public init(
    steps: Int, shift: Double = 1, mu: Double? = nil, shiftTwice: Bool = false,
    terminal: Double? = nil, spacing: Spacing? = nil
  ) throws(FlowError) {
    guard steps >= 1, steps <= 1_000_000 else {
      throw FlowError.outOfDomain("steps", steps, accepted: "[1, 1000000]")
    }
    try FlowError.checkPositive(shift, "shift")
    if let mu {
      try FlowError.checkFinite(mu, "mu")
      guard !shiftTwice else {
        throw FlowError(
          .outOfDomain, "shift_twice", "shift_twice goes with shift: mu is never applied twice")
      }
    }
    // e^mu or e^-mu, whichever cannot overflow: (factor, divisor).
    let scales = mu.map { $0 > 0 ? (1, Double.exp(-$0)) : (Double.exp($0), 1) } ?? (shift, 1)
    func shifted(_ pair: Pair, by scales: (factor: Double, divisor: Double)) -> Pair {
      guard pair.rest > 0 else { return pair }
      let rest = scales.divisor * pair.rest
      let sum = rest.addingProduct(scales.factor, pair.sigma)
      return (scales.factor * pair.sigma / sum, rest / sum)
    }
    let smallest: Pair = (1 / Self.trainingSteps, (Self.trainingSteps - 1) / Self.trainingSteps)
    let bottom = shiftTwice ? shifted(smallest, by: (shift, 1)) : smallest
    let intervals = Double(max(steps - 1, 1))
    var grid = (0..<steps).map { i -> Pair in
      let down = Double(i)
      return (
        (intervals - down).addingProduct(down, bottom.sigma) / intervals,
        down * bottom.rest / intervals
      )
    }
    grid = grid.map { shifted($0, by: scales) }
    if terminal != nil || spacing != nil {
      let last = grid.last!
      guard last.sigma.isNormal, last.rest.isNormal || steps == 1 else {
        throw FlowError(
          .outOfDomain, mu == nil ? "shift" : "mu",
          "the last of the shifted sigmas or 1 less it is below 2^-1022, so that no terminal and no "
            + "spacing can be measured from it")
      }
    }
    if let terminal { grid = try Self.stretched(grid, to: terminal) }
    if let spacing { grid = Self.respaced(grid, spacing) }
    sigmas = grid.map(\.sigma) + [0]
    timesteps = grid.map { Self.trainingSteps * $0.sigma }
  }

  private static func stretched(
    _ grid: [Pair], to terminal: Double
  ) throws(FlowError) -> [Pair] {
    try FlowError.checkFinite(terminal, "terminal")
    guard terminal >= 0, terminal < 1 else {
      throw FlowError.outOfDomain("terminal", terminal, accepted: "[0, 1)")
    }
    let last = grid.last!
    guard last.rest > 0 else {
      throw FlowError.singular("terminal", "a grid of one step cannot be stretched")
    }
    return grid.map { pair in
      let above = pair.sigma - last.sigma
      return (
        above.addingProduct(pair.rest, terminal) / last.rest,
        pair.rest * (1 - terminal) / last.rest
      )
    }
  }

  private static func respaced(_ grid: [Pair], _ spacing: Spacing) -> [Pair] {
    let high = grid.first!.sigma
    let low = grid.last!.sigma
    let intervals = Double(max(grid.count - 1, 1))
    return grid.indices.map { i in
      let down = Double(i)
      let sigma: Double
      switch spacing {
      case .karras:
        let first = Double.pow(high, 1.0 / 7)
        let last = Double.pow(low, 1.0 / 7)
        let root = ((intervals - down) * first).addingProduct(down, last) / intervals
        let square = root * root
        sigma = square * square * square * root
      case .exponential:
        sigma = high * Double.pow(low / high, down / intervals)
      case .beta:
        let share = betaQuantile((intervals - down) / intervals, rest: down / intervals)
        sigma = low.addingProduct(high - low, share)
      }
      return (sigma, 1 - sigma)
    }
  }

  /// The x at which the distribution function of Beta(a, a), a = 0.6, is `p`; `rest` is `1 - p`.
  ///
  /// By Newton steps on `x^a sum_n (1-a)_n x^n/((a+n) n!) / B(a, a) = p` for p <= 1/2, where the
  /// terms fall like 2^-n, and by symmetry beyond.
  ///
  /// *Reference*: Abramowitz and Stegun, 26.5.4.
  static func betaQuantile(_ p: Double, rest: Double) -> Double {
    if p > 0.5 { return 1 - betaQuantile(rest, rest: p) }
    if p == 0 { return 0 }
    let a = 0.6
    let whole = Double.gamma(a) * Double.gamma(a) / Double.gamma(2 * a)
    var x = min(0.5, Double.pow(p * a * whole, 1 / a))
    for _ in 0..<50 {
      var term = 1.0
      var sum = 1 / a
      var n = 1.0
      while term > 0x1p-60 {
        term *= (n - a) / n * x
        sum += term / (a + n)
        n += 1
      }
      let error = Double.pow(x, a) * sum - p * whole
      let step = error / Double.pow(x * (1 - x), a - 1)
      x -= step
      if abs(step) <= 0x1p-52 * x { break }
    }
    return x
  }
}
