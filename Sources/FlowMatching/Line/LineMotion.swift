/// How the places of a quadrature move with x, alpha and sigma where the kernel is the narrower factor.
///
/// A place that stands still in `z = (alpha y - x)/sigma` sees q alone change, and one that stands still in
/// the data the kernel alone, by terms that grow like 1/sigma and cancel in the sum. So the places stand
/// still in z, but for two things.
///
/// Next to the anchor q is about `e^(c y)`, which times the kernel is a kernel around `z = c sigma/alpha`:
/// places keep their distance from there, they drift by `c (sigma/alpha)'`. The derivative of the log
/// weight is then `(l' - c) y'` and that of the one Gaussian factor, which is none.
///
/// A mark, at rest in the data, moves in z by 1/sigma of x. Where the integrand jumps the places must
/// follow it: that is the jump's share of the derivative. Where it does not, following would add two terms
/// of size 1/sigma that cancel, one for each side. And where the score is an average over the kernel,
/// because the slope of q is steeper than the kernel's, every mark is followed.
enum LineMotion {
  /// Every mark moves: for averages over q's slope, which jumps at a kink.
  case withMarks
  /// Only marks move where q itself jumps or has no limit: for the mass and the moments of y.
  case withJumps

  func moves(_ mark: DensityMark) -> Bool {
    switch self {
    case .withMarks: !mark.isSmooth
    case .withJumps: mark.isJump
    }
  }
}

extension DensityMark {
  /// Whether q is not continuous here, or too steep for its slope to be integrated.
  var isJump: Bool {
    if isSmooth { return false }
    if levels.contains(where: { !$0.side.hasLimit }) { return true }
    func limit(_ side: Side?) -> Double? { side.flatMap { $0.exponent == 1 ? $0.logLevel : nil } }
    return limit(left) != limit(right)
  }
}

extension LineIntegrand where S == Dual<Double> {
  /// The derivative of the logarithm of the weight, relative to the anchor's, of places at these offsets from
  /// the anchor if they stand still in the data and not in z, and the magnitudes that it is the sum of.
  func restingRate(_ offset: Lanes) -> (value: Lanes, size: Lanes) {
    let anchorRate = anchorPlace.derivative - unitData.value * anchorZ.derivative
    let place = offset.scaled(by: unitData.derivative) + Lanes(anchorRate)
    let kernel = (offset + Lanes(anchorZ.value)) * place.scaled(by: 1 / unitData.value)
    let (volume, own) = (unitData.derivative / unitData.value, anchorZ.value * anchorZ.derivative)
    let rest = volume + (anchorLog.derivative - own)
    let size = abs(volume) + abs(anchorLog.derivative) + abs(own)
    return (kernel - Lanes(rest), Lanes.magnitude(kernel) + Lanes(size))
  }
}
