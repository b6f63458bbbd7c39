/// An object on the other side: retained by its handle until that is freed.
final class Handle<Value> {
  var value: Value

  private init(_ value: Value) { self.value = value }

  /// Gives a new handle to the caller.
  static func give(_ value: Value, to place: UnsafeMutablePointer<OpaquePointer?>?) throws {
    guard let place else { throw CallFailure.invalid("", "there is no place for the handle") }
    place.pointee = make(value)
  }

  static func make(_ value: Value) -> OpaquePointer {
    OpaquePointer(Unmanaged.passRetained(Handle(value)).toOpaque())
  }

  /// The object behind a handle.
  static func at(_ pointer: OpaquePointer?, _ name: String) throws -> Handle {
    guard let pointer else { throw CallFailure.invalid(name, "\(name) is NULL") }
    return Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }

  static func free(_ pointer: OpaquePointer?) {
    guard let pointer else { return }
    Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(pointer)).release()
  }
}
