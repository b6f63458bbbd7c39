import FlowMatching
import Testing

@Suite struct TimeTests {
  @Test(arguments: 1...20)
  func theDistanceToTheDataIsExactInTheSecondHalf(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let t = random.uniform(0.5...1)
    let time = try Time(t)
    #expect(time.t == t)
    #expect(time.t + time.remaining == 1)
    #expect(1 - time.remaining == t)
  }

  @Test(arguments: [1e-17, 1e-100, 0x1p-1074])
  func timesNextToTheDataKeepTheirDistance(distance: Double) throws {
    let time = try Time(remaining: distance)
    #expect(time.remaining == distance)
    #expect(time.t == 1)
  }

  @Test func theEndsAreThemselves() throws {
    #expect(try Time(0) == .start)
    #expect(try Time(1) == .end)
    #expect(try Time(remaining: 0) == .end)
    #expect(Time.start.remaining == 1)
  }

  @Test(arguments: [-0x1p-1074, 1.0.nextUp, -1, 2, .infinity, -.infinity, .nan])
  func timesOutsideTheIntervalAreRefused(t: Double) {
    let expected: FlowError.Code = t.isFinite ? .outOfDomain : .nonFinite
    #expect(failure { try Time(t) }?.code == expected)
    #expect(failure { try Time(t) }?.field == "t")
    #expect(failure { try Time(remaining: t) }?.code == expected)
    #expect(failure { try Time(remaining: t) }?.field == "one_minus_t")
  }

  @Test func bothDistancesMoveWithTime() throws {
    let moving = try Time(0.3).differentiated
    #expect(moving.t.derivative == 1)
    #expect(moving.remaining.derivative == -1)
  }
}
