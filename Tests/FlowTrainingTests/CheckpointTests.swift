import FlowFiles
import FlowMatching
import TestSupport
import Testing

@testable import FlowTraining

@Suite struct CheckpointTests {
  static func recipe() throws -> TrainingRecipe {
    var recipe = TrainingRecipe(
      network: try NetworkShape(
        kind: .modulated, dimension: 2, width: 20, layers: 3, embeddingWidth: 8, classes: 3))
    recipe.batch = 70
    recipe.steps = 40
    recipe.rate = LearningRate(peak: 2e-3, decay: .cosine, warmup: 5)
    recipe.adam.clipNorm = 1
    recipe.adam.weightDecay = 0.01
    recipe.seed = 11
    return recipe
  }

  static let data = DataSource.table(
    dimension: 2, rows: [0, 1, 2, 1, -1, 3, 0.5, -2], labels: [0, 1, 2, 1])

  private func everything(_ trainer: Trainer) -> [[Float]] {
    [
      trainer.network.parameters.array, trainer.state.average.array, trainer.state.momentum.array,
      trainer.state.square.array,
    ]
  }

  @Test func resumedRunEqualsAnUninterruptedOneToTheBit() throws {
    try TemporaryFolder.use { folder in
      let path = folder.file("model.safetensors")
      let whole = try Trainer(recipe: Self.recipe(), data: Self.data, threads: 2)
      var losses: [Double] = []
      for _ in 0..<40 { losses.append(try whole.advance()) }

      var trainer = try Trainer(recipe: Self.recipe(), data: Self.data, threads: 1)
      var resumed: [Double] = []
      for stop in [1, 13, 14, 40] {
        while trainer.step < stop { resumed.append(try trainer.advance()) }
        try Checkpoint.write(trainer, [("data", "made up")], to: path)
        let checkpoint = try Checkpoint(reading: path)
        #expect(checkpoint.step == stop)
        #expect(checkpoint.configuration.data.map(\.text) == ["made up"])
        trainer = try checkpoint.trainer(data: Self.data, threads: stop % 3 + 1)
      }
      #expect(resumed == losses)
      #expect(everything(trainer) == everything(whole))
    }
  }

  @Test func everyChangedOrMissingByteIsRefused() throws {
    try TemporaryFolder.use { folder in
      let path = folder.file("model.safetensors")
      let trainer = try Trainer(recipe: Self.recipe(), data: Self.data, threads: 1)
      try Checkpoint.write(trainer, [], to: path)
      let bytes = try FileBytes.read(path)
      _ = try Safetensors(decoding: bytes, path: path)
      var random = SplitMix(1)
      let places =
        Array(0..<400) + (0..<400).map { _ in Int.random(in: 0..<bytes.count, using: &random) }
      for place in places {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        #expect(throws: FileError.self, "byte \(place)") {
          try Safetensors(decoding: damaged, path: path)
        }
      }
      for _ in 0..<200 {
        let short = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
        #expect(throws: FileError.self, "\(short.count) bytes") {
          try Safetensors(decoding: short, path: path)
        }
      }
      #expect(throws: FileError.self) { try Safetensors(decoding: bytes + [0], path: path) }
    }
  }

  /// Files that pass the check of their bytes and still are no checkpoint.
  @Test func wellFormedFilesOfOtherContentAreRefused() throws {
    try TemporaryFolder.use { folder in
      let path = folder.file("model.safetensors")
      let trainer = try Trainer(recipe: Self.recipe(), data: Self.data, threads: 1)
      try Checkpoint.write(trainer, [], to: path)
      let good = try Safetensors(decoding: try FileBytes.read(path), path: path)
      func refuses(_ change: (inout Safetensors) -> Void) throws {
        var file = good
        change(&file)
        try AtomicFile.write(to: .path(path)) { output throws(FileError) in
          output.pending = file.encoded()
        }
        #expect(throws: FileError.self) { try Checkpoint(reading: path) }
      }
      try refuses { $0.entries.removeLast() }
      try refuses { $0.entries[3].values[0] = .nan }
      try refuses { $0.entries.swapAt(1, 2) }
      try refuses { $0.metadata.removeAll { $0.name == "configuration" } }
      try refuses { $0.metadata[1].text = "41" }
      try refuses { $0.metadata[1].text = "-1" }
      try refuses {
        $0.metadata[2].text = $0.metadata[2].text.replacing("\"batch\":70", with: "\"batch\":0")
      }
      try refuses {
        $0.metadata[2].text = $0.metadata[2].text.replacing("\"batch\":70", with: "\"bath\":70")
      }
      try refuses {
        $0.metadata[2].text = $0.metadata[2].text.replacing("\"width\":20", with: "\"width\":21")
      }
    }
  }

  @Test func configurationsSurviveTheirText() throws {
    var recipe = try Self.recipe()
    for (source, law) in [
      (TrainingRecipe.Source.gaussian, TimeSampling.Law.uniform),
      (.uniform(lower: -3.5, upper: 3.5), .logitNormal(mean: 0.25, std: 1.5)), (.data, .uniform),
    ] {
      recipe.source = source
      recipe.times = TimeSampling(law: law, lower: 0.001, upper: 1e-5)
      recipe.rate.decay = .polynomial(power: 0.7)
      recipe.adam.clipNorm = nil
      let text = RunConfiguration(recipe: recipe, data: [("data", "a \"b\"\n")]).json
      let back = try RunConfiguration(parsing: text)
      #expect(back.recipe == recipe)
      #expect(back.data.map(\.text) == ["a \"b\"\n"])
    }
  }

  /// The check value of the standard test string.
  @Test func checkOfTheDigitsIsThePublishedOne() {
    var crc = CRC32()
    crc.update(Array("123456789".utf8))
    #expect(crc.value == 0xCBF4_3926)
  }
}
