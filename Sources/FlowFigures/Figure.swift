import FlowFiles

/// A figure that gnuplot draws: a script, and a file of data beside it that the script reads.
///
/// In a directory it is `NAME.gp` and `NAME.dat`, and once drawn `NAME.svg` and `NAME.png`; running
/// `gnuplot NAME.gp` there draws it again.
package protocol Figure: Sendable {
  /// The stem of its files.
  var name: String { get }
  /// What it shows, in a sentence or two, for the page that holds it.
  var caption: String { get }
  /// Width and height in pixels of the SVG.
  var size: (width: Int, height: Int) { get }
  /// What `NAME.dat` holds.
  var data: PlotData { get }
  /// The commands that draw, after the style is set.
  var commands: String { get }
}

extension Figure {
  /// The whole of `NAME.gp`: both forms, drawn by the same commands.
  package var script: String {
    """
    # gnuplot \(name).gp draws \(name).svg and \(name).png from \(name).dat.
    if (!exists("suffix")) suffix = ""
    set terminal svg size \(size.width),\(size.height) dynamic background "white" \\
      font "Helvetica,Arial,sans-serif,13" rounded
    set output "\(name).svg".suffix
    \(PlotStyle.commands)
    \(PlotStyle.svgSpacing)
    \(commands)
    unset output
    set terminal pngcairo size \(size.width),\(size.height) font "sans,10" rounded
    set output "\(name).png".suffix
    \(PlotStyle.commands)
    \(commands)
    unset output

    """
  }
}

/// Blocks of rows of numbers as gnuplot reads them: two blank lines between blocks, `index k` in a script.
package struct PlotData: Sendable {
  /// The text of the file.
  package private(set) var text: String
  /// How many blocks there are.
  package private(set) var blocks = 0

  /// - Parameter columns: what the columns mean, for the reader of the file.
  package init(columns: String) { text = "# \(columns)\n" }

  /// Appends a block under a comment. Numbers are rounded to float32, enough for any figure; NaN leaves
  /// a place empty. An empty row is a blank line, which ends a line or a scan.
  package mutating func append(_ comment: String, rows: some Sequence<[Double]>) {
    if blocks > 0 { text += "\n\n" }
    text += "# \(comment)\n"
    var isEmpty = true
    for row in rows {
      isEmpty = false
      text += row.map { "\(Float($0))" }.joined(separator: " ") + "\n"
    }
    // A block without rows would not count.
    if isEmpty { text += "nan nan nan nan nan nan\n" }
    blocks += 1
  }

  /// Appends a block of points, two numbers each.
  mutating func append(_ comment: String, pairs: [Double]) {
    append(
      comment,
      rows: stride(from: 0, to: pairs.count, by: 2).map { Array(pairs[$0..<$0 + 2]) })
  }
}

/// Text inside gnuplot's double quotes, without its markup.
func quoted(_ text: String) -> String {
  var result = ""
  for character in text {
    switch character {
    case "\"": result += "''"
    case "\\": result += "\\\\\\\\"
    case "_", "^", "{", "}", "@", "&", "~": result += "\\\\\(character)"
    case "\n": result += " "
    default: result.append(character)
    }
  }
  return "\"\(result)\""
}

/// A number with few digits, for titles.
func short(_ value: Double, digits: Int = 3) -> String {
  guard value.isFinite else { return "\(value)" }
  if value == 0 { return "0" }
  var unit = 1.0
  var size = abs(value)
  let limit = (0..<digits - 1).reduce(1.0) { limit, _ in limit * 10 }
  while size < limit, unit < 1e15 {
    size *= 10
    unit *= 10
  }
  let rounded = (value * unit).rounded() / unit
  return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
}
