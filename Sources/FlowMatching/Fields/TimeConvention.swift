/// Which end of [0, 1] is the noise, and what the velocity's sign means.
public enum TimeConvention: String, Sendable, CaseIterable {
  /// Ours: noise at 0, data at 1, velocity dx/dt. Lipman et al.; torchcfm; SiT.
  case noise0Data1 = "noise0_data1"
  /// Data at 0, noise at 1, velocity dx/dt = eps - x1. diffusers; Stable Diffusion 3; FLUX.
  case data0Noise1 = "data0_noise1"
  /// Data at 0, noise at 1, but velocity MINUS dx/dt: a sampler that adds `dt v` while t falls.
  ///
  /// *Proof*: `lecture_sampler_reaches_the_data`.
  case data0Noise1Reversed = "data0_noise1_reversed"

  /// The same point of the same flow in another convention.
  ///
  /// *Proof*: `time_reversal`.
  public func convert(
    _ time: Time<Double>, x: [Double], velocity: [Double], to other: TimeConvention
  ) throws(FlowError) -> (time: Time<Double>, x: [Double], velocity: [Double]) {
    try checkPair(x, "x", velocity, "velocity")
    let flipped = (self == .noise0Data1) != (other == .noise0Data1)
    let negated = (self == .data0Noise1) != (other == .data0Noise1)
    return (
      flipped ? Time(t: time.remaining, remaining: time.t) : time, x,
      negated ? velocity.map { -$0 } : velocity
    )
  }
}

extension TimeConvention: Explained {
  package var help: String {
    switch self {
    case .noise0Data1: "noise at 0, data at 1, velocity dx/dt; the one used here"
    case .data0Noise1: "data at 0, noise at 1, velocity dx/dt"
    case .data0Noise1Reversed: "data at 0, noise at 1, velocity minus dx/dt"
    }
  }
}
