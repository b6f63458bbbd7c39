import FlowFiles
public import FlowMatching

/// Paths in the form of the wire protocol.
public enum PathText {
  /// The path that a JSON object such as `{"kind":"vp","beta_min":0.1}` describes.
  /// - Throws: `WireError`, `JSONError`.
  public static func path(_ json: String) throws -> any ProbabilityPath {
    let value = try JSONDocument(parsing: Array(json.utf8)).value
    let fields = try RequestFields(
      JSONObject(members: [.init(name: "path", value: value)]), required: ["path"])
    return try fields.path()
  }
}
