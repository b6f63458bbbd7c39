import FlowFiles

/// The sizes that a request names.
struct RequestShape {
  let object: JSONObject
  let targets: TargetDecoder
  /// How many points are asked about, and how many axes each has.
  let points: Double
  let dimension: Double
  let target: TargetShape
  let source: TargetShape?

  init(_ object: JSONObject, _ targets: TargetDecoder) {
    self.object = object
    self.targets = targets
    let rows = Self.size(object["points"])
    points = object["points"] == nil ? 1 : rows.count
    dimension = object["points"] == nil ? Self.size(object["x"]).count : rows.width
    target = TargetShape(object["target"], targets)
    source = object["source"].map { TargetShape($0, targets) }
  }

  /// The elements of an array, and how many numbers the first of them holds.
  static func size(_ value: JSONValue?) -> (count: Double, width: Double) {
    switch value {
    case .numbers(let numbers)?: return (Double(numbers.count), 1)
    case .array(let elements)?:
      guard case .numbers(let row)? = elements.first else { return (Double(elements.count), 1) }
      return (Double(elements.count), Double(row.count))
    default: return (0, 0)
    }
  }

  func number(_ name: String) -> Double? {
    guard case .number(let number)? = object[name] else { return nil }
    return number
  }

  /// How far apart the points of `x0` and `x1` are along an axis.
  var extent: Double {
    var (least, most) = (Double.infinity, -Double.infinity)
    for name in ["x0", "x1"] {
      for row in object[name]?.elements ?? [] {
        guard case .numbers(let row) = row else { continue }
        for value in row { (least, most) = (min(least, value), max(most, value)) }
      }
    }
    return max(0, most - least)
  }

  /// Operations for the posterior means at one point.
  var means: Double {
    guard let source else { return target.work }
    let matrix = target.isFull || source.isFull ? dimension * dimension * dimension : dimension
    return source.components * target.components * (600 + 150 * matrix)
  }
}
