import ArgumentParser
import FlowFiles
import FlowIntegration
import FlowMatching

struct SampleCommand: ParsableCommand, Exemplified {
  static let example = "flowref sample --data eight_gaussians --path ot --count 1000 --seed 1"

  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Draws noise from p_t0 and carries it to p_t1.",
    discussion: """
      With --model a trained model instead of --data and --path: within the times that it was trained \
      on, by default at a tolerance of 1e-5, and from its own source. --count is then by label.

      By the flow, or with --diffusion g by the stochastic differential equation \
      dX = (u + g^2/2 score) dt + g dW, which has the same marginals; it needs --steps. Sample i \
      depends on the seed and i alone.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var source: SourceOption
  @OptionGroup var path: PathOptions
  @OptionGroup var model: ModelSampling
  @OptionGroup var solver: SolverOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Writes the samples alone: no counts, no status; NPY is then a plain array.")
  var pointsOnly = false

  @Option(parsing: .unconditional, help: "How many samples.")
  var count = 1000

  @Option(parsing: .unconditional, help: "Which random numbers.")
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional,
    help: "The diffusion g, constant in time; 0 is the flow by that scheme.")
  var diffusion: Double?

  @Option(help: "Of --diffusion: euler_maruyama or heun (default: heun).")
  var scheme: String?

  mutating func validate() throws {
    try source.check(data)
    try path.check(with: data, orModel: model.model)
    if model.model != nil {
      try solver.refuseFewSteps("a model")
      if solver.spacing != nil {
        throw ValidationError(
          "--spacing needs the path of --data; --times places the steps of a model.")
      }
    }
    if diffusion != nil { try solver.refuseFewSteps("--diffusion") }
    if diffusion != nil, solver.times != nil {
      throw ValidationError("--diffusion takes equal --steps, not --times.")
    }
    if model.model != nil, diffusion != nil {
      throw ValidationError("--diffusion needs --data and --path.")
    }
    if count < 1 { throw ValidationError("--count must be at least 1.") }
    if let scheme {
      guard StochasticSampler.Scheme(rawValue: scheme) != nil else {
        throw ValidationError("There is no scheme \(scheme); there are euler_maruyama and heun.")
      }
      if diffusion == nil { throw ValidationError("--scheme needs --diffusion.") }
    }
    guard diffusion != nil else { return }
    if solver.solver != nil {
      throw ValidationError("--diffusion goes by --scheme, not by --solver.")
    }
    if solver.steps == nil { throw ValidationError("--diffusion needs --steps.") }
  }

  func run() throws {
    try Trouble.reported {
      if let file = model.model {
        return try model.run(
          file, count: count, seed: seed, solver: solver, output: output, pointsOnly: pointsOnly)
      }
      let field = try ExactField.field(data, source, path)
      let noise = try noise(field.target, field.path)
      if let diffusion {
        let sampler = try StochasticSampler(
          of: field, scheme: scheme.flatMap(StochasticSampler.Scheme.init) ?? .heun,
          steps: solver.steps ?? 1, diffusion: { _ in diffusion })
        let x = try sampler.samples(
          from: solver.t0, to: solver.t1, at: noise.values, seed: seed)
        try output.write(
          DataTable(
            columns: pointsOnly ? nil : Columns.points(noise.dimension),
            dimension: noise.dimension, values: x))
        return
      }
      if let sampler = try solver.fewStepSampler(of: field, from: solver.t0, to: solver.t1) {
        return try output.write(
          try sampler.table(of: noise, columns: pointsOnly ? nil : Columns.points(noise.dimension)))
      }
      let flow = try Flow(
        of: field, solver: solver.method,
        steps: try solver.control(from: solver.t0, to: solver.t1, on: field.path))
      var table = SolutionTable(dimension: noise.dimension)
      try inSlices(noise) { _, points in
        for solution in try flow.solutions(from: solver.t0, to: solver.t1, at: points) {
          table.append(solution.x, [], solution)
        }
      }
      try output.write(pointsOnly ? table.points : table.table)
      try table.reportTrouble()
    }
  }

  /// Samples of p_t0 itself: `alpha x1 + sigma x0`.
  private func noise(_ target: any Target, _ path: any ProbabilityPath) throws -> DataTable {
    let schedule = path.schedule(at: try Time(solver.t0))
    let d = target.dimension
    let random = RandomStream(seed: seed, stream: 1)
    let pairs = UInt64((d + 1) / 2)
    try Budget.check(bytes: 24 * Double(count) * Double(d), "count")
    var values: [Double] = []
    for index in 0..<UInt64(count) {
      let data = target.sample(index, from: RandomStream(seed: seed, stream: 2))
      let noise =
        (target as? any SourcedTarget)?.noise.sample(index, from: random)
        ?? random.normals(d, at: index * pairs)
      values += zip(data, noise).map { schedule.alpha * $0 + schedule.sigma * $1 }
    }
    return DataTable(dimension: d, values: values)
  }
}
