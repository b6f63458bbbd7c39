extension Solver {
  /// The classical Runge-Kutta method: four stages, order 4.
  ///
  /// *Proof*: `rk4_order`.
  /// *Reference*: Kutta (1901).
  public static let rk4 = Solver(
    "rk4",
    Tableau(
      nodes: ["0", "1/2", "1/2", "1"],
      coefficients: [
        [],
        ["1/2"],
        ["0", "1/2"],
        ["0", "0", "1"],
      ],
      weights: ["1/6", "1/3", "1/3", "1/6"],
      order: 4,
      reference: "Kutta, 1901"))

  /// Kutta's 3/8 rule: four stages, order 4. On autonomous linear fields its steps are those of ``rk4``; libraries
  /// call both of them `rk4`.
  ///
  /// *Reference*: Kutta (1901).
  public static let rk4ThreeEighths = Solver(
    "rk4_three_eighths",
    Tableau(
      nodes: ["0", "1/3", "2/3", "1"],
      coefficients: [
        [],
        ["1/3"],
        ["-1/3", "1"],
        ["1", "-1", "1"],
      ],
      weights: ["1/8", "3/8", "3/8", "1/8"],
      order: 4,
      reference: "the 3/8 rule of Kutta, 1901"))
}
