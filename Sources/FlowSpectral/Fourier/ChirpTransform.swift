import ComplexModule
import FlowMatching

/// Sums `X_n = sum_m x_m exp(-2 pi i s m n)` for any real step s, by three Fourier transforms: with
/// `m n = (m^2 + n^2 - (n - m)^2)/2` the sum is a convolution with a chirp.
///
/// *Accuracy*: a few u times the root of the sum of squares of x. The turns `s m^2/2` are reduced
/// exactly, so that the chirp does not lose digits as m grows.
///
/// *Reference*: Bluestein (1970); Rabiner, Schafer and Rader (1969).
struct ChirpTransform {
  let inputs: Int
  let first: Int
  let outputs: Int
  private let size: Int
  /// `exp(-pi i s m^2 - 2 pi i s m first)`.
  private let before: [Complex<Double>]
  /// `exp(-pi i s n^2)` over the outputs, with the transform's size divided out.
  private let after: [Complex<Double>]
  /// The transform of `exp(pi i s k^2)`.
  private let kernel: [Complex<Double>]

  /// - Parameters:
  ///   - step: s, in turns.
  ///   - first: the n of the first output.
  init(step: Double, inputs: Int, first: Int, outputs: Int) {
    self.inputs = inputs
    self.first = first
    self.outputs = outputs
    var size = 1
    while size < inputs + outputs - 1 { size *= 2 }
    self.size = size
    let half = 0.5 * step
    func chirp(_ m: Int) -> Complex<Double> { turned(by: Double(m * m), half) }
    before = (0..<inputs).map { m in
      chirp(m).conjugate * turned(by: -Double(m), step, Double(first))
    }
    let scale = 1 / Double(size)
    // The offset was taken out of the product m n, so that n counts from zero here.
    after = (0..<outputs).map { chirp($0).conjugate * Complex(scale) }
    var kernel = [Complex<Double>](repeating: .zero, count: size)
    for k in 0..<outputs { kernel[k] = chirp(k) }
    for k in 1..<max(inputs, 2) where k < inputs { kernel[size - k] = chirp(k) }
    FourierTransform.transform(&kernel, backward: false)
    self.kernel = kernel
  }

  /// The sums for the inputs x.
  func callAsFunction(_ x: [Complex<Double>]) -> [Complex<Double>] {
    precondition(x.count == inputs, "\(x.count) numbers for a transform of \(inputs)")
    var work = [Complex<Double>](repeating: .zero, count: size)
    for m in 0..<inputs { work[m] = x[m] * before[m] }
    FourierTransform.transform(&work, backward: false)
    for k in 0..<size { work[k] *= kernel[k] }
    FourierTransform.transform(&work, backward: true)
    return (0..<outputs).map { work[$0] * after[$0] }
  }
}

/// `exp(2 pi i count step factor)` for a whole number `count factor`, its turns reduced exactly.
func turned(by count: Double, _ step: Double, _ factor: Double = 1) -> Complex<Double> {
  let whole = count * factor
  let product = whole * step
  let lost = (-product).addingProduct(whole, step)
  let turns = 2 * ((product - product.rounded()) + lost)
  return Complex(Double.cosPi(turns), Double.sinPi(turns))
}
