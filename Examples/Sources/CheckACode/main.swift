// How far is a code's velocity from the exact one? Here a textbook formula in float32, towards the data.
import FlowMatching
import Foundation

let points: [Double] = [-1, 0.5, 2]
let target = try PointCloud.target(dimension: 1, points: points)
let field = MarginalField(path: try OptimalTransportPath(), target: target)

/// u = (E[x1|x] - x)/(1 - t), the posterior by exponentials as they stand.
func textbook(_ x: Float, _ t: Float) -> Float {
  let sigma = 1 - t
  let weights = points.map { point -> Float in
    let z = (x - t * Float(point)) / sigma
    return exp(-z * z / 2)
  }
  let total = weights.reduce(0, +)
  let mean = zip(weights, points).reduce(Float(0)) { $0 + $1.0 * Float($1.1) } / total
  return (mean - x) / sigma
}

for t: Float in [0.5, 0.9, 0.99, 0.999] {
  // A point of p_t between two data points, where both matter.
  let x = t * -0.25 + (1 - t) * 0.1
  let exact = try field.value(of: .velocity, at: try Time(Double(t)), of: [Double(x)])[0]
  let theirs = Double(textbook(x, t))
  print("t = \(t): exact \(exact), theirs \(theirs), off by \(abs(theirs - exact))")
}
