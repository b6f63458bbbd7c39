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
  static func colour(_ owner: Double, weight: Double) -> [Double] {
    guard owner.isFinite, weight.isFinite else { return [235, 235, 235] }
    let text = PlotStyle.colours[Int(owner) % PlotStyle.colours.count].dropFirst()
    let bits = UInt32(text, radix: 16) ?? 0
    return [16, 8, 0].map { shift in
      let full = Double(bits >> UInt32(shift) & 255)
      return (255 - (255 - full) * (0.12 + 0.78 * weight)).rounded()
    }
  }

  package var data: PlotData {
    var data = PlotData(columns: "per panel: x1 x2 owner weight red green blue; last: data points")
    for panel in panels {
      data.append(
        panel.title,
        rows: grid.rows(panel.owners).map { $0 + Self.colour($0[2], weight: $0[3]) })
    }
    data.append(
      "data points",
      rows: places.map { [$0.x, $0.y] + Self.colour(Double($0.owner), weight: 1) })
    return data
  }

  package var commands: String {
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
    ).commands
  }
}
