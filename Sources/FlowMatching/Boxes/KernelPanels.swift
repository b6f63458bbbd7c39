/// How a normal kernel `exp(-tilt tau - tau^2/2)`, tau and tilt at least 0, is integrated by Gauss rules: cut off at exp(-45),
/// on at most eight panels of at most 2.5 standard deviations and six e-foldings.
enum KernelPanels {
  /// Where a kernel without tilt is exp(-45), the root of 90.
  static var farthest: Double { 9.486832980505138 }

  /// The tau beyond which the kernel is below exp(-45).
  @inline(__always)
  static func cut<S: Scalar>(tilt: S) -> S { S(90.0) / (tilt + S.hypot(tilt, S(farthest))) }

  /// The number of panels on [0, reach].
  @inline(__always)
  static func count<S: Scalar>(tilt: S, reach: S) -> S {
    let widest = S.choose(tilt, below: S(2.4), then: S(2.5), otherwise: S(6.0) / tilt)
    var panels = S(1.0)
    for n in 1..<9 {
      let next = S(Double(n + 1))
      panels = S.choose(widest.scaled(by: Double(n)), below: reach, then: next, otherwise: panels)
    }
    return panels
  }
}
