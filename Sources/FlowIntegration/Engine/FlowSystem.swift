import FlowMatching

/// The equation `dy/dt = f(t, y)` that a solver is given: a field alone, or a field with what is
/// carried along its trajectories.
protocol FlowSystem: Sendable {
  /// The numbers in a state.
  var width: Int { get }
  /// The parts of a state whose errors are measured apart, each by its root mean square; the largest
  /// counts.
  var blocks: [Range<Int>] { get }
  /// `f` at every row, each at its own time.
  func derivatives(at times: [Time<Double>], of rows: [Double]) throws(FlowError) -> [Double]
  /// Whether eight rows can be evaluated side by side without arrays.
  var hasLanes: Bool { get }
  /// `f` of eight rows.
  func derivative(
    at times: Time<Lanes>, of y: UnsafePointer<Lanes>, into: UnsafeMutablePointer<Lanes>
  ) throws(FlowError)
  /// `df/dy`, rows first, and `df/dt`.
  func jacobian(
    at time: Time<Double>, of row: [Double]
  ) throws(FlowError) -> (matrix: [Double], rate: [Double])
  /// Whether a trajectory whose end is known where the field does not exist goes there.
  var lands: Bool { get }
  /// The state at `end` of the trajectory through `row`, where the field does not exist at `end` but that state is
  /// known: on an atom of the data.
  func landing(from time: Time<Double>, of row: [Double], at end: Time<Double>) -> [Double]?
}

extension FlowSystem {
  var lands: Bool { false }

  func landing(from time: Time<Double>, of row: [Double], at end: Time<Double>) -> [Double]? {
    nil
  }

  /// The same between two numbers, for an engine whose times are doubles.
  func landing(from t: Double, of row: [Double], at end: Double) -> [Double]? {
    landing(
      from: Time(t: t, remaining: 1 - t), of: row, at: Time(t: end, remaining: 1 - end))
  }
}

/// A system that is asked for whole rows, and for no derivatives: they would be those of the field's own
/// derivatives.
protocol RowSystem: FlowSystem {}

extension RowSystem {
  var hasLanes: Bool { false }

  func derivative(
    at times: Time<Lanes>, of y: UnsafePointer<Lanes>, into k: UnsafeMutablePointer<Lanes>
  ) throws(FlowError) {
    preconditionFailure("the system is asked for in rows")
  }

  func jacobian(
    at time: Time<Double>, of row: [Double]
  ) throws(FlowError) -> (matrix: [Double], rate: [Double]) {
    throw FlowError(
      .unsupported, "solver", "an implicit solver would need the field's second derivatives")
  }
}

/// A field alone.
struct FieldSystem: FlowSystem {
  let field: any VelocityField
  private let lanes: (any LaneField)?
  let lands: Bool

  init(_ field: any VelocityField, lands: Bool) {
    self.field = field
    self.lands = lands
    lanes = field as? any LaneField
  }

  var width: Int { field.dimension }
  var blocks: [Range<Int>] { [0..<field.dimension] }
  var hasLanes: Bool { lanes != nil }

  func derivatives(at times: [Time<Double>], of rows: [Double]) throws(FlowError) -> [Double] {
    try field.velocities(at: times, of: rows)
  }

  func derivative(
    at times: Time<Lanes>, of y: UnsafePointer<Lanes>, into k: UnsafeMutablePointer<Lanes>
  ) throws(FlowError) {
    guard let lanes else { preconditionFailure("the field has no lanes") }
    try lanes.velocity(at: times, of: y, into: k)
  }

  func landing(from time: Time<Double>, of row: [Double], at end: Time<Double>) -> [Double]? {
    lands ? (field as? MarginalField)?.landing(from: time, of: row, at: end) : nil
  }

  func jacobian(
    at time: Time<Double>, of row: [Double]
  ) throws(FlowError) -> (matrix: [Double], rate: [Double]) {
    guard let smooth = field as? any DifferentiableField else {
      throw FlowError(
        .unsupported, "solver", "an implicit solver needs a field whose derivatives are known")
    }
    return (
      try smooth.jacobians(at: [time], of: row), try smooth.timeDerivatives(at: [time], of: row)
    )
  }
}
