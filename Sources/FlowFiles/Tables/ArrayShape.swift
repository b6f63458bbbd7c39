/// The axes of an array in a NumPy file, before it becomes a table.
public struct ArrayShape: Equatable, Sendable {
  /// How long each axis is; the first counts rows.
  public let extents: [Int]
  /// Whether its numbers are bytes without a sign.
  public let isBytes: Bool

  /// Nil for a file that is no array.
  public init?(reading path: String) throws(FileError) {
    let bytes = try FileBytes.read(path)
    guard path.hasSuffix(".npy") || bytes.starts(with: NPYHeader.magic) else { return nil }
    let header = try NPYHeader(bytes, path: path)
    extents = header.shape
    isBytes =
      header.fields.count == 1 && header.fields[0].element.kind == .unsigned
      && header.fields[0].element.size == 1
  }
}
