import Testing

@testable import FlowFiles

struct NPYReaderTests {
  static func file(
    _ header: String, data: [UInt8], version: [UInt8] = [1, 0]
  ) -> [UInt8] {
    let length = header.utf8.count
    var bytes: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59] + version
    bytes += [UInt8(length & 255), UInt8(length >> 8)]
    if version[0] == 2 { bytes += [0, 0] }
    return bytes + header.utf8 + data
  }

  static func header(_ type: String = "<f8", order: String = "False", shape: String) -> String {
    "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }   \n"
  }

  static func float64(_ values: [Double]) -> [UInt8] {
    values.flatMap { value in (0..<8).map { UInt8(value.bitPattern >> ($0 * 8) & 255) } }
  }

  static func float32(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(value.bitPattern >> ($0 * 8) & 255) } }
  }

  @Test func vectorsAndMatricesOfBothPrecisionsAreRead() throws {
    let values = [1, -2.5, 0.1, 4, 5, 6]
    let matrix = Self.file(Self.header(shape: "(2, 3)"), data: Self.float64(values))
    let table = try NPYReader.parse(matrix, path: "p")
    #expect(table.values == values && table.dimension == 3 && table.rows == 2)
    let second = Self.file(
      Self.header(shape: "(2, 3)"), data: Self.float64(values), version: [2, 0])
    #expect(try NPYReader.parse(second, path: "p") == table)
    let vector = Self.file(Self.header("<f4", shape: "(3,)"), data: Self.float32([1, 0.1, -3]))
    #expect(try NPYReader.parse(vector, path: "p").values == [1, Double(Float(0.1)), -3])
    let chosen = try NPYReader.parse(
      matrix, path: "p",
      selection: DataSelection(columns: [.index(2)], labelColumn: .index(0), scale: 2))
    #expect(chosen.values == [0.2, 12] && chosen.labels == ["1", "4"])
  }

  @Test(
    arguments: [
      ([], .empty), ([0x93, 0x4E], .truncated(expected: 10, found: 2)),
      (Array("1,2\n3,4\n5,6\n".utf8), .notNPY(found: "31 2c 32 a 33 2c")),
      (file(header(shape: "(1,)"), data: [], version: [3, 0]), .unsupportedVersion(found: "3.0")),
      (
        Array(file(header(shape: "(1,)"), data: []).prefix(40)), .truncated(expected: 71, found: 40)
      ),
      (
        file(header(">f8", shape: "(1,)"), data: float64([1])),
        .unsupportedElementType(found: "'>f8'")
      ),
      (
        file(header("<i8", shape: "(1,)"), data: float64([1])),
        .unsupportedElementType(found: "'<i8'")
      ),
      (file(header(order: "True", shape: "(1, 1)"), data: float64([1])), .fortranOrder),
      (file(header(shape: "()"), data: float64([1])), .unsupportedShape(found: "()")),
      (file(header(shape: "(1, 1, 1)"), data: float64([1])), .unsupportedShape(found: "(1, 1, 1)")),
      (file(header(shape: "(0, 3)"), data: []), .unsupportedShape(found: "(0, 3)")),
      (file(header(shape: "(2,)"), data: float64([1])), .truncated(expected: 87, found: 79)),
      (
        file(header(shape: "(1,)"), data: float64([1, 2])), .trailingBytes(expected: 79, found: 87)
      ),
      (
        file(header(shape: "(9223372036854775807, 9)"), data: float64([1])),
        .truncated(expected: Int.max, found: 99)
      ),
      (file(header(shape: "(-1,)"), data: []), .malformedHeader(reason: "'shape' holds -1")),
      (
        file("{'descr': '<f8', 'shape': (1,)}\n", data: []),
        .malformedHeader(reason: "no 'fortran_order'")
      ),
      (file("garbage", data: []), .malformedHeader(reason: "no 'descr'")),
    ] as [([UInt8], FileError.Problem)])
  func aBadArrayFileIsNamedByItsProblem(_ bytes: [UInt8], _ problem: FileError.Problem) {
    let error = #expect(throws: FileError.self) { try NPYReader.parse(bytes, path: "p") }
    #expect(error?.problem == problem)
  }

  @Test func nonFiniteElementsAreNamedByRowAndColumn() {
    let bytes = Self.file(Self.header(shape: "(2, 2)"), data: Self.float64([1, 2, 3, .nan]))
    let error = #expect(throws: FileError.self) { try NPYReader.parse(bytes, path: "p") }
    #expect(error == FileError(path: "p", line: 2, column: 2, .nonFinite(cell: "nan")))
  }
}
