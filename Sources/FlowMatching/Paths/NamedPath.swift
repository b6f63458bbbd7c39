/// A path and what reports and figures call it.
public struct NamedPath: Sendable {
  public let name: String
  public let path: any ProbabilityPath

  public init(name: String, path: any ProbabilityPath) {
    self.name = name
    self.path = path
  }
}
