import ComplexModule
import FlowMatching
import RealModule
import Testing

@testable import FlowSpectral

struct FourierTests {
  /// Deterministic numbers without structure.
  static func noise(_ count: Int, _ stream: UInt64) -> [Double] {
    RandomStream(seed: 17, stream: stream).normals(count, at: 0)
  }

  static func grid(_ counts: [Int]) throws -> PeriodicGrid {
    try PeriodicGrid(
      counts.map { try PeriodicGrid.Axis(origin: -1.25, step: 0.125, count: $0) })
  }

  /// Parseval: the square of the norm is the sum over all modes, of which half a spectrum holds every
  /// other but those on its ends once.
  @Test(arguments: [[64], [48], [16, 32], [30, 14]])
  func parseval(_ counts: [Int]) throws {
    let values = Self.noise(counts.reduce(1, *), 1)
    let spectrum = FourierTransform.forward(values, counts: counts)
    let width = counts.last! / 2 + 1
    let total = spectrum.enumerated().reduce(0.0) { sum, mode in
      let column = mode.offset % width
      return sum + (column == 0 || column == width - 1 ? 1 : 2) * mode.element.lengthSquared
    }
    let squares = values.reduce(0) { $0 + $1 * $1 } * Double(values.count)
    #expect(abs(total / squares - 1) < 1e-14)
    let again = FourierTransform.backward(spectrum, counts: counts)
    let worst = zip(values, again).map { abs($0 - $1 / Double(values.count)) }.max()!
    #expect(worst < 1e-14)
  }

  /// The transform against the sum that defines it.
  @Test func aModeIsTheSumThatDefinesIt() {
    let counts = [6, 10]
    let values = Self.noise(60, 2)
    let spectrum = FourierTransform.forward(values, counts: counts)
    for (a, b) in [(0, 0), (1, 3), (4, 2), (5, 5), (3, 0)] {
      var sum = Complex<Double>.zero
      for i in 0..<6 {
        for j in 0..<10 {
          let angle = -2 * Double.pi * (Double(a * i) / 6 + Double(b * j) / 10)
          sum += Complex(length: 1, phase: angle) * Complex(values[i * 10 + j])
        }
      }
      #expect((spectrum[a * 6 + b] - sum).length < 1e-13)
    }
  }

  /// `sum x_m exp(-2 pi i s m n)` for steps that are no fraction of the size (and whose products with
  /// whole numbers are exact here).
  @Test(arguments: [0.0, 107.0 / 8192, 1.0 / 64, -0.3125, 2.6875])
  func chirpsAreTheSumsThatDefineThem(_ step: Double) {
    let x = zip(Self.noise(37, 3), Self.noise(37, 4)).map { Complex($0, $1) }
    let chirp = ChirpTransform(step: step, inputs: 37, first: -11, outputs: 25)
    let found = chirp(x)
    for (place, n) in (-11..<14).enumerated() {
      let sum = x.enumerated().reduce(Complex<Double>.zero) { sum, term in
        let turns = step * Double(term.offset * n)
        return sum + term.element
          * Complex(length: 1, phase: -2 * .pi * (turns - turns.rounded()))
      }
      #expect((found[place] - sum).length < 1e-12, "step \(step), n = \(n)")
    }
  }

  /// Turns in whole numbers: a tenth is 3602879701896397/2^55 in double precision.
  @Test(arguments: [1, 7, 12_345_679, 987_654_321_987] as [UInt64])
  func turnsAreReducedExactly(_ count: UInt64) {
    let (high, low) = count.multipliedFullWidth(by: 3_602_879_701_896_397)
    #expect(high < 1 << 55)
    let rest = low & (1 << 55 - 1)
    let angle = 2 * Double.pi * (Double(rest) / 0x1p55)
    let found = turned(by: Double(count), 0.1)
    #expect((found - Complex(length: 1, phase: angle)).length < 3e-15, "\(found)")
  }

  /// Nobody knows the sign of the highest mode of an axis: it counts as constant along it, and as what it
  /// is along the other.
  @Test(arguments: [0, 1]) func theHighestModeCountsAsConstant(_ axis: Int) throws {
    let grid = try Self.grid([16, 16])
    let k = 2 * Double.pi / 2
    let values = (0..<256).map { point in
      let (along, across) = axis == 0 ? (point / 16, point % 16) : (point % 16, point / 16)
      return (along.isMultiple(of: 2) ? 1 : -1) * Double.sin(k * 0.125 * Double(across) + 0.3)
    }
    let zero = [Double](repeating: 0, count: 256)
    let along = try grid.divergence(of: axis == 0 ? [values, zero] : [zero, values])
    #expect(along.allSatisfy { abs($0) < 1e-12 })
    let across = try grid.divergence(of: axis == 0 ? [zero, values] : [values, zero])
    for point in 0..<256 {
      let (i, j) = axis == 0 ? (point / 16, point % 16) : (point % 16, point / 16)
      let exact = (i.isMultiple(of: 2) ? k : -k) * Double.cos(k * 0.125 * Double(j) + 0.3)
      #expect(abs(across[point] - exact) < 1e-12)
    }
  }

