import ArgumentParser
import FlowFiles
import FlowMatching
import FlowTraining

/// Data to train on, and how to find it again.
struct TrainingData {
  var source: DataSource
  /// The distribution that the rows are drawn from.
  var target: any Target
  /// The names of the labels, in the order of their numbers.
  var labels: [String]

  /// From the options of the data.
  init(_ options: DataOptions) throws {
    guard let (_, target) = try options.target() else {
      throw ValidationError("--data is missing.")
    }
    self.target = target
    labels = []
    guard let table = try options.table(), (options.std ?? 0) == 0 else {
      source = .target(target)
      return
    }
    let names = table.labels
    labels = names.map { Array(Set($0)).sorted() } ?? []
    let numbers = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
    source = .table(
      dimension: table.dimension, rows: table.values, labels: names?.map { numbers[$0]! })
  }

  /// What a configuration records: the options, the labels' names, and a check of the rows.
  func texts(_ options: DataOptions, sourceData: String?) -> [(name: String, text: String)] {
    var result = options.texts
    if !labels.isEmpty { result.append(("labels", labels.joined(separator: "\n"))) }
    if let check { result.append(("crc32", check)) }
    if let sourceData { result.append(("source", sourceData)) }
    return result
  }

  /// The check of the rows of a table.
  var check: String? {
    guard case .table(_, let rows, _) = source else { return nil }
    return String(Checksum.crc32(rows), radix: 16)
  }

  /// The data of a configuration, if it is still the same.
  /// - Throws: `FlowError` where the rows have changed.
  init(_ texts: [(name: String, text: String)]) throws {
    let recorded = ["labels", "crc32", "source"]
    let arguments = texts.filter { !recorded.contains($0.name) }.flatMap {
      ["--\($0.name)", $0.text]
    }
    try self.init(try DataOptions.parse(arguments))
    if let expected = texts.first(where: { $0.name == "crc32" })?.text, expected != check {
      throw FlowError(
        .outOfDomain, "data",
        "the data is not what the run began with (check \(check ?? "none"), "
          + "then \(expected))")
    }
  }

  /// The data that x0 is drawn from.
  static func source(_ text: String?) throws -> DataSource? {
    try text.map { try TrainingData(try DataOptions.parse(["--data", $0])).source }
  }
}

extension DataOptions {
  /// The options that were given.
  var texts: [(name: String, text: String)] {
    let all: [(String, String?)] = [
      ("data", data), ("columns", columns), ("label-column", labelColumn),
      ("scale", scale.map { "\($0)" }), ("offset", offset.map { "\($0)" }),
      ("std", std.map { "\($0)" }), ("header", header?.rawValue),
      ("delimiter", delimiter?.description),
    ]
    return all.compactMap { name, text in text.map { (name, $0) } }
  }
}
