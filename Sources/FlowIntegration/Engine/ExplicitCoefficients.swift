/// A tableau in machine precision, laid out for the loops of the engine. The terms that are zero are
/// left out.
struct ExplicitCoefficients: Sendable {
  struct Term: Sendable {
    let stage: Int
    let weight: Double
  }

  let stages: Int
  let nodes: [Double]
  let rows: [[Term]]
  let weights: [Term]
  /// `b - embedded`, and the same for the second embedded method.
  let error: [Term]?
  let secondError: [Term]?
  let correction: [Term]?
  let isFirstSameAsLast: Bool
  /// The order of the error estimate: one above the embedded order.
  let errorOrder: Int
  /// The stage that looks furthest.
  let lastNode: Double

  init(_ tableau: Tableau) {
    func terms(_ weights: [Rational]) -> [Term] {
      weights.enumerated().filter { $0.element != "0" }.map {
        Term(stage: $0.offset, weight: $0.element.double)
      }
    }
    func difference(_ embedded: [Rational]?) -> [Term]? {
      embedded.map { terms(zip(tableau.weights, $0).map { $0 - $1 }) }
    }
    stages = tableau.stages
    nodes = tableau.nodes.map(\.double)
    rows = tableau.coefficients.map(terms)
    weights = terms(tableau.weights)
    error = difference(tableau.embedded)
    secondError = difference(tableau.secondEmbedded)
    correction = tableau.correction.map(terms)
    isFirstSameAsLast = tableau.isFirstSameAsLast
    errorOrder = (tableau.secondEmbedded == nil ? tableau.embeddedOrder ?? 0 : 7) + 1
    lastNode = nodes.max()!
  }
}
