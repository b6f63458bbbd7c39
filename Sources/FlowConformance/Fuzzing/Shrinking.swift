import FlowFiles

/// Simpler requests of the same operation.
enum Shrinking {
  /// How much there is to look at in a request: how many numbers, then how much text.
  static func complexity(_ request: JSONObject) -> (numbers: Int, text: Int) {
    let value = JSONValue.object(request)
    return (value.numberPlaces.count, value.lineText.utf8.count)
  }

  /// Requests that are simpler, the simplest first. Not all of them need have a meaning.
  static func candidates(_ request: JSONObject) -> [JSONObject] {
    let all =
      withoutComponents(request) + withoutAxes(request) + withoutWeights(request)
      + rounded(request) + withSimplerNumbers(request)
    let bound = complexity(request)
    var seen: Set<String> = []
    return all.map { ($0, complexity($0)) }
      .filter { $0.1 < bound && seen.insert(JSONValue.object($0.0).lineText).inserted }
      .sorted { $0.1 < $1.1 }.map(\.0)
  }

  // MARK: Less of it

  /// A mixture or cloud with one component less, and with one alone.
  private static func withoutComponents(_ request: JSONObject) -> [JSONObject] {
    guard case .object(let target)? = request["target"],
      let rows = target["means"] ?? target["points"], let count = rows.elements?.count, count > 1
    else { return [] }
    let lists = ["means", "points", "weights", "std", "covariances", "labels"]
    func keeping(_ kept: (Int) -> Bool) -> JSONObject {
      let smaller = lists.reduce(target) { target, name in
        target.mapping(name) { $0.elements == nil ? $0 : $0.keeping(kept) }
      }
      return request.mapping("target") { _ in .object(smaller) }
    }
    return (0..<count).flatMap { k in [keeping { $0 == k }, keeping { $0 != k }] }
  }

  /// One axis less in every vector and matrix, and one axis alone.
  private static func withoutAxes(_ request: JSONObject) -> [JSONObject] {
    let vectors = ["x", "x0", "x1", "value", "velocity", "z"]
    let d =
      vectors.compactMap { request[$0]?.elements?.count }.first
      ?? request["matrix"]?.elements?.count ?? 0
    guard d > 1 else { return [] }
    func keeping(_ kept: (Int) -> Bool) -> JSONObject {
      var smaller = vectors.reduce(request) { $0.mapping($1) { $0.keeping(kept) } }
      smaller = smaller.mapping("matrix") { $0.keeping(kept).mapRows { $0.keeping(kept) } }
      smaller = smaller.mapping("probes") { $0.mapRows { $0.keeping(kept) } }
      return smaller.mapping("target") { target in
        guard case .object(let target) = target else { return target }
        var cut = target
        for name in ["means", "points"] {
          cut = cut.mapping(name) { $0.mapRows { $0.keeping(kept) } }
        }
        cut = cut.mapping("covariances") { matrices in
          matrices.mapRows { $0.keeping(kept).mapRows { $0.keeping(kept) } }
        }
        return .object(cut)
      }
    }
    return (0..<d).flatMap { axis in [keeping { $0 == axis }, keeping { $0 != axis }] }
  }

  /// Equal weights.
  private static func withoutWeights(_ request: JSONObject) -> [JSONObject] {
    guard case .object(let target)? = request["target"], target["weights"] != nil else { return [] }
    return [request.mapping("target") { _ in .object(target.removing("weights")) }]
  }

  // MARK: Simpler numbers

  /// Every number with few digits.
  private static func rounded(_ request: JSONObject) -> [JSONObject] {
    (1...4).compactMap { digits in
      let value = JSONValue.object(request).mapNumbers { $0.roundedDecimal(digits) }
      if case .object(let object) = value { return object } else { return nil }
    }
  }

  /// One number at a time made simpler.
  private static func withSimplerNumbers(_ request: JSONObject) -> [JSONObject] {
    let value = JSONValue.object(request)
    return value.numberPlaces.flatMap { place, number in
      simpler(number).compactMap { simple in
        guard simple != number, case .object(let object) = value.replacing(place, with: simple)
        else { return nil }
        return object
      }
    }
  }

  private static func simpler(_ number: Double) -> [Double] {
    [0, 1, 0.5, 2] + (1...4).map { number.roundedDecimal($0) } + [number.rounded()]
  }
}

extension JSONValue {
  /// Some of the elements of an array.
  fileprivate func keeping(_ kept: (Int) -> Bool) -> JSONValue {
    switch self {
    case .numbers(let numbers):
      .numbers(numbers.indices.filter(kept).map { numbers[$0] })
    case .array(let elements): .array(elements.indices.filter(kept).map { elements[$0] })
    default: self
    }
  }

  fileprivate func mapRows(_ change: (JSONValue) -> JSONValue) -> JSONValue {
    if case .array(let rows) = self { .array(rows.map(change)) } else { self }
  }
}

extension Double {
  /// The nearest number with so many significant decimal digits.
  func roundedDecimal(_ digits: Int) -> Double {
    guard self != 0, isFinite else { return self }
    var power = 0
    var magnitude = magnitude
    while magnitude >= 10 {
      magnitude /= 10
      power += 1
    }
    while magnitude < 1 {
      magnitude *= 10
      power -= 1
    }
    var factor = 1.0
    for _ in 1..<max(digits, 2) where digits > 1 { factor *= 10 }
    let mantissa = Int((magnitude * factor).rounded())
    return Double("\(self < 0 ? "-" : "")\(mantissa)e\(power - digits + 1)") ?? self
  }
}
