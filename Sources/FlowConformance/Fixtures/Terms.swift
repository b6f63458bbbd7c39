import FlowFiles
import FlowIntegration

/// What an answer is judged by: the precision, and what the implementation claims.
public struct Terms: Equatable, Sendable {
  /// The precision that decides the unit roundoff.
  public var precision: Precision
  /// Which method of the protocol each name of the implementation stands for. These methods are claimed
  /// exactly: counts and error estimates are judged too.
  public var solvers: [String: String]
  /// Whether a time can be named as t alone, not as 1 - t.
  public var namesOnlyT: Bool
  /// Its integrators by their own names.
  public var integrators: [String: Integrator]

  public init(
    precision: Precision = .float64, solvers: [String: String] = [:], namesOnlyT: Bool = false,
    integrators: [String: Integrator] = [:]
  ) {
    self.precision = precision
    self.solvers = solvers
    self.namesOnlyT = namesOnlyT
    self.integrators = integrators
  }

  /// Whether the method that a request names is claimed exactly.
  func claims(_ fixture: FixtureCase) -> Bool {
    // An integrator has a name of its own.
    if fixture.field != nil { return false }
    let request = fixture.request
    return Self.solver(of: request).map(solvers.values.contains) ?? false
  }

  /// The request in the implementation's own names; nil where it has no such method, because it calls another
  /// one by this name.
  func inOwnNames(_ fixture: FixtureCase) -> JSONObject? {
    let request = fixture.request
    guard fixture.field == nil, let solver = Self.solver(of: request) else { return request }
    if let own = solvers.filter({ $0.value == solver }).keys.min() {
      return JSONObject(
        members: request.members.map {
          $0.name == "solver" ? .init(name: "solver", value: .string(own)) : $0
        })
    }
    guard let meant = solvers[solver] else { return request }
    let steps = Solver.named(meant)?.stepsOf.name
    return steps == Solver.named(solver)?.stepsOf.name ? request : nil
  }

  /// Why a case is not asked; nil if it is.
  func reasonToSkip(_ fixture: FixtureCase) -> Outcome? {
    if fixture.field != nil, fixture.askedOf == nil { return .notApplicable }
    if !fixture.applies(to: precision) { return .notApplicable }
    if namesOnlyT, fixture.request["one_minus_t"] != nil { return .unnamedTime }
    return inOwnNames(fixture) == nil ? .notApplicable : nil
  }

  private static func solver(of request: JSONObject) -> String? {
    if case .string(let name)? = request["solver"] { name } else { nil }
  }
}
