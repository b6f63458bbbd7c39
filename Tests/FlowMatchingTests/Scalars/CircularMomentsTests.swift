import Testing

@testable import FlowMatching

struct CircularMomentsTests {
  /// kappa, I0 exp(-kappa), I1 exp(-kappa), A/kappa, A' and (A/kappa - A')/kappa^2, by mpmath with 700
  /// digits.
  static let table: [(Double, Double, Double, Double, Double, Double)] = [
    (0.0, 1.0, 0.0, 0.5, 0.5, 0.125),
    (9.094947017729282e-13, 0.9999999999990905, 4.5474735088605053e-13, 0.5, 0.5, 0.125),
    (
      0.001, 0.9990007495835156, 0.0004995003123542213, 0.4999999375000104, 0.4999998125000521,
      0.12499995833334407
    ),
    (
      0.5, 0.6450352704491501, 0.1564208031848717, 0.4849992251616039, 0.4561947127365571,
      0.11521804970018727
    ),
    (
      1.999, 0.3086016010248046, 0.21528367593867836, 0.3489796729978371, 0.16436010380130409,
      0.04620108183069349
    ),
    (
      2.0, 0.30850832255367105, 0.21526928924893765, 0.348887328982004, 0.1642231977212077,
      0.04616603281519908
    ),
    (
      5.0, 0.18354081260932836, 0.16397226694454237, 0.17867662740881704, 0.0231899430364522,
      0.006219467374894594
    ),
    (
      20.0, 0.08978031188482602, 0.08750622218328867, 0.04873352539449036, 0.0012838756553350688,
      0.00011862412434788822
    ),
    (
      39.5, 0.06368010082838992, 0.06286878729255693, 0.024993912501099926, 0.00032468068765480976,
      1.5811076310491985e-05
    ),
    (
      40.0, 0.06327827987523534, 0.062482229074442064, 0.024685496033408767, 0.00031656090188732504,
      1.5230584457200901e-05
    ),
    (
      41.0, 0.06249694375681889, 0.06173002069951816, 0.0240909422198679, 0.00030120925418818567,
      1.4152131448946884e-05
    ),
    (
      100.0, 0.03994437929909668, 0.03974415302513025, 0.009949873730051687, 5.0253830221470356e-05,
      9.899619899830217e-07
    ),
    (
      12345.0, 0.0035906156241718415, 0.0035904701932952103, 8.100117431770723e-05,
      3.2809937830958712e-09, 5.314856399109124e-13
    ),
    (
      100000000.0, 3.989422809001105e-05, 3.989422789053991e-05, 9.99999995e-09,
      5.0000000250000004e-17, 9.9999999e-25
    ),
    (
      1000000000000000.0, 1.2615662610100802e-08, 1.2615662610100795e-08, 9.999999999999995e-16,
      5.000000000000002e-31, 9.99999999999999e-46
    ),
    (1e+100, 3.989422804014327e-51, 3.989422804014327e-51, 1e-100, 5e-201, 1e-300),
  ]

  @Test(arguments: table.indices)
  func everyMomentIsAccurate(_ index: Int) {
    let (kappa, i0, i1, sine, cosine, gap) = Self.table[index]
    let moments = CircularMoments(kappa)
    let got = [
      moments.scaledI0, moments.scaledI1(kappa), moments.sine, moments.cosine, moments.gap,
    ]
    let errors = zip(got, [i0, i1, sine, cosine, gap]).map { $0 == $1 ? 0 : abs($0 / $1 - 1) }
    // The gap is a difference of the two before it from kappa = 2 on, where it loses a factor of 3.
    #expect(
      errors.allSatisfy { $0 <= 8 * 0x1p-53 }, "kappa \(kappa): \(errors.map { $0 * 0x1p53 })")
  }

  /// `d/dkappa log(I0 exp(-kappa)) = A - 1` and `dA/dkappa = A'`, on both sides of every switch.
  @Test(arguments: [0.3, 1.99, 2.01, 7, 39.9, 40.1, 1000])
  func derivativesOfTheMomentsAreMoments(_ kappa: Double) {
    let moments = CircularMoments(kappa)
    let moving = CircularMoments(Dual(kappa, 1.0))
    let i0 = moving.scaledI0
    let ratio = Dual(kappa, 1.0) * moving.sine
    #expect(abs(i0.derivative / i0.value - (kappa * moments.sine - 1)) < 1e-14)
    #expect(abs(ratio.derivative - moments.cosine) < 1e-14 * moments.cosine + 1e-16)
  }

  /// Lanes in different regimes get the bits that each gets alone.
  @Test func lanesDoNotMix() {
    let kappas = [0, 0.5, 1.9, 2.5, 39, 41, 1e6, 3]
    var lanes = Lanes(0.0)
    for (lane, kappa) in kappas.enumerated() { lanes[lane] = kappa }
    let together = CircularMoments(lanes)
    for (lane, kappa) in kappas.enumerated() {
      let alone = CircularMoments(Lanes(kappa))
      #expect(together.scaledI0[lane] == alone.scaledI0[0])
      #expect(together.gap[lane] == alone.gap[0])
    }
  }
}
