import RealModule

/// Which component or data point has the largest posterior weight at x, a panel per time: its colour, the
/// paler the smaller the weight.
package struct OwnershipFigure: Figure {
  package let name: String
  package let caption: String
  package let grid: PlotGrid
  /// Per panel the number of the owner and its weight, two numbers per point; NaN where there is none.
  package let panels: [(title: String, owners: [Double])]
  /// The data points: the number of each as an owner, and its two coordinates.
  package let places: [(owner: Int, x: Double, y: Double)]

  package init(
    name: String, caption: String, grid: PlotGrid, panels: [(title: String, owners: [Double])],
    places: [(owner: Int, x: Double, y: Double)]
  ) {
    self.name = name
    self.caption = caption
    self.grid = grid
    self.panels = panels
    self.places = places
  }

  private var layout: PanelGrid { PanelGrid(columns: panels.count, right: 16, bottom: 50) }
  package var size: (width: Int, height: Int) { layout.size }

  /// Red, green and blue from 0 to 255, mixed with white by what is missing of the weight.
  func colour(_ owner: Double, weight: Double) -> [Double] {
    guard owner.isFinite, weight.isFinite else { return [235, 235, 235] }
    return full(Int(owner)).map { full in
      (255 - (255 - full) * (0.12 + 0.78 * weight)).rounded()
    }
  }

  /// The colour of an owner: of few one each; of many by the direction in which it lies, so that neighbours are alike
  /// and what is seen are places, not confetti.
  private func full(_ owner: Int) -> [Double] {
    guard places.count > PlotStyle.colours.count else {
      let text = PlotStyle.colours[owner % PlotStyle.colours.count].dropFirst()
      let bits = UInt32(text, radix: 16) ?? 0
      return [16, 8, 0].map { Double(bits >> UInt32($0) & 255) }
    }
    guard let place = places.first(where: { $0.owner == owner }) else { return [235, 235, 235] }
    let centre = places.reduce((0.0, 0.0)) { ($0.0 + $1.x, $0.1 + $1.y) }
    let (dx, dy) = (
      place.x - centre.0 / Double(places.count), place.y - centre.1 / Double(places.count)
    )
    let farthest = places.reduce(1e-300) {
      max(
        $0,
        Double.hypot(
          $1.x - centre.0 / Double(places.count), $1.y - centre.1 / Double(places.count)))
    }
    // Cosines a third of a turn apart; grey in the middle.
    let angle = Double.atan2(y: dy, x: dx)
    let strength = min(1, 0.25 + Double.hypot(dx, dy) / farthest)
    return [0, 1, 2].map { k in
      105 + 95 * strength * Double.cos(angle - 2 * .pi * Double(k) / 3)
    }
  }

  package var data: PlotData {
    var data = PlotData(columns: "per panel: x1 x2 owner weight red green blue; last: data points")
    for panel in panels {
      data.append(
        panel.title,
        rows: grid.rows(panel.owners).map { $0 + colour($0[2], weight: $0[3]) })
    }
    data.append(
      "data points",
      rows: places.map { [$0.x, $0.y] + colour(Double($0.owner), weight: 1) })
    return data
  }

  package var commands: String { maps.commands }

  package var narrow: Layout? { maps.narrow }

  private var maps: PlaneMaps {
    let points = "\"\" index \(panels.count) using"
    let maps = panels.enumerated().map { j, panel in
      PlaneMaps.Panel(
        title: quoted(panel.title), window: grid,
        plots: [
          "\"\(name).dat\" index \(j) using 1:2:5:6:7 with rgbimage",
          "\(points) 1:2 with points pt 7 ps 0.55 lc rgb \"#ffffff\"",
          "\(points) 1:2:(rgb($3, $4, $5)) with points pt 7 ps 0.4 lc rgb variable",
        ])
    }
    return PlaneMaps(
      layout: layout,
      setting: "rgb(r, g, b) = 65536 * int(r) + 256 * int(g) + int(b)", hasColourBar: false,
      rows: [maps]
    )
  }
}
