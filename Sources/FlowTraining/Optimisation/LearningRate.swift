import FlowMatching

/// The learning rate of every update.
public struct LearningRate: Sendable, Equatable {
  /// How it falls after the warm-up, as a function of the share s in [0, 1] of the updates that remain
  /// after it which are done.
  public enum Decay: Sendable, Equatable {
    case constant
    /// `(1 + cos(pi s))/2`.
    case cosine
    /// `(1 - s)^power`; Lipman et al. (2023) use power 1.
    case polynomial(power: Double)
  }

  /// The rate after the warm-up.
  public var peak: Double
  /// How the rate falls from there on.
  public var decay: Decay
  /// Updates over which the rate grows linearly to its peak.
  public var warmup: Int

  public init(peak: Double = 1e-3, decay: Decay = .constant, warmup: Int = 0) {
    self.peak = peak
    self.decay = decay
    self.warmup = warmup
  }

  /// The rate of update `number` (from 1) of `total`: `peak number/warmup` up to the end of the warm-up,
  /// then `peak` times the decay.
  public func rate(update number: Int, of total: Int) -> Double {
    if number <= warmup { return peak * Double(number) / Double(warmup) }
    let remaining = total - warmup
    let done = remaining <= 1 ? 0 : Double(number - warmup - 1) / Double(remaining)
    switch decay {
    case .constant: return peak
    case .cosine: return peak * (1 + Double.cosPi(done)) / 2
    case .polynomial(let power): return peak * Double.power(1 - done, power)
    }
  }
}
