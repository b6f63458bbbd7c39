extension FlowError {
  /// Throws unless a spread whose square is `variance` can stand alone, where sigma(t) = 0 adds nothing: an
  /// atom is `singular`, and a square that double precision does not hold `outOfDomain`.
  static func checkSpread(
    _ variance: Double, isZero: Bool, at schedule: Schedule<Double>, _ field: String,
    of what: String,
    smallest: Double = .leastNormalMagnitude
  ) throws(FlowError) {
    let spread = schedule.alpha * schedule.alpha * variance
    guard schedule.variance == 0, spread < smallest || spread == 0 else { return }
    guard !isZero else {
      throw singular("t", "sigma(t) = 0 and \(what) has no spread, so that p_t has an atom")
    }
    throw FlowError(
      .outOfDomain, field,
      "\(field): the variance of \(what) is \(spread) where sigma(t) = 0, below the range of double "
        + "precision")
  }
}
