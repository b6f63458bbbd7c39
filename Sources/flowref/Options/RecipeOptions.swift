import ArgumentParser
import FlowMatching
import FlowTraining

/// A training recipe as options; the path and the data have options of their own.
struct RecipeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The network: mlp (time is an input), time_mlp (time through its own network), modulated "
        + "(sines and cosines of time; a scale and a shift per layer), unet (for images).",
      valueName: "kind"))
  var network: String = "mlp"

  @Option(
    parsing: .unconditional,
    help: "Neurons of a hidden layer (default: 128), or channels of a U-Net (default: 32).")
  var width: Int?

  @Option(
    parsing: .unconditional,
    help: "Linear maps from the point to the velocity (default: 5); a U-Net has --depth.")
  var layers: Int?

  @OptionGroup var image: ImageOptions

  @Option(help: "silu, relu, gelu or tanh.")
  var activation: String = "silu"

  @Option(
    parsing: .unconditional,
    help: "Outputs of the time network, or sines and cosines (default: 16; of a U-Net 64).")
  var embeddingWidth: Int?

  @Flag(help: "Conditions on the labels of the data (--label-column, or the digits').")
  var conditional = false

  @Option(parsing: .unconditional, help: "The probability that a label is left out of a row.")
  var labelDropout: Double = 0.1

  @Option(help: "What the network predicts: velocity, x1, noise, score or v.")
  var prediction: String = "velocity"

  @Option(
    help: ArgumentHelp(
      "Whose squared error is averaged: velocity, noise, x1, v or score_flow (default: "
        + "the prediction's own; that of score is noise).", valueName: "error"))
  var error: String?

  @Option(
    help: ArgumentHelp(
      "The law of x0: gaussian, uniform:LOWER:UPPER, a preset or a file.", valueName: "source"))
  var source: String = "gaussian"

  @Option(
    help: ArgumentHelp(
      "How pairs (x0, x1) are made: independent, assignment (the cheapest in the batch) or "
        + "sinkhorn:EPSILON.", valueName: "coupling"))
  var coupling: String = "independent"

  @Option(help: "The law of the times: uniform or logit_normal:MEAN:STD.")
  var timeLaw: String = "uniform"

  @Flag(
    help: ArgumentHelp(
      "Takes every row of a table once per epoch, in a new order each; otherwise rows are drawn with replacement."
    ))
  var epochs = false

  @Option(parsing: .unconditional, help: "Times start here.")
  var timeCutLow: Double = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Times end this far before 1 (default: 1e-5 on paths whose loss is infinite at 1, else 0).",
      valueName: "cut"))
  var timeCutHigh: Double?

  @Option(parsing: .unconditional, help: "Rows of an update (default: 256; of a U-Net 64).")
  var batch: Int?

  @Option(parsing: .unconditional, help: "Updates (default: 10000; of a U-Net 3000).")
  var steps: Int?

  @Option(parsing: .unconditional, help: "The largest learning rate.")
  var rate: Double = 1e-3

  @Option(help: "How it falls: constant, cosine or polynomial:POWER.")
  var decay: String = "cosine"

  @Option(parsing: .unconditional, help: "Updates over which it grows.")
  var warmup: Int = 0

  @Option(parsing: .unconditional, help: "Decoupled weight decay (AdamW); 0 is Adam.")
  var weightDecay: Double = 0

  @Option(parsing: .unconditional, help: "The largest norm of the gradient.")
  var clip: Double?

  @Option(
    parsing: .unconditional,
    help: "The decay of the moving average of the parameters, warmed up; 0 for none.")
  var average: Double = 0.999

  @Option(parsing: .unconditional, help: "The seed of the parameters and of every batch.")
  var seed: UInt64 = 0

  /// The recipe; `axes` are those of an image, as the data has them.
  /// - Throws: `FlowError` or `ValidationError`.
  func recipe(
    dimension: Int, axes: [Int]? = nil, classes: Int, path: PathKind, parameters: [Double]
  ) throws -> TrainingRecipe {
    let kind: NetworkShape.Kind = try Self.name(network, "network")
    let isUNet = kind == .unet
    let unet = isUNet ? try image.shape(found: axes, dimension: dimension) : nil
    let shape = try NetworkShape(
      kind: kind, dimension: dimension, width: width ?? (isUNet ? 32 : 128),
      layers: isUNet ? image.depth ?? 1 : layers ?? 5,
      activation: try Self.name(activation, "activation"),
      embeddingWidth: embeddingWidth ?? (isUNet ? 64 : 16), classes: classes, unet: unet)
    var recipe = TrainingRecipe(network: shape, path: path, pathParameters: parameters)
    let prediction: Parameterisation = try Self.name(prediction, "prediction")
    recipe.objective = Objective(
      prediction: prediction,
      error: try Self.name(
        error ?? (prediction == .score ? "noise" : prediction.rawValue), "error"))
    recipe.source = try sourceLaw()
    recipe.coupling = try couplingLaw()
    recipe.times = try timeSampling()
    recipe.takesEpochs = epochs
    recipe.labelDropout = labelDropout
    recipe.batch = batch ?? (isUNet ? 64 : 256)
    recipe.steps = steps ?? (isUNet ? 3000 : 10_000)
    recipe.rate = LearningRate(peak: rate, decay: try decayLaw(), warmup: warmup)
    recipe.adam.weightDecay = weightDecay
    recipe.adam.clipNorm = clip
    recipe.adam.averageDecay = average
    recipe.seed = seed
    guard timeCutHigh == nil else { return try recipe.checked() }
    do throws(FlowError) {
      return try recipe.checked()
    } catch {
      guard error.code == .singular else { throw error }
      recipe.times.upper = 1e-5
      return try recipe.checked()
    }
  }

  mutating func validate() throws {
    if network != NetworkShape.Kind.unet.rawValue {
      try image.refuse(for: network)
    } else if layers != nil {
      throw ValidationError("--layers is no option of --network unet, which has --depth.")
    }
  }

  /// The data that x0 is drawn from, where it is drawn from data.
  var sourceData: String? {
    source == "gaussian" || source.hasPrefix("uniform:") ? nil : source
  }

  private static func name<T: RawRepresentable & CaseIterable>(
    _ text: String, _ option: String
  ) throws -> T where T.RawValue == String {
    guard let value = T(rawValue: text) else {
      throw ValidationError(Nearest.refusal(option, text, among: T.allCases.map(\.rawValue)))
    }
    return value
  }

  /// The numbers behind the name in `name:a:b`.
  private static func numbers(_ text: String, _ count: Int, _ form: String) throws -> [Double] {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).dropFirst()
    let numbers = parts.compactMap { Double($0) }
    guard numbers.count == count, parts.count == count else {
      throw ValidationError("\(text) should be \(form).")
    }
    return numbers
  }

  private func sourceLaw() throws -> TrainingRecipe.Source {
    if source == "gaussian" { return .gaussian }
    guard source.hasPrefix("uniform:") else { return .data }
    let ends = try Self.numbers(source, 2, "uniform:LOWER:UPPER")
    return .uniform(lower: ends[0], upper: ends[1])
  }

  private func couplingLaw() throws -> TrainingRecipe.Coupling {
    switch coupling {
    case "independent": return .independent
    case "assignment": return .assignment
    case let text where text.hasPrefix("sinkhorn:"):
      return .sinkhorn(epsilon: try Self.numbers(text, 1, "sinkhorn:EPSILON")[0])
    default:
      throw ValidationError(
        "--coupling should be independent, assignment or sinkhorn:EPSILON, not \(coupling).")
    }
  }

  private func timeSampling() throws -> TimeSampling {
    var result = TimeSampling(lower: timeCutLow, upper: timeCutHigh ?? 0)
    if timeLaw.hasPrefix("logit_normal:") {
      let numbers = try Self.numbers(timeLaw, 2, "logit_normal:MEAN:STD")
      result.law = .logitNormal(mean: numbers[0], std: numbers[1])
    } else if timeLaw != "uniform" {
      throw ValidationError(
        "--time-law should be uniform or logit_normal:MEAN:STD, not \(timeLaw).")
    }
    return result
  }

  private func decayLaw() throws -> LearningRate.Decay {
    switch decay {
    case "constant": return .constant
    case "cosine": return .cosine
    case let text where text.hasPrefix("polynomial:"):
      return .polynomial(power: try Self.numbers(text, 1, "polynomial:POWER")[0])
    default:
      throw ValidationError("--decay should be constant, cosine or polynomial:POWER, not \(decay).")
    }
  }
}
