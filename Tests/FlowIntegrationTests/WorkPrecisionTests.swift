import FlowMatching
import RealModule
import Testing

@testable import FlowIntegration

struct WorkPrecisionTests {
  static func work() throws -> WorkPrecision {
    let target = try GaussianMixture(dimension: 1, means: [2], stds: [0.5])
    let points = RandomStream(seed: 8).normals(16, at: 0)
    return try WorkPrecision(
      of: MarginalField(path: CosinePath(), target: target), from: 0, to: 1, at: points)
  }

  /// Against the flow of one Gaussian, `alpha m + sqrt(V_t/V_0) x0`, by hand and by the table.
  @Test func errorsAreDistancesFromTheExactFlow() throws {
    let work = try Self.work()
    #expect(work.referenceError < 1e-11)
    let row = try work.row(.euler, .steps(64))
    let path = CosinePath()
    func exact(_ x: Double, _ t: Double) throws -> Double {
      let s = path.schedule(at: try Time(t))
      return 2 * s.alpha + (0.25 * s.alpha * s.alpha + s.variance).squareRoot() * x
    }
    var (squares, largest) = (0.0, 0.0)
    for x in work.points {
      // Euler's states, by hand.
      var state = x
      for step in 0..<64 {
        let s = path.schedule(at: try Time(Double(step) / 64))
        let v = 0.25 * s.alpha * s.alpha + s.variance
        let rate = (0.25 * s.alpha * s.alphaDot + 0.5 * s.varianceDot) / v
        state += (2 * s.alphaDot + rate * (state - 2 * s.alpha)) / 64
        if (step + 1) % 8 == 0 {
          largest = max(largest, abs(state - (try exact(x, Double(step + 1) / 64))))
        }
      }
      let error = state - (try exact(x, 1))
      squares += error * error
    }
    #expect(abs(row.finalError / (squares / 16).squareRoot() - 1) < 1e-9)
    #expect(abs(row.largestError / largest - 1) < 1e-9)
    #expect(row.nfe == 64 && row.steps == 64 && row.failures == 0)
  }

  /// Halving the step divides the error by 2^order; a tighter tolerance never costs less.
  @Test func theTableFallsAsTheOrderSays() throws {
    let work = try Self.work()
    for solver in [Solver.euler, .midpoint, .rk4] {
      let coarse = try work.row(solver, .steps(64)).finalError
      let fine = try work.row(solver, .steps(128)).finalError
      let slope = Double.log2(coarse / fine)
      #expect(abs(slope - Double(solver.order!)) < 0.1, "\(solver.name): \(slope)")
    }
    for solver in Solver.all where solver.isAdaptive {
      let settings = WorkPrecision.settings(for: solver)
      #expect(settings.count >= 6)
      let rows = try [settings[2], settings[5]].map { try work.row(solver, $0) }
      if solver.name == "gsl_bsimp" {
        // The library fixes the number of its extrapolations when the stepper is made, for a tolerance of
        // 1.5e-8 (`bsimp_alloc`): on so smooth a field it is at rounding level at any tolerance.
        #expect(rows.allSatisfy { $0.largestError < 1e-11 }, "\(rows)")
        continue
      }
      #expect(rows[1].nfe > rows[0].nfe, "\(solver.name)")
      #expect(rows[1].largestError < rows[0].largestError, "\(solver.name)")
    }
    #expect(throws: FlowError.self) { try work.row(.euler, .steps(9)) }
  }
}

extension WorkPrecisionTests {
  /// With one checkpoint the largest error is the largest at the end, for any number of steps.
  @Test func oneCheckpointIsTheEnd() throws {
    let eight = try Self.work()
    let one = try WorkPrecision(
      of: eight.field, from: eight.start, to: eight.end, at: eight.points, checkpoints: 1)
    let (early, late) = (try eight.row(.euler, .steps(8)), try one.row(.euler, .steps(8)))
    #expect(late.finalError == early.finalError)
    #expect(late.largestError >= late.finalError && late.largestError <= early.largestError)
    #expect(try one.row(.euler, .steps(3)).finalError > late.finalError)
    #expect(throws: FlowError.self) { try eight.row(.euler, .steps(3)) }
    #expect(throws: FlowError.self) {
      try WorkPrecision(of: eight.field, from: 0, to: 1, at: eight.points, checkpoints: 0)
    }
  }
}
