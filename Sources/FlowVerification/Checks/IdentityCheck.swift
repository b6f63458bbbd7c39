import FlowMatching

/// A check of the report.
protocol Check {
  static var name: String { get }
  /// What is checked, in ASCII.
  static var statement: String { get }
}

/// An equation between the engine's outputs that holds exactly in exact arithmetic.
///
/// Its error at a point is the difference of the two sides divided by `u = 2^-53` and by the sum of
/// the magnitudes of what was added on both sides. The engine promises 8 of these units for every
/// quantity, so the allowance is 8 plus the roundings that the check itself adds.
protocol IdentityCheck: Check {
  /// The largest error that rounding can explain.
  static func allowance(_ draw: Draw) -> Double
  /// The normalised error per point; `nil` where the equation has no meaning.
  static func errors(
    _ draw: Draw, _ magnitudes: [ComponentMagnitudes]
  ) throws(FlowError) -> [Double?]
}

/// Counts of roundings, in units of u = 2^-53.
enum Roundings {
  static let unit = 0x1p-53
  /// What the engine promises for each of its quantities.
  static let engine = 8.0

  /// The roundings that a term of a blocked sum of `count` terms passes through.
  static func sum(_ count: Int) -> Double {
    let block = min(count, 64)
    return Double(block / 4 + block % 4 + 2 + count / 64)
  }

  /// `|difference| / (u scale)`; two zeros agree.
  static func error(_ difference: Double, scale: Double) -> Double {
    difference == 0 ? 0 : abs(difference) / (unit * scale)
  }

  /// The largest difference of two rows over their largest scale.
  static func error(
    _ a: ArraySlice<Double>, _ b: some Collection<Double>, scales: some Sequence<Double>
  ) -> Double {
    let difference = zip(a, b).reduce(0.0) { largest($0, abs($1.0 - $1.1)) }
    return error(difference, scale: scales.reduce(0.0) { largest($0, $1) })
  }

  /// The larger of two, NaN if one is.
  static func largest(_ a: Double, _ b: Double) -> Double {
    a.isNaN || b.isNaN ? .nan : max(a, b)
  }
}

extension ComponentMagnitudes {
  /// The addends of `u_i = alpha' D_i + (v'/2) g_i`.
  func velocity(_ i: Int, _ s: Schedule<Double>) -> Double {
    guard let source else {
      return abs(s.alphaDot) * denoiser[i] + abs(s.varianceDot) / 2 * g[i]
    }
    return abs(s.alphaDot) * denoiser[i] + abs(s.sigmaDot) * source.mean[i]
  }

  /// The addends of `(du/dx)_ii`, and also of axis i's part of `d log p/dt`.
  func slope(_ i: Int, _ s: Schedule<Double>) -> Double {
    let data = abs(s.alphaDot) * (spread[i] + product[i])
    guard let source else { return data + abs(s.varianceDot) / 2 * (inverse[i] + square[i]) }
    return data + abs(s.sigmaDot) * (source.spread[i] + source.product[i])
  }

  /// The addends of div u.
  func divergence(_ s: Schedule<Double>) -> Double {
    g.indices.reduce(0) { $0 + slope($1, s) }
  }
}
