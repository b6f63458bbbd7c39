import Testing

@testable import FlowConformance

@Suite struct LevelOperationsTests {
  static let setting =
    #""path":{"kind":"ot"},"target":{"kind":"gaussian_mixture","means":[[0,0]],"std":0.5}"#

  private func answer(_ line: String) -> String {
    var oracle = Oracle(version: "test")
    return String(decoding: oracle.answer(Array(line.utf8)), as: UTF8.self)
  }

  /// From N(0, 1) to N(0, 1/4): every coordinate is halved.
  @Test func shapesFollowThePoints() {
    func value(_ op: String, _ places: String) -> String {
      answer(#"{"op":"\#(op)",\#(Self.setting),"t0":0,"t1":1,\#(places)}"#)
    }
    #expect(value("average_velocity", #""x":[1,-2]"#).contains(#""value":[-0.5,1.0]"#))
    let two = value("average_velocity", #""points":[[1,-2],[4,0]]"#)
    #expect(two.contains(#""value":[[-0.5,1.0],[-2.0,0.0]]"#))
    #expect(value("flow_jacobian", #""x":[1,-2]"#).contains(#""value":[[0.5,0.0],[0.0,0.5]]"#))
    #expect(
      value("flow_jacobian", #""points":[[1,-2]]"#).contains(#""value":[[[0.5,0.0],[0.0,0.5]]]"#))
    #expect(value("flow_log_determinant", #""x":[1,-2]"#).contains(#""value":-1.386294361119"#))
  }

  @Test(arguments: [
    (#""t0":0,"t1":1.5,"x":[1,2]"#, "out_of_domain"),
    (#""t0":0,"t1":1,"x":[1]"#, "dimension_mismatch"),
    (#""t0":0,"x":[1,2]"#, "missing_field"),
    (#""t0":0,"t1":1,"x":[1,2],"steps":4"#, "unknown_field"),
    (#""t0":0,"t1":1,"points":[]"#, "invalid_field"),
    (#""t0":0,"t1":1,"x":[1,2],"points":[[1,2]]"#, "invalid_field"),
    (#""t0":0,"t1":1,"x":[1,2],"source":{"kind":"point_cloud","points":[[0,0]]}"#, "unsupported"),
  ]) func badRequestsAreRefused(rest: String, code: String) {
    #expect(answer(#"{"op":"flow_jacobian",\#(Self.setting),\#(rest)}"#).contains(code))
  }

  @Test func targetsWithoutLevelsAreUnsupported() {
    let plane =
      #""path":{"kind":"ot"},"target":{"kind":"preset","name":"eight_gaussians"},"t0":0,"t1":1,"x":[1,1]"#
    #expect(answer(#"{"op":"average_velocity",\#(plane)}"#).contains("unsupported"))
  }
}
