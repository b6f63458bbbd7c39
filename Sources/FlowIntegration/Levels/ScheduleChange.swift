import FlowMatching
import RealModule

/// A path at two times, and what changes between them.
///
/// *Accuracy*: the changes of alpha and of the variance to a few u of themselves, however close the times are.
struct ScheduleChange: Sendable {
  let start: Schedule<Double>
  let end: Schedule<Double>
  /// `t1 - t0`, exact for times that are close.
  let span: Double
  /// `alpha(t1) - alpha(t0)`.
  let alpha: Double
  /// `sigma(t1)^2 - sigma(t0)^2`.
  let variance: Double

  init(_ path: any ProbabilityPath, from start: Time<Double>, to end: Time<Double>) {
    self.start = path.schedule(at: start)
    self.end = path.schedule(at: end)
    span = Self.span(from: start, to: end)
    let plain = (self.end.alpha - self.start.alpha, self.end.variance - self.start.variance)
    func isSafe(_ change: Double, _ a: Double, _ b: Double) -> Bool {
      change == 0 ? a == 0 && b == 0 : abs(change) >= max(abs(a), abs(b)) / 4
    }
    if span == 0 {
      (alpha, variance) = (0, 0)
    } else if isSafe(plain.0, self.start.alpha, self.end.alpha),
      isSafe(plain.1, self.start.variance, self.end.variance)
    {
      (alpha, variance) = plain
    } else {
      let rising = span > 0
      let sums = Self.integrals(path, from: rising ? start : end, to: rising ? end : start)
      let sign: Double = rising ? 1 : -1
      alpha =
        isSafe(plain.0, self.start.alpha, self.end.alpha) ? plain.0 : sign * sums.alpha
      variance =
        isSafe(plain.1, self.start.variance, self.end.variance) ? plain.1 : sign * sums.variance
    }
  }

  /// `log(last/first)` of two lengths whose squares differ by `widening`.
  static func stretch(from first: Double, to last: Double, widening: Double) -> Double {
    let ratio = widening / (first * first)
    return abs(ratio) < 0.5 ? Double.log(onePlus: ratio) / 2 : Double.log(last / first)
  }

  static func span(from start: Time<Double>, to end: Time<Double>) -> Double {
    max(start.remaining, end.remaining) <= 0.5
      ? start.remaining - end.remaining : end.t - start.t
  }

  /// The integrals of alpha' and of (sigma^2)' from a time to a later one, by Gauss's rule on pieces that are no
  /// longer than 1/16 and than their distance from t = 0, where powers of t are not analytic.
  private static func integrals(
    _ path: any ProbabilityPath, from low: Time<Double>, to high: Time<Double>
  ) -> (alpha: Double, variance: Double) {
    var (alpha, variance) = (0.0, 0.0)
    var upper = high
    while true {
      let whole = span(from: low, to: upper)
      let isLast = whole <= min(0.0625, upper.t / 2) || upper.t < 0x1p-120
      let width = isLast ? whole : min(0.0625, upper.t / 2)
      var (a, v) = (0.0, 0.0)
      for (node, weight) in GaussLegendre.rule {
        let schedule = path.schedule(
          at: Time(t: upper.t - width * node, remaining: upper.remaining + width * node))
        a += weight * schedule.alphaDot
        v += weight * schedule.varianceDot
      }
      alpha += width * a
      variance += width * v
      if isLast { return (alpha, variance) }
      upper = Time(t: upper.t - width, remaining: upper.remaining + width)
    }
  }
}
