import Dispatch
import FlowFiles
import Testing

@testable import FlowConformance

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct LineReaderTests {
  /// The lines of what a second thread writes into a pipe in pieces.
  static func lines(of pieces: [[UInt8]], limit: Int) throws -> [LineReader.Line] {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let (input, output) = (ends[0], ends[1])
    defer { close(input) }
    // Not a task: the tests' own threads wait in read(2), and none may be left to write.
    DispatchQueue.global().async {
      for piece in pieces { try? Descriptor.write(piece, to: output, path: "pipe") }
      close(output)
    }
    var reader = LineReader(descriptor: input, path: "pipe", limit: limit)
    var lines: [LineReader.Line] = []
    while let line = try reader.next() { lines.append(line) }
    return lines
  }

  @Test(arguments: [1, 2, 3, 7, 1000])
  func linesDoNotDependOnHowTheBytesArrive(_ size: Int) throws {
    let text = Array("a\n\nbc\r\n\(String(repeating: "x", count: 10))\n12345678901\nlast".utf8)
    let pieces = stride(from: 0, to: text.count, by: size).map {
      Array(text[$0..<min($0 + size, text.count)])
    }
    let expected: [LineReader.Line] = [
      .text([0x61]), .text([]), .text([0x62, 0x63, 0x0D]), .text(Array(repeating: 0x78, count: 10)),
      .tooLong, .text(Array("last".utf8)),
    ]
    #expect(try Self.lines(of: pieces, limit: 10) == expected)
  }

  @Test func aLineBeyondTheLimitIsDroppedAndTheNextOneRead() throws {
    let long = [UInt8](repeating: 0x78, count: 1 << 20)
    let pieces = [[0x61, 0x0A], long, long, long, [0x0A, 0x62, 0x0A], long, long]
    let lines = try Self.lines(of: pieces, limit: 1 << 20)
    #expect(lines == [.text([0x61]), .tooLong, .text([0x62]), .tooLong])
  }

  @Test func lineOfExactlyTheLimitIsRead() throws {
    let line = [UInt8](repeating: 0x78, count: 1 << 20)
    #expect(
      try Self.lines(of: [line, [0x0A], line], limit: 1 << 20) == [.text(line), .text(line)])
  }

  @Test func emptyInputHasNoLine() throws {
    #expect(try Self.lines(of: [], limit: 10).isEmpty)
  }
}
