extension Solver {
  /// Dormand and Prince's pair 5(4), `dopri5` and `ode45`: seven stages, the last of which is the first
  /// of the next step; with a continuous extension of order 4.
  ///
  /// *Proof*: `dormand_prince_order`, `dormand_prince_embedded_order`.
  /// *Reference*: Dormand and Prince, A family of embedded Runge-Kutta formulae (1980), table 2;
  /// Hairer, Norsett and Wanner (1993), section II.6 for the extension.
  public static let dopri5 = Solver(
    "dopri5",
    dormandPrince(
      embedded: ["5179/57600", "0", "7571/16695", "393/640", "-92097/339200", "187/2100", "1/40"],
      reference: "Dormand and Prince, A family of embedded Runge-Kutta formulae, 1980"))

  /// The steps of ``dopri5`` with Shampine's embedded weights, also of order 4: what torchdiffeq and diffrax call
  /// `dopri5`. Its error estimates are others, and so are its adaptive steps.
  ///
  /// *Reference*: Shampine, Some practical Runge-Kutta formulas (1986).
  public static let dopri5Shampine = Solver(
    "dopri5_shampine",
    dormandPrince(
      embedded: [
        "1951/21600", "0", "22642/50085", "451/720", "-12231/42400", "649/6300", "1/60",
      ],
      reference: "Dormand and Prince, 1980, with the embedded weights of Shampine, 1986"))

  private static func dormandPrince(embedded: [Rational], reference: String) -> Tableau {
    Tableau(
      nodes: ["0", "1/5", "3/10", "4/5", "8/9", "1", "1"],
      coefficients: [
        [],
        ["1/5"],
        ["3/40", "9/40"],
        ["44/45", "-56/15", "32/9"],
        ["19372/6561", "-25360/2187", "64448/6561", "-212/729"],
        ["9017/3168", "-355/33", "46732/5247", "49/176", "-5103/18656"],
        ["35/384", "0", "500/1113", "125/192", "-2187/6784", "11/84"],
      ],
      weights: ["35/384", "0", "500/1113", "125/192", "-2187/6784", "11/84", "0"],
      order: 5,
      embedded: embedded,
      embeddedOrder: 4,
      correction: [
        "-12715105075/11282082432", "0", "87487479700/32700410799", "-10690763975/1880347072",
        "701980252875/199316789632", "-1453857185/822651844", "69997945/29380423",
      ],
      reference: reference)
  }
}
