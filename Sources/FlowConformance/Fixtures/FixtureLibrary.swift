public import FlowFiles
import FlowMatching

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// All the fixture files below a directory: `<operation>/<topic>.json`.
public struct FixtureLibrary: Sendable {
  /// A case and the file that it stands in.
  public struct Entry: Sendable {
    /// The case.
    public let fixture: FixtureCase
    /// `<operation>/<topic>`.
    public let file: String
    /// The definition that the request's target refers to by name.
    public let definition: Definition?
    /// For each flag of the case the mistake that it hunts.
    public let mistakes: [Mistake]

    /// The mistakes that may explain a failure of a member of the answer (nil: of the answer as a whole).
    func mistakes(of member: String?) -> [String] {
      mistakes.filter { AnswerMember.explains($0.flag, member, of: fixture.operation) }
        .map(\.text)
    }
  }

  /// A mistake that cases hunt, and the flag that stands for it.
  public struct Mistake: Sendable {
    /// The flag.
    public let flag: String
    /// The mistake in words.
    public let text: String
  }

  /// A target that several cases of a file share.
  public struct Definition: Hashable, Sendable {
    /// The name by which cases refer to it.
    public let name: String
    /// The request that defines it, without its id.
    public let request: [UInt8]
  }

  /// Every case with what it needs.
  public let entries: [Entry]

  public init(entries: [Entry]) { self.entries = entries }

  /// Reads every fixture file of a directory; data files that targets name are found relative to the
  /// directory above.
  /// - Throws: when a file cannot be read or has not the form of a fixture file, when there is none, and
  ///   when two files give the same id.
  public init(root: String) throws(FileError) {
    let top = Self.directoryAbove(root)
    let names = try Self.files(below: root)
    guard !names.isEmpty else { throw FileError(path: root, .cannotRead(reason: "no fixtures")) }
    let results = parallelMap(names.count) { index in
      Result { () throws(FileError) in
        try Self.entries(of: names[index], root: root, top: top)
      }
    }
    var entries: [Entry] = []
    var files: [String: String] = [:]
    for result in results {
      for entry in try result.get() {
        if let other = files.updateValue(entry.file, forKey: entry.fixture.id) {
          throw FileError(
            path: "\(root)/\(entry.file).json",
            .damaged(reason: "the id \(entry.fixture.id) is given in \(other) too"))
        }
        entries.append(entry)
      }
    }
    self.entries = entries
  }

  /// The cases whose id, file or operation matches one of the patterns, in order.
  public func selecting(_ patterns: [Glob]) -> FixtureLibrary {
    if patterns.isEmpty { return self }
    return FixtureLibrary(
      entries: entries.filter { entry in patterns.contains { $0.matches(entry) } })
  }

  private static func entries(
    of name: String, root: String, top: String
  ) throws(FileError) -> [Entry] {
    let file = try FixtureFile(path: "\(root)/\(name)")
    let title = String(name.dropLast(".json".count))
    var definitions: [String: Definition] = [:]
    for member in file.definitions.members {
      var writer = JSONWriter(wholeNumbersAsIntegers: true)
      writer.writeObject { writer in
        writer.writeName("op")
        writer.write("define")
        writer.writeName("name")
        writer.write(member.name)
        writer.writeName("target")
        writer.write(located(member.value, top))
      }
      definitions[member.name] = Definition(name: member.name, request: writer.bytes)
    }
    var entries: [Entry] = []
    for fixture in file.cases {
      var definition: Definition?
      if case .object(let target)? = fixture.request["target"],
        case .string("defined")? = target["kind"], case .string(let name)? = target["name"]
      {
        definition = definitions[name]
        if definition == nil, fixture.certifiedError == nil {
          throw FileError(
            path: "\(root)/\(title).json",
            .damaged(reason: "case \(fixture.id) names the target \(name), which is not defined"))
        }
      }
      entries.append(
        Entry(
          fixture: fixture, file: title, definition: definition,
          mistakes: fixture.flags.compactMap { flag in
            file.mistakes[flag].map { Mistake(flag: flag, text: $0) }
          }))
    }
    return entries
  }

  /// A target whose file is named from the root directory.
  private static func located(_ target: JSONValue, _ top: String) -> JSONValue {
    guard case .object(let object) = target, case .string("file")? = object["kind"] else {
      return target
    }
    return .object(
      JSONObject(
        members: object.members.map { member in
          guard member.name == "path", case .string(let path) = member.value else { return member }
          return .init(name: "path", value: .string("\(top)/\(path)"))
        }))
  }

  private static func directoryAbove(_ root: String) -> String {
    guard let real = realpath(root, nil) else { return "\(root)/.." }
    defer { free(real) }
    let text = String(cString: real)
    return text.lastIndex(of: "/").map { String(text[..<$0]) } ?? text
  }

  /// `operation/topic.json` for every such file, sorted.
  private static func files(below root: String) throws(FileError) -> [String] {
    var names: [String] = []
    for operation in try DirectoryContents.names(of: root) {
      guard let files = try? DirectoryContents.names(of: "\(root)/\(operation)") else { continue }
      names += files.filter { $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json") }
        .map { "\(operation)/\($0)" }
    }
    return names
  }
}
