public import FlowMatching
import RealModule

/// How the divergence is followed along a trajectory.
public enum DivergenceMethod: Sendable {
  /// The trace of the Jacobian.
  case exact
  /// Hutchinson's estimate `z.(du/dx)z`, averaged over probes that are drawn once per trajectory and
  /// then kept: redrawn at every evaluation, they would make the equation discontinuous.
  case hutchinson(TraceEstimate.Law, probes: Int, seed: UInt64)

  /// Probes of one trajectory: `dimension` numbers each, a function of the seed and the trajectory's
  /// index alone.
  static func probes(
    _ law: TraceEstimate.Law, _ count: Int, seed: UInt64, trajectory: UInt64, dimension d: Int
  ) -> [Double] {
    let random = RandomStream(seed: seed, stream: 0x6875_7463 &+ trajectory &<< 32)
    switch law {
    case .gaussian: return random.normals(count * d, at: 0)
    case .rademacher:
      return (0..<count * d).map { place in
        let (a, b) = random.bits(at: UInt64(place / 128))
        let word = place % 128 < 64 ? a : b
        return word >> UInt64(place % 64) & 1 == 0 ? 1.0 : -1.0
      }
    }
  }
}

/// The state x, what the divergence has added up to so far, once for every probe, and the probes
/// themselves, which do not move.
struct LikelihoodSystem: RowSystem {
  let field: any DifferentiableField
  /// How many estimates run along; zero for the exact divergence.
  let probes: Int

  private var d: Int { field.dimension }
  /// How many sums of divergences there are.
  var sums: Int { max(probes, 1) }
  var width: Int { d + sums + probes * d }
  /// The sums are held to the tolerance as the state is, and apart from it, so that neither hides in
  /// the other's mean.
  var blocks: [Range<Int>] { [0..<d, d..<d + sums] }

  func derivatives(at times: [Time<Double>], of rows: [Double]) throws(FlowError) -> [Double] {
    let count = rows.count / width
    func columns(_ range: Range<Int>) -> [Double] {
      (0..<count).flatMap { rows[$0 * width + range.lowerBound..<$0 * width + range.upperBound] }
    }
    let x = columns(0..<d)
    var result = [Double](repeating: 0, count: rows.count)
    func place(_ velocities: [Double]) {
      for row in 0..<count {
        for i in 0..<d { result[row * width + i] = velocities[row * d + i] }
      }
    }
    guard probes > 0 else {
      let values = try field.divergences(at: times, of: x)
      place(values.velocities)
      for row in 0..<count { result[row * width + d] = values.divergences[row] }
      return result
    }
    for probe in 0..<probes {
      let start = d + sums + probe * d
      let z = columns(start..<start + d)
      let values = try field.jacobianProducts(at: times, of: x, along: z)
      if probe == 0 { place(values.velocities) }
      for row in 0..<count {
        result[row * width + d + probe] = (0..<d).reduce(0) {
          $0 + z[row * d + $1] * values.products[row * d + $1]
        }
      }
    }
    return result
  }
}
