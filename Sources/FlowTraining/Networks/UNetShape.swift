public import FlowMatching

/// What a U-Net has besides its width and depth.
public struct UNetShape: Sendable, Equatable {
  /// Pixels of a column of the image.
  public var height: Int
  /// Pixels of a row.
  public var width: Int
  /// Numbers of a pixel; a point is pixel after pixel, row after row, the channels of each side by side.
  public var channels: Int
  /// Channels at every resolution as multiples of the network's width, the full resolution first; every
  /// further one has half the height and width.
  public var multipliers: [Int]
  /// Heads of attention.
  public var heads: Int

  /// The largest number of pixels that attend to each other.
  static let mostAttending = 1024

  /// The number of axes of an image.
  public var dimension: Int { height * width * channels }

  /// - Throws: `outOfDomain` for a size outside its range.
  public init(
    height: Int, width: Int, channels: Int, multipliers: [Int], heads: Int
  ) throws(FlowError) {
    func check(_ value: Int, _ name: String, _ range: ClosedRange<Int>) throws(FlowError) {
      guard range.contains(value) else {
        throw FlowError.outOfDomain(
          name, value, accepted: "[\(range.lowerBound), \(range.upperBound)]")
      }
    }
    try check(height, "height", 1...256)
    try check(width, "image_width", 1...256)
    try check(channels, "channels", 1...64)
    try check(multipliers.count, "multipliers", 1...8)
    for multiplier in multipliers { try check(multiplier, "multipliers", 1...64) }
    let step = 1 << (multipliers.count - 1)
    for (name, size) in [("height", height), ("image_width", width)] {
      guard size.isMultiple(of: step) else {
        throw FlowError.outOfDomain(
          name, size,
          accepted: "the multiples of \(step): \(multipliers.count) multipliers halve an image "
            + "\(multipliers.count - 1) times; fewer multipliers take more sizes")
      }
    }
    let lowest = height / step * (width / step)
    guard lowest <= Self.mostAttending else {
      throw FlowError.outOfDomain(
        "multipliers", multipliers.count,
        accepted:
          "so many that at most \(Self.mostAttending) pixels attend to each other, not \(lowest)"
      )
    }
    try check(heads, "heads", 1...64)
    self.height = height
    self.width = width
    self.channels = channels
    self.multipliers = multipliers
    self.heads = heads
  }
}
