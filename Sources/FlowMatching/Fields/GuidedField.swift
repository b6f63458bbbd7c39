import RealModule

/// Classifier-free guidance on exact fields: `u_w = u + w (u_c - u)`, where u is the field of the
/// whole target and u_c that of its components with the label c.
///
/// w = 1 is the conditional field, w = 0 the unconditional one; where every component carries the label
/// all w give the same. The difference is never formed: every component has a coefficient of its own, so that
/// a large w multiplies no rounding. For other w the field does not, in
/// general, transport noise to the tempered density.
///
/// *Proof*: `guided_score_is_tempered_score`, `guided_field_does_not_generate_the_tempered_path`.
/// *Reference*: Ho and Salimans (2022).
public struct GuidedField: VelocityField {
  /// u, the field of the whole target.
  public let unconditional: MarginalField
  /// u_c, the field of the components with the label.
  public let conditional: MarginalField
  /// w.
  public let weight: Double

  private let target: any LabelledTarget
  private let label: String
  /// Whether every component carries the label.
  private let isWhole: Bool

  public var dimension: Int { unconditional.dimension }

  /// - Throws: `unsupported` for a target without labels, `outOfDomain` for a label that it does not
  ///   have, `nonFinite`.
  public init(
    path: any ProbabilityPath, target: any Target, label: String, weight: Double
  ) throws(FlowError) {
    try FlowError.checkFinite(weight, "weight")
    guard let labelled = target as? any LabelledTarget else {
      throw FlowError(.unsupported, "label", "the target has no labels")
    }
    unconditional = MarginalField(path: path, target: target)
    conditional = MarginalField(path: path, target: try labelled.restricted(to: label))
    self.weight = weight
    self.target = labelled
    self.label = label
    isWhole = try labelled.carries(label).allSatisfy { $0 }
  }

  public func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    if weight == 1 { return try conditional.velocities(at: times, of: points) }
    if weight == 0 || isWhole {
      return try unconditional.velocities(at: times, of: points)
    }
    let (target, label, weight) = (target, label, weight)
    let isSourced = unconditional.abilities.isSourced
    return try unconditional.evaluate(width: dimension, at: times, of: points) {
      group throws(FlowError) in
      try group.checkRates(isSourced: isSourced)
      let means = try target.guidedMeans(
        of: group.x, at: group.schedule, label: label, weight: weight)
      return MarginalQuantity.velocity.lanes(means, at: group.schedule, x: group.x)
    }
  }
}
