import FlowFiles
import FlowMatching
import Testing

@testable import FlowConformance

struct OracleTests {
  static let mixture = #"{"kind":"gaussian_mixture","means":[[-1,0],[1,0.5]],"std":[0.25,0.5]}"#

  private func answer(_ line: String, _ oracle: inout Oracle) -> String {
    String(decoding: oracle.answer(Array(line.utf8)), as: UTF8.self)
  }

  private func answer(_ line: String) -> String {
    var oracle = Oracle(version: "test")
    return answer(line, &oracle)
  }

  private func code(_ line: String) throws -> String? {
    let answer = try JSONDocument(parsing: Array(answer(line).utf8)).value
    guard case .object(let object) = answer, case .object(let error)? = object["error"],
      case .string(let code)? = error["code"]
    else { return nil }
    return code
  }

  @Test(arguments: [#""a\u0041""#, "1.50", "[1, {}]", "null", "1e400", #"{"x":-0.0}"#])
  func theIdentifierComesBackByteForByte(id: String) {
    #expect(answer(#"{"op":"echo","id":\#(id),"value":1}"#).hasPrefix(#"{"id":\#(id),"ok":true"#))
  }

  @Test func aLineThatCannotBeParsedHasTheIdentifierNull() {
    #expect(answer(#"{"id":7,"op":"#).hasPrefix(#"{"id":null,"ok":false"#))
  }

  @Test(arguments: [
    (#"{"op":"schedule""#, "malformed_json"),
    (#"{"op":"schedule","op":"echo"}"#, "malformed_json"),
    (String(repeating: "[", count: 70), "malformed_json"),
    (String(repeating: "[", count: 65) + String(repeating: "]", count: 65), "too_large"),
    (#"{"a":"# + String(repeating: #"[{"b":"#, count: 40) + "1]}", "malformed_json"),
    (
      #"{"a":"# + String(repeating: #"[{"b":[],"c":"#, count: 40) + "1"
        + String(repeating: "}]", count: 40) + "}", "too_large"
    ),
    (#"{"op":"schedule","path":{"kind":"ot"},"t":1.5,"x":[1e400]}"#, "unknown_field"),
    (
      #"{"op":"marginal_score","path":{"kind":"ot"},"target":M,"t":1.5,"x":[1e400,0]}"#,
      "non_finite"
    ),
    (
      #"{"op":"marginal_score","path":{"kind":"ot"},"target":M,"t":1.5,"x":[1e400]}"#,
      "dimension_mismatch"
    ),
    (#"{"op":"echo","value":[[1,2],[3,-1e999]]}"#, "non_finite"),
    (
      #"{"op":"guided_velocity","path":{"kind":"ot"},"t":0.5,"x":[1],"label":1e400,"weight":2,"target":"#
        + #"{"kind":"point_cloud","points":[[0],[1]],"labels":[0,1]}}"#, "non_finite"
    ),
    (
      #"{"op":"guided_velocity","path":{"kind":"ot"},"t":0.5,"x":[1],"label":1,"weight":2,"target":"#
        + #"{"kind":"point_cloud","points":[[0],[1]],"labels":[1e400,1]}}"#, "non_finite"
    ),
    (#"{"op":"marginal_score","path":{"kind":"ot","sigma":1},"t":0.5,"x":[1]}"#, "unknown_field"),
    (
      #"{"op":"marginal_score","target":{"kind":"ring","radius":1,"std":1,"stds":1},"t":0.5,"x":[1]}"#,
      "unknown_field"
    ),
    (
      #"{"op":"flow_map","path":{"kind":"ot"},"target":M,"t0":0,"t1":1,"solver":"euler","steps":1,"x":[1,2],"controller":{"a":1}}"#,
      "invalid_field"
    ),
    (#"{"op":"shedule","path":{"kind":"ot"},"t":0}"#, "unknown_op"),
    (#"{"op":"schedule","path":{"kind":"ot"},"t":0,"time":0}"#, "unknown_field"),
    (#"{"op":"schedule","path":{"kind":"ot","beta_min":1},"t":0}"#, "unknown_field"),
    (#"{"op":"schedule","t":0}"#, "missing_field"),
    (#"{"op":"schedule","path":{"kind":"ot"}}"#, "missing_field"),
    (#"{"op":"schedule","path":{"kind":"polynomial"},"t":0}"#, "missing_field"),
    (#"{"op":"schedule","path":{"kind":"ot"},"t":"0"}"#, "invalid_field"),
    (#"{"op":"schedule","path":{"kind":"ot"},"t":0,"one_minus_t":1}"#, "invalid_field"),
    (#"{"op":"schedule","path":"ot","t":0}"#, "invalid_field"),
    (#"{"op":"schedule","path":{"kind":"ot"},"t":[0]}"#, "invalid_field"),
    (#"{"op":"schedule","path":{"kind":"ot"},"t":1e400}"#, "non_finite"),
    (#"{"op":"schedule","path":{"kind":"ot"},"t":1.5}"#, "out_of_domain"),
    (#"{"op":"schedule","path":{"kind":"ot","sigma_min":-1},"t":0.5}"#, "out_of_domain"),
    (
      #"{"op":"marginal_score","path":{"kind":"ot"},"target":M,"t":0.5,"x":[1]}"#,
      "dimension_mismatch"
    ),
    (
      #"{"op":"marginal_score","path":{"kind":"ot"},"target":M,"t":2,"x":[1]}"#,
      "dimension_mismatch"
    ),
    (
      #"{"op":"marginal_score","path":{"kind":"ot"},"target":M,"t":[0,1],"points":[[1,2]]}"#,
      "dimension_mismatch"
    ),
    (
      #"{"op":"marginal_score","path":{"kind":"ot"},"target":{"kind":"ball"},"t":0.5,"x":[1]}"#,
      "invalid_field"
    ),
    (
      #"{"op":"denoiser","path":{"kind":"ot"},"target":{"kind":"point_cloud","points":[[0]]},"t":1,"x":[1]}"#,
      "singular"
    ),
    (
      #"{"op":"guided_velocity","path":{"kind":"ot"},"target":M,"t":0,"x":[0,0],"label":1,"weight":1}"#,
      "unsupported"
    ),
    (
      #"{"op":"denoiser","path":{"kind":"ot"},"target":{"kind":"defined","name":"n"},"t":0,"x":[1]}"#,
      "out_of_domain"
    ),
    (
      #"{"op":"denoiser","path":{"kind":"ot"},"target":{"kind":"file","path":"a.csv"},"t":0,"x":[1]}"#,
      "unsupported"
    ),
    (#"{"op":"sinkhorn","x":[1]}"#, "unknown_field"),
    ("[]", "invalid_field"),
  ])
  func badRequestsGetTheCodeThatTakesPrecedence(line: String, expected: String) throws {
    let line = line.replacing("\"target\":M", with: "\"target\":\(Self.mixture)")
    #expect(try code(line) == expected)
  }

  /// A target stands in `source` and in the factors of a product too: it is the one that is wrong that is named.
  @Test(arguments: [
    (#""source":{"kind":"defined","name":"n"}"#, "source.name"),
    (#""source":{"kind":"gaussian_mixture","means":[[0,0]]}"#, "source.std"),
    (#""source":{"kind":"gaussian_mixture","means":[[0,0]],"std":[1,2]}"#, "source.std"),
    (#""source":{"kind":"file","path":"a.csv"}"#, "source.kind"),
    (
      #""source":{"kind":"uniform_boxes","lower":[[0,0]],"upper":[[1]]}"#, "source.upper"
    ),
    (
      #""source":{"kind":"product","factors":[{"kind":"defined","name":"n"}]}"#,
      "source.factors[0].name"
    ),
  ])
  func errorsNameTheTargetThatIsWrong(member: String, field: String) throws {
    let found = answer(
      #"{"op":"denoiser","path":{"kind":"ot"},"target":\#(Self.mixture),"t":0.5,"x":[0,0],\#(member)}"#
    )
    #expect(found.contains("\"field\":\"\(field)\""), "\(found)")
  }

  @Test func aBatchOfPointsGivesTheBitsOfItsPointsAlone() throws {
    let points = (0..<19).map { "[\(Double($0) * 0.37 - 3),\(1 - Double($0) * 0.11)]" }
    let times = (0..<19).map { Double($0) / 20 }
    func request(_ rest: String) -> String {
      let path = #"{"kind":"vp"}"#
      return #"{"op":"marginal_velocity","path":\#(path),"target":\#(Self.mixture),\#(rest)}"#
    }
    let batch = answer(
      request("\"t\":\(times),\"points\":[\(points.joined(separator: ","))]"))
    let alone = zip(times, points).map { time, point in
      answer(request("\"t\":\(time),\"x\":\(point)")).split(separator: ":").last!.dropLast()
    }
    #expect(batch.hasSuffix("\"value\":[\(alone.joined(separator: ","))]}"))
  }

  @Test func definitionsLastAndOnlyByDefine() {
    var oracle = Oracle(version: "test")
    #expect(
      answer(#"{"id":1,"op":"define","name":"two","target":\#(Self.mixture)}"#, &oracle)
        == #"{"id":1,"ok":true,"value":2}"#)
    let rest = #""path":{"kind":"ot"},"t":0,"x":[0,0]}"#
    #expect(
      answer(#"{"op":"denoiser","target":{"kind":"defined","name":"two"},"# + rest, &oracle)
        == answer(#"{"op":"denoiser","target":\#(Self.mixture),"# + rest))
  }

  @Test(arguments: ResidualMethodName.allCases)
  func theContinuityResidualIsRoundingNoise(method: ResidualMethodName) throws {
    for kind in PathKind.allCases {
      let parameters = kind.parameters.filter { $0.standard == nil }.map { ",\"\($0.name)\":0.5" }
      let path = #"{"kind":"\#(kind.rawValue)"\#(parameters.joined())}"#
      let line =
        #"{"op":"continuity_residual","method":"\#(method.rawValue)","path":\#(path),"#
        + #""target":\#(Self.mixture),"t":0.375,"x":[0.3,-0.7]}"#
      let value = try JSONDocument(parsing: Array(answer(line).utf8)).value
      guard case .object(let object) = value, case .object(let pair)? = object["value"],
        case .number(let residual)? = pair["residual"], case .number(let scale)? = pair["scale"]
      else {
        Issue.record("no residual for \(path)")
        continue
      }
      #expect(scale > 0.01 && abs(residual) <= 20 * 0x1p-53 * scale, "\(path)")
    }
  }

  enum ResidualMethodName: String, CaseIterable, Sendable { case analytic, automatic }

  @Test(arguments: 0..<4)
  func hostileLinesChangeNoLaterAnswer(seed: UInt64) {
    let probe =
      #"{"id":1,"op":"posterior_weights","path":{"kind":"vp"},"target":\#(Self.mixture),"#
      + #""t":0.3,"x":[0.5,-1]}"#
    var oracle = Oracle(version: "test")
    let expected = answer(probe, &oracle)
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    for round in 0..<5000 {
      var line = Array(probe.utf8)
      for _ in 0...random(4) {
        let place = random(line.count)
        switch random(3) {
        case 0: line[place] = UInt8(random(256))
        case 1: line.remove(at: place)
        default: line.insert(contentsOf: line[0..<random(line.count)], at: place)
        }
      }
      let reply = oracle.answer(line)
      #expect((try? JSONDocument(parsing: reply)) != nil || line.contains(10), "\(line)")
      if round % 500 == 0 { #expect(answer(probe, &oracle) == expected) }
    }
    #expect(answer(probe, &oracle) == expected)
  }
}
