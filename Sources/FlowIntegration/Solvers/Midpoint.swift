extension Solver {
  /// The explicit midpoint rule: two stages, order 2.
  ///
  ///     y_new = y + h f(t + h/2, y + (h/2) f(t, y))
  ///
  /// *Proof*: `midpoint_order`.
  /// *Reference*: Runge (1895).
  public static let midpoint = Solver(
    "midpoint",
    Tableau(
      nodes: ["0", "1/2"],
      coefficients: [
        [],
        ["1/2"],
      ],
      weights: ["0", "1"],
      order: 2,
      reference: "Runge, 1895"))
}
