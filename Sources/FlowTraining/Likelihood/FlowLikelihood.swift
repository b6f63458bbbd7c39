import FlowMatching
import RealModule

/// The negative log-likelihood of a continuous normalizing flow and its exact gradient through the
/// solver: what training was before flow matching.
///
///     -log p_1(x1) = -log N(x(0); 0, I) + integral over [0, 1] of div v(x(t), t) dt,   dx/dt = v
///
/// from t = 1 back to t = 0 by `steps` equal steps of the classical Runge-Kutta method; the gradient is
/// that of the discrete computation, by reversing every stage.
///
/// *Reference*: Chen et al. (2018), section 4; Grathwohl et al. (2019).
struct FlowLikelihood: Sendable {
  let network: DifferentiatedNetwork
  let steps: Int

  private static let weights = [1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6]
  private static let places = [0, 0.5, 0.5, 1]

  /// The loss of one data point.
  func value(_ x1: [Double]) -> Double { travel(x1).loss }

  /// From the data to the noise: the loss, the last point, and the arguments of every stage of every step.
  private func travel(_ x1: [Double]) -> (loss: Double, x: [Double], asked: [[[Double]]]) {
    let h = -1.0 / Double(steps)
    var x = x1
    var integral = 0.0
    // The arguments of every stage of every step.
    var asked: [[[Double]]] = []
    for step in 0..<steps {
      let t = 1 + Double(step) * h
      var slopes: [[Double]] = []
      var points: [[Double]] = []
      for stage in 0..<4 {
        let share = h * Self.places[stage]
        let point =
          stage == 0 ? x : zip(x, slopes[stage - 1]).map { $0.addingProduct(share, $1) }
        let (v, trace) = network(point, t + share)
        points.append(point)
        slopes.append(v)
        integral -= h * Self.weights[stage] * trace
      }
      for stage in 0..<4 {
        for i in x.indices { x[i] = x[i].addingProduct(h * Self.weights[stage], slopes[stage][i]) }
      }
      asked.append(points)
    }
    let square = x.reduce(0) { $0 + $1 * $1 }
    return (0.5 * (square + Double(x.count) * Double.log(2 * .pi)) + integral, x, asked)
  }

  /// The loss of one data point and, added to `gradient`, `scale` times its gradient.
  func run(_ x1: [Double], scale: Double, into gradient: inout [Double]) -> Double {
    let h = -1.0 / Double(steps)
    let (loss, x, asked) = travel(x1)
    var dx = x.map { $0 * scale }
    for step in (0..<steps).reversed() {
      let t = 1 + Double(step) * h
      var total = dx
      var next = [Double](repeating: 0, count: x.count)
      for stage in (0..<4).reversed() {
        // The slope of this stage enters the step, and the point of the stage after it.
        var a = dx.map { h * Self.weights[stage] * $0 }
        if stage < 3 {
          let share = h * Self.places[stage + 1]
          for i in a.indices { a[i] += share * next[i] }
        }
        next = network.differentiate(
          asked[step][stage], t + h * Self.places[stage], a,
          -h * Self.weights[stage] * scale, into: &gradient)
        for i in total.indices { total[i] += next[i] }
      }
      dx = total
    }
    return loss
  }
}
