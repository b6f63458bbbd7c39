/// An explicit Runge-Kutta method in exact numbers:
///
///     k_i = f(t + c_i h, y + h sum_(j<i) a_ij k_j)        y_new = y + h sum b_i k_i
///
/// What can be derived is derived: the nodes, the number of stages, whether the last stage is the
/// first of the next step, and the orders (``derivedOrder(upTo:)``), which need no trust.
///
/// *Proof*: `order_condition_in_the_reals`, `nodes_consistent`.
public struct Tableau: Sendable {
  /// `a`, row by row; row i has i numbers.
  public let coefficients: [[Rational]]
  /// `b`.
  public let weights: [Rational]
  /// The weights of the embedded method, whose distance from `b` is the error estimate.
  public let embedded: [Rational]?
  /// A second embedded method, of order 3, that DOP853 divides by.
  public let secondEmbedded: [Rational]?
  /// The vector d of the continuous extension
  /// `cubic Hermite + theta^2 (1 - theta)^2 h sum d_i k_i`; without it, the cubic alone.
  public let correction: [Rational]?
  /// The nodes `c` as published; for every consistent method they are the sums of the rows of `a`.
  public let nodes: [Rational]
  /// The order of `b`, as published.
  public let order: Int
  /// The order of `embedded`, as published.
  public let embeddedOrder: Int?
  /// How far the published decimals leave the order conditions; zero where they are fractions.
  public let tolerance: Rational
  /// Where the numbers were published.
  public let reference: String

  public init(
    nodes: [Rational], coefficients: [[Rational]], weights: [Rational], order: Int,
    embedded: [Rational]? = nil, embeddedOrder: Int? = nil, secondEmbedded: [Rational]? = nil,
    correction: [Rational]? = nil, tolerance: Rational = "0", reference: String
  ) {
    precondition(
      coefficients.indices.allSatisfy { coefficients[$0].count == $0 }, "a is not explicit")
    precondition(nodes.count == coefficients.count, "as many nodes as stages")
    precondition(weights.count == coefficients.count, "as many weights as stages")
    self.nodes = nodes
    self.coefficients = coefficients
    self.weights = weights
    self.order = order
    self.embedded = embedded
    self.embeddedOrder = embeddedOrder
    self.secondEmbedded = secondEmbedded
    self.correction = correction
    self.tolerance = tolerance
    self.reference = reference
  }

  /// Whether both make the same step from the same stages; the embedded methods may differ.
  func hasStages(of other: Tableau) -> Bool {
    nodes == other.nodes && coefficients == other.coefficients && weights == other.weights
  }

  /// The number of stages.
  public var stages: Int { coefficients.count }

  /// Whether the last stage is evaluated at the new state, and so is the first of the next step
  /// ("first same as last").
  public var isFirstSameAsLast: Bool {
    stages > 1 && weights.last! == "0" && coefficients.last! == Array(weights.dropLast())
  }

  /// The same method with the first stage of the next step as its own last one.
  public var closed: Tableau {
    if isFirstSameAsLast { return self }
    func extended(_ b: [Rational]?) -> [Rational]? { b.map { $0 + ["0"] } }
    return Tableau(
      nodes: nodes + ["1"], coefficients: coefficients + [weights], weights: weights + ["0"],
      order: order, embedded: extended(embedded), embeddedOrder: embeddedOrder,
      secondEmbedded: extended(secondEmbedded), correction: extended(correction),
      tolerance: tolerance, reference: reference)
  }

  /// The orders of `b` and of the embedded methods by the conditions over all rooted trees with at
  /// most `limit` vertices.
  public func derivedOrder(
    upTo limit: Int
  ) -> (order: Int, embedded: Int?, secondEmbedded: Int?) {
    let families = [weights] + [embedded, secondEmbedded].compactMap { $0 }
    let conditions = OrderConditions(stages: coefficients, weights: families, upTo: limit)
    return (
      conditions.order(of: weights, tolerance: tolerance),
      embedded.map { conditions.order(of: $0, tolerance: tolerance) },
      secondEmbedded.map { conditions.order(of: $0, tolerance: tolerance) }
    )
  }
}
