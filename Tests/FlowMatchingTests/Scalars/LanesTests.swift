import FlowMatching
import Testing

@Suite struct LanesTests {
  /// Functions of one number that lanes and plain numbers share.
  private static let functions:
    [(String, @Sendable (Lanes) -> Lanes, @Sendable (Double) -> Double)] =
      [
        ("expMinusOne", { Lanes.expMinusOne($0) }, { Plain.expMinusOne($0) }),
        ("log", { Lanes.log($0) }, { Plain.log($0) }),
        ("log(onePlus:)", { Lanes.log(onePlus: $0) }, { Plain.log(onePlus: $0) }),
        ("sqrt", { Lanes.sqrt($0) }, { Plain.sqrt($0) }),
        ("power", { Lanes.power($0, 1.7) }, { Plain.power($0, 1.7) }),
        ("powerMinusOne", { Lanes.powerMinusOne($0, 1.7) }, { Plain.powerMinusOne($0, 1.7) }),
        ("sinPi", { Lanes.sinPi($0) }, { Plain.sinPi($0) }),
        ("cosPi", { Lanes.cosPi($0) }, { Plain.cosPi($0) }),
        ("scaled", { $0.scaled(by: 1.3) }, { $0 * 1.3 }),
        ("quotient", { Lanes(3) / $0 }, { 3 / $0 }),
      ]

  private func random(_ seed: Int) -> Lanes {
    var random = SplitMix(seed: seed)
    var lanes = Lanes(0)
    for i in 0..<Lanes.count { lanes[i] = random.power(-30...6) }
    return lanes
  }

  @Test(arguments: 1...20)
  func everyLaneEqualsThePlainFunctionToTheBit(seed: Int) {
    let x = random(seed)
    for (name, lanes, plain) in Self.functions {
      let got = lanes(x)
      for i in 0..<Lanes.count {
        #expect(got[i].bitPattern == plain(x[i]).bitPattern, "\(name) of \(x[i])")
      }
    }
  }

  @Test(arguments: 1...20)
  func aLaneDoesNotDependOnItsNeighbours(seed: Int) {
    let x = random(seed)
    let together = Lanes.exp(x)
    for i in 0..<Lanes.count {
      for place in 0..<Lanes.count {
        var other = random(seed + 100)
        other[place] = x[i]
        #expect(Lanes.exp(other)[place].bitPattern == together[i].bitPattern)
      }
    }
  }

  @Test(arguments: 1...20)
  func productsAreAddedWithOneRounding(seed: Int) {
    let (a, b, c) = (random(seed), random(seed + 1), random(seed + 2))
    let got = c.addingProduct(a, -b)
    for i in 0..<Lanes.count { #expect(got[i] == c[i].addingProduct(a[i], -b[i])) }
  }

  @Test func choiceIsMadePerLaneAndABoundIsNotBelowItself() {
    var x = Lanes(0)
    for i in 0..<Lanes.count { x[i] = Double(i) }
    let got = Lanes.choose(x, below: 3.0, then: 10.0, otherwise: 20.0)
    #expect((0..<Lanes.count).map { got[$0] } == [10, 10, 10, 20, 20, 20, 20, 20])
  }

  @Test func gatherReadsATablePerLane() {
    var index = Lanes(0)
    for i in 0..<Lanes.count { index[i] = Double((i * 3) % 8) }
    let got = Lanes.gather(at: index) { Double(100 + $0) }
    for i in 0..<Lanes.count { #expect(got[i] == Double(100 + (i * 3) % 8)) }
  }
}
