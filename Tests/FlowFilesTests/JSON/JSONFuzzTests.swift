import Testing

@testable import FlowFiles

struct JSONFuzzTests {
  static let lines = [
    #"{"id":1,"op":"conditional_velocity","path":{"kind":"ot","sigma_min":1e-5},"t":0.3,"x":[0.5,-1],"x1":[1,2]}"#,
    #"{"id":"\uD83D\uDE00é\\","op":"echo","value":[[1,2],[3,[4,[]]],-0.0,1e-400,12345678901234567890]}"#,
    #"  {"a":[true,false,null,{}],"b":{"c":"\u0000"},"d":[1,"x",2]} "#,
  ].map { Array($0.utf8) }

  /// A byte changed, removed, doubled or moved; a stretch repeated; the end cut off.
  static func mutate(_ line: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var line = line
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !line.isEmpty {
      let index = Int.random(in: 0..<line.count, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: line[index] = UInt8.random(in: 0...255, using: &generator)
      case 1: line.remove(at: index)
      case 2: line.insert(line[index], at: index)
      case 3: line[index] = Array("[]{},:\"\\0-.eu".utf8).randomElement(using: &generator) ?? 0
      case 4: line.removeLast(line.count - index)
      default: line.insert(contentsOf: line[index...].prefix(12), at: index)
      }
    }
    return line
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func mutatedLinesNeitherStopTheParserNorChangeLaterResults(_ seed: UInt64) throws {
    var generator = SeededGenerator(state: seed)
    let before = try Self.lines.map { line throws in try JSONDocument(parsing: line).value }
    var rejected = 0
    for round in 0..<20_000 {
      let line = Self.mutate(Self.lines[round % Self.lines.count], using: &generator)
      do throws(JSONError) {
        let value = try JSONDocument(parsing: line).value
        // What is accepted must mean the same once written out.
        var writer = JSONWriter()
        writer.write(value)
        if !Self.holdsInfinity(value) {
          #expect(try JSONDocument(parsing: writer.bytes).value == value)
        }
      } catch {
        rejected += 1
      }
    }
    #expect(rejected > 5_000)
    let after = try Self.lines.map { line throws in try JSONDocument(parsing: line).value }
    #expect(before == after)
  }

  static func holdsInfinity(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let number): number.isInfinite
    case .numbers(let numbers): numbers.contains(where: \.isInfinite)
    case .array(let elements): elements.contains(where: holdsInfinity)
    case .object(let object): object.members.contains { holdsInfinity($0.value) }
    default: false
    }
  }
}
