import FlowMatching
import Testing

/// A function of one variable that can be evaluated on every scalar.
protocol ScalarFunction: Sendable {
  func value<S: Scalar>(_ x: S) -> S
}

enum ScalarFunctions {
  struct Exp: ScalarFunction { func value<S: Scalar>(_ x: S) -> S { S.exp(x) } }
  struct ExpMinusOne: ScalarFunction { func value<S: Scalar>(_ x: S) -> S { S.expMinusOne(x) } }
  struct Log: ScalarFunction { func value<S: Scalar>(_ x: S) -> S { S.log(x) } }
  struct LogOnePlus: ScalarFunction { func value<S: Scalar>(_ x: S) -> S { S.log(onePlus: x) } }
  struct Root: ScalarFunction { func value<S: Scalar>(_ x: S) -> S { S.sqrt(x) } }
  struct Hypot: ScalarFunction {
    func value<S: Scalar>(_ x: S) -> S { S.hypot(x * x, S(1.5) - x) }
  }
  struct Power: ScalarFunction { func value<S: Scalar>(_ x: S) -> S { S.power(x, 2.3) } }
  struct PowerMinusOne: ScalarFunction {
    func value<S: Scalar>(_ x: S) -> S { S.powerMinusOne(x, 0.7) }
  }
  struct SinPi: ScalarFunction { func value<S: Scalar>(_ x: S) -> S { S.sinPi(x) } }
  struct CosPi: ScalarFunction { func value<S: Scalar>(_ x: S) -> S { S.cosPi(x) } }
  struct Quotient: ScalarFunction {
    func value<S: Scalar>(_ x: S) -> S { (x * x - S(3)) / (S(1) + x) }
  }
  struct Fused: ScalarFunction {
    func value<S: Scalar>(_ x: S) -> S {
      x.addingProduct(x, x * x).addingProduct(-x, constant: 1.25).scaled(by: 0.75)
    }
  }
  struct Choice: ScalarFunction {
    func value<S: Scalar>(_ x: S) -> S {
      S.choose(x, below: S(1), then: x * x, otherwise: S.exp(x))
    }
  }
  static let all: [any ScalarFunction] = [
    Exp(), ExpMinusOne(), Log(), LogOnePlus(), Root(), Hypot(), Power(), PowerMinusOne(), SinPi(),
    CosPi(), Quotient(), Fused(), Choice(),
  ]
}

@Suite struct DualTests {
  @Test func closedFormsOfDerivativesHold() {
    let x = 0.7
    let e = Plain.exp(x)
    func derivative(_ f: some ScalarFunction) -> Double { f.value(Dual(x, 1.0)).derivative }
    #expect(derivative(ScalarFunctions.Exp()) == e)
    #expect(derivative(ScalarFunctions.ExpMinusOne()) == e)
    #expect(derivative(ScalarFunctions.Log()) == 1 / x)
    #expect(derivative(ScalarFunctions.LogOnePlus()) == 1 / (1 + x))
    #expect(derivative(ScalarFunctions.Root()) == 1 / (2 * Plain.sqrt(x)))
    #expect(derivative(ScalarFunctions.SinPi()) == Double.pi * Plain.cosPi(x))
    #expect(derivative(ScalarFunctions.CosPi()) == -Double.pi * Plain.sinPi(x))
  }

  @Test(arguments: ScalarFunctions.all.indices)
  func theValuePartIsThePlainValueToTheBit(index: Int) {
    let function = ScalarFunctions.all[index]
    for x in [0.01, 0.3, 0.999, 1, 1.7, 4] as [Double] {
      let dual = function.value(Dual(x, 1.0)).value
      #expect(dual.bitPattern == function.value(x).bitPattern, "\(function) at \(x)")
    }
  }

  @Test(arguments: ScalarFunctions.all.indices)
  func derivativesOnLanesEqualThoseOnPlainNumbers(index: Int) {
    let function = ScalarFunctions.all[index]
    var x = Lanes(0)
    for i in 0..<Lanes.count { x[i] = 0.1 + 0.37 * Double(i) }
    let lanes = function.value(Dual(x, 1.0)).derivative
    for i in 0..<Lanes.count {
      let plain = function.value(Dual(x[i], 1.0)).derivative
      #expect(ulps(from: lanes[i], to: plain) <= 4, "\(function) at \(x[i])")
    }
  }

  @Test func aConstantHasNoDerivative() {
    #expect(Dual<Double>(3).derivative == 0)
    #expect((Dual<Double>(3) * Dual<Double>(4)).derivative == 0)
    #expect(Dual<Double>.gather(at: Dual(2.0, 1.0)) { Double($0 * $0) }.value == 4)
    #expect(Dual<Double>.gather(at: Dual(2.0, 1.0)) { Double($0 * $0) }.derivative == 0)
  }

  #if arch(x86_64)
    @Test(arguments: ScalarFunctions.all.indices)
    func derivativesEqualCentralDifferencesInExtendedPrecision(index: Int) {
      let function = ScalarFunctions.all[index]
      var random = SplitMix(seed: index)
      let h: Float80 = 0x1p-20
      for _ in 0..<500 {
        let x = random.uniform(0.05...3)
        if abs(x - 1) < 1e-5 { continue }
        let up = function.value(Float80(x) + h)
        let down = function.value(Float80(x) - h)
        let difference = Double((up - down) / (2 * h))
        let dual = function.value(Dual(x, 1.0)).derivative
        #expect(abs(dual - difference) <= 1e-8 * (1 + abs(dual)), "\(function) at \(x)")
      }
    }

    @Test(arguments: ScalarFunctions.all.indices)
    func nestedDualsCarryTheSecondDerivative(index: Int) {
      let function = ScalarFunctions.all[index]
      var random = SplitMix(seed: 100 + index)
      let h: Float80 = 0x1p-12
      for _ in 0..<500 {
        let x = random.uniform(0.1...3)
        if abs(x - 1) < 1e-3 { continue }
        let here = function.value(Float80(x))
        let sides = function.value(Float80(x) + h) + function.value(Float80(x) - h)
        let difference = Double((sides - 2 * here) / (h * h))
        let jet: Jet = function.value(Dual(Dual(x, 1.0), Dual(1.0, 0.0)))
        #expect(jet.value.derivative == jet.derivative.value, "\(function) at \(x)")
        let second = jet.derivative.derivative
        #expect(abs(second - difference) <= 1e-4 * (1 + abs(second)), "\(function) at \(x)")
      }
    }
  #endif
}
