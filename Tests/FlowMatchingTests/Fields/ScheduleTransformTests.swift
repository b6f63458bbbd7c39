import FlowMatching
import Testing

@Suite struct ScheduleTransformTests {
  private let target = try! GaussianMixture(
    dimension: 2, means: [-1, 0.5, 2, 1, 0, -1.5], stds: [0.3, 0.6, 0.9], weights: [1, 2, 3])

  @Test(arguments: EveryPath.kinds, EveryPath.kinds)
  func theGeneralWrapperAgreesWithTheExactField(fromKind: String, toKind: String) throws {
    let from = try EveryPath.make(fromKind, seed: 0).path
    let to = try EveryPath.make(toKind, seed: 0).path
    let transform = ScheduleTransform(
      MarginalField(path: from, target: target), from: from, to: to)
    var random = SplitMix(seed: 3)
    for _ in 0..<10 {
      let time = try Time(random.uniform(0.05...0.95))
      let x = random.vector(2)
      let exact: [Double]
      do {
        exact = try ScheduleTransform.exactVelocities(
          target: target, from: from, to: to, at: [time], of: x)
      } catch {
        #expect(error.code == .outOfDomain)
        #expect(failure { try transform.velocities(at: [time], of: x) }?.code == .outOfDomain)
        continue
      }
      let got = try transform.velocities(at: [time], of: x)
      let scale = exact.map(abs).max()! + 1
      #expect(relativeError(got, exact, floor: scale) <= 1e-9, "t = \(time.t)")
    }
  }

  @Test func equalPathsTransformIntoThemselves() throws {
    let path = try OptimalTransportPath()
    let field = MarginalField(path: path, target: target)
    let transform = ScheduleTransform(field, from: path, to: path)
    let got = try transform.velocities(at: [try Time(0.3)], of: [0.2, -1])
    let direct = try field.velocities(at: [try Time(0.3)], of: [0.2, -1])
    #expect(relativeError(got, direct, floor: 1) <= 1e-14)
  }

  @Test func timesThatTheFirstPathNeverReachesAreOutOfDomain() throws {
    let from = try VariancePreservingPath()
    let to = try OptimalTransportPath()
    let transform = ScheduleTransform(MarginalField(path: from, target: target), from: from, to: to)
    for t in [0.0065, 0.001] {
      let time = try Time(t)
      #expect(failure { try transform.baseTime(at: time) }?.code == .outOfDomain)
    }
    #expect(failure { try transform.baseTime(at: try Time(0.0066)) } == nil)
  }

  @Test func endsWhereBothPathsAreNoiseFreeMatch() throws {
    let (from, to) = (CosinePath(), try OptimalTransportPath())
    let transform = ScheduleTransform(MarginalField(path: from, target: target), from: from, to: to)
    #expect(try transform.baseTime(at: .start) == .start)
    #expect(try transform.baseTime(at: .end) == .end)
    #expect(failure { try transform.velocities(at: [.end], of: [0, 0]) }?.code == .singular)
    let exact = try ScheduleTransform.exactVelocities(
      target: target, from: from, to: to, at: [.end], of: [0.5, 0.5])
    #expect(
      exact == (try MarginalField(path: to, target: target).velocities(at: [.end], of: [0.5, 0.5])))
  }
}
