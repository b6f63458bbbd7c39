import FlowFiles
import Testing

@testable import FlowConformance

/// Requests that would take all of a machine's memory, or minutes.
@Suite struct RequestLimitsTests {
  private func error(
    _ line: String, _ limits: RequestLimits = RequestLimits()
  ) throws -> (code: String, message: String)? {
    var oracle = Oracle(version: "test", limits: limits)
    let answer = try JSONDocument(parsing: oracle.answer(Array(line.utf8))).value
    guard case .object(let object) = answer, case .object(let error)? = object["error"],
      case .string(let code)? = error["code"], case .string(let message)? = error["message"]
    else { return nil }
    return (code, message)
  }

  private static func points(_ count: Int, _ point: (Int) -> String = { "[\($0)]" }) -> String {
    "[" + (0..<count).map(point).joined(separator: ",") + "]"
  }

  private static let gaussian = #"{"kind":"gaussian_mixture","means":[[0,0]],"std":1}"#
  private static func setting(_ rest: String) -> String {
    #""path":{"kind":"ot"},"# + rest
  }

  static let large = [
    #"{"op":"log_likelihood","t0":0,"t1":1,"solver":"dopri5","rtol":1e-5,"atol":1e-5,"x":[0,0],"#
      + setting(
        #""target":\#(gaussian),"divergence":{"law":"gaussian","probes":9007199254740992}}"#),
    #"{"op":"flow_map","t0":0,"t1":1,"solver":"gsl_rk4","steps":1000000000000,"x":[0,0],"#
      + setting(#""target":\#(gaussian)}"#),
    #"{"op":"flow_map","t0":0,"t1":1,"solver":"rk4","steps":1000000000000,"x":[0,0],"#
      + setting(#""target":\#(gaussian)}"#),
    #"{"op":"assignment","x0":\#(points(100_000)),"x1":\#(points(100_000))}"#,
    #"{"op":"assignment","x0":\#(points(5000)),"x1":\#(points(5000))}"#,
    #"{"op":"sinkhorn","epsilon":0.001,"x0":\#(points(2000)),"x1":\#(points(2000))}"#,
    #"{"op":"marginal_jacobian","t":0.5,"x":\#(points(20_000) { _ in "0" }),"#
      + setting(
        #""target":{"kind":"gaussian_mixture","means":[\#(points(20_000) { _ in "0" })],"std":1}}"#),
    #"{"op":"marginal_velocity","t":0.5,"x":[0,0],"#
      + setting(
        #""target":{"kind":"preset","name":"ring_of_gaussians","modes":1000000000}}"#),
    #"{"op":"define","name":"a","target":{"kind":"preset","name":"ring_of_gaussians","modes":1000000000}}"#,
    #"{"op":"cfm_gap","t":0.5,"samples":1000000000,"#
      + setting(
        #""target":{"kind":"gaussian_mixture","means":[[0,0,0],[1,1,1]],"std":1}}"#),
    #"{"op":"marginal_velocity","t":0.5,"x":[0],"#
      + setting(
        #""target":{"kind":"point_cloud","points":\#(points(20_000))},"source":{"kind":"gaussian_mixture","means":\#(points(20_000)),"std":1}}"#
      ),
    #"{"op":"posterior_weights","t":0.5,"points":\#(points(3000)),"#
      + setting(#""target":{"kind":"point_cloud","points":\#(points(100_000))}}"#),
  ]

  @Test(arguments: large.indices) func theyAreRefusedBeforeTheyBegin(index: Int) throws {
    let refusal = try error(Self.large[index])
    #expect(
      refusal?.code == "too_large",
      "\(Self.large[index].prefix(80)): \(String(describing: refusal))")
    #expect(refusal?.message.contains("limit") ?? false)
  }

  /// What is within the limits is answered: the estimate must not be much too large.
  @Test func ordinaryRequestsAreAdmitted() throws {
    for line in [
      #"{"op":"assignment","x0":\#(Self.points(300)),"x1":\#(Self.points(300))}"#,
      #"{"op":"sinkhorn","epsilon":0.1,"x0":\#(Self.points(64)),"x1":\#(Self.points(64))}"#,
      #"{"op":"flow_map","t0":0,"t1":1,"solver":"rk4","steps":10000,"x":[0,0],"#
        + Self.setting(#""target":\#(Self.gaussian)}"#),
      #"{"op":"cfm_gap","t":0.5,"samples":100000,"#
        + Self.setting(
          #""target":{"kind":"gaussian_mixture","means":[[0,0,0],[1,1,1]],"std":1}}"#),
    ] {
      #expect(try error(line) == nil, "\(line.prefix(80))")
    }
  }

  /// Nothing in its numbers says how long it takes: it is given up.
  @Test func aRequestThatTakesTooLongIsGivenUp() throws {
    let line =
      #"{"op":"flow_map","t0":0,"t1":1,"solver":"bogacki_shampine","rtol":1e-14,"atol":1e-300,"x":[0.3,0.1],"#
      + Self.setting(#""target":{"kind":"preset","name":"eight_gaussians"}}"#)
    let refusal = try error(line, RequestLimits(seconds: 0.02))
    #expect(refusal?.code == "no_convergence")
    #expect(refusal?.message.contains("limit") ?? false)
  }

  /// Parameters that doubles can hold and lengths that they cannot.
  @Test func densitiesThatArePointsAreRefused() throws {
    for density in [
      #"{"kind":"density_1d","name":"beta","a":0.5,"b":1e300,"lower":0,"upper":1}"#,
      #"{"kind":"density_1d","name":"triangular","lower":0,"mode":0,"upper":5e-324}"#,
      #"{"kind":"density_1d","name":"laplace","location":0,"scale":5e-324}"#,
    ] {
      let refusal = try error(
        #"{"op":"denoiser","t":0.5,"x":[0.1],"# + Self.setting(#""target":\#(density)}"#))
      #expect(refusal?.code == "out_of_domain", "\(density)")
    }
  }
}
