/// Tables from NumPy's array files.
public enum NPYReader {
  /// The selected columns of an array of real numbers, integers or booleans.
  ///
  /// The first axis counts rows; all others together, the last one fastest, are the columns, as
  /// `array.reshape(len(array), -1)` has them: an array of pictures is a table of one picture a row, and a
  /// vector is a table of one column. The fields of a structured array are columns with names; text is for labels.
  /// Integers beyond 2^53 become the nearest double; a label column
  /// gives its numbers as text, whole numbers without a point and to the last digit.
  public static func parse(
    _ bytes: [UInt8], path: String, selection: DataSelection = DataSelection()
  ) throws(FileError) -> DataTable {
    let header = try NPYHeader(bytes, path: path)
    let layout = try Layout(header, byteCount: bytes.count, path: path)
    let names = header.fields[0].name == nil ? nil : header.fields.map { $0.name ?? "" }
    let chosen = try selection.resolve(names: names, count: layout.width, path: path)
    for column in chosen.columns where layout.element(column).kind == .text {
      throw FileError(
        path: path, column: column + 1,
        .invalidSelection(
          reason:
            "the column \(names.map { $0[column] } ?? "") is text; columns chooses those with numbers"
        ))
    }
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(FileError) in
        try read(buffer, layout, chosen, selection, path)
      }
    }
    return try result.get()
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer, _ layout: Layout,
    _ chosen: (columns: [Int], label: Int?), _ selection: DataSelection, _ path: String
  ) throws(FileError) -> DataTable {
    let offsets = (0..<layout.width).map(layout.columnOffset)
    var values: [Double] = []
    values.reserveCapacity(layout.rows * chosen.columns.count)
    var labels: [String] = []
    for row in 0..<layout.rows {
      let start = layout.dataOffset + row * layout.rowStride
      for column in chosen.columns {
        let raw = layout.element(column).value(bytes, at: start + offsets[column]).number
        let value = selection.scaled(raw)
        guard value.isFinite else {
          throw FileError(
            path: path, line: row + 1, column: column + 1, .nonFinite(cell: "\(raw)"))
        }
        values.append(value)
      }
      if let label = chosen.label {
        labels.append(layout.element(label).value(bytes, at: start + offsets[label]).label)
      }
    }
    return DataTable(
      dimension: chosen.columns.count, values: values, labels: chosen.label == nil ? nil : labels)
  }

  /// Where the elements of a row stand.
  private struct Layout {
    let rows: Int
    let width: Int
    let dataOffset: Int
    /// Bytes from row to row.
    let rowStride: Int
    private let extents: ArraySlice<Int>
    /// Bytes from element to element along every axis but the first.
    private let strides: [Int]
    private let fields: [NPYHeader.Field]

    init(_ header: NPYHeader, byteCount: Int, path: String) throws(FileError) {
      let (shape, size) = (header.shape, header.size)
      fields = header.fields
      let isStructured = fields[0].name != nil
      guard !shape.isEmpty, !shape.dropFirst().contains(0), shape.count == 1 || !isStructured else {
        let text = shape.map(String.init).joined(separator: ", ")
        throw FileError(path: path, .unsupportedShape(found: "(\(text))"))
      }
      let available = byteCount - header.dataOffset
      var count = 1
      for extent in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard !overflow, product <= Int.max / 16 else {
          throw FileError(path: path, .truncated(expected: Int.max, found: byteCount))
        }
        count = product
      }
      guard count * size == available else {
        let expected = header.dataOffset + count * size
        throw FileError(
          path: path,
          count * size > available
            ? .truncated(expected: expected, found: byteCount)
            : .trailingBytes(expected: expected, found: byteCount))
      }
      rows = shape[0]
      width = isStructured ? fields.count : shape.dropFirst().reduce(1, *)
      dataOffset = header.dataOffset
      extents = shape.dropFirst()
      rowStride = header.isFortranOrder || isStructured ? size : width * size
      var strides: [Int] = []
      var stride = header.isFortranOrder ? rows * size : rowStride
      for extent in extents {
        if header.isFortranOrder {
          strides.append(stride)
          stride *= extent
        } else {
          stride /= extent
          strides.append(stride)
        }
      }
      self.strides = strides
    }

    func element(_ column: Int) -> NPYElement {
      fields[fields.count > 1 ? column : 0].element
    }

    /// How far behind the beginning of a row a column stands.
    func columnOffset(_ column: Int) -> Int {
      if fields.count > 1 { return fields[column].offset }
      var (rest, offset) = (column, 0)
      for (extent, stride) in zip(extents, strides).reversed() {
        offset += rest % extent * stride
        rest /= extent
      }
      return offset
    }
  }
}
