import FlowFiles
import FlowMatching

/// The points and times of a request: one `x`, or an array `points` with one `t` for all or each.
struct Queries {
  let times: [Time<Double>]
  let dimension: Int
  let points: [Double]
  /// Whether the answer is an array over points.
  let isBatch: Bool

  static let fields = ["t", "one_minus_t", "x", "points"]

  /// The answer in the request's form, from `width` numbers per point (nil: one bare number).
  func shaped(_ values: [Double], width: Int?) -> JSONValue {
    guard isBatch else {
      return width == nil ? .number(values[0]) : .numbers(values)
    }
    guard let width else { return .numbers(values) }
    return .array(
      stride(from: 0, to: values.count, by: width).map { .numbers(Array(values[$0..<$0 + width])) })
  }
}

extension RequestFields {
  /// The one of two alternatives that is there.
  /// - Throws: `missing_field` or `invalid_field` unless exactly one is.
  private func one(
    _ a: String, _ b: String
  ) throws(WireError) -> (name: String, value: JSONValue) {
    switch (object[a], object[b]) {
    case (let value?, nil): return (a, value)
    case (nil, let value?): return (b, value)
    case (nil, nil):
      throw WireError(.missingField, prefix + a, "the field \(prefix)\(a) (or \(b)) is missing")
    case (.some, .some):
      throw WireError(.invalidField, prefix + b, "give either \(a) or \(b), not both")
    }
  }

  private static func time(_ name: String, _ number: Double) throws(WireError) -> Time<Double> {
    try onWire { () throws(FlowError) in
      name == "t" ? try Time(number) : try Time(remaining: number)
    }
  }

  /// One time from `t` or `one_minus_t`.
  func time() throws(WireError) -> Time<Double> {
    let (name, value) = try one("t", "one_minus_t")
    guard case .number(let number) = value else { throw invalid(name, "a number") }
    return try Self.time(name, number)
  }

  /// One or many times from `t` or `one_minus_t`.
  func times() throws(WireError) -> [Time<Double>] {
    let (name, value) = try one("t", "one_minus_t")
    let numbers = value.elements == nil ? [try number(name)] : try vector(name)
    var times: [Time<Double>] = []
    for number in numbers { times.append(try Self.time(name, number)) }
    return times
  }

  /// Points of `dimension` numbers (nil: any) and times, every trouble among them found.
  func queries(dimension: Int?, _ findings: inout Findings) -> Queries? {
    let isBatch = has("points")
    let times = findings.attempt { () throws(WireError) in try self.times() }
    let rows = findings.attempt { () throws(WireError) -> (dimension: Int, values: [Double]) in
      _ = try one("x", "points")
      let rows = try isBatch ? self.rows("points") : single("x")
      if let dimension, rows.dimension != dimension {
        throw WireError(
          FlowError.dimensionMismatch(
            isBatch ? "points" : "x", rows.dimension, expected: dimension))
      }
      return rows
    }
    _ = findings.attempt { () throws(WireError) in try checkTimes(isBatch, rows) }
    guard let times, let rows else { return nil }
    return Queries(times: times, dimension: rows.dimension, points: rows.values, isBatch: isBatch)
  }

  private func single(_ name: String) throws(WireError) -> (dimension: Int, values: [Double]) {
    let x = try vector(name)
    return (x.count, x)
  }

  /// Throws unless an array of times stands beside as many points.
  private func checkTimes(
    _ isBatch: Bool, _ rows: (dimension: Int, values: [Double])?
  ) throws(WireError) {
    let name = has("t") ? "t" : "one_minus_t"
    guard let times = object[name]?.elements else { return }
    guard isBatch else { throw invalid(name, "a number") }
    guard let rows, times.count != rows.values.count / rows.dimension else { return }
    throw WireError(
      FlowError.dimensionMismatch(
        name, times.count, expected: rows.values.count / rows.dimension))
  }
}
