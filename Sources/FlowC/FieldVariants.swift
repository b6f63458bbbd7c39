// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CFlowReference
import FlowMatching

@c @implementation
public func flowref_field_guided_velocities(
  _ field: OpaquePointer?, _ label: UnsafePointer<CChar>?, _ weight: Double,
  _ times: UnsafePointer<Double>?, _ timeCount: Int, _ remaining: Int32,
  _ points: UnsafePointer<Double>?, _ count: Int, _ result: UnsafeMutablePointer<Double>?,
  _ run: UnsafePointer<flowref_run>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let query = try FieldQuery(field, times, timeCount, remaining, points, count, run)
    let place = try Arrays.place(result, "result")
    let guided = try GuidedField(
      path: query.field.path, target: query.field.target, label: try Arrays.text(label, "label"),
      weight: weight)
    try query.slices { first, times, points in
      let values = try guided.velocities(at: times, of: points)
      Arrays.write(values, to: place, at: first * query.field.dimension)
    }
  }
}

@c @implementation
public func flowref_field_transformed_velocities(
  _ field: OpaquePointer?, _ toPath: OpaquePointer?, _ times: UnsafePointer<Double>?,
  _ timeCount: Int, _ remaining: Int32, _ points: UnsafePointer<Double>?, _ count: Int,
  _ result: UnsafeMutablePointer<Double>?, _ run: UnsafePointer<flowref_run>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let query = try FieldQuery(field, times, timeCount, remaining, points, count, run)
    let to = try PathHandle.at(toPath, "to_path").value
    let place = try Arrays.place(result, "result")
    try query.slices { first, times, points in
      let values = try ScheduleTransform.exactVelocities(
        target: query.field.target, from: query.field.path, to: to, at: times, of: points)
      Arrays.write(values, to: place, at: first * query.field.dimension)
    }
  }
}

@c @implementation
public func flowref_field_continuity_residuals(
  _ field: OpaquePointer?, _ method: UnsafePointer<CChar>?, _ times: UnsafePointer<Double>?,
  _ timeCount: Int, _ remaining: Int32, _ points: UnsafePointer<Double>?, _ count: Int,
  _ residuals: UnsafeMutablePointer<Double>?, _ scales: UnsafeMutablePointer<Double>?,
  _ run: UnsafePointer<flowref_run>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let query = try FieldQuery(field, times, timeCount, remaining, points, count, run)
    let method = try Arrays.choice(method, "method", ResidualMethod.self)
    let residualPlace = try Arrays.place(residuals, "residuals")
    let scalePlace = try Arrays.place(scales, "scales")
    try query.slices(factor: 4) { first, times, points in
      let found = try query.field.continuityResiduals(at: times, of: points, method: method)
      Arrays.write(found.map(\.residual), to: residualPlace, at: first)
      Arrays.write(found.map(\.scale), to: scalePlace, at: first)
    }
  }
}

@c @implementation
public func flowref_field_loss_gap(
  _ field: OpaquePointer?, _ time: Double, _ remaining: Int32, _ samples: Int, _ seed: UInt64,
  _ value: UnsafeMutablePointer<Double>?, _ standardError: UnsafeMutablePointer<Double>?,
  _ run: UnsafePointer<flowref_run>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let field = try FieldHandle.at(field, "field").value
    guard let mixture = field.target as? GaussianMixture else {
      throw FlowError(.unsupported, "target", "cfm_gap needs a mixture or a point cloud")
    }
    let time = remaining == 0 ? try Time(time) : try Time(remaining: time)
    _ = try Arrays.size(samples, mixture.dimension, "samples")
    try RunControl(run).run {
      let gap = try LossGap(path: field.path, target: mixture).value(
        at: time, samples: samples, seed: seed)
      try Arrays.place(value, "value").pointee = gap.value
      try Arrays.place(standardError, "standard_error").pointee = gap.standardError
    }
  }
}

@c @implementation
public func flowref_field_samples(
  _ field: OpaquePointer?, _ time: Double, _ remaining: Int32, _ seed: UInt64, _ first: UInt64,
  _ count: Int, _ result: UnsafeMutablePointer<Double>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let field = try FieldHandle.at(field, "field").value
    let (target, d) = (field.target, field.dimension)
    let schedule = field.path.schedule(
      at: remaining == 0 ? try Time(time) : try Time(remaining: time))
    guard !((target as? SourcedMixture)?.hasTube ?? false) else {
      throw FlowError(.unsupported, "tube", "samples of p_t are drawn without a tube")
    }
    _ = try Arrays.size(count, d, "count")
    let place = try Arrays.place(result, "result")
    let source: (any Target)? = (target as? any SourcedTarget)?.noise
    let (noise, data) = (RandomStream(seed: seed, stream: 1), RandomStream(seed: seed, stream: 2))
    for row in 0..<count {
      let index = first &+ UInt64(row)
      let x0 =
        source?.sample(index, from: noise)
        ?? noise.normals(d, at: index &* UInt64((d + 1) / 2))
      let x = zip(target.sample(index, from: data), x0).map {
        schedule.alpha * $0 + schedule.sigma * $1
      }
      Arrays.write(x, to: place, at: row * d)
    }
  }
}

extension SourcedMixture {
  fileprivate var hasTube: Bool { tube != .none }
}
