import Testing

@testable import FlowFiles

@Suite struct PixelImageTests {
  /// Reads the chunks back: lengths, checks, and the stored blocks of the stream.
  private func decoded(_ png: [UInt8]) -> (
    width: Int, height: Int, pixels: [UInt8]
  )? {
    func number(_ at: Int) -> Int {
      (0..<4).reduce(0) { sum, i in sum << 8 | Int(png[at + i]) }
    }
    guard Array(png.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] else {
      return nil
    }
    var (place, width, height, channels) = (8, 0, 0, 1)
    var stream: [UInt8] = []
    while place < png.count {
      let length = number(place)
      let body = Array(png[place + 4..<place + 8 + length])
      var check = CRC32()
      check.update(body)
      guard Int(check.value) == number(place + 8 + length) else { return nil }
      switch String(decoding: body.prefix(4), as: UTF8.self) {
      case "IHDR":
        (width, height) = (number(place + 8), number(place + 12))
        channels = png[place + 17] == 2 ? 3 : 1
      case "IDAT": stream += body.dropFirst(4)
      default: break
      }
      place += 12 + length
    }
    var lines: [UInt8] = []
    var k = 2
    while true {
      let length = Int(stream[k + 1]) | Int(stream[k + 2]) << 8
      guard length ^ 0xFFFF == Int(stream[k + 3]) | Int(stream[k + 4]) << 8 else { return nil }
      lines += stream[k + 5..<k + 5 + length]
      k += 5 + length
      if stream[k - 5 - length] == 1 { break }
    }
    var (a, b) = (1, 0)
    for byte in lines { (a, b) = ((a + Int(byte)) % 65_521, (b + a + Int(byte)) % 65_521) }
    var sum = 0
    for i in 0..<4 { sum = sum << 8 | Int(stream[k + i]) }
    guard sum == b << 16 | a, k + 4 == stream.count else { return nil }
    let row = width * channels + 1
    let pixels = (0..<height).flatMap { y -> ArraySlice<UInt8> in
      lines[y * row + 1..<(y + 1) * row]
    }
    return (width, height, pixels)
  }

  @Test(arguments: [(1, 1, 1), (3, 2, 1), (300, 500, 1), (3, 2, 3)])
  func pictureSurvivesItsFile(size: (Int, Int, Int)) throws {
    let pixels = (0..<size.0 * size.1 * size.2).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    let image = PixelImage(width: size.0, height: size.1, channels: size.2, pixels: pixels)
    let back = try #require(decoded(image.png))
    #expect(back.width == size.0)
    #expect(back.height == size.1)
    #expect(back.pixels == pixels)
  }

  @Test func gridPlacesPicturesOnePixelApart() {
    // Two pictures of 2 x 1 side by side, zoomed twice.
    let image = PixelImage(
      grid: [-1, 1, 0, 5], imageWidth: 2, imageHeight: 1, columns: 2, zoom: 2)
    #expect(image.width == 14)
    #expect(image.height == 6)
    func pixel(_ x: Int, _ y: Int) -> UInt8 { image.pixels[y * image.width + x] }
    #expect([pixel(2, 2), pixel(3, 3), pixel(4, 2), pixel(5, 3)] == [0, 0, 255, 255])
    #expect([pixel(8, 2), pixel(10, 2)] == [128, 255])
    #expect([pixel(0, 0), pixel(6, 2), pixel(2, 4)] == [96, 96, 96])
  }
}
