/// A target and what reports and figures call it.
public struct NamedTarget: Sendable {
  public let name: String
  public let target: any Target

  public init(name: String, target: any Target) {
    self.name = name
    self.target = target
  }
}