  /// The divergence of products of sines, exact for modes that the grid holds.
  @Test func divergenceOfTrigonometricFunctionsIsExact() throws {
    let grid = try PeriodicGrid([
      PeriodicGrid.Axis(origin: 0.3, step: 0.25, count: 32),
      PeriodicGrid.Axis(origin: -2, step: 0.5, count: 24),
    ])
    let (a, b) = (2 * Double.pi * 3 / 8, 2 * Double.pi * 5 / 12)
    let points = grid.points
    func map(_ f: (Double, Double) -> Double) -> [Double] {
      (0..<grid.count).map { f(points[2 * $0], points[2 * $0 + 1]) }
    }
    let found = try grid.divergence(of: [
      map { Double.sin(a * $0) * Double.cos(b * $1) }, map { Double.cos(a * $0 + b * $1) },
    ])
    let exact = map {
      a * Double.cos(a * $0) * Double.cos(b * $1) - b * Double.sin(a * $0 + b * $1)
    }
    #expect(zip(found, exact).allSatisfy { abs($0 - $1) < 1e-13 * 10 })
    #expect(abs(grid.integral(of: found)) < 1e-12)
  }

  /// Many threads asking for plans of many sizes at once get what one thread gets.
  @Test func plansAreSafeToMakeAndShare() async {
    let sizes = (1...40).map { 2 * $0 + 2 }
    let inputs = sizes.map { Self.noise($0, UInt64($0)) }
    let alone = zip(inputs, sizes).map { FourierTransform.forward($0, counts: [$1]) }
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<32 {
        group.addTask {
          sizes.indices.allSatisfy { k in
            let place = (k + 5 * task) % sizes.count
            let spectrum = FourierTransform.forward(inputs[place], counts: [sizes[place]])
            let complex = inputs[place].map { Complex($0) }
            var forth = complex
            FourierTransform.transform(&forth, backward: false)
            FourierTransform.transform(&forth, backward: true)
            let count = Complex(Double(complex.count))
            let returned = zip(forth, complex).allSatisfy { ($0 / count - $1).length < 1e-13 }
            return spectrum == alone[place] && returned
          }
        }
      }
      for await isSame in group { #expect(isSame) }
    }
  }

  @Test func badGridsAreTypedErrors() throws {
    func code(_ body: () throws -> some Any) -> FlowError.Code? {
      do {
        _ = try body()
        return nil
      } catch { return (error as? FlowError)?.code }
    }
    let axis = try PeriodicGrid.Axis(origin: 0, step: 1, count: 8)
    #expect(code { try PeriodicGrid.Axis(origin: 0, step: 0, count: 8) } == .outOfDomain)
    #expect(code { try PeriodicGrid.Axis(origin: 0, step: 1, count: 7) } == .outOfDomain)
    #expect(code { try PeriodicGrid.Axis(origin: .nan, step: 1, count: 8) } == .nonFinite)
    #expect(code { try PeriodicGrid([]) } == .unsupported)
    #expect(code { try PeriodicGrid([axis, axis, axis]) } == .unsupported)
    let long = try PeriodicGrid.Axis(origin: 0, step: 1, count: 1 << 13)
    #expect(code { try PeriodicGrid([long, long]) } == .outOfDomain)
    #expect(
      code { try PeriodicGrid(dimension: 1, covering: 0, 1, step: 1e-12) } == .outOfDomain)
    #expect(code { try PeriodicGrid(dimension: 1, covering: 1, 1, step: 0.1) } == .outOfDomain)
    let grid = try PeriodicGrid([axis])
    #expect(code { try grid.divergence(of: []) } == .dimensionMismatch)
    #expect(code { try grid.divergence(of: [[0]]) } == .dimensionMismatch)
    #expect(code { try SampledLaw(density: [1], on: grid) } == .dimensionMismatch)
    let negative = [Double](repeating: -1, count: 8)
    #expect(code { try SampledLaw(density: negative, on: grid) } == .outOfDomain)
    let law = try SeparableLaw(dimension: 1, weights: [1], factors: [.normal(mean: 0, std: 1)])
    #expect(
      code { try law.spectrum(scaledBy: 1, on: PeriodicGrid([axis, axis])) }
        == .dimensionMismatch)
    #expect(
      code {
        try SeparableLaw(dimension: 1, weights: [1], factors: [.uniform(lower: 1, upper: 1)])
      } == .outOfDomain)
    #expect(
      code {
        try SeparableLaw(dimension: 3, weights: [1], factors: [.normal(mean: 0, std: 1)])
      } == .unsupported)
  }
}
