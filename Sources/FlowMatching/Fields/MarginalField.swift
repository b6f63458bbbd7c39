/// The exact marginal fields of a path and a target: density, velocity, score, denoiser and their
/// derivatives, all derived from the posterior moments `D = E[x1|x]` and `g = -grad log p_t(x)`.
///
///     velocity    u_t(x) = alpha' D + (v'/2) g
///     score       -g
///     Jacobian    du/dx = alpha' dD/dx + (v'/2) dg/dx,   divergence = its trace
///     d log p/dt  alpha' dlogp/dalpha + v' dlogp/dv
///
/// (With a source other than the standard normal, see ``SourceMoments``.)
///
/// *Accuracy*: 8 u (|y| + sensitivity), where the sensitivity to a time is taken at
/// min(t, 1 - t); held by the fixtures.
///
/// *Reference*: Lipman et al. (2023), equations 6, 8 and theorem 1.
public struct MarginalField: Sendable {
  /// How data and noise are mixed over time.
  public let path: any ProbabilityPath
  /// The data distribution.
  public let target: any Target
  /// What the target offers beyond the contract.
  let abilities: TargetAbilities

  public init(path: any ProbabilityPath, target: any Target) {
    self.path = path
    self.target = target
    abilities = TargetAbilities(target)
  }

  /// How many numbers the quantity has at one point.
  /// - Throws: `unsupported` for the weights of a target without components.
  public func width(of quantity: MarginalQuantity) throws(FlowError) -> Int {
    switch quantity {
    case .logDensity, .logDensityRate, .divergence: return 1
    case .velocity, .score, .denoiser, .noisePrediction, .vPrediction: return target.dimension
    case .jacobian, .posteriorCovariance: return target.dimension * target.dimension
    case .posteriorWeights:
      guard let count = abilities.count else {
        throw FlowError(.unsupported, "target", "the target has no components to weigh")
      }
      return count
    }
  }

  /// The quantity at every point: `points` holds rows of `dimension` numbers, `times` one time for
  /// all or one per point; the result holds a row per point, matrices rows first.
  ///
  /// Points are evaluated eight at a time and in parallel; results are the same to the bit for
  /// every thread count and every split of the batch.
  /// - Throws: `singular` where the quantity does not exist, `dimensionMismatch`, `nonFinite`,
  ///   `unsupported`, `outOfDomain` where a result overflows.
  public func values(
    of quantity: MarginalQuantity, at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    let (target, abilities) = (target, abilities)
    let width = try width(of: quantity)
    if let small = abilities.small, let wanted = SmallBatch.Wanted(quantity) {
      guard try rowCount(of: points, at: times) > 0 else { return [] }
      let (rows, divergences) = try SmallBatch(self, small, wanted, times, points).values()
      return wanted.field == nil ? divergences : rows
    }
    return try evaluate(
      width: width, at: times, of: points, for: quantity.moments,
      chunks: { groups throws(FlowError) in
        if quantity.needsRates {
          for group in groups { try group.checkRates(isSourced: abilities.isSourced) }
        }
        let posteriors = try abilities.posteriors(
          target, of: groups.map(\.x), at: groups.map(\.schedule), quantity.moments)
        return zip(groups, posteriors).map { quantity.lanes($1, at: $0.schedule, x: $0.x) }
      })
  }

  /// The quantity at one point.
  public func value(
    of quantity: MarginalQuantity, at time: Time<Double>, of x: [Double]
  ) throws(FlowError) -> [Double] {
    guard x.count == target.dimension else {
      throw FlowError.dimensionMismatch("x", x.count, expected: target.dimension)
    }
    return try values(of: quantity, at: [time], of: x)
  }
}

extension MarginalField {
  /// Where the trajectory through x at `time` ends at the time `end`, if it is known to end on an atom: where
  /// sigma(end) = 0 the velocity of data points does not exist, but the limit of the trajectory does, `alpha(end)`
  /// times the point that owns x.
  ///
  /// `nil` at other ends and where no single point owns x yet. *Accuracy*: the atom itself.
  public func landing(
    from time: Time<Double>, of x: [Double], at end: Time<Double>
  ) -> [Double]? {
    let last = path.schedule(at: end)
    guard last.variance == 0, let target = target as? any AtomicTarget else { return nil }
    let schedule = path.schedule(at: time)
    guard schedule.variance > 0 else { return nil }
    return target.atom(owning: x, at: schedule).map { $0.map { last.alpha * $0 } }
  }
}

extension LaneGroup {
  /// Throws where the path's derivatives are infinite; that of sigma itself counts only with a source
  /// other than the standard normal.
  func checkRates(isSourced: Bool) throws(FlowError) {
    for (time, schedule) in zip(times, schedules) {
      guard schedule.alphaDot.isFinite, schedule.varianceDot.isFinite,
        !isSourced || schedule.sigmaDot.isFinite
      else {
        throw FlowError.singular("t", "the path's derivative is infinite at t = \(time.t)")
      }
    }
  }
}
