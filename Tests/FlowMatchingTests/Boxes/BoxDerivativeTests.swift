import Testing

@testable import FlowMatching

/// Derivatives of boxes by dual numbers against certified values, where x is close to the middle of
/// boxes that are narrow against sigma: there v g is smaller than alpha E[x1 | x, k] though its
/// derivative is not, and wherever a wide box lies beside a narrow one.
struct BoxDerivativeTests {
  enum Boxes { case checkerboard, intervals }
  enum Kind { case ot, vp, cosine }

  /// Values by Arb balls: `du/dx`, `d log p/dt`, and their sensitivities to the inputs.
  struct Case: Sendable {
    let boxes: Boxes
    let kind: Kind
    let t: Double
    let x: [Double]
    let jacobian: [Double]
    let jacobianSensitivity: [Double]
    let rate: Double
    let rateSensitivity: Double
  }

  static let cases = [
    Case(
      boxes: .checkerboard, kind: .ot, t: 0x1p-10, x: [0x1p-10, -0x1p-11],
      jacobian: [
        -0.9957539057815338, 0.000979421009024895, 0.000979421009024895, -0.995753905781523,
      ],
      jacobianSensitivity: [0.01471, 0.008818, 0.008818, 0.01471],
      rate: 1.9915066212793593, rateSensitivity: 0.02942),
    Case(
      boxes: .checkerboard, kind: .vp, t: 0.0625, x: [0.0078125, 0.00390625],
      jacobian: [
        0.005891718194087123, 0.0013583909847288869, 0.0013583909847288869, 0.005891718339048611,
      ],
      jacobianSensitivity: [0.0672, 0.02301, 0.02301, 0.0672],
      rate: -0.01178290452267249, rateSensitivity: 0.1344),
    Case(
      boxes: .checkerboard, kind: .vp, t: 0.0625, x: [0.5, -0.015625],
      jacobian: [
        0.005890880638078862, 0.001358344964331079, 0.001358344964331079, 0.005891671471783923,
      ],
      jacobianSensitivity: [0.06719, 0.02301, 0.02301, 0.06727],
      rate: -0.010330427278203689, rateSensitivity: 0.2224),
    Case(
      boxes: .checkerboard, kind: .cosine, t: 0.03125, x: [0.03125, 0.75],
      jacobian: [
        0.3331569474983798, 0.07564200478386027, 0.07564200478386027, 0.33149645890407836,
      ],
      jacobianSensitivity: [1.171, 0.6762, 0.6762, 1.144],
      rate: -0.4757733233781116, rateSensitivity: 3.893),
    Case(
      boxes: .intervals, kind: .ot, t: 0x1p-10, x: [0x1p-11],
      jacobian: [-0.9983832046680449], jacobianSensitivity: [0.007626],
      rate: 0.9979112326376988, rateSensitivity: 0.01015),
    Case(
      boxes: .intervals, kind: .ot, t: 0x1p-20, x: [0x1p-20],
      jacobian: [-0.9999984275734826], jacobianSensitivity: [7.417e-06],
      rate: 0.99999773600726, rateSensitivity: 1.111e-05),
    Case(
      boxes: .intervals, kind: .vp, t: 0.0625, x: [0.00390625],
      jacobian: [0.002242421353074738], jacobianSensitivity: [0.0284],
      rate: -0.0027802742748509013, rateSensitivity: 0.03471),
    Case(
      boxes: .intervals, kind: .cosine, t: 0.03125, x: [-0.0625],
      jacobian: [0.12739674949215846], jacobianSensitivity: [0.6015],
      rate: -0.0978149769445661, rateSensitivity: 0.6839),
    Case(
      boxes: .intervals, kind: .ot, t: 0.25, x: [0.25],
      jacobian: [0.07075531075958506], jacobianSensitivity: [5.054],
      rate: -0.29120760323166534, rateSensitivity: 5.518),
    Case(
      boxes: .intervals, kind: .ot, t: 0.75, x: [0.75],
      jacobian: [3.3802404575454172], jacobianSensitivity: [59.37],
      rate: -5.285984488289509, rateSensitivity: 52.65),
  ]

  @Test(arguments: cases.indices)
  func derivativesByDualNumbersKeepAllDigits(_ number: Int) throws {
    let expected = Self.cases[number]
    let path: any AffinePath =
      switch expected.kind {
      case .ot: try OptimalTransportPath()
      case .vp: try VariancePreservingPath()
      case .cosine: CosinePath()
      }
    let target =
      switch expected.boxes {
      case .checkerboard: try Preset.checkerboard()
      case .intervals:
        try UniformBoxes(
          dimension: 1, lower: [-3, 0.25, 1], upper: [-1, 0.375, 2], weights: [0.5, 0.2, 0.3])
      }
    func error(_ value: Double, _ certified: Double, _ sensitivity: Double) -> Double {
      abs(value - certified) / (0x1p-53 * (abs(certified) + sensitivity))
    }
    let time = try Time(expected.t)
    let field = MarginalField(path: path, target: target)
    let automatic = try field.automaticJacobians(of: .velocity, at: [time], of: expected.x)
    let closed = try field.value(of: .jacobian, at: time, of: expected.x)
    for i in automatic.indices {
      let (value, sensitivity) = (expected.jacobian[i], expected.jacobianSensitivity[i])
      #expect(error(automatic[i], value, sensitivity) <= 8)
      #expect(error(closed[i], value, sensitivity) <= 8)
    }
    // The same in time: log p on duals that move with the path.
    let moving = Schedule<Dual<Lanes>>(
      (0..<Lanes.count).map { _ in path.movingSchedule(at: time) })
    let posterior = target.posterior(
      of: expected.x.map { Dual(constant: Lanes($0)) }, at: moving, [])
    #expect(
      error(posterior.logDensity.derivative[0], expected.rate, expected.rateSensitivity) <= 8)
  }
}
