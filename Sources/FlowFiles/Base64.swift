/// Bytes as text.
public enum Base64 {
  private static let alphabet = [UInt8](
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// *Reference*: RFC 4648, section 4.
  public static func text(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let left = min(3, bytes.count - start)
      var word: UInt32 = 0
      for k in 0..<3 { word = word << 8 | (k < left ? UInt32(bytes[start + k]) : 0) }
      for k in 0..<4 {
        result.append(k <= left ? alphabet[Int(word >> UInt32(18 - 6 * k) & 63)] : 61)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
