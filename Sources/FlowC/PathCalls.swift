// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CFlowReference
import FlowConformance
import FlowMatching

/// A path behind a handle.
typealias PathHandle = Handle<any ProbabilityPath>

@c @implementation
public func flowref_path_create(
  _ json: UnsafePointer<CChar>?, _ path: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) { try PathHandle.give(try PathText.path(try Arrays.text(json, "path")), to: path) }
}

@c @implementation
public func flowref_path_free(_ path: OpaquePointer?) { PathHandle.free(path) }

@c @implementation
public func flowref_schedule(
  _ path: OpaquePointer?, _ times: UnsafePointer<Double>?, _ timeCount: Int, _ remaining: Int32,
  _ result: UnsafeMutablePointer<Double>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let path = try PathHandle.at(path, "path").value
    let times = try Arrays.times(times, timeCount, remaining, count: timeCount)
    let place = try Arrays.place(result, "result")
    for (row, time) in times.enumerated() {
      let schedule = path.schedule(at: time)
      let numbers = [
        schedule.alpha, schedule.sigma, schedule.variance, schedule.alphaDot, schedule.sigmaDot,
        schedule.varianceDot, path.logSNR(at: time), path.logSNRDot(at: time),
      ]
      Arrays.write(numbers, to: place, at: row * numbers.count)
    }
  }
}

@c @implementation
public func flowref_time_at_log_snr(
  _ path: OpaquePointer?, _ logSNR: UnsafePointer<Double>?, _ count: Int,
  _ t: UnsafeMutablePointer<Double>?, _ remaining: UnsafeMutablePointer<Double>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let path = try PathHandle.at(path, "path").value
    let t = try Arrays.place(t, "t")
    let remaining = try Arrays.place(remaining, "one_minus_t")
    for (row, level) in try Arrays.read(logSNR, count, "log_snr").enumerated() {
      let time = try path.time(atLogSNR: level)
      (t[row], remaining[row]) = (time.t, time.remaining)
    }
  }
}

/// Answers rows one by one: `answer` has the time and the row of each table.
private func rowByRow(
  _ times: [Time<Double>], _ tables: [[Double]], _ count: Int, _ dimension: Int,
  to place: UnsafeMutablePointer<Double>,
  _ answer: (Time<Double>, [[Double]]) throws -> [Double]
) throws {
  for row in 0..<count {
    let slice = row * dimension..<(row + 1) * dimension
    let values = try answer(
      times.count == 1 ? times[0] : times[row], tables.map { Array($0[slice]) })
    Arrays.write(values, to: place, at: row * values.count)
  }
}

/// The conditional quantities by their names on the wire.
private enum ConditionalQuantity: String, CaseIterable {
  case flow = "conditional_flow"
  case velocity = "conditional_velocity"
  case score = "conditional_score"
  case logDensity = "conditional_log_density"
}

@c @implementation
public func flowref_conditional(
  _ path: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ times: UnsafePointer<Double>?,
  _ timeCount: Int, _ remaining: Int32, _ x: UnsafePointer<Double>?, _ x1: UnsafePointer<Double>?,
  _ count: Int, _ dimension: Int, _ result: UnsafeMutablePointer<Double>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let field = ConditionalField(path: try PathHandle.at(path, "path").value)
    let quantity = try Arrays.choice(name, "name", ConditionalQuantity.self)
    let tables = [
      try Arrays.read(x, count, dimension, quantity == .flow ? "x0" : "x"),
      try Arrays.read(x1, count, dimension, "x1"),
    ]
    let times = try Arrays.times(times, timeCount, remaining, count: count)
    let place = try Arrays.place(result, "result")
    try rowByRow(times, tables, count, dimension, to: place) { time, rows in
      switch quantity {
      case .flow: try field.flow(at: time, from: rows[0], given: rows[1])
      case .velocity: try field.velocity(at: time, of: rows[0], given: rows[1])
      case .score: try field.score(at: time, of: rows[0], given: rows[1])
      case .logDensity: [try field.logDensity(at: time, of: rows[0], given: rows[1])]
      }
    }
  }
}

@c @implementation
public func flowref_pair_velocity(
  _ kind: UnsafePointer<CChar>?, _ sigma: Double, _ times: UnsafePointer<Double>?,
  _ timeCount: Int, _ remaining: Int32, _ x: UnsafePointer<Double>?, _ x0: UnsafePointer<Double>?,
  _ x1: UnsafePointer<Double>?, _ count: Int, _ dimension: Int,
  _ result: UnsafeMutablePointer<Double>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let kind = try Arrays.choice(kind, "kind", PairField.self)
    let tables = [
      try Arrays.read(x, count, dimension, "x"), try Arrays.read(x0, count, dimension, "x0"),
      try Arrays.read(x1, count, dimension, "x1"),
    ]
    let times = try Arrays.times(times, timeCount, remaining, count: count)
    let place = try Arrays.place(result, "result")
    try rowByRow(times, tables, count, dimension, to: place) { time, rows in
      try kind.velocity(sigma: sigma, at: time, of: rows[0], from: rows[1], to: rows[2])
    }
  }
}

@c @implementation
public func flowref_convert(
  _ path: OpaquePointer?, _ from: UnsafePointer<CChar>?, _ to: UnsafePointer<CChar>?,
  _ times: UnsafePointer<Double>?, _ timeCount: Int, _ remaining: Int32,
  _ x: UnsafePointer<Double>?, _ value: UnsafePointer<Double>?, _ count: Int, _ dimension: Int,
  _ result: UnsafeMutablePointer<Double>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let path = try PathHandle.at(path, "path").value
    let from = try Arrays.choice(from, "from", Parameterisation.self)
    let to = try Arrays.choice(to, "to", Parameterisation.self)
    let tables = [
      try Arrays.read(x, count, dimension, "x"), try Arrays.read(value, count, dimension, "value"),
    ]
    let times = try Arrays.times(times, timeCount, remaining, count: count)
    let place = try Arrays.place(result, "result")
    try rowByRow(times, tables, count, dimension, to: place) { time, rows in
      try from.convert(rows[1], to: to, at: time, x: rows[0], path: path)
    }
  }
}
