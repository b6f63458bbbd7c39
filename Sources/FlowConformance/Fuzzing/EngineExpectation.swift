import FlowFiles

/// What the engine answers, with a sensitivity from differences: an expectation that is good enough to
/// find mistakes, though nothing about it is proven.
struct EngineExpectation {
  let precision: Precision
  private var oracle = Oracle(version: "fuzz")

  init(precision: Precision) { self.precision = precision }

  /// Numbers that count or name rather than measure.
  private static let counts: Set<String> = ["step", "dimension", "steps", "label", "labels"]

  /// What is expected of a request; nil where the engine has no answer to compare with.
  ///
  /// The sensitivity is the sum over the numbers z of `|z dy/dz|` (for a time: min(t, 1 - t)), from
  /// steps of the size of the rounding under test, at least 2^-26, to either side; a quarter is added
  /// for what first order misses. The radius is the engine's own promise.
  mutating func expected(_ request: JSONObject) -> FixtureCase.Expected? {
    let value: JSONValue
    switch answer(request) {
    case .failure(let error): return Self.isFirm(error.code) ? .error(error.code) : nil
    case .success(let answered): value = answered
    }
    let base = value.leaves
    var sums = [Double](repeating: 0, count: base.count)
    let step = max(0x1p-26, precision.rule.unitRoundoff)
    for moves in moves(of: request, by: step) {
      let moved = moves.compactMap { leaves(of: $0, like: base) }
      guard !moved.isEmpty else { return nil }
      for index in base.indices {
        let change = moved.map { abs($0[index] - base[index]) }.max() ?? 0
        sums[index] += change.isFinite ? change / step : 0
      }
    }
    let largest = precision.largest / 4
    for (number, sum) in zip(base, sums) where number.isFinite && abs(number) + sum > largest {
      return nil
    }
    let budget = PassRule.budget(of: Self.operation(request))
    let unit = PassRule.float64.unitRoundoff
    let sensitivities = sums.map { $0 * 1.25 }
    let radii = zip(base, sensitivities).map { number, sensitivity in
      number.isFinite ? budget * unit * (abs(number) + sensitivity) : 0
    }
    return .answer(
      Expectation(
        value: value, tail: value.replacingLeaves(base.map { _ in 0 }),
        sensitivity: value.replacingLeaves(sensitivities), radius: value.replacingLeaves(radii)))
  }

  /// Errors that every implementation must give; the others depend on how it computes.
  private static func isFirm(_ code: String) -> Bool {
    ["singular", "out_of_domain"].contains(code)
  }

  private static func operation(_ request: JSONObject) -> String {
    if case .string(let operation)? = request["op"] { operation } else { "" }
  }

  private struct Refusal: Error { let code: String }

  private mutating func answer(_ request: JSONObject) -> Result<JSONValue, Refusal> {
    var writer = JSONWriter()
    writer.write(.object(request))
    guard
      case .object(let answer)? = try? JSONDocument(parsing: oracle.answer(writer.bytes)).value
    else { return .failure(Refusal(code: "malformed_json")) }
    if let value = answer["value"] { return .success(value) }
    guard case .object(let error)? = answer["error"], case .string(let code)? = error["code"] else {
      return .failure(Refusal(code: "malformed_json"))
    }
    return .failure(Refusal(code: code))
  }

  private mutating func leaves(of request: JSONObject, like base: [Double]) -> [Double]? {
    guard case .success(let value) = answer(request) else { return nil }
    let leaves = value.leaves
    return leaves.count == base.count ? leaves : nil
  }

  /// For every number that counts, the request with it a little smaller and a little larger.
  private func moves(of request: JSONObject, by step: Double) -> [[JSONObject]] {
    JSONValue.object(request).numberPlaces.compactMap { place, number in
      if Self.counts.contains(place.name) { return nil }
      // The first path of a transform only decides whether there is an answer.
      if Self.operation(request) == "schedule_transform", place.top == "path" { return nil }
      if place.name == "t" || place.name == "one_minus_t" {
        return Self.moves(ofTime: place.name, number, request, by: step)
      }
      if number == 0 { return nil }
      guard let mirror = place.mirror else { return nil }
      return [1 - step, 1 + step].compactMap { factor in
        let moved = JSONValue.object(request).replacing(place, with: number * factor)
          .replacing(mirror, with: number * factor)
        if case .object(let object) = moved { return object } else { return nil }
      }
    }
  }

  /// A time moves by a part of the smaller of t and 1 - t, whichever of them the request names.
  private static func moves(
    ofTime name: String, _ number: Double, _ request: JSONObject, by step: Double
  ) -> [JSONObject]? {
    guard number > 0, number < 1 else { return nil }
    let isSmall = number < 0.5
    let smaller = isSmall ? number : 1 - number
    let other = name == "t" ? "one_minus_t" : "t"
    return [1 - step, 1 + step].map { factor in
      JSONObject(
        members: request.members.map { member in
          member.name == name
            ? .init(name: isSmall ? name : other, value: .number(smaller * factor)) : member
        })
    }
  }
}

extension JSONValue {
  /// The numbers of an answer, infinities among them, in the order of the text; null is NaN.
  var leaves: [Double] {
    switch self {
    case .number(let number): [number]
    case .integer(let integer): [Double(integer)]
    case .numbers(let numbers): numbers
    case .array(let elements): elements.flatMap(\.leaves)
    case .object(let object): object.members.flatMap(\.value.leaves)
    case .string(let text): [text == "inf" ? .infinity : text == "-inf" ? -.infinity : .nan]
    case .null, .bool: [.nan]
    }
  }

  /// The same shape with other numbers.
  func replacingLeaves(_ numbers: [Double]) -> JSONValue {
    var rest = numbers[...]
    return replacingLeaves(&rest)
  }

  private func replacingLeaves(_ rest: inout ArraySlice<Double>) -> JSONValue {
    switch self {
    case .numbers(let own): return .numbers(own.map { _ in rest.removeFirst() })
    case .array(let elements): return .array(elements.map { $0.replacingLeaves(&rest) })
    case .object(let object):
      return .object(
        JSONObject(
          members: object.members.map {
            .init(name: $0.name, value: $0.value.replacingLeaves(&rest))
          }))
    case .number, .integer, .string, .null, .bool: return .number(rest.removeFirst())
    }
  }
}

extension NumberPlace {
  /// The place that has to change with this one: of a covariance the mirrored entry, else the same;
  /// nil for the entries below the diagonal, which have changed already.
  fileprivate var mirror: NumberPlace? {
    guard name.hasPrefix("covariance"), steps.count >= 3, case .index(let column)? = steps.last,
      case .index(let row) = steps[steps.count - 2]
    else { return self }
    if row > column { return nil }
    return NumberPlace(steps: steps.dropLast(2) + [.index(column), .index(row)])
  }
}
