/// The nine pixels around every pixel of an image, or around every second of every second row: what a
/// convolution of 3 x 3 sees, zeros outside.
struct Window: Sendable {
  /// Of the image that is seen.
  let height: Int
  let width: Int
  /// One or two; two halves an even height and width.
  let stride: Int

  static let taps = 9

  var outputHeight: Int { height / stride }
  var outputWidth: Int { width / stride }

  /// Writes to every line of `target` the nine lines that an output sees, side by side. Lines count through all
  /// rows; sixteen floats behind the last are written too.
  func gather(
    _ lines: Range<Int>, from base: UnsafePointer<Float>, stride lineStride: Int, channels: Int,
    to target: UnsafeMutablePointer<Float>
  ) {
    let (outHeight, outWidth) = (outputHeight, outputWidth)
    var place = target
    for line in lines {
      let (image, pixel) = line.quotientAndRemainder(dividingBy: outHeight * outWidth)
      let (y, x) = pixel.quotientAndRemainder(dividingBy: outWidth)
      let source = base + image * height * width * lineStride
      for ky in 0..<3 {
        let row = y * stride + ky - 1
        for kx in 0..<3 {
          let column = x * stride + kx - 1
          let isInside = row >= 0 && row < height && column >= 0 && column < width
          Self.copy(
            isInside ? source + (row * width + column) * lineStride : nil, channels, to: place)
          place += channels
        }
      }
    }
  }

  /// The transposed of `gather`: to every line of `target` the nine lines of outputs that see a pixel, tap by
  /// tap; zeros where there is none.
  func gatherTransposed(
    _ lines: Range<Int>, from base: UnsafePointer<Float>, stride lineStride: Int, channels: Int,
    to target: UnsafeMutablePointer<Float>
  ) {
    let (outHeight, outWidth) = (outputHeight, outputWidth)
    var place = target
    for line in lines {
      let (image, pixel) = line.quotientAndRemainder(dividingBy: height * width)
      let (y, x) = pixel.quotientAndRemainder(dividingBy: width)
      let source = base + image * outHeight * outWidth * lineStride
      for ky in 0..<3 {
        let row = y + 1 - ky
        for kx in 0..<3 {
          let column = x + 1 - kx
          let isInside =
            row >= 0 && column >= 0 && row.isMultiple(of: stride) && column.isMultiple(of: stride)
            && row / stride < outHeight && column / stride < outWidth
          Self.copy(
            isInside ? source + (row / stride * outWidth + column / stride) * lineStride : nil,
            channels, to: place)
          place += channels
        }
      }
    }
  }

  /// Whole vectors: what is too much is overwritten by the next line.
  @inline(__always)
  private static func copy(
    _ source: UnsafePointer<Float>?, _ channels: Int, to target: UnsafeMutablePointer<Float>
  ) {
    guard let source else {
      for k in Swift.stride(from: 0, to: channels, by: 16) {
        Vector(repeating: 0).store(to: target + k)
      }
      return
    }
    for k in Swift.stride(from: 0, to: channels, by: 16) {
      Vector(at: source + k).store(to: target + k)
    }
  }
}
