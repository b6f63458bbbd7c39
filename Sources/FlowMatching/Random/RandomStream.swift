import RealModule

/// Random numbers addressed by position: the seed is Philox's key, position and stream its counter.
/// What stands at a position does not depend on what was read before, so that results are the same
/// for every order, split and number of threads.
public struct RandomStream: Sendable, Equatable {
  /// The generator's key.
  public let seed: UInt64
  /// Which of the independent streams of this seed.
  public let stream: UInt64

  /// A stream of a seed.
  public init(seed: UInt64, stream: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
  }

  /// Another stream, independent of this one and of its other branches: for parts of a sample that
  /// take positions of their own, such as the factors of a product.
  public func branch(_ k: UInt64) -> RandomStream {
    // Under the complemented key, so that no seed is a number that this stream also hands out.
    let (seed, stream) = RandomStream(seed: ~seed, stream: stream).bits(at: k)
    return RandomStream(seed: seed, stream: stream)
  }

  /// 128 random bits.
  public func bits(at position: UInt64) -> (UInt64, UInt64) {
    func low(_ x: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: x) }
    func high(_ x: UInt64) -> UInt32 { UInt32(x >> 32) }
    let words = Philox4x32.words(
      counter: SIMD4(low(position), high(position), low(stream), high(stream)),
      key: SIMD2(low(seed), high(seed)))
    return (
      UInt64(words[1]) << 32 | UInt64(words[0]), UInt64(words[3]) << 32 | UInt64(words[2])
    )
  }

  /// Two independent numbers, uniform on the multiples of 2^-53 in (0, 1].
  public func uniforms(at position: UInt64) -> (Double, Double) {
    let (a, b) = bits(at: position)
    return (Double((a >> 11) + 1) * 0x1p-53, Double((b >> 11) + 1) * 0x1p-53)
  }

  /// Two independent standard normal variates, at most 8.58 in magnitude.
  ///
  /// *Reference*: Box and Muller (1958).
  public func normals(at position: UInt64) -> (Double, Double) {
    let (a, b) = uniforms(at: position)
    let radius = (-2 * Double.log(a)).squareRoot()
    let (sine, cosine) = Double.sinCosPi(2 * b)
    return (radius * cosine, radius * sine)
  }

  /// `count` standard normal variates from the positions `position`, `position + 1`, ...: two from
  /// each.
  public func normals(_ count: Int, at position: UInt64) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    for k in stride(from: 0, to: count, by: 2) {
      let (a, b) = normals(at: position &+ UInt64(k / 2))
      result[k] = a
      if k + 1 < count { result[k + 1] = b }
    }
    return result
  }
}
