import FlowMatching

/// An error as the wire protocol reports it.
public struct WireError: Error, Equatable, Sendable {
  /// The codes of the protocol.
  public typealias Code = WireCode

  /// The kind of trouble.
  public let code: Code
  /// The offending field, if one is to blame.
  public let field: String?
  /// What was wrong, its value and what would be accepted.
  public let message: String

  init(_ code: Code, _ field: String?, _ message: String) {
    self.code = code
    self.field = field
    self.message = message
  }

  init(_ error: FlowError) {
    self.init(Code(rawValue: error.code.rawValue)!, error.field, error.message)
  }
}

/// Runs a call into the engine, its errors turned into the protocol's.
func onWire<T>(_ body: () throws(FlowError) -> T) throws(WireError) -> T {
  do throws(FlowError) { return try body() } catch { throw WireError(error) }
}

/// Collects the troubles of independent parts of a request, to report the one that takes precedence.
struct Findings {
  private var worst: WireError?

  /// The result of `body`, or nil if it throws.
  mutating func attempt<T>(_ body: () throws(WireError) -> T) -> T? {
    do throws(WireError) {
      return try body()
    } catch {
      note(error)
      return nil
    }
  }

  mutating func note(_ error: WireError) {
    if worst == nil || error.code < worst!.code { worst = error }
  }

  /// Throws the trouble that takes precedence, if there was any.
  func settle() throws(WireError) {
    if let worst { throw worst }
  }
}
