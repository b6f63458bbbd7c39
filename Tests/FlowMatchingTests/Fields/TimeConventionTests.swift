import FlowMatching
import Testing

@Suite struct TimeConventionTests {
  @Test(arguments: TimeConvention.allCases, TimeConvention.allCases)
  func convertingThereAndBackChangesNothing(from: TimeConvention, to: TimeConvention) throws {
    let time = try Time(remaining: 1e-30)
    let (x, velocity) = ([1.5, -2], [0.25, 3.0])
    let there = try from.convert(time, x: x, velocity: velocity, to: to)
    let back = try to.convert(there.time, x: there.x, velocity: there.velocity, to: from)
    #expect(back.time == time)
    #expect(back.x == x)
    #expect(back.velocity == velocity)
  }

  @Test(arguments: [
    (TimeConvention.noise0Data1, 0.25, 1.0), (.data0Noise1, 0.75, -1.0),
    (.data0Noise1Reversed, 0.75, 1.0),
  ])
  func timeAndSignAreThoseOfTheTable(to: TimeConvention, t: Double, sign: Double) throws {
    let got = try TimeConvention.noise0Data1.convert(
      try Time(0.25), x: [3], velocity: [2], to: to)
    #expect(got.time.t == t)
    #expect(got.x == [3])
    #expect(got.velocity == [2 * sign])
  }

  /// On the straight path both velocities have their textbook values.
  @Test func theOtherConventionsVelocityIsNoiseMinusData() throws {
    let (x0, x1) = (0.5, 2.0)
    let field = ConditionalField(path: try OptimalTransportPath())
    let time = try Time(0.25)
    let x = try field.flow(at: time, from: [x0], given: [x1])
    let ours = try field.velocity(at: time, of: x, given: [x1])
    let theirs = try TimeConvention.noise0Data1.convert(
      time, x: x, velocity: ours, to: .data0Noise1)
    #expect(theirs.velocity == [x0 - x1])
    #expect(theirs.time.remaining * x1 + theirs.time.t * x0 == x[0])
  }
}
