import FlowFiles
import Testing

@testable import FlowConformance

struct SolverOperationsTests {
  static let gaussian =
    #""path":{"kind":"ot"},"target":{"kind":"gaussian_mixture","means":[[0.5,-1]],"std":0.5}"#

  private func value(_ line: String) throws -> JSONObject {
    var oracle = Oracle(version: "test")
    let answer = try JSONDocument(parsing: oracle.answer(Array(line.utf8))).value
    guard case .object(let object) = answer, case .object(let value)? = object["value"] else {
      let text = String(decoding: oracle.answer(Array(line.utf8)), as: UTF8.self)
      Issue.record("\(text)")
      return JSONObject()
    }
    return value
  }

  private func code(_ line: String) throws -> String? {
    var oracle = Oracle(version: "test")
    let answer = try JSONDocument(parsing: oracle.answer(Array(line.utf8))).value
    guard case .object(let object) = answer, case .object(let error)? = object["error"],
      case .string(let code)? = error["code"]
    else { return nil }
    return code
  }

  private func numbers(_ value: JSONValue?) -> [Double] {
    if case .numbers(let numbers)? = value { numbers } else { [] }
  }

  private func number(_ value: JSONValue?) -> Double {
    if case .number(let number)? = value { number } else { .nan }
  }

  private func text(_ line: String) -> String {
    var oracle = Oracle(version: "test")
    return String(decoding: oracle.answer(Array(line.utf8)), as: UTF8.self)
  }

