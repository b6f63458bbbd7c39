import CFlowReference
import FlowMatching
import Testing

@Suite("Fields of the C interface")
struct FieldCallTests {
  private static let means = [-2.0, 0, 2, 0]
  private static let points = [0.2, -0.1, 1.5, 0.7, -0.3, 4.0]

  /// A field behind a handle, and the same of the engine.
  private static func fields() throws -> (handle: OpaquePointer, field: MarginalField) {
    var (path, target, field): (OpaquePointer?, OpaquePointer?, OpaquePointer?) = (nil, nil, nil)
    defer {
      flowref_path_free(path)
      flowref_target_free(target)
    }
    try #require(flowref_path_create(#"{"kind":"vp"}"#, &path, nil) == 0)
    try #require(flowref_target_mixture(2, 2, means, [0.5], 1, [1, 3], nil, &target, nil) == 0)
    try #require(flowref_field_create(path, target, &field, nil) == 0)
    let mixture = try GaussianMixture(dimension: 2, means: means, stds: [0.5], weights: [1, 3])
    return (
      try #require(field), MarginalField(path: try VariancePreservingPath(), target: mixture)
    )
  }

  @Test("values are the engine's to the bit", arguments: MarginalQuantity.allCases)
  func values(_ quantity: MarginalQuantity) throws {
    let (handle, field) = try Self.fields()
    defer { flowref_field_free(handle) }
    var width = 0
    #expect(flowref_field_width(handle, quantity.rawValue, &width, nil) == 0)
    #expect(width == (try field.width(of: quantity)))
    for (times, remaining) in [([0.25], Int32(0)), ([0.1, 0.2, 1e-20], Int32(1))] {
      var found = [Double](repeating: .nan, count: 3 * width)
      #expect(
        flowref_field_values(
          handle, quantity.rawValue, times, times.count, remaining, Self.points, 3, &found, nil, nil
        )
          == 0)
      let engine = try times.map { remaining == 0 ? try Time($0) : try Time(remaining: $0) }
      #expect(found == (try field.values(of: quantity, at: engine, of: Self.points)))
    }
  }

  @Test("threads, slices and their progress change nothing")
  func runs() throws {
    let (handle, _) = try Self.fields()
    defer { flowref_field_free(handle) }
    let count = 20_000
    let points = (0..<2 * count).map { Double($0 % 97) / 16 - 3 }
    func values(_ run: flowref_run?) throws -> [Double] {
      var found = [Double](repeating: .nan, count: 4 * count)
      let code = withOptionalPointer(run) {
        flowref_field_values(
          handle, "marginal_jacobian", [0.5], 1, 0, points, count, &found, $0, nil)
      }
      try #require(code == 0)
      return found
    }
    let plain = try values(nil)
    var run = flowref_run()
    for threads: Int32 in [1, 2, 7] {
      run.threads = threads
      #expect(try values(run) == plain)
    }
    run.progress = { _, done, total in done <= total ? 0 : 1 }
    #expect(try values(run) == plain)
  }

  private func withOptionalPointer<T, R>(
    _ value: T?, _ body: (UnsafePointer<T>?) throws -> R
  ) rethrows -> R {
    guard let value else { return try body(nil) }
    return try withUnsafePointer(to: value) { try body($0) }
  }

  @Test("a call ends when it is cancelled, when progress says so, and when its time is up")
  func cancellation() throws {
    let (handle, _) = try Self.fields()
    defer { flowref_field_free(handle) }
    let count = 2000
    let points = [Double](repeating: 1, count: 2 * count)
    var ends = points
    var steps = flowref_steps()
    steps.steps = 10_000
    func code(_ run: flowref_run) -> Int32 {
      withUnsafePointer(to: run) {
        flowref_flow(handle, 0, 1, points, count, &steps, &ends, nil, $0, nil)
      }
    }
    let cancellation = flowref_cancellation_create()
    defer { flowref_cancellation_free(cancellation) }
    flowref_cancel(cancellation)
    var run = flowref_run()
    run.cancellation = cancellation
    #expect(code(run) == Int32(FLOWREF_CANCELLED))
    run = flowref_run()
    run.progress = { _, _, _ in 1 }
    #expect(code(run) == Int32(FLOWREF_CANCELLED))
    run = flowref_run()
    run.seconds = 1e-3
    #expect(code(run) == Int32(FLOWREF_NO_CONVERGENCE))
    run.seconds = -1
    #expect(code(run) == Int32(FLOWREF_OUT_OF_DOMAIN))
    run = flowref_run()
    run.memory = 1000
    var matrices = [Double](repeating: 0, count: 4 * count)
    #expect(
      flowref_field_values(
        handle, "marginal_jacobian", [0.5], 1, 0, points, count, &matrices, &run, nil)
        == Int32(FLOWREF_TOO_LARGE))
  }

  @Test("sizes that cannot be are refused")
  func sizes() throws {
    let (handle, _) = try Self.fields()
    defer { flowref_field_free(handle) }
    var result = [0.0, 0]
    func code(_ timeCount: Int, _ count: Int) -> Int32 {
      flowref_field_values(
        handle, "denoiser", [0.5], timeCount, 0, Self.points, count, &result, nil, nil)
    }
    #expect(code(1, 0) == Int32(FLOWREF_DIMENSION_MISMATCH))
    #expect(code(2, 1) == Int32(FLOWREF_DIMENSION_MISMATCH))
    #expect(code(1, .max) == Int32(FLOWREF_TOO_LARGE))
    #expect(code(1, -1) == Int32(FLOWREF_TOO_LARGE))
    var target: OpaquePointer?
    #expect(
      flowref_target_mixture(0, 1, Self.means, [1], 1, nil, nil, &target, nil)
        == Int32(FLOWREF_OUT_OF_DOMAIN))
    #expect(
      flowref_target_full_mixture(1 << 40, 1, Self.means, Self.means, nil, nil, &target, nil)
        == Int32(FLOWREF_TOO_LARGE))
  }
}
