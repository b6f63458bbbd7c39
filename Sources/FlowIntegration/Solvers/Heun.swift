extension Solver {
  /// Heun's method, the explicit trapezoidal rule: two stages, order 2.
  ///
  ///     y_new = y + (h/2) (k_1 + k_2),   k_2 = f(t + h, y + h k_1)
  ///
  /// *Proof*: `heun_order`, `heun_embedded_order`.
  /// *Reference*: Heun (1900).
  public static let heun = Solver(
    "heun",
    Tableau(
      nodes: ["0", "1"],
      coefficients: [
        [],
        ["1"],
      ],
      weights: ["1/2", "1/2"],
      order: 2,
      embedded: ["1", "0"],
      embeddedOrder: 1,
      reference: "Heun, 1900"))
}
