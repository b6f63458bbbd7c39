import ArgumentParser
import FlowFiles
import FlowMatching
import FlowTraining

/// What a U-Net has besides the options of every network.
struct ImageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Of --network unet: the size of the images, HEIGHTxWIDTH or HEIGHTxWIDTHxCHANNELS, whose product is the "
        + "length of a row (default: that of an NPY file of (n, h, w) or (n, h, w, c), 8x8 of the digits).",
      valueName: "size"))
  var image: String?

  @Option(
    parsing: .unconditional,
    help: "Of --network unet: residual blocks per resolution (default: 1).")
  var depth: Int?

  @Option(
    help: ArgumentHelp(
      "Of --network unet: channels at every resolution as multiples of --width, the full resolution first; each "
        + "further one halves height and width (default: 1,2).", valueName: "numbers"))
  var multipliers: NumberList?

  @Option(
    parsing: .unconditional,
    help: "Of --network unet: heads of the attention at the lowest resolution (default: 4).")
  var heads: Int?

  /// Throws where an option was given to another network.
  func refuse(for network: String) throws {
    let given = [
      ("image", image != nil), ("depth", depth != nil), ("multipliers", multipliers != nil),
      ("heads", heads != nil),
    ]
    if let (name, _) = given.first(where: \.1) {
      throw ValidationError("--\(name) is an option of --network unet, not of \(network).")
    }
  }

  /// The image and the resolutions.
  /// - Parameters:
  ///   - found: the axes of a row as the data has them.
  ///   - dimension: the length of a row.
  func shape(found: [Int]? = nil, dimension: Int? = nil) throws -> UNetShape {
    guard let axes = try stated() ?? found else {
      throw ValidationError(
        "--network unet needs the size of the images: --image HEIGHTxWIDTH or HEIGHTxWIDTHxCHANNELS, or an NPY file "
          + "of shape (n, h, w) or (n, h, w, c).")
    }
    let (height, width, channels) = (axes[0], axes[1], axes.count > 2 ? axes[2] : 1)
    if let dimension, axes.reduce(1, *) != dimension {
      throw FlowError.outOfDomain(
        "image", axes.map(String.init).joined(separator: "x"),
        accepted: "sizes (--image) whose product is \(dimension), the numbers of a row")
    }
    return try UNetShape(
      height: height, width: width, channels: channels,
      multipliers: multipliers?.numbers ?? [1, 2], heads: heads ?? 4)
  }

  private func stated() throws -> [Int]? {
    guard let image else { return nil }
    let axes = image.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard axes.count == 2 || axes.count == 3, axes.allSatisfy({ (1...65_536).contains($0) }) else {
      throw ValidationError(
        "--image should be HEIGHTxWIDTH or HEIGHTxWIDTHxCHANNELS, such as 8x8 or 16x16x3, not \(image)."
      )
    }
    return axes
  }
}

extension DataOptions {
  /// Height, width and perhaps channels of the data's rows, where it says so.
  func imageAxes() throws -> [Int]? {
    if data == "digits" { return [8, 8] }
    guard isFile, let data, columns == nil, labelColumn == nil,
      let extents = try ArrayShape(reading: data)?.extents, (3...4).contains(extents.count)
    else { return nil }
    return Array(extents.dropFirst())
  }

  /// Images of bytes are scaled to [-1, 1], unless a scale was given; what is recorded of the data says so.
  mutating func scaleImagesOfBytes() throws {
    guard scale == nil, offset == nil, let data, try imageAxes() != nil, isFile,
      try ArrayShape(reading: data)?.isBytes == true
    else { return }
    (scale, offset) = (1 / 127.5, -1)
  }
}
