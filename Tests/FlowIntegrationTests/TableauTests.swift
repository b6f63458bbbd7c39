import Foundation
import Testing

@testable import FlowIntegration

/// A tableau as `Proofs/tableaux` writes it.
private struct WrittenTableau: Decodable {
  let order: Int
  let embeddedOrder: Int?
  let tolerance: String?
  let c: [String]
  let a: [[String]]
  let b: [String]
  let embedded: [String]?
  let embedded3: [String]?
}

@Suite struct TableauTests {
  static let own = Solver.all.filter { $0.tableau != nil }.map(\.name)

  static let files = [
    "euler": "euler", "midpoint": "midpoint", "heun": "heun", "rk4": "rk4",
    "rk4_three_eighths": "rk4_three_eighths", "bogacki_shampine": "bogacki_shampine32",
    "dopri5": "dormand_prince54", "dopri5_shampine": "dormand_prince54_shampine",
    "tsit5": "tsitouras54", "verner65": "verner65", "dop853": "dormand_prince853",
  ]

  @Test(arguments: own) func numbersAreThoseOfTheProofs(name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Proofs/tableaux")
    let file = folder.appending(path: "\(try #require(Self.files[name])).json")
    let written = try JSONDecoder().decode(WrittenTableau.self, from: Data(contentsOf: file))
    let tableau = try #require(Solver.named(name)?.tableau)
    func numbers(_ texts: [String]) -> [Rational] { texts.map { Rational(parsing: $0)! } }
    #expect(tableau.order == written.order)
    #expect(tableau.embeddedOrder == written.embeddedOrder)
    #expect(tableau.nodes == numbers(written.c))
    #expect(tableau.coefficients == written.a.map(numbers))
    #expect(tableau.weights == numbers(written.b))
    #expect(tableau.embedded == written.embedded.map(numbers))
    #expect(tableau.secondEmbedded == written.embedded3.map(numbers))
    // The proofs write 1e-24, the source one over a power of ten.
    if let tolerance = written.tolerance {
      #expect(tableau.tolerance.double == Double(tolerance))
    } else {
      #expect(tableau.tolerance == "0")
    }
  }

  @Test func treesAreCountedAsInTheLiterature() {
    let trees = RootedTree.trees(upTo: 8)
    let counts = (1...8).map { order in trees.filter { $0.order == order }.count }
    #expect(counts == [1, 1, 2, 4, 9, 20, 48, 115])
    #expect(Set(trees).count == trees.count)
    // The tall tree of order n has density n!, the bush n.
    #expect(trees.filter { $0.order == 5 }.map(\.density).max() == 120)
    #expect(trees.filter { $0.order == 5 }.map(\.density).min() == 5)
  }

  @Test(arguments: own) func statedOrdersFollowFromTheNumbers(name: String) throws {
    let tableau = try #require(Solver.named(name)?.tableau)
    let derived = tableau.derivedOrder(upTo: tableau.order + 1)
    #expect(derived.order == tableau.order)
    #expect(derived.embedded == tableau.embeddedOrder)
    if tableau.secondEmbedded != nil { #expect(derived.secondEmbedded == 3) }
  }

  @Test(arguments: own) func nodesAreTheSumsOfTheRows(name: String) throws {
    let tableau = try #require(Solver.named(name)?.tableau)
    for (node, row) in zip(tableau.nodes, tableau.coefficients) {
      let rest = row.reduce(node) { $0 - $1 }
      #expect(abs(rest.double) <= tableau.tolerance.double)
    }
  }

  @Test func lastStagesThatComeFirstAgainAreFound() {
    let found = Solver.all.filter { $0.tableau?.isFirstSameAsLast ?? false }.map(\.name)
    #expect(found == ["bogacki_shampine", "dopri5", "dopri5_shampine", "tsit5", "verner65"])
    #expect(Solver.all.compactMap { $0.tableau?.stages } == [1, 2, 2, 4, 4, 4, 7, 7, 7, 9, 12])
    #expect(Solver.dop853.tableau!.closed.isFirstSameAsLast)
    #expect(Solver.dop853.tableau!.closed.derivedOrder(upTo: 8).order == 8)
  }

  @Test func solversThatShareTheirStepsAreFound() {
    let others = Solver.all.filter { $0.stepsOf.name != $0.name }
    #expect(others.map(\.name) == ["dopri5_shampine"])
    #expect(Solver.dopri5Shampine.stepsOf.name == "dopri5")
  }

  /// At the fraction theta of a step the extension has the weights of the cubic through both ends
  /// and their slopes, plus `theta^2 (1 - theta)^2 d`.
  @Test(arguments: ["1/3", "1/2", "9/10"]) func denseOutputOfDopri5HasOrderFour(
    fraction: String
  ) throws {
    let tableau = try #require(Solver.dopri5.tableau)
    let conditions = OrderConditions(
      stages: tableau.coefficients, weights: [tableau.weights], upTo: 5)
    let theta = Rational(parsing: fraction)!
    let one: Rational = "1"
    let zero: Rational = "0"
    let rest = one - theta
    func times(_ a: Rational, _ b: Rational) -> Rational {
      Rational(a.numerator * b.numerator, over: a.denominator * b.denominator)
    }
    let both = times(theta, rest)
    let weights = (0..<7).map { i -> Rational in
      let b = tableau.weights[i]
      let start = i == 0 ? one : zero
      let end = i == 6 ? one : zero
      // theta b + theta (1 - theta) ((1 - theta)(start - b) + theta (b - end)) + ... d
      let bend = times(rest, start - b) - times(theta, end - b)
      let cubic = times(theta, b) - (zero - times(both, bend))
      return cubic - (zero - times(times(both, both), tableau.correction![i]))
    }
    let extended = OrderConditions(stages: tableau.coefficients, weights: [weights], upTo: 5)
    let residuals = extended.residuals(weights, upTo: theta)
    for residual in residuals where residual.order <= 4 { #expect(residual.residual == zero) }
    #expect(residuals.contains { $0.order == 5 && $0.residual != zero })
    _ = conditions
  }

  @Test func aChangedDigitLosesTheOrder() throws {
    let good = try #require(Solver.dopri5.tableau)
    var rows = good.coefficients
    rows[4][1] = "-25361/2187"
    let bad = Tableau(
      nodes: good.nodes, coefficients: rows, weights: good.weights, order: 5,
      embedded: good.embedded, embeddedOrder: 4, reference: "none")
    #expect(bad.derivedOrder(upTo: 5).order < 5)
  }

  @Test func fractionsRoundToTheNearestDouble() {
    #expect(Rational(parsing: "1/3")!.double == 1.0 / 3)
    #expect(Rational(parsing: "-25360/2187")!.double == -25360.0 / 2187)
    #expect(
      Rational(parsing: "0.0542937341165687622380535766363")!.double
        == 0.0542937341165687622380535766363)
    #expect(
      Rational(parsing: "-43.4898841810699588477366255144")!.double
        == -43.4898841810699588477366255144)
    // Half an ulp above 1, and a little more: ties go to even, the rest up.
    #expect(Rational(parsing: "9007199254740993/9007199254740992")!.double == 1)
    #expect(Rational(parsing: "90071992547409930001/90071992547409920000")!.double == 1.0.nextUp)
    #expect(Rational(parsing: "1/0") == nil)
    #expect(Rational(parsing: "1.2.3") == nil)
    #expect(Rational(parsing: "2/4") == Rational(parsing: "0.5"))
  }
}
