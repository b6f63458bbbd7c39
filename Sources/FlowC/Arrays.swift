import FlowConformance
import FlowMatching

/// The caller's arrays as the engine's, and back.
enum Arrays {
  /// `rows` rows of `width` numbers.
  static func read(
    _ pointer: UnsafePointer<Double>?, _ rows: Int, _ width: Int, _ name: String
  ) throws -> [Double] {
    let count = try size(rows, width, name)
    guard count > 0 else {
      throw FlowError(.dimensionMismatch, name, "\(name) has \(rows) rows of \(width) numbers")
    }
    guard let pointer else { throw CallFailure.invalid(name, "\(name) is NULL") }
    return Array(UnsafeBufferPointer(start: pointer, count: count))
  }

  /// Nothing where the pointer is NULL.
  static func optional(
    _ pointer: UnsafePointer<Double>?, _ count: Int, _ name: String
  ) throws -> [Double]? {
    pointer == nil ? nil : try read(pointer, count, 1, name)
  }

  /// The product of two sizes: neither below zero nor more numbers than the machine can hold.
  static func size(_ rows: Int, _ width: Int, _ name: String) throws -> Int {
    let (count, overflows) = rows.multipliedReportingOverflow(by: width)
    guard rows >= 0, width >= 0, !overflows, 8 * Double(count) <= RunControl.machineMemory else {
      throw CallFailure(
        code: Code.number(.tooLarge), field: name,
        message: "\(name) has \(UInt(bitPattern: rows)) rows of \(UInt(bitPattern: width)) numbers")
    }
    return count
  }

  /// Where results go.
  static func place<T>(
    _ pointer: UnsafeMutablePointer<T>?, _ name: String
  ) throws -> UnsafeMutablePointer<T> {
    guard let pointer else { throw CallFailure.invalid(name, "\(name) is NULL") }
    return pointer
  }

  static func write(_ values: [Double], to place: UnsafeMutablePointer<Double>, at row: Int = 0) {
    values.withUnsafeBufferPointer { values in
      guard let first = values.baseAddress else { return }
      (place + row).update(from: first, count: values.count)
    }
  }

  /// One time for all points or one for each of `count`.
  static func times(
    _ pointer: UnsafePointer<Double>?, _ timeCount: Int, _ remaining: Int32, count: Int
  ) throws -> [Time<Double>] {
    let name = remaining == 0 ? "t" : "one_minus_t"
    guard timeCount == 1 || timeCount == count else {
      throw FlowError.dimensionMismatch(name, timeCount, expected: count)
    }
    if timeCount == 1, let pointer {
      return [remaining == 0 ? try Time(pointer.pointee) : try Time(remaining: pointer.pointee)]
    }
    return try read(pointer, timeCount, 1, name).map { number throws(FlowError) in
      remaining == 0 ? try Time(number) : try Time(remaining: number)
    }
  }

  static func read(
    _ pointer: UnsafePointer<Double>?, _ count: Int, _ name: String
  ) throws -> [Double] {
    try read(pointer, count, 1, name)
  }

  static func text(_ pointer: UnsafePointer<CChar>?, _ name: String) throws -> String {
    guard let pointer else { throw CallFailure.invalid(name, "\(name) is NULL") }
    guard let text = String(validatingCString: pointer) else {
      throw CallFailure.invalid(name, "\(name) is no UTF-8")
    }
    return text
  }

  /// One of a fixed set of names.
  static func choice<T: RawRepresentable & CaseIterable>(
    _ pointer: UnsafePointer<CChar>?, _ name: String, _ type: T.Type = T.self
  ) throws -> T where T.RawValue == String {
    let text = try text(pointer, name)
    guard let value = T(rawValue: text) else {
      throw noChoice(name, text, T.allCases.map(\.rawValue))
    }
    return value
  }

  static func noChoice(_ name: String, _ text: String, _ accepted: [String]) -> CallFailure {
    .invalid(name, "\(name) = \"\(text)\" is none of \(accepted.joined(separator: ", "))")
  }
}
