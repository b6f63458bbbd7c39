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
}
