// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CFlowReference
import FlowConformance
import FlowMatching

/// A target behind a handle.
typealias TargetHandle = Handle<any Target>

private func labels(
  _ pointer: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int
) throws -> [String]? {
  guard let pointer else { return nil }
  return try (0..<count).map { try Arrays.text(pointer[$0], "labels[\($0)]") }
}

private func dimensioned(_ dimension: Int) throws {
  guard dimension > 0 else {
    throw FlowError.outOfDomain("dimension", dimension, accepted: "[1, infinity)")
  }
}

@c @implementation
public func flowref_target_create(
  _ json: UnsafePointer<CChar>?, _ target: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    try RunControl(nil).run {
      try TargetHandle.give(
        try TargetText.target(try Arrays.text(json, "target")), to: target)
    }
  }
}

@c @implementation
public func flowref_target_mixture(
  _ dimension: Int, _ count: Int, _ means: UnsafePointer<Double>?, _ stds: UnsafePointer<Double>?,
  _ stdCount: Int, _ weights: UnsafePointer<Double>?,
  _ labelTexts: UnsafePointer<UnsafePointer<CChar>?>?,
  _ target: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    try dimensioned(dimension)
    try TargetHandle.give(
      try GaussianMixture(
        dimension: dimension, means: try Arrays.read(means, count, dimension, "means"),
        stds: try Arrays.read(stds, stdCount, "std"),
        weights: try Arrays.optional(weights, count, "weights"),
        labels: try labels(labelTexts, count)), to: target)
  }
}

@c @implementation
public func flowref_target_full_mixture(
  _ dimension: Int, _ count: Int, _ means: UnsafePointer<Double>?,
  _ covariances: UnsafePointer<Double>?, _ weights: UnsafePointer<Double>?,
  _ labelTexts: UnsafePointer<UnsafePointer<CChar>?>?,
  _ target: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    try dimensioned(dimension)
    let means = try Arrays.read(means, count, dimension, "means")
    let entries = try Arrays.size(dimension, dimension, "covariances")
    let matrices = try Arrays.read(covariances, count, entries, "covariances")
    try TargetHandle.give(
      try GaussianMixture(
        dimension: dimension, means: means,
        covariances: (0..<count).map { Array(matrices[$0 * entries..<($0 + 1) * entries]) },
        weights: try Arrays.optional(weights, count, "weights"),
        labels: try labels(labelTexts, count)), to: target)
  }
}

@c @implementation
public func flowref_target_boxes(
  _ dimension: Int, _ count: Int, _ lower: UnsafePointer<Double>?, _ upper: UnsafePointer<Double>?,
  _ weights: UnsafePointer<Double>?, _ target: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    try dimensioned(dimension)
    try TargetHandle.give(
      try UniformBoxes(
        dimension: dimension, lower: try Arrays.read(lower, count, dimension, "lower"),
        upper: try Arrays.read(upper, count, dimension, "upper"),
        weights: try Arrays.optional(weights, count, "weights")), to: target)
  }
}

@c @implementation
public func flowref_target_product(
  _ factors: UnsafePointer<OpaquePointer?>?, _ count: Int,
  _ target: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    guard let factors, count > 0 else {
      throw CallFailure.invalid("factors", "factors must be a non-empty array of targets")
    }
    let targets = try (0..<count).map { try TargetHandle.at(factors[$0], "factors[\($0)]").value }
    try TargetHandle.give(try ProductTarget(targets), to: target)
  }
}

@c @implementation
public func flowref_target_sourced(
  _ data: OpaquePointer?, _ source: OpaquePointer?, _ tube: UnsafePointer<CChar>?,
  _ sigma: Double, _ target: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    func mixture(_ pointer: OpaquePointer?, _ name: String) throws -> GaussianMixture {
      guard let mixture = try TargetHandle.at(pointer, name).value as? GaussianMixture else {
        throw FlowError(
          .unsupported, name, "with a source, data and source are mixtures or point clouds")
      }
      return mixture
    }
    var noise = Tube.none
    if tube != nil {
      noise = try Arrays.choice(tube, "tube", TubeKind.self).tube(std: sigma)
    }
    try TargetHandle.give(
      try SourcedMixture(
        data: try mixture(data, "target"), source: try mixture(source, "source"), tube: noise),
      to: target)
  }
}

@c @implementation
public func flowref_target_dimension(_ target: OpaquePointer?) -> Int {
  (try? TargetHandle.at(target, "target"))?.value.dimension ?? 0
}

@c @implementation
public func flowref_target_components(_ target: OpaquePointer?) -> Int {
  let known = (try? TargetHandle.at(target, "target"))?.value
  return (known as? any WeightedTarget)?.count ?? 0
}

@c @implementation
public func flowref_target_samples(
  _ target: OpaquePointer?, _ seed: UInt64, _ first: UInt64, _ count: Int,
  _ result: UnsafeMutablePointer<Double>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let target = try TargetHandle.at(target, "target").value
    _ = try Arrays.size(count, target.dimension, "count")
    let place = try Arrays.place(result, "result")
    let random = RandomStream(seed: seed, stream: 2)
    for row in 0..<count {
      Arrays.write(
        target.sample(first &+ UInt64(row), from: random), to: place, at: row * target.dimension)
    }
  }
}

@c @implementation
public func flowref_target_free(_ target: OpaquePointer?) { TargetHandle.free(target) }
