// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CFlowReference
import FlowMatching

/// A field behind a handle.
typealias FieldHandle = Handle<MarginalField>

/// What a call to a field is given: the field, times and points, and how to run.
struct FieldQuery {
  let field: MarginalField
  let times: [Time<Double>]
  let count: Int
  let control: RunControl
  private let points: UnsafePointer<Double>

  init(
    _ field: OpaquePointer?, _ times: UnsafePointer<Double>?, _ timeCount: Int,
    _ remaining: Int32, _ points: UnsafePointer<Double>?, _ count: Int,
    _ run: UnsafePointer<flowref_run>?
  ) throws {
    self.field = try FieldHandle.at(field, "field").value
    self.count = count
    control = try RunControl(run)
    self.times = try Arrays.times(times, timeCount, remaining, count: count)
    guard try Arrays.size(count, self.field.dimension, "x") > 0 else {
      throw FlowError.dimensionMismatch("x", 0, expected: self.field.dimension)
    }
    guard let points else { throw CallFailure.invalid("x", "x is NULL") }
    self.points = points
  }

  /// Nanoseconds for the posterior means at one point, roughly.
  private var work: Double {
    guard let components = (field.target as? any WeightedTarget)?.count else { return 1e5 }
    let noise: (any Target)? = (field.target as? any SourcedTarget)?.noise
    let pairs = Double(components) * Double((noise as? any WeightedTarget)?.count ?? 1)
    return pairs * Double(field.dimension + 10)
  }

  /// Runs a body on slices of the rows: their first row, times and points. `factor` says how many times as dear
  /// as the posterior means a row is.
  func slices(
    factor: Double = 1, _ body: (Int, [Time<Double>], [Double]) throws -> Void
  ) throws {
    let d = field.dimension
    try control.slices(count, dimension: d, work: work * factor) { rows in
      let points = Array(
        UnsafeBufferPointer(start: points + rows.lowerBound * d, count: rows.count * d))
      try body(rows.lowerBound, times.count == 1 ? times : Array(times[rows]), points)
    }
  }
}

@c @implementation
public func flowref_field_create(
  _ path: OpaquePointer?, _ target: OpaquePointer?, _ field: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    try FieldHandle.give(
      MarginalField(
        path: try PathHandle.at(path, "path").value,
        target: try TargetHandle.at(target, "target").value), to: field)
  }
}

@c @implementation
public func flowref_field_dimension(_ field: OpaquePointer?) -> Int {
  (try? FieldHandle.at(field, "field"))?.value.dimension ?? 0
}

@c @implementation
public func flowref_field_free(_ field: OpaquePointer?) { FieldHandle.free(field) }

@c @implementation
public func flowref_field_width(
  _ field: OpaquePointer?, _ quantity: UnsafePointer<CChar>?, _ width: UnsafeMutablePointer<Int>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let field = try FieldHandle.at(field, "field").value
    try Arrays.place(width, "width").pointee = field.width(
      of: try Names.quantity(quantity))
  }
}

@c @implementation
public func flowref_field_values(
  _ field: OpaquePointer?, _ quantity: UnsafePointer<CChar>?, _ times: UnsafePointer<Double>?,
  _ timeCount: Int, _ remaining: Int32, _ points: UnsafePointer<Double>?, _ count: Int,
  _ result: UnsafeMutablePointer<Double>?, _ run: UnsafePointer<flowref_run>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let query = try FieldQuery(field, times, timeCount, remaining, points, count, run)
    let quantity = try Names.quantity(quantity)
    let width = try query.field.width(of: quantity)
    let place = try Arrays.place(result, "result")
    try query.slices(factor: quantity.isMatrix ? Double(query.field.dimension) : 1) {
      first, times, points in
      Arrays.write(
        try query.field.values(of: quantity, at: times, of: points), to: place, at: first * width)
    }
  }
}

extension MarginalQuantity {
  fileprivate var isMatrix: Bool { self == .jacobian || self == .posteriorCovariance }
}

@c @implementation
public func flowref_field_jacobian_products(
  _ field: OpaquePointer?, _ times: UnsafePointer<Double>?, _ timeCount: Int, _ remaining: Int32,
  _ points: UnsafePointer<Double>?, _ directions: UnsafePointer<Double>?, _ count: Int,
  _ velocities: UnsafeMutablePointer<Double>?, _ products: UnsafeMutablePointer<Double>?,
  _ run: UnsafePointer<flowref_run>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let query = try FieldQuery(field, times, timeCount, remaining, points, count, run)
    let d = query.field.dimension
    let directions = try Arrays.read(directions, count, d, "directions")
    let velocityPlace = try Arrays.place(velocities, "velocities")
    let productPlace = try Arrays.place(products, "products")
    try query.slices(factor: 2) { first, times, points in
      let along = Array(directions[first * d..<first * d + points.count])
      let found = try query.field.jacobianProducts(at: times, of: points, along: along)
      Arrays.write(found.velocities, to: velocityPlace, at: first * d)
      Arrays.write(found.products, to: productPlace, at: first * d)
    }
  }
}

@c @implementation
public func flowref_field_divergences(
  _ field: OpaquePointer?, _ times: UnsafePointer<Double>?, _ timeCount: Int, _ remaining: Int32,
  _ points: UnsafePointer<Double>?, _ count: Int, _ velocities: UnsafeMutablePointer<Double>?,
  _ divergences: UnsafeMutablePointer<Double>?, _ run: UnsafePointer<flowref_run>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let query = try FieldQuery(field, times, timeCount, remaining, points, count, run)
    let velocityPlace = try Arrays.place(velocities, "velocities")
    let divergencePlace = try Arrays.place(divergences, "divergences")
    try query.slices { first, times, points in
      let found = try query.field.divergences(at: times, of: points)
      Arrays.write(found.velocities, to: velocityPlace, at: first * query.field.dimension)
      Arrays.write(found.divergences, to: divergencePlace, at: first)
    }
  }
}

@c @implementation
public func flowref_field_time_derivatives(
  _ field: OpaquePointer?, _ times: UnsafePointer<Double>?, _ timeCount: Int, _ remaining: Int32,
  _ points: UnsafePointer<Double>?, _ count: Int, _ result: UnsafeMutablePointer<Double>?,
  _ run: UnsafePointer<flowref_run>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let query = try FieldQuery(field, times, timeCount, remaining, points, count, run)
    let place = try Arrays.place(result, "result")
    try query.slices(factor: 2) { first, times, points in
      let values = try query.field.timeDerivatives(at: times, of: points)
      Arrays.write(values, to: place, at: first * query.field.dimension)
    }
  }
}
