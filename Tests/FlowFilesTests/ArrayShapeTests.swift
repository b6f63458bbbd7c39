import FlowFiles
import TestSupport
import Testing

@Suite struct ArrayShapeTests {
  private func file(_ text: String, _ body: [UInt8]) -> [UInt8] {
    let length = UInt16(text.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
      + Array(text.utf8) + body
  }

  @Test func axesAndBytesAreThoseOfTheHeader() throws {
    try TemporaryFolder.use { folder in
      func shape(_ descr: String, _ extents: String, name: String = "a.npy") throws -> ArrayShape? {
        let path = folder.file(name)
        let text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(extents)), }"
        try AtomicFile.write(to: .path(path)) { output throws(FileError) in
          output.pending = file(text, [])
        }
        return try ArrayShape(reading: path)
      }
      let bytes = try #require(try shape("|u1", "5, 4, 3"))
      #expect(bytes.extents == [5, 4, 3])
      #expect(bytes.isBytes)
      #expect(try shape("|i1", "5,")?.isBytes == false)
      #expect(try shape("<f4", "5, 8, 8, 3")?.isBytes == false)
      let text = folder.file("a.csv")
      try AtomicFile.write(to: .path(text)) { output throws(FileError) in
        output.pending = Array("1,2".utf8)
      }
      #expect(try ArrayShape(reading: text) == nil)
    }
  }
}
