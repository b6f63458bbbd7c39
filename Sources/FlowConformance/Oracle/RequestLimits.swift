import FlowFiles
import FlowMatching

/// What one request may use before it is refused or given up.
public struct RequestLimits: Sendable, Equatable {
  /// In bytes.
  public var memory: Double
  public var seconds: Double

  public init(memory: Double = 4e9, seconds: Double = 60) {
    (self.memory, self.seconds) = (memory, seconds)
  }

  /// Throws `too_large` for a request whose numbers say that it needs more.
  func admit(_ cost: RequestCost) throws(WireError) {
    if cost.bytes > memory {
      throw WireError(
        .tooLarge, cost.field,
        "the request needs about \(DecimalText.short(cost.bytes / 1e9)) GB of memory, the limit is "
          + "\(DecimalText.short(memory / 1e9)) GB (flowref oracle --memory)")
    }
    if cost.seconds > seconds {
      throw WireError(
        .tooLarge, cost.field,
        "the request needs about \(DecimalText.short(cost.seconds)) s, the limit is "
          + "\(DecimalText.short(seconds)) s (flowref oracle --seconds)")
    }
  }
}

/// What a request needs, roughly and from its numbers alone: memory, and time on one core. It is found before
/// anything is built, so that what is far too large costs nothing.
struct RequestCost {
  var bytes = 0.0
  var seconds = 0.0
  /// The field to blame.
  var field: String?

  /// The cost of `work` elementary operations, of a nanosecond each, and of `numbers` results, each of which is
  /// kept as a number and as text.
  init(work: Double = 0, numbers: Double = 0, bytes: Double = 0, field: String? = nil) {
    (self.field, seconds) = (field, work * 1e-9)
    self.bytes = bytes + 48 * numbers
  }
}

extension RequestCost {
  /// `width` numbers at every point, each point `factor` times as dear as the posterior means there.
  static func fields(_ shape: RequestShape, width: Double, factor: Double) -> RequestCost {
    RequestCost(
      work: shape.points * shape.means * factor, numbers: shape.points * width,
      bytes: shape.target.bytes + (shape.source?.bytes ?? 0),
      field: shape.object["points"] == nil ? "target" : "points")
  }

  static func vectors(_ shape: RequestShape) -> RequestCost {
    .fields(shape, width: shape.dimension, factor: 2)
  }

  /// Eight matrices side by side for each of six moments, per thread.
  static func matrices(_ shape: RequestShape) -> RequestCost {
    let entries = shape.dimension * shape.dimension
    var cost = fields(shape, width: entries, factor: 2 * max(1, shape.dimension))
    cost.bytes += 16 * 48 * entries
    return cost
  }

  /// One weight per component, or per pair of them.
  static func weights(_ shape: RequestShape) -> RequestCost {
    let count = shape.target.components * (shape.source?.components ?? 1)
    var cost = fields(shape, width: shape.target.components, factor: 2)
    cost.bytes += 16 * 64 * count
    return cost
  }

  /// Trajectories: as many evaluations as the request names, or some hundreds where the tolerance decides.
  static func trajectories(_ shape: RequestShape) -> RequestCost {
    let steps = shape.number("steps") ?? 30
    var probes = 1.0
    if case .object(let divergence)? = shape.object["divergence"],
      case .number(let count)? = divergence["probes"]
    {
      probes = count
    }
    var cost = fields(shape, width: shape.dimension, factor: max(1, steps) * 6 * max(1, probes))
    cost.bytes += 64 * shape.dimension * max(1, probes)
    if steps > 1000 { cost.field = "steps" }
    if probes > 1000 { cost.field = "divergence.probes" }
    return cost
  }

  /// The loss gap: by sampling beyond two axes.
  static func gap(_ shape: RequestShape) -> RequestCost {
    let samples = shape.number("samples") ?? 4096
    let dimension = shape.target.dimension
    guard dimension > 2 else {
      return fields(shape, width: 1, factor: dimension > 1 ? 1e5 : 1e3)
    }
    return RequestCost(
      work: samples * shape.target.work * 4, bytes: samples * dimension * 8 + shape.target.bytes,
      field: "samples")
  }

  /// Pairs of points; `work` operations.
  static func pairs(
    _ shape: RequestShape, _ work: (Double, Double) -> Double, tables: Double
  ) -> RequestCost {
    let (rows, columns) = (
      RequestShape.size(shape.object["x0"]).count, RequestShape.size(shape.object["x1"]).count
    )
    return RequestCost(
      work: work(rows, columns), bytes: 8 * tables * rows * columns, field: "x0")
  }

  static func assignment(_ shape: RequestShape) -> RequestCost {
    pairs(shape, { max($0, $1) * max($0, $1) * max($0, $1) / 2 }, tables: 3)
  }

  /// One halving of epsilon after the other, each with some sweeps and steps of Newton's method.
  static func entropic(_ shape: RequestShape) -> RequestCost {
    let epsilon = max(shape.number("epsilon") ?? 1, 1e-300)
    let spread = shape.extent * shape.extent * 2
    let halvings = min(
      50, max(1, (spread / epsilon).exponent < 0 ? 1 : 1 + Double((spread / epsilon).exponent)))
    return pairs(
      shape,
      { rows, columns in
        let sweeps = max(8, columns / 16)
        let newton = columns <= 2048 ? 2 * columns * columns * (rows + columns) : 0
        return halvings * (sweeps * rows * columns * 20 + newton)
      }, tables: 8)
  }
}

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
    guard case .object(let object)? = value, case .string(let kind)? = object["kind"] else {
      return
    }
    func number(_ name: String) -> Double {
      if case .number(let number)? = object[name] { number } else { 0 }
    }
    switch kind {
    case "gaussian_mixture": table(object["means"], isFull: object["covariances"] != nil)
    case "point_cloud": table(object["points"], isFull: false)
    case "uniform_boxes":
      table(object["lower"], isFull: false)
      work *= 100
    case "density_1d": work = 1e5
    case "curve": (dimension, work) = (2, 1e5)
    case "product":
      let factors = (object["factors"]?.elements ?? []).map { TargetShape($0, targets) }
      dimension = Double(factors.count)
      work = factors.reduce(0) { $0 + $1.work }
      bytes = factors.reduce(0) { $0 + $1.bytes }
    case "preset":
      (components, dimension) = (max(number("modes"), 8), 2)
      bytes = components * 400
      work = max(components * 10, 1e5)
    case "defined":
      guard case .string(let name)? = object["name"], let target = targets[name] else { return }
      components = Double(target.componentCount ?? 1)
      dimension = Double(target.dimension)
      work = target.componentCount == nil ? 1e5 * dimension : components * (10 + dimension)
    case "file":
      // Refused by itself where it is too large to read.
      break
    default: break
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
