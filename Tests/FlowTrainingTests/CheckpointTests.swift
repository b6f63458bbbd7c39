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

  /// Within the ranges of each, but 272 GB of parameters; a million classes of 4096 numbers.
  @Test func anAbsurdNetworkIsRefusedBeforeAnythingIsAllocated() throws {
    for (width, layers, classes, embedding) in [(16_384, 256, 0, 16), (64, 4, 1_000_000, 4096)] {
      let error = #expect(throws: FlowError.self) {
        try NetworkShape(
          kind: .mlp, dimension: 2, width: width, layers: layers, embeddingWidth: embedding,
          classes: classes)
      }
      #expect(error?.field == "parameters")
      let json = RunConfiguration(recipe: try Self.recipe(), data: []).json
        .replacing("\"width\":20", with: "\"width\":\(width)")
        .replacing("\"layers\":3", with: "\"layers\":\(layers)")
        .replacing("\"embedding_width\":8", with: "\"embedding_width\":\(embedding)")
        .replacing("\"classes\":3", with: "\"classes\":\(classes)")
      let file = Safetensors(entries: [], metadata: [("step", "0"), ("configuration", json)])
      let refusal = #expect(throws: FileError.self) {
        try Checkpoint(decoding: file.encoded(), path: "p")
      }
      #expect(refusal?.description.contains("parameters = ") == true)
    }
    var recipe = try Self.recipe()
    recipe.network.dimension = 65_536
    recipe.batch = 1 << 20
    #expect(throws: FlowError.self) { try recipe.checked() }
  }

  @Test func tensorsThatAreNotThoseOfTheNetworkAreRefused() throws {
    let bytes = Checkpoint.encoded(
      try Trainer(recipe: Self.recipe(), data: Self.data, threads: 1), [])
    let file = try Safetensors(decoding: bytes, path: "p")
    for change in [
      { $0.entries[0].name = "other" }, { $0.entries.removeLast() },
      { $0.entries[1].shape = [1] + $0.entries[1].shape }, { $0.entries[2].values[0] = .infinity },
    ] as [(inout Safetensors) -> Void] {
      var changed = file
      change(&changed)
      #expect(throws: FileError.self) { try Checkpoint(decoding: changed.encoded(), path: "p") }
    }
  }

  @Test func everyChangedOrMissingByteIsRefused() throws {
    try TemporaryFolder.use { folder in
      let path = folder.file("model.safetensors")
      let trainer = try Trainer(recipe: Self.recipe(), data: Self.data, threads: 1)
      try Checkpoint.write(trainer, [], to: path)
      let bytes = try FileBytes.read(path)
      _ = try Checkpoint(decoding: bytes, path: path)
      var random = SplitMix(1)
      let places =
        Array(0..<400) + (0..<400).map { _ in Int.random(in: 0..<bytes.count, using: &random) }
      for place in places {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        #expect(throws: FileError.self, "byte \(place)") {
          try Checkpoint(decoding: damaged, path: path)
        }
      }
      for _ in 0..<200 {
        let short = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
        #expect(throws: FileError.self, "\(short.count) bytes") {
          try Checkpoint(decoding: short, path: path)
        }
      }
      #expect(throws: FileError.self) { try Checkpoint(decoding: bytes + [0], path: path) }
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
      try refuses { $0.entries[1].name = $0.entries[2].name }
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

  /// What the format allows and other programs write: blanks, another order with stale metadata, fewer bits.
  @Test func filesThatOtherProgramsHaveSavedAgainAreRead() throws {
    let trainer = try Trainer(recipe: Self.recipe(), data: Self.data, threads: 1)
    for _ in 0..<3 { try trainer.advance() }
    let bytes = Checkpoint.encoded(trainer, [])
    let own = try Checkpoint(decoding: bytes, path: "own")
    let file = try Safetensors(decoding: bytes, path: "own")

    /// Every number through `encode`, tensors by name, blanks in the header, the check as it was.
    func saved(_ type: String, _ width: Int, _ encode: (Float) -> [UInt8]) -> [UInt8] {
      var data: [UInt8] = []
      var members = [#""__metadata__": {"crc32": "deadbeef""#]
      for (name, text) in file.metadata {
        let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        members[0] += ", \"\(name)\": \"\(quoted)\""
      }
      members[0] += "}"
      for entry in file.entries.sorted(by: { $0.name < $1.name }) {
        let start = data.count
        for value in entry.values { data += encode(value) }
        members.append(
          #""\#(entry.name)": {"dtype": "\#(type)", "shape": \#(entry.shape), "#
            + #""data_offsets": [\#(start), \#(data.count)]}"#)
      }
      let header = Array(("{" + members.joined(separator: ", ") + "}  ").utf8)
      return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + data
    }
    func little<T: FixedWidthInteger>(_ x: T) -> [UInt8] {
      withUnsafeBytes(of: x.littleEndian) { Array($0) }
    }
    let single = saved("F32", 4) { little($0.bitPattern) }
    let double = saved("F64", 8) { little(Double($0).bitPattern) }
    for again in [single, double] {
      let read = try Checkpoint(decoding: again, path: "again")
      #expect(read.step == 3)
      #expect(read.network.parameters.array == own.network.parameters.array)
      #expect(read.state.square.array == own.state.square.array)
    }
    let brain = try Checkpoint(
      decoding: saved("BF16", 2) { little(UInt16($0.bitPattern >> 16)) }, path: "brain")
    for (a, b) in zip(brain.network.parameters.array, own.network.parameters.array) {
      #expect(abs(a - b) <= abs(b) / 128)
    }
    // Ten bits and five: 1.5, the smallest number, the largest, minus 2^-14.
    let half: [(UInt16, Float)] = [
      (0x3E00, 1.5), (0x0001, 0x1p-24), (0x7BFF, 65504), (0x8400, -0x1p-14), (0x0000, 0),
    ]
    for (bits, value) in half {
      let read = try Checkpoint(decoding: saved("F16", 2) { _ in little(bits) }, path: "half")
      #expect(read.network.parameters.array.first == value)
    }
    let refused = #expect(throws: FileError.self) {
      try Checkpoint(decoding: saved("I32", 4) { little($0.bitPattern) }, path: "whole")
    }
    #expect(refused?.description.contains("I32") ?? false)
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
      recipe.takesEpochs = source == .data
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
