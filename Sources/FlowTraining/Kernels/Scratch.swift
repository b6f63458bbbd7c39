/// What a worker keeps in the nearest cache.
final class Scratch: Sendable {
  /// Rows of a product whose terms are summed before their sums are put away.
  static let stripRows = 256
  private static let tileSize = 12 * MatrixProduct.panelWidth

  private let floats = AlignedFloats(tileSize + MatrixProduct.panelWidth * (1 + stripRows))

  /// A tile of sums: at most 12 rows of 32.
  var tile: UnsafeMutablePointer<Float> { floats.base }
  /// A panel's row of zeros.
  var zeros: UnsafePointer<Float> { UnsafePointer(floats.base + Self.tileSize) }
  /// A panel of a strip of rows.
  var strip: UnsafeMutablePointer<Float> {
    floats.base + Self.tileSize + MatrixProduct.panelWidth
  }
}
