import ArgumentParser
import FlowFiles
import FlowMatching
import FlowTraining

struct FieldCommand: ParsableCommand, Exemplified {
  static let example = """
    flowref field --data eight_gaussians --path ot --quantity velocity --t 0.5 --grid -5:5:3,-5:5:3
    """

  static let configuration = CommandConfiguration(
    commandName: "field",
    abstract: "Writes an exact quantity of p_t at points or on a grid.",
    discussion: """
      A row per point: its coordinates, then the values (matrices row by row). Nothing is written \
      when any point fails.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var source: SourceOption
  @OptionGroup var path: PathOptions
  @OptionGroup var places: PlaceOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp(
      "A trained model instead of --data and --path: its velocity or divergence, in double "
        + "precision.", valueName: "file"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "What to write: \(QuantityName.allNames.joined(separator: ", ")).", valueName: "name"))
  var quantity: QuantityName

  @Option(parsing: .unconditional, help: "The time, from 0 (noise) to 1 (data).")
  var t: Double?

  @Option(parsing: .unconditional, help: "1 - t, for times next to 1.")
  var oneMinusT: Double?

  @Flag(help: "Leaves out the coordinates.")
  var valuesOnly = false

  mutating func validate() throws {
    try source.check(data)
    try path.check(with: data, orModel: model, and: places.points)
    if model != nil {
      let quantities: [MarginalQuantity] = [.velocity, .divergence]
      if !quantities.contains(quantity.quantity) {
        throw ValidationError("A model has a velocity and a divergence, no \(quantity).")
      }
    }
    if (t == nil) == (oneMinusT == nil) {
      throw ValidationError("Give either --t or --one-minus-t.")
    }
  }

  func run() throws {
    try Trouble.reported {
      let time = try oneMinusT.map { try Time(remaining: $0) } ?? Time(t ?? 0)
      let rows = try places.rows(beside: data)
      let (values, width) = try values(at: time, of: rows)
      try output.write(table(rows, values, width))
    }
  }

  /// The values at every row, and how many each has.
  private func values(
    at time: Time<Double>, of rows: DataTable
  ) throws -> (values: [Double], width: Int) {
    if let model {
      let field = try Checkpoint(reading: model).learnedField()
      try places.check(rows, against: field.dimension)
      return quantity.quantity == .velocity
        ? (try field.velocities(at: [time], of: rows.values), field.dimension)
        : (try field.divergences(at: [time], of: rows.values).divergences, 1)
    }
    let field = try ExactField.field(data, source, path)
    try places.check(rows, against: field.dimension)
    let width = try field.width(of: quantity.quantity)
    return (try field.values(of: quantity.quantity, at: [time], of: rows.values), width)
  }

  private func table(_ rows: DataTable, _ values: [Double], _ width: Int) -> DataTable {
    let d = rows.dimension
    let names = quantity.columns(width, dimension: d)
    if valuesOnly { return DataTable(columns: names, dimension: width, values: values) }
    var joined: [Double] = []
    joined.reserveCapacity(rows.rows * (d + width))
    for row in 0..<rows.rows {
      joined += rows.values[row * d..<(row + 1) * d]
      joined += values[row * width..<(row + 1) * width]
    }
    return DataTable(
      columns: Columns.points(d) + names, dimension: d + width, values: joined)
  }
}
