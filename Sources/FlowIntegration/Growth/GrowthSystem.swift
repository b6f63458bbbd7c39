import FlowMatching

/// The state x and, for some directions, how an error of the start that way has turned and grown:
///
///     dx/dt = u,    de/dt = A e - (e.A e) e,    dl/dt = e.A e,    A = du/dx
///
/// so that the error is `exp(l) e` with e of length 1, and nothing overflows.
struct GrowthSystem: RowSystem {
  let field: any DifferentiableField
  /// How many directions are followed.
  let count: Int

  private var d: Int { field.dimension }
  var width: Int { d + count * (d + 1) }
  /// The state and the errors apart, so that neither hides in the other's mean.
  var blocks: [Range<Int>] { [0..<d, d..<width] }

  func derivatives(at times: [Time<Double>], of rows: [Double]) throws(FlowError) -> [Double] {
    let points = rows.count / width
    func columns(_ first: Int) -> [Double] {
      (0..<points).flatMap { rows[$0 * width + first..<$0 * width + first + d] }
    }
    let x = columns(0)
    var result = [Double](repeating: 0, count: rows.count)
    for direction in 0..<count {
      let first = d + direction * (d + 1)
      let e = columns(first)
      let found = try field.jacobianProducts(at: times, of: x, along: e)
      for point in 0..<points {
        let (own, start) = (point * d, point * width)
        let (square, rate) = (0..<d).reduce((0.0, 0.0)) { sums, i in
          let error = e[own + i]
          return (sums.0 + error * error, sums.1 + error * found.products[own + i])
        }
        // The length of e stays 1 but for the error of the steps.
        let speed = rate / square
        for i in 0..<d {
          if direction == 0 { result[start + i] = found.velocities[own + i] }
          result[start + first + i] = found.products[own + i] - speed * e[own + i]
        }
        result[start + first + d] = speed
      }
    }
    return result
  }
}
