#if arch(x86_64)
  import FlowMatching

  /// What the accuracy promise is judged by: definitions evaluated in extended precision.
  enum Precise {
    /// The error of `got` over `budget u (|y| + sensitivity)`, where y and its sensitivities come
    /// from `definition`, a function of t, 1 - t and of the numbers that went in.
    static func error(
      of got: Double, budget: Float80, at time: Time<Double>, _ numbers: [Double],
      _ definition: (Float80, Float80, [Float80]) -> Float80
    ) -> Double {
      let (error, allowance) = judge(of: got, budget: budget, at: time, numbers, definition)
      return Double(error / allowance)
    }

    /// The error and what is allowed of it.
    static func judge(
      of got: Double, budget: Float80, at time: Time<Double>, _ numbers: [Double],
      _ definition: (Float80, Float80, [Float80]) -> Float80
    ) -> (error: Float80, allowance: Float80) {
      let (t, r) = both(time)
      let z = numbers.map { Float80($0) }
      let truth = definition(t, r, z)
      guard truth.isFinite else { return (got == Double(truth) ? 0 : .infinity, 1) }
      let h: Float80 = 0x1p-22
      let step = min(t, r) * h
      var sensitivity =
        step == 0
        ? 0
        : abs(definition(t + step, r - step, z) - definition(t - step, r + step, z)) / (2 * h)
      for i in z.indices where z[i] != 0 {
        var (up, down) = (z, z)
        up[i] *= 1 + h
        down[i] *= 1 - h
        sensitivity += abs(definition(t, r, up) - definition(t, r, down)) / (2 * h)
      }
      let allowance = budget * (0x1p-53 * (abs(truth) + sensitivity) + 0x1p-1022)
      return (abs(Float80(got) - truth), allowance)
    }

    /// t and 1 - t, from the one that is exact.
    static func both(_ time: Time<Double>) -> (t: Float80, r: Float80) {
      time.t < 0.5
        ? (Float80(time.t), 1 - Float80(time.t))
        : (1 - Float80(time.remaining), Float80(time.remaining))
    }
  }
#endif
