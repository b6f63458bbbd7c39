import FlowFiles

/// What the explorer shows: fields on one lattice of the plane at common times, computed beforehand.
package struct Explorer: Sendable {
  /// One entry of the selector.
  package struct Field: Sendable {
    package var name: String
    /// Per frame and point of the lattice the velocity, two numbers; NaN where there is none.
    package var velocities: [Float]
    /// Per frame and point `log p_t`, or the number of the field whose density this is; `nil` for none.
    package var density: Density?
    /// Per frame alpha, sigma, alpha' and `v'/(2 v)`; the last infinite or NaN where sigma is zero.
    package var schedule: [[Double]]
    /// Per frame the places of samples, two numbers each.
    package var tracks: [Float]

    package init(
      name: String, velocities: [Float], density: Density?, schedule: [[Double]], tracks: [Float]
    ) {
      self.name = name
      self.velocities = velocities
      self.density = density
      self.schedule = schedule
      self.tracks = tracks
    }
  }

  /// Where a field's log density is.
  package enum Density: Sendable {
    case values([Float])
    case same(as: Int)
  }

  /// The lattice.
  package var grid: PlotGrid
  package var times: [Double]
  package var fields: [Field]
  /// Data points that the conditional field can be given, two numbers each.
  package var points: [[Double]]
  /// What the selector selects, such as `Path`.
  package var selector: String

  package init(
    grid: PlotGrid, times: [Double], fields: [Field], points: [[Double]], selector: String
  ) {
    self.grid = grid
    self.times = times
    self.fields = fields
    self.points = points
    self.selector = selector
  }

  /// How many points per axis keep the page below 6 MB.
  /// - Parameter numbers: how many numbers a point of the lattice has per frame, over all fields.
  package static func count(frames: Int, numbers: Int) -> Int {
    // Four bytes each, four thirds of that in base 64; the rest is for samples, the figures and the page itself.
    let points = 2_600_000.0 / (16.0 / 3 * Double(frames * numbers))
    return max(9, Int(points.squareRoot()) - (Int(points.squareRoot()) + 1) % 2)
  }

  /// The data as JSON that may stand in a page.
  var json: String {
    var bytes: [UInt8] = []
    func text(_ text: String) { bytes += text.utf8 }
    func list(_ numbers: [Double]) {
      text("[")
      for (k, number) in numbers.enumerated() {
        if k > 0 { text(",") }
        if number.isFinite { JSONText.append(number, to: &bytes) } else { text("null") }
      }
      text("]")
    }
    text("{\"window\":{\"x\":\(grid.lower.x),\"y\":\(grid.lower.y),\"length\":\(grid.length),")
    text("\"count\":\(grid.count)},\"times\":")
    list(times)
    text(",\"points\":[")
    for (k, point) in points.enumerated() {
      if k > 0 { text(",") }
      list(point)
    }
    text("],\"fields\":[")
    for (k, field) in fields.enumerated() {
      text(k > 0 ? ",{\"name\":" : "{\"name\":")
      JSONText.append(field.name, to: &bytes)
      switch field.density {
      case .values(let values): text(",\"density\":\(k),\"logDensity\":\"\(values.base64)\"")
      case .same(let other): text(",\"density\":\(other)")
      case nil: text(",\"density\":null")
      }
      text(",\"velocity\":\"\(field.velocities.base64)\",\"tracks\":\"\(field.tracks.base64)\"")
      text(",\"schedule\":[")
      for (frame, numbers) in field.schedule.enumerated() {
        if frame > 0 { text(",") }
        list(numbers)
      }
      text("]}")
    }
    text("]}")
    // No name can end the element that holds this.
    return String(decoding: bytes, as: UTF8.self).escapingTags
  }
}

extension String {
  /// The same JSON without `<`.
  var escapingTags: String {
    split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
  }
}

extension [Float] {
  /// The numbers' bytes, lowest first, in base 64.
  var base64: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * count)
    for value in self {
      Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }
    return Base64.text(bytes)
  }
}
