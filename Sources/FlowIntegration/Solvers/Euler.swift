extension Solver {
  /// Euler's method: one stage, order 1.
  ///
  ///     y_new = y + h f(t, y)
  ///
  /// *Proof*: `euler_order`.
  /// *Reference*: Euler (1768).
  public static let euler = Solver(
    "euler",
    Tableau(
      nodes: ["0"],
      coefficients: [
        []
      ],
      weights: ["1"],
      order: 1,
      reference: "Euler, 1768"))
}
