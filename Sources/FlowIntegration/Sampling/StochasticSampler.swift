public import FlowMatching
import RealModule

/// Random trajectories with the same marginals `p_t` as the flow, for any diffusion `g(t) >= 0`:
///
///     dX = (u_t(X) + (g^2/2) grad log p_t(X)) dt + g dW
///
/// The score that is added to the drift undoes, in law, what the noise adds.
///
/// *Proof*: `stochastic_sampler_keeps_marginals`.
/// *Reference*: Song et al. (2021), section 4.3; Albergo et al. (2023), corollary 18.
public struct StochasticSampler: Sendable {
  /// How a step is made.
  public enum Scheme: String, Sendable, CaseIterable, Explained {
    /// Weak order 1: `X + a h + g dW`.
    case eulerMaruyama = "euler_maruyama"
    /// Weak order 2 for noise that does not depend on the state: the trapezoidal rule for the drift,
    /// its second value at the Euler-Maruyama point, with the same noise.
    ///
    /// *Reference*: Kloeden and Platen, Numerical Solution of Stochastic Differential Equations
    /// (1992), equation 15.1.3.
    case heun

    package var help: String {
      switch self {
      case .eulerMaruyama: "weak order 1: X + a h + g dW"
      case .heun: "weak order 2: the trapezoidal rule for the drift, with the same noise"
      }
    }
  }

  /// The exact field whose score and velocity drive it.
  public let field: MarginalField
  /// How a step is made.
  public let scheme: Scheme
  public let steps: Int
  /// `g(t)`.
  public let diffusion: @Sendable (Time<Double>) -> Double

  /// - Throws: `outOfDomain` unless there is a step.
  public init(
    of field: MarginalField, scheme: Scheme = .heun, steps: Int,
    diffusion: @escaping @Sendable (Time<Double>) -> Double
  ) throws(FlowError) {
    guard steps > 0 else {
      throw FlowError.outOfDomain("steps", steps, accepted: "[1, infinity)")
    }
    self.field = field
    self.scheme = scheme
    self.steps = steps
    self.diffusion = diffusion
  }

  /// Carries the rows of `points` from `start` to `end > start`. Row i uses the stream `firstTrajectory + i` of
  /// the seed: it does not depend on its neighbours.
  /// - Throws: `outOfDomain` for the times or a diffusion that is negative, `singular` where the
  ///   field or the score does not exist.
  public func samples(
    from start: Double, to end: Double, at points: [Double], seed: UInt64,
    firstTrajectory: UInt64 = 0
  ) throws(FlowError) -> [Double] {
    _ = try Time(start)
    _ = try Time(end)
    guard start < end else {
      throw FlowError.outOfDomain("t1", end, accepted: "(\(start), 1]")
    }
    let d = field.dimension
    let count = try FlowError.rowCount(of: points, dimension: d, "x")
    var x = points
    for step in 0..<steps {
      func time(_ k: Int) throws(FlowError) -> Time<Double> {
        k == steps ? try Time(end) : try Time(start + (end - start) * Double(k) / Double(steps))
      }
      let (now, next) = (try time(step), try time(step + 1))
      let h = next.t - now.t
      let (g, gNext) = (try noise(at: now), try noise(at: next))
      let normals = normals(count, d, step: step, seed: seed, firstTrajectory)
      let root = h.squareRoot()
      let drift = try drift(at: now, of: x, g)
      let predicted = x.indices.map { x[$0] + h * drift[$0] + g * root * normals[$0] }
      switch scheme {
      case .eulerMaruyama: x = predicted
      case .heun:
        let second = try self.drift(at: next, of: predicted, gNext)
        let mean = 0.5 * (g + gNext) * root
        x = x.indices.map { x[$0] + 0.5 * h * (drift[$0] + second[$0]) + mean * normals[$0] }
      }
    }
    return x
  }

  private func noise(at time: Time<Double>) throws(FlowError) -> Double {
    let g = diffusion(time)
    guard g >= 0, g.isFinite else {
      throw FlowError.outOfDomain("g", g, accepted: "[0, infinity)")
    }
    return g
  }

  private func drift(
    at time: Time<Double>, of x: [Double], _ g: Double
  ) throws(FlowError) -> [Double] {
    let velocities = try field.values(of: .velocity, at: [time], of: x)
    if g == 0 { return velocities }
    let scores = try field.values(of: .score, at: [time], of: x)
    return zip(velocities, scores).map { $0 + 0.5 * g * g * $1 }
  }

  private func normals(
    _ count: Int, _ d: Int, step: Int, seed: UInt64, _ first: UInt64
  ) -> [Double] {
    let pairs = UInt64((d + 1) / 2)
    return (0..<UInt64(count)).flatMap { row in
      RandomStream(seed: seed, stream: 0x7364_6500 &+ (first &+ row) &<< 32)
        .normals(d, at: UInt64(step) &* pairs)
    }
  }
}
