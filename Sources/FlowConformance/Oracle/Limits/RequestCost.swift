import FlowFiles

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
