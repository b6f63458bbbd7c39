public import FlowMatching

/// Classifier-free guidance on a trained model: `u_w = u + w (u_c - u)`, where u is the network's
/// velocity without a label and u_c that with the label c.
///
/// w = 1 is the conditional field and w = 0 the unconditional one. What is said of ``GuidedField``
/// holds here too: for other w the field does not, in general, transport noise to the tempered density.
///
/// *Reference*: Ho and Salimans (2022), equation 6, for scores.
public struct GuidedModelField<Field: VelocityField>: VelocityField {
  /// The field without a label.
  public let unconditional: Field
  /// The field given the label.
  public let conditional: Field
  public let weight: Double

  public var dimension: Int { unconditional.dimension }

  /// - Throws: `dimensionMismatch`, `nonFinite`.
  public init(unconditional: Field, conditional: Field, weight: Double) throws(FlowError) {
    guard conditional.dimension == unconditional.dimension else {
      throw FlowError.dimensionMismatch(
        "conditional", conditional.dimension, expected: unconditional.dimension)
    }
    try FlowError.checkFinite(weight, "weight")
    self.unconditional = unconditional
    self.conditional = conditional
    self.weight = weight
  }

  /// As in the protocol of fields.
  public func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    let given = try conditional.velocities(at: times, of: points)
    if weight == 1 { return given }
    let free = try unconditional.velocities(at: times, of: points)
    return zip(free, given).map { ((1 - weight) * $0).addingProduct(weight, $1) }
  }
}
