/// How large the numbers are that a mixture's posterior moments at one point are sums of: the honest
/// scale of their rounding errors. Per axis, with `V_k = alpha^2 S_k + v I`,
/// `g_k = V_k^-1 (x - alpha m_k)` and `E_k = E[x1 | x, k]`:
package struct ComponentMagnitudes: Sendable {
  /// `sum p |g_k|`.
  package var g: [Double]
  /// `sum p |E_k|`.
  package var denoiser: [Double]
  /// `sum p g_k^2`.
  package var square: [Double]
  /// `sum p |E_k| |g_k|`.
  package var product: [Double]
  /// `sum p diag V_k^-1`.
  package var inverse: [Double]
  /// `sum p alpha diag(S_k V_k^-1)`.
  package var spread: [Double]
  /// The same of a source other than the standard normal.
  package var source: Source?

  /// `sum p |E[x0 | x, pair]|`, `sum p |E[x0]| |g|` and `sum p sigma diag(S0 V^-1)`.
  package struct Source: Sendable {
    package var mean: [Double]
    package var product: [Double]
    package var spread: [Double]
  }

  init(dimension: Int) {
    g = [Double](repeating: 0, count: dimension)
    (denoiser, square, product, inverse, spread) = (g, g, g, g, g)
  }
}

extension ComponentMagnitudes {
  /// Adds the axes of another.
  mutating func join(_ other: ComponentMagnitudes) {
    g += other.g
    denoiser += other.denoiser
    square += other.square
    product += other.product
    inverse += other.inverse
    spread += other.spread
  }

  mutating func add(
    _ p: Double, axis i: Int, g: Double, denoiser: Double, inverse: Double, spread: Double
  ) {
    self.g[i] += p * abs(g)
    self.denoiser[i] += p * denoiser
    square[i] += p * g * g
    product[i] += p * denoiser * abs(g)
    self.inverse[i] += p * inverse
    self.spread[i] += p * spread
  }
}
