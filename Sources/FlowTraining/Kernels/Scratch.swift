/// What a worker keeps in the nearest cache.
final class Scratch: Sendable {
  /// Rows of a product whose terms are summed before their sums are put away.
  static let stripRows = 256
  private static let tileSize = 12 * MatrixProduct.panelWidth

  /// Lines whose windows are gathered at once.
  static let gatherLines = 64

  private let floats: AlignedFloats
  private let windows: AlignedFloats

  /// - Parameters:
  ///   - depth: the terms of the longest sum over windows.
  ///   - panelRows: the terms of the longest sum whose panel is copied.
  init(windowDepth depth: Int = 0, panelRows: Int = stripRows) {
    floats = AlignedFloats(Self.tileSize + MatrixProduct.panelWidth * (1 + panelRows))
    windows = AlignedFloats(depth == 0 ? 0 : Self.gatherLines * depth + 16)
  }

  /// Windows of a strip of lines.
  var gathered: UnsafeMutablePointer<Float> { windows.base }

  /// A tile of sums: at most 12 rows of 32.
  var tile: UnsafeMutablePointer<Float> { floats.base }
  /// A panel's row of zeros.
  var zeros: UnsafePointer<Float> { UnsafePointer(floats.base + Self.tileSize) }
  /// A panel of a strip of rows.
  var strip: UnsafeMutablePointer<Float> {
    floats.base + Self.tileSize + MatrixProduct.panelWidth
  }
}
