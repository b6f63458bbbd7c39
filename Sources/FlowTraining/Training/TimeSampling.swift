public import FlowMatching
import RealModule

/// The law of the training times, on [lower, 1 - upper].
public struct TimeSampling: Sendable, Equatable {
  /// The law of the times before the cuts.
  public enum Law: Sendable, Equatable {
    case uniform
    /// `t = 1/(1 + exp(-(mean + std z)))`, z standard normal.
    ///
    /// *Proof*: `logit_normal_is_the_density`, `logit_normal_symmetric`.
    case logitNormal(mean: Double, std: Double)
  }

  /// The law of the times before the cuts.
  public var law: Law
  /// The cut-offs: losses of paths whose `sigma'` is infinite at t = 1 need one there.
  public var lower: Double
  /// No time is nearer to 1 than this.
  public var upper: Double

  public init(law: Law = .uniform, lower: Double = 0, upper: Double = 0) {
    self.law = law
    self.lower = lower
    self.upper = upper
  }

  /// Time `index` of the stream.
  public func time(_ index: UInt64, from random: RandomStream) -> Time<Double> {
    let share: (t: Double, remaining: Double)
    switch law {
    case .uniform:
      let u = random.uniforms(at: index).0
      share = (1 - u, u)
    case .logitNormal(let mean, let std):
      let z = mean + std * random.normals(at: index).0
      share = (1 / (1 + Double.exp(-z)), 1 / (1 + Double.exp(z)))
    }
    let length = 1 - lower - upper
    return Time(t: lower + length * share.t, remaining: upper + length * share.remaining)
  }
}
