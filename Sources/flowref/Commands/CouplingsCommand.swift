import ArgumentParser
import FlowFiles
import FlowMatching

struct CouplingsCommand: ParsableCommand, Exemplified {
  static let example = "flowref couplings --dimensions 2 --batches 1,16,256"

  static let configuration = CommandConfiguration(
    commandName: "couplings",
    abstract: "Measures how far minibatch optimal transport is from the optimal map.",
    discussion: """
      Pairs batches of samples of N(0, I) and of a target by exact assignment, and compares with the \
      map between the two laws in closed form: excess is mean |x0 - x1|^2 over W_2^2, less 1; offset \
      is mean |x1 - T(x0)|^2 over W_2^2. Both are 0 for pairs of the exact map T; a batch of one is \
      the independent coupling.

      The target in d dimensions is a Gaussian with mean 1 on every axis and stds from 2 to 1/2 \
      in equal steps (2 for d = 1) along the axes, reflected so that the diagonal turns round. --line takes two Gaussians on the line instead, means -2 and 2, std 1/2.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Dimensions of the Gaussian targets.", valueName: "d,..."))
  var dimensions = NumberList(numbers: [1, 2, 8, 64])

  @Option(parsing: .unconditional, help: ArgumentHelp("Batch sizes.", valueName: "n,..."))
  var batches = NumberList(numbers: [1, 4, 16, 64, 256, 1024])

  @Option(
    parsing: .unconditional,
    help: "About how many pairs per batch size; at least eight batches are drawn.")
  var pairs: Int = 16384

  @Flag(help: "The two Gaussians on the line, and nothing else.")
  var line = false

  @Option(
    parsing: .unconditional, help: "Which random samples: any whole number from 0 to 2^64 - 1.")
  var seed: UInt64 = 0

  @Flag(help: "Writes JSON lines instead of a table.")
  var json = false

  mutating func validate() throws {
    guard pairs > 0 else { throw ValidationError("--pairs must be positive.") }
  }

  func run() throws {
    try Trouble.reported {
      let cases = try cases()
      let bar = ProgressBar(total: cases.count * batches.numbers.count)
      var text = json ? "" : Self.header
      for (name, bias) in cases {
        for batch in batches.numbers {
          let row = try bias.measure(batch: batch, batches: max(8, pairs / batch), seed: seed)
          text += json ? jsonLine(name, bias, row) : tableLine(name, bias, row)
          bar.advance()
        }
      }
      bar.finish()
      let bytes = Array(text.utf8)
      try AtomicFile.write(to: .standardOutput) { output throws(FileError) in
        output.pending += bytes
        try output.flushIfLarge()
      }
    }
  }

  private func cases() throws(FlowError) -> [(String, CouplingBias)] {
    if line {
      let target = try GaussianMixture(dimension: 1, means: [-2, 2], stds: [0.5])
      return [("two Gaussians, d = 1", try CouplingBias(onTheLine: target))]
    }
    var cases: [(String, CouplingBias)] = []
    for d in dimensions.numbers {
      cases.append(("Gaussian, d = \(d)", try Self.gaussian(d)))
    }
    return cases
  }

  /// Mean 1 on every axis; stds from 2 to 1/2 in equal steps along the axes, reflected.
  static func gaussian(_ d: Int) throws(FlowError) -> CouplingBias {
    try Budget.check(bytes: 64 * Double(d) * Double(d), "dimensions")
    let stds = (0..<d).map { axis -> Double in
      d == 1 ? 2 : 2 - 1.5 * Double(axis) / Double(d - 1)
    }
    func reflection(_ i: Int, _ j: Int) -> Double { (i == j ? 1 : 0) - 2 / Double(d) }
    var covariance = [Double](repeating: 0, count: d * d)
    for i in 0..<d {
      for j in 0...i {
        let entry = (0..<d).reduce(0.0) {
          $0 + reflection(i, $1) * stds[$1] * stds[$1] * reflection(j, $1)
        }
        covariance[i * d + j] = entry
        covariance[j * d + i] = entry
      }
    }
    return try CouplingBias(mean: [Double](repeating: 1, count: d), covariance: covariance)
  }

  private static let header = """
    | target | W_2^2 | batch | excess | +- | offset | +- |
    |---|--:|--:|--:|--:|--:|--:|

    """

  private func tableLine(_ name: String, _ bias: CouplingBias, _ row: CouplingBias.Row) -> String {
    let unit = bias.squaredDistance
    let numbers = [
      row.cost.mean / unit - 1, row.cost.standardError / unit, row.offset.mean / unit,
      row.offset.standardError / unit,
    ]
    let cells = [name, Self.fixed(unit), "\(row.batch)"] + numbers.map(Self.fixed)
    return "| " + cells.joined(separator: " | ") + " |\n"
  }

  /// Four places behind the point.
  static func fixed(_ value: Double) -> String {
    let units = (abs(value) * 10000).rounded()
    guard units < 1e15 else { return "\(value)" }
    let digits = "\(Int(units) % 10000)"
    let sign = value < 0 && units > 0 ? "-" : ""
    let zeros = String(repeating: "0", count: 4 - digits.count)
    return "\(sign)\(Int(units) / 10000).\(zeros)\(digits)"
  }

  private func jsonLine(_ name: String, _ bias: CouplingBias, _ row: CouplingBias.Row) -> String {
    """
    {"target":"\(name)","squared_distance":\(bias.squaredDistance),"batch":\(row.batch),\
    "batches":\(row.batches),"cost":\(row.cost.mean),"cost_standard_error":\
    \(row.cost.standardError),"offset":\(row.offset.mean),"offset_standard_error":\
    \(row.offset.standardError)}

    """
  }
}
