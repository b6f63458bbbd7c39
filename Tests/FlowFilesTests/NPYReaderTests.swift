import TestSupport
import Testing

@testable import FlowFiles

struct NPYReaderTests {
  static func file(
    _ header: String, data: [UInt8], version: [UInt8] = [1, 0]
  ) -> [UInt8] {
    let length = header.utf8.count
    var bytes: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59] + version
    bytes += [UInt8(length & 255), UInt8(length >> 8)]
    if version[0] > 1 { bytes += [0, 0] }
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
      (file(header(shape: "(1,)"), data: [], version: [4, 0]), .unsupportedVersion(found: "4.0")),
      (file(header(shape: "(1,)"), data: [], version: [1, 1]), .unsupportedVersion(found: "1.1")),
      (
        Array(file(header(shape: "(1,)"), data: []).prefix(40)), .truncated(expected: 71, found: 40)
      ),
      (file(header(shape: "()"), data: float64([1])), .unsupportedShape(found: "()")),
      (file(header(shape: "(3, 0)"), data: []), .unsupportedShape(found: "(3, 0)")),
      (file(header(shape: "(2,)"), data: float64([1])), .truncated(expected: 87, found: 79)),
      (
        file(header(shape: "(1,)"), data: float64([1, 2])), .trailingBytes(expected: 79, found: 87)
      ),
      (
        file(header(shape: "(9223372036854775807, 9)"), data: float64([1])),
        .truncated(expected: Int.max, found: 99)
      ),
      (
        file(header(shape: "(-1,)"), data: []),
        .malformedHeader(reason: "'shape' holds what is no count")
      ),
      (
        file("{'descr': '<f8', 'shape': (1,)}\n", data: []),
        .malformedHeader(reason: "no 'fortran_order'")
      ),
      (
        file("garbage", data: []),
        .malformedHeader(reason: "a value is missing, at byte 0 of it")
      ),
      (
        file(header(shape: "(1,)") + String(repeating: " ", count: 10_000), data: float64([1])),
        .malformedHeader(reason: "its text has 10061 bytes, at most 10000 are read")
      ),
    ] as [([UInt8], FileError.Problem)])
  func aBadArrayFileIsNamedByItsProblem(_ bytes: [UInt8], _ problem: FileError.Problem) {
    let error = #expect(throws: FileError.self) { try NPYReader.parse(bytes, path: "p") }
    #expect(error?.problem == problem)
  }

  @Test(arguments: [
    "<f16", "<c8", "<U4", "|S3", "|O", "<M8[us]", "f8", "=f8", "|f8", "<f3", "<i16", "|b8", "<", "",
  ])
  func elementsThatAreNoRealNumbersAreRefusedByName(_ type: String) {
    let bytes = Self.file(Self.header(type, shape: "(1,)"), data: Self.float64([1]))
    let error = #expect(throws: FileError.self) { try NPYReader.parse(bytes, path: "p") }
    #expect(error?.problem == .unsupportedElementType(found: "'\(type)'"))
  }

  /// 1.5, -2, 0, 2^-24 (its smallest), 65504 (its largest) in float16; the same whole numbers by all types.
  @Test func everyTypeOfElementAndBothOrdersOfBytesAreRead() throws {
    func values(_ type: String, _ data: [UInt8]) throws -> [Double] {
      let count = data.count / Int(String(type.last!))!
      return try NPYReader.parse(
        Self.file(Self.header(type, shape: "(\(count),)"), data: data), path: "p"
      ).values
    }
    let half: [UInt8] = [0x00, 0x3E, 0x00, 0xC0, 0x00, 0x80, 0x01, 0x00, 0xFF, 0x7B]
    let halves = [1.5, -2, -0.0, 0x1p-24, 65504]
    #expect(try values("<f2", half).map(\.bitPattern) == halves.map(\.bitPattern))
    let swapped = stride(from: 0, to: 10, by: 2).flatMap { [half[$0 + 1], half[$0]] }
    #expect(try values(">f2", swapped).map(\.bitPattern) == halves.map(\.bitPattern))
    for size in [1, 2, 4, 8] {
      let first: [UInt8] = [UInt8](repeating: 0xFF, count: size)  // -1, or the largest
      let second: [UInt8] = [3] + [UInt8](repeating: 0, count: size - 1)
      for (order, data) in [
        (size == 1 ? "|" : "<", first + second), (">", first + second.reversed()),
      ] {
        #expect(try values("\(order)i\(size)", data) == [-1, 3])
        let largest = Double(sign: .plus, exponent: 8 * size, significand: 1) - (size < 8 ? 1 : 0)
        #expect(try values("\(order)u\(size)", data) == [largest, 3])
      }
    }
    #expect(try values("|b1", [0, 1, 1]) == [0, 1, 1])
    let swapped64 = Self.float64([0.1]).reversed() as [UInt8]
    #expect(try values(">f8", swapped64) == [0.1])
    #expect(try values(">f4", Self.float32([0.1]).reversed()) == [Double(Float(0.1))])
    let nan = Self.file(Self.header("<f2", shape: "(1,)"), data: [0x01, 0x7E])
    #expect(throws: FileError.self) { try NPYReader.parse(nan, path: "p") }
  }

  @Test func fortranOrderAndFurtherAxesAreRowsAsNumpyReshapesThem() throws {
    // a[i, j, k] = 100 i + 10 j + k, of shape (2, 3, 2).
    let plain: [Double] = [0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121]
    let fortran: [Double] = [0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121]
    for (order, values) in [("False", plain), ("True", fortran)] {
      let bytes = Self.file(
        Self.header(order: order, shape: "(2, 3, 2)"), data: Self.float64(values))
      let table = try NPYReader.parse(bytes, path: "p")
      #expect(table.rows == 2 && table.dimension == 6 && table.values == plain)
    }
    let matrix = Self.file(
      Self.header(order: "True", shape: "(2, 2)"), data: Self.float64([1, 2, 3, 4]))
    #expect(try NPYReader.parse(matrix, path: "p").values == [1, 3, 2, 4])
    let chosen = try NPYReader.parse(
      matrix, path: "p", selection: DataSelection(columns: [.index(0)], labelColumn: .index(1)))
    #expect(chosen.values == [1, 2] && chosen.labels == ["3", "4"])
  }

  @Test func aLabelKeepsAllDigitsOfItsInteger() throws {
    let bytes = Self.file(
      Self.header("<i8", shape: "(1, 2)"),
      data: [5, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 0x20, 0])
    let table = try NPYReader.parse(
      bytes, path: "p", selection: DataSelection(labelColumn: .index(1)))
    #expect(table.values == [5] && table.labels == ["9007199254740993"])
  }

  /// numpy refuses all of them.
  @Test(arguments: [
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)", "'descr': '<f8', 'shape': (1,)}",
    "{'descr': '<f8', 'fortran_order': Falsexyz, 'shape': (1,)}",
    "{'descr': '<f8', junk 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f8', 'fortran_order': False 'shape': (1,)}",
    "{'descr': '<f8',, 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1,,)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (,)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': [1]}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (01,)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1x,)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}",
    "{'descr': '<f8', 'fortran_order': 'False', 'shape': (1,)}",
    "{'descr: '<f8', 'fortran_order': False, 'shape': (1,)}",
    "[('descr', '<f8'), ('fortran_order', False), ('shape', (1,))]",
    String(repeating: "(", count: 5000), "", "\0",
  ])
  func aHeaderThatNumpyRefusesIsRefused(_ text: String) {
    let bytes = Self.file(text, data: Self.float64([1]))
    let error = #expect(throws: FileError.self) { try NPYReader.parse(bytes, path: "p") }
    guard case .malformedHeader = error?.problem else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func aHeaderThatNumpyReadsIsRead() throws {
    for text in [
      "{\"shape\": (1L,), \"fortran_order\": True,\n 'descr': \"<f8\"}",
      "  {'descr':'<f8','fortran_order':False,'shape':( 1 , ) , }\n\n",
    ] {
      let bytes = Self.file(text, data: Self.float64([7]), version: [3, 0])
      #expect(try NPYReader.parse(bytes, path: "p").values == [7])
    }
  }

  @Test func archivesAreNamedAndArraysAreKnownByTheirFirstBytes() throws {
    try TemporaryFolder.use { folder in
      for (name, start) in [
        ("a.npz", [0x50, 0x4B, 3, 4]), ("a.npy", [0x50, 0x4B, 3, 4]), ("a.csv", [0x1F, 0x8B, 8]),
      ]
        as [(String, [UInt8])]
      {
        try AtomicFile.write(to: .path(folder.file(name))) { $0.pending += start }
        let error = #expect(throws: FileError.self) { try DataTable.read(folder.file(name)) }
        guard case .archive = error?.problem else {
          Issue.record("\(String(describing: error))")
          continue
        }
      }
      let array = Self.file(Self.header(shape: "(1,)"), data: Self.float64([7]))
      try AtomicFile.write(to: .path(folder.file("array"))) { $0.pending += array }
      #expect(try DataTable.read(folder.file("array")).values == [7])
    }
  }

  @Test func nonFiniteElementsAreNamedByRowAndColumn() {
    let bytes = Self.file(Self.header(shape: "(2, 2)"), data: Self.float64([1, 2, 3, .nan]))
    let error = #expect(throws: FileError.self) { try NPYReader.parse(bytes, path: "p") }
    #expect(error == FileError(path: "p", line: 2, column: 2, .nonFinite(cell: "nan")))
  }
}
