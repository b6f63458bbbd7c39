/// Tables from NumPy's array files.
public enum NPYReader {
  /// The selected columns of an array; a vector is a table of one column.
  ///
  /// A label column gives its numbers as text, whole numbers without a point.
  public static func parse(
    _ bytes: [UInt8], path: String, selection: DataSelection = DataSelection()
  ) throws(FileError) -> DataTable {
    let header = try NPYHeader(bytes, path: path)
    guard header.elementType == "'<f4'" || header.elementType == "'<f8'" else {
      throw FileError(path: path, .unsupportedElementType(found: header.elementType))
    }
    guard !header.isFortranOrder else { throw FileError(path: path, .fortranOrder) }
    let size = header.elementType == "'<f4'" ? 4 : 8
    let (rows, width) = try extents(header, path: path)

    let (count, overflow) = rows.multipliedReportingOverflow(by: width)
    let available = bytes.count - header.dataOffset
    guard !overflow, count <= available / size else {
      let needed = overflow || count > Int.max / 16 ? Int.max : header.dataOffset + count * size
      throw FileError(path: path, .truncated(expected: needed, found: bytes.count))
    }
    guard count * size == available else {
      throw FileError(
        path: path,
        .trailingBytes(expected: header.dataOffset + count * size, found: bytes.count))
    }

    let chosen = try selection.resolve(names: nil, count: width, path: path)
    var values: [Double] = []
    values.reserveCapacity(rows * chosen.columns.count)
    var labels: [String] = []
    for row in 0..<rows {
      for column in chosen.columns {
        let raw = element(row * width + column, of: bytes, from: header.dataOffset, size: size)
        let value = selection.scaled(raw)
        guard value.isFinite else {
          throw FileError(
            path: path, line: row + 1, column: column + 1, .nonFinite(cell: "\(raw)"))
        }
        values.append(value)
      }
      if let label = chosen.label {
        let raw = element(row * width + label, of: bytes, from: header.dataOffset, size: size)
        labels.append(Int(exactly: raw)?.description ?? raw.description)
      }
    }
    return DataTable(
      dimension: chosen.columns.count, values: values, labels: chosen.label == nil ? nil : labels)
  }

  private static func extents(
    _ header: NPYHeader, path: String
  ) throws(FileError) -> (rows: Int, width: Int) {
    let shape = header.shape
    guard (1...2).contains(shape.count), !shape.contains(0) else {
      let text = shape.map(String.init).joined(separator: ", ")
      throw FileError(path: path, .unsupportedShape(found: "(\(text))"))
    }
    return (shape[0], shape.count == 2 ? shape[1] : 1)
  }

  private static func element(
    _ index: Int, of bytes: [UInt8], from offset: Int, size: Int
  ) -> Double {
    bytes.withUnsafeBytes { buffer in
      let start = offset + index * size
      if size == 4 {
        let bits = buffer.loadUnaligned(fromByteOffset: start, as: UInt32.self)
        return Double(Float(bitPattern: UInt32(littleEndian: bits)))
      }
      let bits = buffer.loadUnaligned(fromByteOffset: start, as: UInt64.self)
      return Double(bitPattern: UInt64(littleEndian: bits))
    }
  }
}
