import FlowFiles
public import FlowMatching

extension RunConfiguration {
  /// Reads what ``json`` writes; a member that is missing, unknown or of the wrong kind is refused.
  /// - Throws: `outOfDomain`, and what ``TrainingRecipe/checked()`` throws.
  public init(parsing text: String) throws(FlowError) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONDocument(parsing: Array(text.utf8)).value
    } catch {
      throw FlowError(.outOfDomain, "configuration", "the configuration is no JSON: \(error)")
    }
    var all = try Fields(value, "")
    let format = try all.whole("format")
    guard format == 1 else { throw FlowError.outOfDomain("format", format, accepted: "{1}") }
    var path = try all.fields("path")
    let kind = try path.name("kind", PathKind.self)
    var parameters: [Double] = []
    for parameter in kind.parameters { parameters.append(try path.number(parameter.name)) }
    try path.end()
    var recipe = TrainingRecipe(
      network: try Self.network(try all.fields("network")), path: kind, pathParameters: parameters)
    recipe.objective = Objective(
      prediction: try all.name("prediction", Parameterisation.self),
      error: try all.name("error", Objective.Error.self))
    recipe.source = try Self.source(try all.fields("source"))
    recipe.coupling = try Self.coupling(try all.fields("coupling"))
    recipe.times = try Self.times(try all.fields("times"))
    if let rows = all.value("rows") {
      guard rows == .string("epochs") else { throw Self.unknown("rows", "\(rows)", "epochs") }
      recipe.takesEpochs = true
    }
    recipe.labelDropout = try all.number("label_dropout")
    recipe.batch = try all.whole("batch")
    recipe.steps = try all.whole("steps")
    recipe.rate = try Self.rate(try all.fields("rate"))
    recipe.adam = try Self.adam(try all.fields("adam"))
    let seed = try all.whole("seed")
    guard seed >= 0 else { throw FlowError.outOfDomain("seed", seed, accepted: "[0, 2^53]") }
    recipe.seed = UInt64(seed)
    var data = try all.fields("data")
    let texts = try data.texts()
    try all.end()
    self.init(recipe: try recipe.checked(), data: texts)
  }

  private static func network(_ fields: Fields) throws(FlowError) -> NetworkShape {
    var fields = fields
    let kind = try fields.name("kind", NetworkShape.Kind.self)
    let shape = try NetworkShape(
      kind: kind,
      dimension: try fields.whole("dimension"), width: try fields.whole("width"),
      layers: try fields.whole("layers"),
      activation: try fields.name("activation", Activation.self),
      embeddingWidth: try fields.whole("embedding_width"), classes: try fields.whole("classes"),
      unet: kind == .unet ? try image(&fields) : nil)
    try fields.end()
    return shape
  }

  private static func image(_ fields: inout Fields) throws(FlowError) -> UNetShape {
    try UNetShape(
      height: try fields.whole("height"), width: try fields.whole("image_width"),
      channels: try fields.whole("channels"), multipliers: try fields.wholes("multipliers"),
      heads: try fields.whole("heads"))
  }

  private static func unknown(_ field: String, _ text: String, _ accepted: String) -> FlowError {
    FlowError.outOfDomain(field, text, accepted: "{\(accepted)}")
  }

  private static func source(_ fields: Fields) throws(FlowError) -> TrainingRecipe.Source {
    var fields = fields
    let result: TrainingRecipe.Source
    switch try fields.text("kind") {
    case "gaussian": result = .gaussian
    case "uniform":
      result = .uniform(lower: try fields.number("lower"), upper: try fields.number("upper"))
    case "data": result = .data
    case let text: throw unknown("source.kind", text, "gaussian, uniform, data")
    }
    try fields.end()
    return result
  }

  private static func coupling(_ fields: Fields) throws(FlowError) -> TrainingRecipe.Coupling {
    var fields = fields
    let result: TrainingRecipe.Coupling
    switch try fields.text("kind") {
    case "independent": result = .independent
    case "assignment": result = .assignment
    case "sinkhorn": result = .sinkhorn(epsilon: try fields.number("epsilon"))
    case let text:
      throw unknown("coupling.kind", text, "independent, assignment, sinkhorn")
    }
    try fields.end()
    return result
  }

  private static func times(_ fields: Fields) throws(FlowError) -> TimeSampling {
    var fields = fields
    let law: TimeSampling.Law
    switch try fields.text("law") {
    case "uniform": law = .uniform
    case "logit_normal":
      law = .logitNormal(mean: try fields.number("mean"), std: try fields.number("std"))
    case let text: throw unknown("times.law", text, "uniform, logit_normal")
    }
    let result = TimeSampling(
      law: law, lower: try fields.number("lower"), upper: try fields.number("upper"))
    try fields.end()
    return result
  }

  private static func rate(_ fields: Fields) throws(FlowError) -> LearningRate {
    var fields = fields
    let decay: LearningRate.Decay
    switch try fields.text("decay") {
    case "constant": decay = .constant
    case "cosine": decay = .cosine
    case "polynomial": decay = .polynomial(power: try fields.number("power"))
    case let text: throw unknown("rate.decay", text, "constant, cosine, polynomial")
    }
    let result = LearningRate(
      peak: try fields.number("peak"), decay: decay, warmup: try fields.whole("warmup"))
    try fields.end()
    return result
  }

  private static func adam(_ fields: Fields) throws(FlowError) -> AdamSettings {
    var fields = fields
    var result = AdamSettings()
    result.beta1 = try fields.number("beta1")
    result.beta2 = try fields.number("beta2")
    result.epsilon = try fields.number("epsilon")
    result.weightDecay = try fields.number("weight_decay")
    if case .number(let clip)? = fields.value("clip_norm") { result.clipNorm = clip }
    result.averageDecay = try fields.number("average_decay")
    try fields.end()
    return result
  }
}
