import FlowFiles

/// What one request may use before it is refused or given up.
public struct RequestLimits: Sendable, Equatable {
  /// In bytes.
  public var memory: Double
  /// How long a request may take, in seconds.
  public var seconds: Double

  public init(memory: Double = 4e9, seconds: Double = 60) {
    (self.memory, self.seconds) = (memory, seconds)
  }

  /// Throws `too_large` for a request whose numbers say that it needs more.
  func admit(_ cost: RequestCost) throws(WireError) {
    if cost.bytes > memory {
      throw WireError(
        .tooLarge, cost.field,
        "the request needs about \(DecimalText.short(cost.bytes / 1e9)) GB of memory, the limit is "
          + "\(DecimalText.short(memory / 1e9)) GB (flowref oracle --memory)")
    }
    if cost.seconds > seconds {
      throw WireError(
        .tooLarge, cost.field,
        "the request needs about \(DecimalText.short(cost.seconds)) s, the limit is "
          + "\(DecimalText.short(seconds)) s (flowref oracle --seconds)")
    }
  }
}
