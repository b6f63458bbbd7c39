import FlowFigures
package import FlowFiles
package import FlowMatching
import RealModule

/// A small grey picture of a target on the way from noise to data, drawn without any other program.
package enum TargetPicture {
  /// In the plane the density at five times; on the line the density over time and place; pictures as samples; `nil` for
  /// other targets.
  package static func picture(
    of target: any Target, path: any ProbabilityPath = try! OptimalTransportPath()
  ) throws(FlowError) -> (image: PixelImage, caption: String)? {
    let field = MarginalField(path: path, target: target)
    switch target.dimension {
    case 1: return try line(field)
    case 2: return try plane(field)
    default:
      let side = Int(Double(target.dimension).squareRoot())
      guard side * side == target.dimension, side >= 8 else { return nil }
      let count = 24
      let samples = target.samples(count, from: RandomStream(seed: 0, stream: 2))
      return (
        PixelImage(grid: samples, imageWidth: side, imageHeight: side, columns: 12, zoom: 5),
        "\(count) of the data points."
      )
    }
  }

  private static let times = [0, 0.25, 0.5, 0.75, 1]

  private static func plane(
    _ field: MarginalField
  ) throws(FlowError) -> (image: PixelImage, caption: String) {
    let count = 110
    let window = try PlotGrid.window(around: field.target, count: count)
    // From the top, as pictures are.
    let points = (0..<count).reversed().flatMap { j in
      (0..<count).flatMap { i in [window.x(i), window.y(j)] }
    }
    var values: [Double] = []
    for t in times {
      let time = try Time(t)
      values += shades(
        try PlaneField.whereDefined(points, width: 1) { points throws(FlowError) in
          try field.values(of: .logDensity, at: [time], of: points)
        })
    }
    return (
      PixelImage(
        grid: values, imageWidth: count, imageHeight: count, columns: times.count, zoom: 2),
      "The density p_t on the path ot at t = 0, 1/4, 1/2, 3/4 and 1, each dark where it is largest."
    )
  }

  private static func line(
    _ field: MarginalField
  ) throws(FlowError) -> (image: PixelImage, caption: String) {
    let extent = (field.target as? any LocatedTarget)?.extent
    let margin = 3.5 * (extent?.largestVariance ?? 0).squareRoot() + 0.25
    let lower = min((extent?.lower ?? -5) - margin, -3)
    let upper = max((extent?.upper ?? 5) + margin, 3)
    let (width, height) = (300, 120)
    // A column per time, from the top place downwards.
    var columns: [[Double]] = []
    for column in 0..<width {
      // Where the data has jumps or atoms the very end has no value everywhere.
      let time = try Time(min(0.998, Double(column) / Double(width - 1)))
      let places = (0..<height).map { upper - (upper - lower) * Double($0) / Double(height - 1) }
      columns.append(shades(try field.values(of: .logDensity, at: [time], of: places)))
    }
    let values = (0..<height).flatMap { row in columns.map { $0[row] } }
    return (
      PixelImage(grid: values, imageWidth: width, imageHeight: height, columns: 1, zoom: 2),
      "The density p_t on the path ot: t from 0 on the left to 1 on the right, x from "
        + "\(DecimalText.short(lower)) below to \(DecimalText.short(upper)) above, each time dark where it is largest."
    )
  }

  /// From 1 (white) to -1 (black) by the square root of the density over the largest.
  private static func shades(_ logDensities: [Double]) -> [Double] {
    let top = logDensities.reduce(-Double.infinity) { $1.isFinite ? max($0, $1) : $0 }
    return logDensities.map { $0.isFinite ? 1 - 2 * Double.exp(0.5 * ($0 - top)) : 1 }
  }
}
