import FlowFiles

/// Shell lines that show a failure again.
enum Reproduction {
  /// Longer requests are asked again through `flowref validate` instead of being written out.
  private static let longest = 2000

  /// A line that asks the command the one request of a case, after the definition that it needs.
  static func line(
    _ entry: FixtureLibrary.Entry, command: [String], terms: Terms = Terms()
  ) -> String {
    let program = command.map(quoted).joined(separator: " ")
    // What asks back cannot be asked through a pipe alone.
    if let name = entry.fixture.askedOf {
      let id = entry.fixture.id.dropLast(name.count + 1)
      return "flowref validate --only \(quoted(String(id))) -- \(program)"
    }
    var writer = JSONWriter(wholeNumbersAsIntegers: true)
    writer.write(.object(terms.inOwnNames(entry.fixture) ?? entry.fixture.request))
    let request = text(writer.bytes, id: 2)
    let definition = entry.definition.map { text($0.request, id: 1) }
    guard request.utf8.count + (definition?.utf8.count ?? 0) <= longest else {
      return "flowref validate --only \(quoted(entry.fixture.id)) -- \(program)"
    }
    let lines = [definition, request].compactMap { $0 }.map(quoted).joined(separator: " ")
    return "printf '%s\\n' \(lines) | \(program)"
  }

  private static func text(_ request: [UInt8], id: Int) -> String {
    "{\"id\":\(id)," + String(decoding: request.dropFirst(), as: UTF8.self)
  }

  /// A word that a POSIX shell reads as it stands.
  static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: ","),
        UInt8(ascii: ":"):
        true
      default: false
      }
    }
    if plain, !word.isEmpty { return word }
    return "'" + word.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }
}
