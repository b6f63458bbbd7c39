import ArgumentParser
import Dispatch
import FlowFiles
import FlowMatching
import FlowVerification

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `flowref benchmark quadrature`.
struct QuadratureBenchmarkCommand: ParsableCommand, Exemplified {
  static let example = "flowref benchmark quadrature --targets laplace,two_moons --seconds 0.02"

  static let configuration = CommandConfiguration(
    commandName: "quadrature",
    abstract: "What one query of a target by quadrature costs, by target and time.",
    discussion: """
      A Markdown table on the standard output. Queries are velocities at points of p_t on the path ot, in \
      batches on all cores. evaluations: of the density, or nodes of the curve, for one query; us: \
      processor time per query; us on all cores: time per query on the clock; duals: processor time of \
      a query with one derivative in x over that without.
      """)

  @Option(help: ArgumentHelp("Targets by quadrature, separated by commas.", valueName: "presets"))
  var targets = PresetKind.byQuadrature.map(\.name).joined(separator: ",")

  @Option(parsing: .unconditional, help: "How long to measure each number, in seconds.")
  var seconds = 0.2

  private static let times = [0.05, 0.5, 0.9, 0.99, 0.999]

  private var names: [String] { targets.split(separator: ",").map(String.init) }

  mutating func validate() throws {
    let known = PresetKind.byQuadrature.map(\.name)
    for name in names where !known.contains(name) {
      throw ValidationError(Nearest.refusal("target", name, among: known))
    }
    guard seconds > 0, seconds <= 60 else {
      throw ValidationError("--seconds must be in (0, 60].")
    }
  }

  func run() throws {
    try Trouble.reported {
      var rows = ["| target | t | evaluations | us | us on all cores | duals |"]
      rows.append("|---|--:|--:|--:|--:|--:|")
      for name in names {
        let target = try PresetKind(rawValue: name)!.example()
        let field = MarginalField(path: try OptimalTransportPath(), target: target)
        for t in Self.times {
          let cost = try measured(field, at: try Time(t))
          let numbers = [cost.processor, cost.clock].map(DecimalText.short)
          rows.append(
            "| \(name) | \(t) | \(cost.evaluations) | \(numbers[0]) | \(numbers[1]) "
              + "| \(DecimalText.short(cost.duals)) |")
        }
      }
      let bytes = Array((rows.joined(separator: "\n") + "\n").utf8)
      try Descriptor.write(bytes, to: STDOUT_FILENO, path: "standard output")
    }
  }

  private func measured(
    _ field: MarginalField, at time: Time<Double>
  ) throws -> (evaluations: Int, processor: Double, clock: Double, duals: Double) {
    let d = field.target.dimension
    func points(_ count: Int) -> [Double] {
      let data = field.target.samples(count, from: RandomStream(seed: 1))
      let noise = RandomStream(seed: 2).normals(count * d, at: 0)
      return zip(data, noise).map { time.t * $0 + time.remaining * $1 }
    }
    let few = points(32)
    let evaluations = try (0..<32).reduce(0) { sum, row in
      let x = Array(few[row * d..<(row + 1) * d])
      return sum + (try field.estimate(of: .velocity, at: time, of: x)).evaluations
    }
    func cost(_ query: ([Double]) throws -> Void) throws -> (processor: Double, clock: Double) {
      var count = 64
      try query(points(8))
      while true {
        let batch = points(count)
        let (processor, clock) = (Self.processorSeconds, Self.clockSeconds)
        try query(batch)
        let spent = (Self.processorSeconds - processor, Self.clockSeconds - clock)
        if spent.1 >= seconds || count >= 1 << 20 {
          return (spent.0 / Double(count) * 1e6, spent.1 / Double(count) * 1e6)
        }
        count *= 4
      }
    }
    let plain = try cost { _ = try field.values(of: .velocity, at: [time], of: $0) }
    let duals = try cost { batch in
      _ = try field.automaticJacobians(of: .velocity, at: [time], of: batch)
    }
    return (
      evaluations / 32, plain.processor, plain.clock,
      duals.processor / plain.processor / Double(d)
    )
  }

  private static var clockSeconds: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// Of all threads of this process.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
