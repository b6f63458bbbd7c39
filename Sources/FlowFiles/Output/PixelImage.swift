/// A picture, rows from the top, 0 black and 255 white: grey, or red, green and blue side by side.
public struct PixelImage: Equatable, Sendable {
  public let width: Int
  public let height: Int
  /// Numbers of a pixel: one or three.
  public let channels: Int
  public var pixels: [UInt8]

  /// A picture of `width * height` pixels.
  public init(width: Int, height: Int, channels: Int = 1, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0 && (channels == 1 || channels == 3)
        && pixels.count == width * height * channels,
      "\(pixels.count) numbers for \(width) x \(height) x \(channels)")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// Small pictures side by side, `columns` to a row, one pixel apart, every pixel a square of `zoom`;
  /// values from -1 (black) to 1 (white), whatever is beyond is black or white.
  public init(
    grid values: [Double], imageWidth: Int, imageHeight: Int, channels: Int = 1, columns: Int,
    zoom: Int
  ) {
    let size = imageWidth * imageHeight * channels
    let count = values.count / size
    let rows = (count + columns - 1) / columns
    let (cellWidth, cellHeight) = ((imageWidth + 1) * zoom, (imageHeight + 1) * zoom)
    let (width, height) = (columns * cellWidth + zoom, rows * cellHeight + zoom)
    var image = PixelImage(
      width: width, height: height, channels: channels,
      pixels: [UInt8](repeating: 96, count: width * height * channels))
    for k in 0..<count {
      let (left, top) = (k % columns * cellWidth + zoom, k / columns * cellHeight + zoom)
      for y in 0..<imageHeight * zoom {
        for x in 0..<imageWidth * zoom {
          let source = k * size + (y / zoom * imageWidth + x / zoom) * channels
          let target = ((top + y) * width + left + x) * channels
          for c in 0..<channels {
            let level = (127.5 * (values[source + c] + 1)).rounded()
            image.pixels[target + c] = UInt8(min(max(level, 0), 255))
          }
        }
      }
    }
    self = image
  }

  /// The picture as a PNG file, not compressed.
  ///
  /// *Reference*: Portable Network Graphics (W3C, third edition); RFC 1950, RFC 1951 section 3.2.4.
  public var png: [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    func append(_ value: UInt32, to target: inout [UInt8]) {
      for shift in [24, 16, 8, 0] { target.append(UInt8(value >> UInt32(shift) & 0xFF)) }
    }
    func chunk(_ kind: String, _ data: [UInt8]) {
      let body = Array(kind.utf8) + data
      append(UInt32(data.count), to: &bytes)
      bytes += body
      var check = CRC32()
      check.update(body)
      append(check.value, to: &bytes)
    }
    var header: [UInt8] = []
    append(UInt32(width), to: &header)
    append(UInt32(height), to: &header)
    // Eight bits of grey, or of each of three colours; nothing optional.
    chunk("IHDR", header + [8, channels == 1 ? 0 : 2, 0, 0, 0])
    var lines: [UInt8] = []
    let line = width * channels
    for y in 0..<height { lines += [0] + pixels[y * line..<(y + 1) * line] }
    var stream: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: lines.count, by: 65_535) {
      let block = lines[start..<min(start + 65_535, lines.count)]
      let length = UInt16(block.count)
      stream.append(start + block.count == lines.count ? 1 : 0)
      for half in [length, ~length] { stream += [UInt8(half & 0xFF), UInt8(half >> 8)] }
      stream += block
    }
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in lines {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    append(b << 16 | a, to: &stream)
    chunk("IDAT", stream)
    chunk("IEND", [])
    return bytes
  }
}
