import FlowMatching
import RealModule
import Testing

@testable import FlowIntegration

/// The identities that few-step models are trained on, for the exact average velocity.
@Suite struct AverageVelocityTests {
  /// u(x, t, r): from x at t to the time r.
  static func average(
    _ flow: QuantileFlow, _ x: [Double], _ t: Double, _ r: Double
  ) throws -> [Double] {
    try flow.averageVelocities(from: Time(t), to: Time(r), at: x)
  }

  @Test(arguments: allPaths.indices) func tendsToTheVelocityWithoutLosingDigits(path: Int) throws {
    for (target, x) in try QuantileFlowTests.targets() {
      let field = MarginalField(path: allPaths[path], target: target)
      let flow = try QuantileFlow(of: field)
      let velocity = try field.value(of: .velocity, at: Time(0.25), of: x)
      #expect(try Self.average(flow, x, 0.25, 0.25) == velocity)
      let size = try Self.average(flow, x, 0.25, 0.25 + 0x1p-10)
      // The first derivative in r, from a step at which nothing cancels yet.
      let slopes = zip(size, velocity).map { 1024 * abs($0 - $1) }
      for k in [20, 30, 40, 48] {
        let step = Double(sign: .plus, exponent: -k, significand: 1)
        let near = try Self.average(flow, x, 0.25, 0.25 + step)
        for i in x.indices {
          let allowed = 2 * slopes[i] * step + 0x1p-46 * (abs(velocity[i]) + slopes[i] + 0x1p-3)
          #expect(abs(near[i] - velocity[i]) <= allowed)
        }
      }
    }
  }

  /// u = v - (t - r) (v . grad u + du/dt) with r kept, by differences along the trajectory: in the time from noise to data,
  /// and in the one from data to noise, in which both velocities have the other sign.
  @Test(arguments: [false, true]) func satisfiesTheIdentityOfMeanFlows(fromData: Bool) throws {
    for path in allPaths {
      for (target, x) in try QuantileFlowTests.targets() {
        let field = MarginalField(path: path, target: target)
        let flow = try QuantileFlow(of: field)
        func own(_ time: Double) -> Double { fromData ? 1 - time : time }
        let sign: Double = fromData ? -1 : 1
        func average(_ x: [Double], _ t: Double, _ r: Double) throws -> [Double] {
          try Self.average(flow, x, own(t), own(r)).map { sign * $0 }
        }
        for (t, r) in [(0.375, 0.75), (0.75, 0.375)] {
          let v = try field.value(of: .velocity, at: Time(own(t)), of: x).map { sign * $0 }
          let u = try average(x, t, r)
          func along(_ step: Double) throws -> [Double] {
            try average(zip(x, v).map { $0 + step * $1 }, t + step, r)
          }
          let h = 0x1p-13
          let (ahead, behind) = (try along(h), try along(-h))
          let (far, back) = (try along(2 * h), try along(-2 * h))
          for i in x.indices {
            let total = (8 * (ahead[i] - behind[i]) - (far[i] - back[i])) / (12 * h)
            let size = 1 + abs(u[i]) + abs(v[i]) + abs(total)
            #expect(abs(u[i] - (v[i] - (t - r) * total)) < 1e-6 * size)
          }
        }
      }
    }
  }

  /// phi_{t,1}(x_t) is the same all along a trajectory.
  @Test(arguments: allPaths.indices) func isConsistent(path: Int) throws {
    for (target, x) in try QuantileFlowTests.targets() {
      let flow = try QuantileFlow(of: MarginalField(path: allPaths[path], target: target))
      let last = try flow.end(from: Time(0.25), to: Time(0.9375), of: x)
      for t in [0.375, 0.5, 0.75, 0.90625] {
        let there = try flow.end(from: Time(0.25), to: Time(t), of: x)
        let u = try Self.average(flow, there.x, t, 0.9375)
        let rest = try flow.jacobians(from: Time(t), to: Time(0.9375), at: there.x)
        for i in x.indices {
          let grown = (0..<x.count).reduce(0) {
            $0 + abs(rest[i * x.count + $1]) * (1 + abs(there.x[$1]))
          }
          #expect(
            abs(there.x[i] + (0.9375 - t) * u[i] - last.x[i]) < 1e-13 * (1 + abs(last.x[i]) + grown)
          )
        }
      }
    }
  }

  /// Two steps of a half are one: u(x, t, t + 2 d) is the mean of u(x, t, t + d) and u(x', t + d, t + 2 d).
  @Test(arguments: allPaths.indices) func halvesAsShortcutsDo(path: Int) throws {
    for (target, x) in try QuantileFlowTests.targets() {
      let flow = try QuantileFlow(of: MarginalField(path: allPaths[path], target: target))
      let (t, d) = (0.375, 0.25)
      let first = try Self.average(flow, x, t, t + d)
      let there = zip(x, first).map { $0 + d * $1 }
      let second = try Self.average(flow, there, t + d, t + 2 * d)
      let whole = try Self.average(flow, x, t, t + 2 * d)
      let rest = try flow.jacobians(from: Time(t + d), to: Time(t + 2 * d), at: there)
      for i in x.indices {
        let grown = (0..<x.count).reduce(0) {
          $0 + abs(rest[i * x.count + $1]) * (1 + abs(there[$1]))
        }
        #expect(abs(whole[i] - (first[i] + second[i]) / 2) < 1e-12 * (1 + abs(whole[i]) + grown))
      }
    }
  }

  /// du/dx = (dphi/dx - 1)/(r - t).
  @Test func itsJacobianIsThatOfTheFlow() throws {
    for (target, x) in try QuantileFlowTests.targets() {
      let flow = try QuantileFlow(of: MarginalField(path: CosinePath(), target: target))
      let jacobian = try flow.jacobians(from: Time(0.25), to: Time(0.75), at: x)
      for axis in x.indices {
        let h = 0x1p-12
        func moved(_ step: Double) throws -> [Double] {
          try Self.average(flow, x.indices.map { x[$0] + ($0 == axis ? step : 0) }, 0.25, 0.75)
        }
        let (ahead, behind) = (try moved(h), try moved(-h))
        for i in x.indices {
          let slope = (ahead[i] - behind[i]) / (2 * h)
          let exact = (jacobian[i * x.count + axis] - (i == axis ? 1 : 0)) / 0.5
          #expect(abs(slope - exact) < 1e-4 * (1 + abs(exact)))
        }
      }
    }
  }
}
