/// How many evaluations of the field each path needs for the same error: groups of bars (NFE bars).
package struct EvaluationsFigure: Figure {
  package let name: String
  package let caption: String
  /// The names under the groups.
  package let groups: [String]
  /// The bars of each group, with a value per group; NaN where the error was not reached.
  package let bars: [(name: String, values: [Double])]
  /// What is counted.
  package let label: String

  package init(
    name: String, caption: String, groups: [String], bars: [(name: String, values: [Double])],
    label: String = "evaluations of the field per trajectory (NFE)"
  ) {
    self.name = name
    self.caption = caption
    self.groups = groups
    self.bars = bars
    self.label = label
  }

  package var size: (width: Int, height: Int) {
    (max(480, 130 + groups.count * (24 * bars.count + 30)), 380)
  }

  package var data: PlotData {
    var data = PlotData(
      columns: "group, then one value per bar: " + bars.map(\.name).joined(separator: ", "))
    data.append(
      groups.joined(separator: ", "),
      rows: groups.indices.map { group in [Double(group)] + bars.map { $0.values[group] } })
    return data
  }

  package var commands: String {
    // Long names break at their underlines, so that neighbours do not collide.
    let tics = groups.enumerated().map { k, name in
      let parts = name.split(separator: "_", omittingEmptySubsequences: false).map {
        quoted(String($0)).dropFirst().dropLast()
      }
      return "\"\(parts.joined(separator: "\\\\_\\n"))\" \(k)"
    }.joined(separator: ", ")
    let lines = bars.enumerated().map { k, bar in
      "\"\(name).dat\" index 0 using \(k + 2) with histograms "
        + "lc rgb \"\(PlotStyle.colours[k % PlotStyle.colours.count])\" title \(quoted(bar.name))"
    }
    let labels = bars.indices.map { k in
      let offset = (Double(k) + 0.5) / Double(bars.count) - 0.5
      let place = offset * Double(bars.count) / Double(bars.count + 1)
      return "\"\" index 0 using ($1 + \(place)):\(k + 2):(sprintf(\"%.0f\", $\(k + 2))) "
        + "with labels offset 0,0.6 font \",10\" notitle"
    }
    var absent = ""
    for (k, bar) in bars.enumerated() {
      for (group, value) in bar.values.enumerated() where value.isNaN {
        let place = (Double(k) + 0.5 - Double(bars.count) / 2) / Double(bars.count + 1)
        absent += "set label \"–\" at first \(Double(group) + place), 0 center offset 0,0.6\n"
      }
    }
    return """
      \(absent)set style data histograms
      set style histogram clustered gap 1
      set boxwidth 0.92 relative
      unset grid
      set grid y
      set xtics (\(tics)) scale 0
      set bmargin 3.5
      set xrange [-0.6:\(Double(groups.count) - 0.4)]
      set yrange [0:*]
      set offsets 0, 0, graph 0.12, 0
      set ylabel \(quoted(label))
      set key top right horizontal Left reverse
      plot \((lines + labels).joined(separator: ", \\\n  "))

      """
  }
}
