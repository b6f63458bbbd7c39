import FlowFiles
import FlowMatching

extension TargetDecoder {
  /// Independent factors, each a target of its own.
  func product(_ fields: RequestFields) throws(WireError) -> any Target {
    guard let elements = fields.object["factors"]?.elements, !elements.isEmpty else {
      throw fields.invalid("factors", "a non-empty array of targets")
    }
    var factors: [any Target] = []
    var findings = Findings()
    for (index, element) in elements.enumerated() {
      let name = "\(fields.prefix)factors[\(index)]"
      let holder = JSONObject(members: [.init(name: name, value: element)])
      let factor = findings.attempt { () throws(WireError) in
        try target(RequestFields(holder, required: [name]), name)
      }
      if let factor { factors.append(factor) }
    }
    try findings.settle()
    return try onWire { () throws(FlowError) in try ProductTarget(factors) }
  }
}
