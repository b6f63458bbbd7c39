import FlowMatching
import FlowSpectral
import Testing

@testable import FlowConformance

/// Another process as a field.
struct OutsideFieldTests {
  /// The velocity of N(m, 1) data on `ot`, in Python: `m + (2 t - 1)/V (x - t m)`, V = t^2 + (1 - t)^2.
  static let gaussian = """
    t = request["t"] if "t" in request else 1 - request["one_minus_t"]
    assert request["op"] == "marginal_velocity" and request["path"] == {"kind": "ot"}
    m = request["target"]["means"][0]
    rate = (2 * t - 1) / (t * t + (1 - t) ** 2)
    value = [[m[i] + rate * (x[i] - t * m[i]) for i in range(len(m))] for x in request["points"]]
    """

  static func setting(_ mean: String = "1.5, -0.5") -> OutsideField.Setting {
    var setting = OutsideField.Setting(
      path: #"{"kind":"ot"}"#,
      target: #"{"kind":"gaussian_mixture","means":[["# + mean + #"]],"std":1}"#, dimension: 2)
    setting.timeout = .seconds(20)
    return setting
  }

  static func spectral() throws -> SpectralPath {
    try SpectralPath(
      path: try OptimalTransportPath(),
      target: try GaussianMixture(dimension: 2, means: [1.5, -0.5], stds: [1]))
  }

  static func score(_ reply: String) async throws -> Double {
    let spectral = try spectral()
    let text = reply + "\nreturn json.dumps({'id': request['id'], 'ok': True, 'value': value})"
    return try await OutsideField.run(
      FakeImplementation.command(reply: text), setting()
    ) { field in
      try spectral.conservation(of: field, count: 2).totalVariation
    }
  }

  @Test func aRightProgramConservesProbabilityAndAWrongOneDoesNot() async throws {
    let right = try await Self.score(Self.gaussian)
    #expect(right < 1e-12)
    let wrong = try await Self.score(
      Self.gaussian + "\nvalue = [[v[0] + 0.1, v[1]] for v in value]")
    // 0.1 times the density of one axis at its middle, with V between 1/2 and 1.
    #expect(wrong > 0.04 && wrong < 0.06, "\(wrong)")
  }

  @Test(arguments: [
    ("return None", "no answer within"), ("os._exit(3)", "the process ended"),
    ("return '[1]'", "no JSON object"),
    ("return json.dumps({'id': -1, 'ok': True, 'value': []})", "another question"),
    ("return json.dumps({'id': request['id'], 'ok': True, 'value': [[1]]})", "vector of 2"),
    ("return json.dumps({'id': request['id'], 'ok': True, 'value': [[1, 2]]})", "dimension"),
    (
      "return json.dumps({'id': request['id'], 'ok': False, "
        + "'error': {'code': 'singular', 'message': 'cannot'}})", "cannot"
    ),
  ])
  func whatIsNoAnswerIsATypedError(_ reply: String, _ reason: String) async throws {
    var setting = Self.setting()
    setting.timeout = .seconds(reply == "return None" ? 1 : 20)
    let error = try await OutsideField.run(FakeImplementation.command(reply: reply), setting) {
      field -> FlowError? in
      do throws(FlowError) {
        _ = try field.velocities(at: [try Time(0.5)], of: [0, 0, 1, 1])
        return nil
      } catch { return error }
    }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  @Test func aProgramThatIsNotThereIsAFailure() async throws {
    await #expect(throws: OutsideField.Failure.self) {
      try await OutsideField.run(["/no/such/program"], Self.setting()) { _ in 0 }
    }
  }
}
