import FlowFiles
import FlowMatching

/// The size of a target in its JSON form.
struct TargetShape {
  var components = 1.0
  var dimension = 1.0
  var isFull = false
  /// Bytes to build it.
  var bytes = 0.0
  /// Operations for the posterior means at one point.
  var work = 1000.0

  init(_ value: JSONValue?, _ targets: TargetDecoder) {
    guard case .object(let object)? = value, case .string(let name)? = object["kind"],
      let kind = TargetKind(rawValue: name)
    else { return }
    func number(_ name: String) -> Double {
      if case .number(let number)? = object[name] { number } else { 0 }
    }
    switch kind {
    case .gaussianMixture: table(object["means"], isFull: object["covariances"] != nil)
    case .pointCloud: table(object["points"], isFull: false)
    case .uniformBoxes:
      table(object["lower"], isFull: false)
      work *= 100
    case .density: work = 1e5
    case .curve: (dimension, work) = (2, 1e5)
    case .product:
      let factors = (object["factors"]?.elements ?? []).map { TargetShape($0, targets) }
      dimension = Double(factors.count)
      work = factors.reduce(0) { $0 + $1.work }
      bytes = factors.reduce(0) { $0 + $1.bytes }
    case .preset:
      (components, dimension) = (max(number("modes"), 8), 2)
      bytes = components * 400
      work = max(components * 10, 1e5)
    case .defined:
      guard case .string(let name)? = object["name"], let target = targets[name] else { return }
      let count = (target as? any WeightedTarget)?.count
      components = Double(count ?? 1)
      dimension = Double(target.dimension)
      work = count == nil ? 1e5 * dimension : components * (10 + dimension)
    case .ring: dimension = 2
    case .file:
      // Refused by itself where it is too large to read.
      break
    }
  }

  private mutating func table(_ rows: JSONValue?, isFull: Bool) {
    (components, dimension) = RequestShape.size(rows)
    self.isFull = isFull
    let size = isFull ? dimension * dimension : dimension
    bytes = components * size * 100
    work = components * (10 + size)
  }
}
