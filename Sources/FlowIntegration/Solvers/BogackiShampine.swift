extension Solver {
  /// Bogacki and Shampine's pair 3(2): four stages, the last of which is the first of the next step.
  ///
  /// *Proof*: `bogacki_shampine_order`, `bogacki_shampine_embedded_order`.
  /// *Reference*: Bogacki and Shampine, A 3(2) pair of Runge-Kutta formulas (1989).
  public static let bogackiShampine = Solver(
    "bogacki_shampine",
    Tableau(
      nodes: ["0", "1/2", "3/4", "1"],
      coefficients: [
        [],
        ["1/2"],
        ["0", "3/4"],
        ["2/9", "1/3", "4/9"],
      ],
      weights: ["2/9", "1/3", "4/9", "0"],
      order: 3,
      embedded: ["7/24", "1/4", "1/3", "1/8"],
      embeddedOrder: 2,
      reference: "Bogacki and Shampine, A 3(2) pair of Runge-Kutta formulas, 1989"))
}