  @Test func countsAreIntegersAndTimesAreNot() {
    let flow = text(
      #"{"op":"flow_map",\#(Self.gaussian),"x":[1,1],"t0":0,"t1":1,"solver":"euler","steps":5}"#)
    #expect(flow.contains(#""nfe":5,"nfe_initial":0,"nfe_rejected":0,"jacobian_evaluations":0,"#))
    #expect(flow.contains(#""accepted":5,"rejected":0,"t_min":0.0,"#))
    let pairs = text(#"{"op":"assignment","x0":[[0],[1],[2]],"x1":[[2],[0],[1]]}"#)
    #expect(pairs.contains(#""permutation":[1,2,0],"cost":0.0"#))
  }

  /// On `ve` noise starts at sigma = 50, which N(0, I) knows nothing of.
  @Test func aBaseThatIsFarFromTheStartIsSaid() throws {
    func answer(_ base: String, _ path: String) throws -> JSONObject {
      try value(
        #"{"op":"log_likelihood","path":{"kind":"\#(path)"},"target":{"kind":"gaussian_mixture","#
          + #""means":[[0]],"std":0.5},"x":[0.25],"t0":0,"t1":1,"solver":"dopri5","rtol":1e-9,"#
          + #""atol":1e-9,"divergence":"exact","base":"\#(base)"}"#)
    }
    func logDensity(_ base: String) throws -> Double {
      number(try answer(base, "ve")["log_density"])
    }
    guard case .string(let warning)? = try answer("normal", "ve")["warning"] else {
      Issue.record("no warning")
      return
    }
    let gap = try logDensity("normal") - logDensity("exact")
    #expect(warning.contains(" nats off") && gap < -100)
    #expect(abs(try logDensity("prior") - logDensity("exact")) < 1e-3)
    for (base, path) in [("prior", "ve"), ("exact", "ve"), ("normal", "ot"), ("prior", "ot")] {
      #expect(try answer(base, path)["warning"] == nil)
    }
  }

  /// On x' = -x one step multiplies by the method's stability polynomial.
  @Test(arguments: [
    ("euler", 0.5), ("midpoint", 0.625), ("heun", 0.625), ("rk4", 0.6067708333333333),
  ]) func oneStepIsTheStabilityPolynomial(solver: String, factor: Double) throws {
    let answer = try value(
      #"{"op":"solver_step","solver":"\#(solver)","field":{"kind":"linear","matrix":[[-1]],"#
        + #""offset":[0]},"t":0,"h":0.5,"x":[2]}"#)
    #expect(abs(numbers(answer["x"])[0] - 2 * factor) < 1e-15)
    // The embedded method of Heun's is Euler's.
    let estimate = numbers(answer["error_estimate"])
    #expect(solver == "heun" ? abs(estimate[0] - 0.25) < 1e-15 : estimate.isEmpty)
  }

  @Test func aFlowLandsOnTheClosedFormAndCounts() throws {
    for solver in ["dopri5", "dop853", "gsl_rk8pd", "gsl_rk4imp"] {
      let answer = try value(
        #"{"op":"flow_map",\#(Self.gaussian),"x":[1,1],"t0":0,"t1":1,"solver":"\#(solver)","#
          + #""rtol":1e-9,"atol":1e-9}"#)
      // m + s x0 for alpha(0) = 0 and sigma(1) = 0.
      let x = numbers(answer["x"])
      #expect(abs(x[0] - 1) < 1e-7 && abs(x[1] + 0.5) < 1e-7)
      #expect(answer["status"] == .string("success"))
      #expect(number(answer["t_min"]) == 0 && number(answer["t_max"]) == 1)
      #expect(number(answer["nfe"]) > number(answer["nfe_initial"]))
      #expect((number(answer["jacobian_evaluations"]) > 0) == (solver == "gsl_rk4imp"))
    }
    let fixed = try value(
      #"{"op":"flow_map",\#(Self.gaussian),"x":[1,1],"t0":1,"t1":0,"solver":"rk4","steps":5}"#)
    #expect(number(fixed["nfe"]) == 20 && number(fixed["nfe_initial"]) == 0)
    #expect(number(fixed["accepted"]) == 5 && number(fixed["rejected"]) == 0)
  }

  /// What the method itself comes to, in the protocol; the library's flows and the tool land on the point.
  @Test func aCloudEndsAsSingularAndSaysSo() throws {
    let answer = try value(
      #"{"op":"flow_map","path":{"kind":"ot"},"target":{"kind":"point_cloud","points":[[1],[-1]]},"#
        + #""x":[0.3],"t0":0,"t1":1,"solver":"dopri5","rtol":1e-6,"atol":1e-6}"#)
    #expect(answer["status"] == .string("singular"))
    #expect(abs(numbers(answer["x"])[0] - 1) < 1e-4)
  }

  @Test func aLikelihoodIsTheClosedForm() throws {
    let request =
      #"{"op":"log_likelihood",\#(Self.gaussian),"x":[0.75,-1.5],"t0":0,"t1":1,"solver":"dop853","#
      + #""rtol":1e-11,"atol":1e-11,"divergence":"#
    let answer = try value(request + #""exact"}"#)
    let truth = -0.5 * (0.25 + 1) - 0.45158270528945486 - 0.0
    // -|z|^2/2 - log(2 pi s^2) with z = (0.5, -1): log(2 pi 0.25) = 0.4515827...
    #expect(abs(number(answer["log_density"]) - truth) < 1e-9)
    #expect(answer["standard_error"] == .null)
    let probed = try value(request + #"{"law":"rademacher","probes":4,"seed":1}}"#)
    // The Jacobian is a multiple of the identity: every Rademacher probe is exact.
    #expect(abs(number(probed["log_density"]) - truth) < 1e-9)
    #expect(number(probed["standard_error"]) < 1e-9)
    let normal = try value(request + #""exact","base":"normal"}"#)
    #expect(abs(number(normal["log_density"]) - truth) < 1e-9)
  }

  @Test(arguments: [
    (#""x":[1,1],"t0":0,"t1":1,"solver":"rk5","steps":3}"#, "invalid_field"),
    (#""x":[1,1],"t0":0,"t1":1,"solver":"rk4"}"#, "missing_field"),
    (#""x":[1,1],"t0":0,"t1":1,"solver":"rk4","steps":3,"rtol":1}"#, "invalid_field"),
    (#""x":[1,1],"t0":0,"t1":1,"solver":"rk4","rtol":1,"atol":1}"#, "unsupported"),
    (#""x":[1,1],"t0":0,"t1":1,"solver":"gsl_msbdf","steps":3}"#, "unsupported"),
    (#""x":[1,1],"t0":0,"t1":1,"solver":"rk4","steps":0}"#, "out_of_domain"),
    (#""x":[1,1],"t0":0,"t1":1.5,"solver":"rk4","steps":1}"#, "out_of_domain"),
    (#""x":[1,1e400],"t0":0,"t1":1.5,"solver":"rk4","steps":1}"#, "non_finite"),
    (#""x":[1],"t0":0,"t1":1.5,"solver":"rk4","steps":1}"#, "dimension_mismatch"),
    (#""t0":0,"t1":1,"solver":"rk4","steps":1}"#, "missing_field"),
    (#""x":[1,1],"t0":0,"t1":1,"solver":"rk4","steps":1,"h":1}"#, "unknown_field"),
  ]) func badRequestsHaveTheirCodes(rest: String, expected: String) throws {
    #expect(try code(#"{"op":"flow_map",\#(Self.gaussian),\#(rest)"#) == expected)
  }
}
