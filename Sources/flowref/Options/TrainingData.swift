import ArgumentParser
import FlowFiles
import FlowMatching
import FlowTraining

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Data to train on, and how to find it again.
struct TrainingData {
  /// What to do where data is not what it was.
  enum Change {
    /// An error, whose advice ends in a further way out.
    case refused(String)
    case accepted
  }

  var source: DataSource
  /// The data that x0 is drawn from, where it is drawn from data.
  var noise: DataSource?
  /// The distribution that the rows are drawn from.
  var target: any Target
  /// The names of the labels, in the order of their numbers.
  var labels: [String]
  /// A check of everything that was read from files, by the name in the configuration.
  private var checks: [(name: String, text: String)] = []

  /// The names of what a configuration records besides options.
  private static let recorded = ["labels", "source"] + checked
  private static let checked = ["crc32", "labels_crc32", "source_crc32"]

  /// From the options of the data, and the data of the source.
  init(_ options: DataOptions, source noiseData: String?) throws {
    guard let (_, target) = try options.target() else {
      throw ValidationError("--data is missing.")
    }
    self.target = target
    labels = []
    source = .target(target)
    if let table = try options.table() {
      checks.append(("crc32", String(Checksum.crc32(table.values), radix: 16)))
      if (options.std ?? 0) == 0 {
        let names = table.labels
        labels = names.map { Array(Set($0)).sorted() } ?? []
        let numbers = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
        let numbered = names?.map { numbers[$0]! }
        if let numbered {
          checks.append(
            ("labels_crc32", String(Checksum.crc32(numbered.map(Double.init)), radix: 16)))
        }
        source = .table(dimension: table.dimension, rows: table.values, labels: numbered)
      }
    }
    guard let noiseData else { return }
    let other = try DataOptions.parse(["--data", noiseData])
    noise = try TrainingData(other, source: nil).source
    if let rows = try other.table()?.values {
      checks.append(("source_crc32", String(Checksum.crc32(rows), radix: 16)))
    }
  }

  /// The data that x0 is drawn from, of a configuration.
  static func noise(of texts: [(name: String, text: String)]) throws -> DataSource? {
    guard let data = texts.first(where: { $0.name == "source" })?.text else { return nil }
    return try TrainingData(try DataOptions.parse(["--data", data]), source: nil).source
  }

  /// What a configuration records: the options, the labels' names, the source, and checks.
  func texts(_ options: DataOptions, sourceData: String?) -> [(name: String, text: String)] {
    var result = options.texts.map { name, text in
      name == "data" ? (name, Self.place(text)) : (name, text)
    }
    if !labels.isEmpty { result.append(("labels", labels.joined(separator: "\n"))) }
    if let sourceData { result.append(("source", Self.place(sourceData))) }
    return result + checks
  }

  /// A file from the root, so that a run finds its data from every directory; other data as it is called.
  private static func place(_ text: String) -> String {
    guard DataOptions.isFile(text), let path = realpath(text, nil) else { return text }
    defer { free(path) }
    return String(cString: path)
  }

  /// The same, of data that was found by what a configuration recorded.
  func texts(_ recorded: [(name: String, text: String)]) -> [(name: String, text: String)] {
    recorded.filter { !Self.checked.contains($0.name) } + checks
  }

  /// The data of a configuration.
  /// - Throws: `FlowError` where it has changed and that is not accepted, and where the labels are others:
  ///   the network has learned what each number means.
  init(
    _ texts: [(name: String, text: String)], changed: Change = .refused("")
  ) throws {
    func text(_ name: String) -> String? { texts.first { $0.name == name }?.text }
    let arguments = texts.filter { !Self.recorded.contains($0.name) }.flatMap {
      ["--\($0.name)", $0.text]
    }
    try self.init(try DataOptions.parse(arguments), source: text("source"))
    if let names = text("labels"), names != labels.joined(separator: "\n") {
      throw FlowError(
        .outOfDomain, "labels",
        "the labels of the data are not those that the run began with; train anew")
    }
    guard case .refused(let advice) = changed else { return }
    for name in Self.checked {
      guard let expected = text(name) else { continue }
      let found = checks.first { $0.name == name }?.text ?? "none"
      guard found == expected else {
        throw FlowError(
          .outOfDomain, "data",
          "the data is not what the run began with (\(name) \(found), then \(expected)): bring it "
            + "back\(advice)")
      }
    }
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
