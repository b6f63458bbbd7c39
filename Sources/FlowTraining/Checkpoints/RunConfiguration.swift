import FlowFiles
import FlowMatching

/// A recipe and where its data came from, as JSON.
public struct RunConfiguration: Sendable {
  /// What is trained and how.
  public var recipe: TrainingRecipe
  /// How the tool was told to find the data: names and texts that mean nothing here.
  public var data: [(name: String, text: String)]

  public init(recipe: TrainingRecipe, data: [(name: String, text: String)]) {
    self.recipe = recipe
    self.data = data
  }

  /// The text, one line.
  public var json: String {
    var writer = JSONWriter()
    writer.writeObject { writer in
      let r = recipe
      writer.member("format", 1)
      writer.object("network") { fields in
        fields.member("kind", r.network.kind.rawValue)
        fields.member("dimension", r.network.dimension)
        fields.member("width", r.network.width)
        fields.member("layers", r.network.layers)
        fields.member("activation", r.network.activation.rawValue)
        fields.member("embedding_width", r.network.embeddingWidth)
        fields.member("classes", r.network.classes)
        if let image = r.network.unet {
          fields.member("height", image.height)
          fields.member("image_width", image.width)
          fields.member("channels", image.channels)
          fields.writeName("multipliers")
          fields.writeArray { array in for n in image.multipliers { array.write(n) } }
          fields.member("heads", image.heads)
        }
      }
      writer.object("path") { fields in
        fields.member("kind", r.path.rawValue)
        for (parameter, value) in zip(r.path.parameters, r.pathParameters) {
          fields.member(parameter.name, value)
        }
      }
      writer.member("prediction", r.objective.prediction.rawValue)
      writer.member("error", r.objective.error.rawValue)
      writer.object("source") { fields in
        switch r.source {
        case .gaussian: fields.member("kind", "gaussian")
        case .uniform(let lower, let upper):
          fields.member("kind", "uniform")
          fields.member("lower", lower)
          fields.member("upper", upper)
        case .data: fields.member("kind", "data")
        }
      }
      writer.object("coupling") { fields in
        switch r.coupling {
        case .independent: fields.member("kind", "independent")
        case .assignment: fields.member("kind", "assignment")
        case .sinkhorn(let epsilon):
          fields.member("kind", "sinkhorn")
          fields.member("epsilon", epsilon)
        }
      }
      writer.object("times") { fields in
        switch r.times.law {
        case .uniform: fields.member("law", "uniform")
        case .logitNormal(let mean, let std):
          fields.member("law", "logit_normal")
          fields.member("mean", mean)
          fields.member("std", std)
        }
        fields.member("lower", r.times.lower)
        fields.member("upper", r.times.upper)
      }
      if r.takesEpochs { writer.member("rows", "epochs") }
      writer.member("label_dropout", r.labelDropout)
      writer.member("batch", r.batch)
      writer.member("steps", r.steps)
      writer.object("rate") { fields in
        fields.member("peak", r.rate.peak)
        fields.member("warmup", r.rate.warmup)
        switch r.rate.decay {
        case .constant: fields.member("decay", "constant")
        case .cosine: fields.member("decay", "cosine")
        case .polynomial(let power):
          fields.member("decay", "polynomial")
          fields.member("power", power)
        }
      }
      writer.object("adam") { fields in
        fields.member("beta1", r.adam.beta1)
        fields.member("beta2", r.adam.beta2)
        fields.member("epsilon", r.adam.epsilon)
        fields.member("weight_decay", r.adam.weightDecay)
        if let clip = r.adam.clipNorm { fields.member("clip_norm", clip) }
        fields.member("average_decay", r.adam.averageDecay)
      }
      writer.member("seed", Int(r.seed))
      writer.object("data") { data in for (name, value) in self.data { data.member(name, value) } }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: String, _ value: Double) {
    writeName(name)
    write(value)
  }

  fileprivate mutating func member(_ name: String, _ value: Int) {
    writeName(name)
    write(value)
  }

  fileprivate mutating func member(_ name: String, _ value: String) {
    writeName(name)
    write(value)
  }

  fileprivate mutating func object(_ name: String, _ body: (inout JSONWriter) -> Void) {
    writeName(name)
    writeObject { body(&$0) }
  }
}
