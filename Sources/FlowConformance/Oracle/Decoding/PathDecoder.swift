import FlowFiles
import FlowMatching

extension RequestFields {
  /// The path in the member `name`.
  func path(_ name: String = "path") throws(WireError) -> any ProbabilityPath {
    try Self.named(PathKind.self, in: try members(name), prefix: "\(name).", key: "kind")
  }
}
