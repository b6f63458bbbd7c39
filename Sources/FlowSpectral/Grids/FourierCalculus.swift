import ComplexModule
public import FlowMatching

extension PeriodicGrid {
  /// The values at the points of the function with the Fourier transform
  /// `F(k) = integral f(x) exp(-i k.x) dx`, given at the modes of the grid: the Fourier series
  /// `sum_n F(k_n) exp(i k_n.x)/V` of f made periodic.
  ///
  /// The error is that of leaving out the wave numbers beyond pi/step, and that of f's copies a period
  /// away.
  func synthesis(of transform: [Complex<Double>]) -> [Double] {
    let (rows, columns) = originPhases
    var spectrum = transform
    let width = columns.count
    for (row, phase) in rows.enumerated() {
      for column in 0..<width { spectrum[row * width + column] *= phase * columns[column] }
    }
    return FourierTransform.backward(spectrum, counts: counts)
  }

  /// `exp(i k.origin)`, the volume divided out of the columns.
  private var originPhases: (rows: [Complex<Double>], columns: [Complex<Double>]) {
    func phases(_ axis: Axis, _ modes: [Int]) -> [Complex<Double>] {
      modes.map { turned(by: Double($0), axis.origin / axis.period) }
    }
    let last = axes[axes.count - 1]
    let columns = phases(last, columnModes).map { $0 * Complex(1 / volume) }
    return (axes.count == 1 ? [Complex(1)] : phases(axes[0], rowModes), columns)
  }

  /// The divergence of a periodic vector function, given by its values, an array per axis, by
  /// differentiating its trigonometric interpolant. The highest mode of an axis, whose sign cannot be
  /// told, counts as constant along it.
  ///
  /// *Accuracy*: spectral for smooth functions; of first order in the step next to a kink.
  /// - Throws: `dimensionMismatch`.
  public func divergence(of components: [[Double]]) throws(FlowError) -> [Double] {
    try check(components)
    let (rows, columns) = (derivativeNumbers(rowNumbers, 0), columnDerivatives)
    let width = columns.count
    var sum: [Complex<Double>] = []
    for (axis, values) in components.enumerated() {
      var spectrum = FourierTransform.forward(values, counts: counts)
      let scale = 1 / Double(count)
      let isRow = dimension == 2 && axis == 0
      for row in rows.indices {
        for column in 0..<width {
          let k = scale * (isRow ? rows[row] : columns[column])
          let value = spectrum[row * width + column]
          spectrum[row * width + column] = Complex(-k * value.imaginary, k * value.real)
        }
      }
      if sum.isEmpty {
        sum = spectrum
      } else {
        for place in sum.indices { sum[place] += spectrum[place] }
      }
    }
    return FourierTransform.backward(sum, counts: counts)
  }

  /// `-i k.J` at the modes: the transform of `-div j` from those of the components of j.
  func negativeDivergence(of transforms: [[Complex<Double>]]) -> [Complex<Double>] {
    let (rows, columns) = (derivativeNumbers(rowNumbers, 0), columnDerivatives)
    let width = columns.count
    var result = [Complex<Double>](repeating: .zero, count: transforms[0].count)
    for row in rows.indices {
      for column in 0..<width {
        let place = row * width + column
        var sum = Complex(columns[column]) * transforms[dimension - 1][place]
        if dimension == 2 { sum += Complex(rows[row]) * transforms[0][place] }
        result[place] = Complex(sum.imaginary, -sum.real)
      }
    }
    return result
  }

  /// Wave numbers for derivatives: zero at the highest mode.
  private func derivativeNumbers(_ numbers: [Double], _ axis: Int) -> [Double] {
    var numbers = numbers
    if numbers.count > 1 { numbers[axes[axis].count / 2] = 0 }
    return numbers
  }

  private var columnDerivatives: [Double] { derivativeNumbers(columnNumbers, axes.count - 1) }

  private func check(_ components: [[Double]]) throws(FlowError) {
    guard components.count == dimension else {
      throw FlowError.dimensionMismatch("components", components.count, expected: dimension)
    }
    for values in components where values.count != count {
      throw FlowError.dimensionMismatch("values", values.count, expected: count)
    }
  }

  /// The norm of the smallest periodic vector function, `(integral of |w|^2)^(1/2)`, with the given
  /// divergence: `(sum |f_k|^2/|k|^2)^(1/2)`, the norm of `H^-1`. What is constant has no such function
  /// and is left out.
  /// - Throws: `dimensionMismatch`.
  public func leastFlux(withDivergence values: [Double]) throws(FlowError) -> Double {
    guard values.count == count else {
      throw FlowError.dimensionMismatch("values", values.count, expected: count)
    }
    let spectrum = FourierTransform.forward(values, counts: counts)
    return (inverseSquares { spectrum[$0].lengthSquared } * cell / Double(count)).squareRoot()
  }

  /// What ``leastFlux(withDivergence:)`` makes of noise that is the same in all modes, over its norm.
  public var leastFluxOfNoise: Double { (inverseSquares { _ in 1 } / Double(count)).squareRoot() }

  /// `sum f(k)/|k|^2` over all modes but the first, f given at the places of half a spectrum.
  private func inverseSquares(_ f: (Int) -> Double) -> Double {
    let (rows, columns) = (rowNumbers, columnNumbers)
    var sum = 0.0
    for row in rows.indices {
      for column in columns.indices where row + column > 0 {
        let twice = column == 0 || column == columns.count - 1 ? 1.0 : 2
        let square = rows[row] * rows[row] + columns[column] * columns[column]
        sum += twice * f(row * columns.count + column) / square
      }
    }
    return sum
  }

  /// The integral over the period by the trapezoidal rule, which is the mode of wave number zero.
  public func integral(of values: [Double]) -> Double {
    var (sum, lost) = (0.0, 0.0)
    for value in values {
      let next = sum + value
      lost += abs(sum) > abs(value) ? (sum - next) + value : (value - next) + sum
      sum = next
    }
    return (sum + lost) * cell
  }

  /// The root of the integral of the square.
  public func norm(of values: [Double]) -> Double {
    integral(of: values.map { $0 * $0 }).squareRoot()
  }
}
