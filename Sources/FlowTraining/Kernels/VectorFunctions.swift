/// Elementary functions on sixteen floats, without branches. Coefficients are weighted minimax fits
/// (Lawson's iteration); the accuracies stated are held by tests.
enum VectorFunctions {
  /// `exp(x) - 1` as a pair: the power of two and `2^n (exp(r) - 1)`, where `x = n log 2 + r`.
  @inline(__always)
  private static func parts(_ x: Vector) -> (power: Vector, rest: Vector) {
    // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits.
    let magic = Vector(repeating: 12_582_912)
    let shifted = fused(magic, x, Vector(repeating: 1.442695))
    let n = shifted - magic
    let high = fused(x, n, Vector(repeating: -0.693359375))
    let r = fused(high, n, Vector(repeating: 2.121_944_4e-4))
    var q = Vector(repeating: 0.001_381_459_6)
    q = fused(Vector(repeating: 0.008_368_717_5), q, r)
    q = fused(Vector(repeating: 0.041_668_389), q, r)
    q = fused(Vector(repeating: 0.166_665_211), q, r)
    q = fused(Vector(repeating: 0.499_999_94), q, r)
    let grown = fused(r, r * r, q)
    let exponent = unsafeBitCast(shifted, to: SIMD16<Int32>.self) &<< 23
    let one = SIMD16<Int32>(repeating: 0x3F80_0000)
    let power = unsafeBitCast(exponent &+ one, to: Vector.self)
    return (power, power * grown)
  }

  /// `exp(x)` for x in [-87, 88]; beyond, the value at the end. *Accuracy*: 2 u relative there.
  @inline(__always)
  static func exp(_ x: Vector) -> Vector {
    let (power, rest) = parts(smaller(larger(x, Vector(repeating: -87)), Vector(repeating: 88)))
    return power + rest
  }

  /// `tanh(x) = m / (m + 2)`, `m = exp(2x) - 1`. *Accuracy*: 4 u relative.
  @inline(__always)
  static func tanh(_ x: Vector) -> Vector {
    let magnitude = smaller(absolute(x), Vector(repeating: 10))
    let (power, rest) = parts(magnitude + magnitude)
    let m = (power - 1) + rest
    let value = m / (m + 2)
    return value.replacing(with: -value, where: x .< 0)
  }

  /// `1/(1 + exp(-x))`. *Accuracy*: 4 u relative for x >= -87.
  @inline(__always)
  static func logistic(_ x: Vector) -> Vector { 1 / (1 + exp(-x)) }

  /// The normal distribution function and density. With `a = |x|/sqrt(2)`,
  /// `Phi(-|x|) = exp(-x^2/2) erfcx(a)/2` and erfcx a polynomial in `1/(1 + 0.4 a)`.
  /// *Accuracy*: 2e-7 absolute.
  @inline(__always)
  static func normal(_ x: Vector) -> (distribution: Vector, density: Vector) {
    let magnitude = smaller(absolute(x), Vector(repeating: 13))
    let w = 1 / fused(Vector(repeating: 1), magnitude, Vector(repeating: 0.282_842_712))
    var q = Vector(repeating: 0.041_253_332)
    for c: Float in [
      -0.140_320_63, 0.083_990_104, 0.087_961_204, 0.079_758_572, 0.193_392_351, 0.201_887_801,
      0.226_443_082, 0.225_634_232,
    ] { q = fused(Vector(repeating: c), q, w) }
    let bell = exp(magnitude * magnitude * -0.5)
    let tail = bell * (q * w) * 0.5
    return (tail.replacing(with: 1 - tail, where: x .> 0), bell * 0.398_942_28)
  }

  /// `sin(2 pi r)` and `cos(2 pi r)` for r in [-1/2, 1/2]. *Accuracy*: 2e-7 absolute.
  @inline(__always)
  static func circular(_ r: Vector) -> (sine: Vector, cosine: Vector) {
    let magnitude = absolute(r)
    let sine = sinTurn(smaller(magnitude, 0.5 - magnitude))
    return (sine.replacing(with: -sine, where: r .< 0), sinTurn(0.25 - magnitude))
  }

  /// `sin(2 pi y)` for y in [-1/4, 1/4].
  @inline(__always)
  private static func sinTurn(_ y: Vector) -> Vector {
    let s = y * y
    var q = Vector(repeating: -14.394_304)
    q = fused(Vector(repeating: 42.009_83), q, s)
    q = fused(Vector(repeating: -76.704_285), q, s)
    q = fused(Vector(repeating: 81.605_225), q, s)
    q = fused(Vector(repeating: -41.341_702), q, s)
    q = fused(Vector(repeating: 6.283_185_5), q, s)
    return y * q
  }

  // The library's pointwise minimum treats NaN with care and is not vectorised.
  @inline(__always)
  private static func smaller(_ x: Vector, _ y: Vector) -> Vector {
    x.replacing(with: y, where: y .< x)
  }

  @inline(__always)
  private static func larger(_ x: Vector, _ y: Vector) -> Vector {
    x.replacing(with: y, where: x .< y)
  }

  @inline(__always)
  private static func absolute(_ x: Vector) -> Vector {
    let bits = unsafeBitCast(x, to: SIMD16<UInt32>.self) & SIMD16(repeating: 0x7FFF_FFFF)
    return unsafeBitCast(bits, to: Vector.self)
  }
}
