import FlowFiles
import RealModule

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
  /// The same figure for a narrow screen, from the same data; `nil` where it is narrow already.
  var narrow: Layout? { get }
}

/// A size, and the commands that fill it.
package struct Layout: Sendable {
  package var size: (width: Int, height: Int)
  package var commands: String

  package init(size: (width: Int, height: Int), commands: String) {
    self.size = size
    self.commands = commands
  }
}

extension Figure {
  package var narrow: Layout? { nil }

  /// The endings of the pictures that the script draws.
  package var pictures: [String] { [".svg", ".png"] + (narrow == nil ? [] : ["-narrow.svg"]) }

  private func svg(_ ending: String, _ layout: Layout) -> String {
    """
    set terminal svg size \(layout.size.width),\(layout.size.height) dynamic background "white" \\
      font "Helvetica,Arial,sans-serif,13" rounded
    set output "\(name)\(ending)".suffix
    \(PlotStyle.commands)
    \(PlotStyle.svgSpacing)
    \(layout.commands)
    unset output
    """
  }

  /// The whole of `NAME.gp`: all forms, drawn by the same commands; the PNG has two pixels for every one of the SVG.
  package var script: String {
    """
    # gnuplot \(name).gp draws \(name).svg and \(name).png from \(name).dat.
    if (!exists("suffix")) suffix = ""
    \(svg(".svg", Layout(size: size, commands: commands)))
    \(narrow.map { svg("-narrow.svg", $0) } ?? "")
    set terminal pngcairo size \(2 * size.width),\(2 * size.height) font "sans,10" fontscale 2 linewidth 2 \\
      pointscale 2 rounded
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

/// A number with few digits, for titles and tables, the same everywhere: `0.00017`, `12.3`, `1.2e-7`, as ticks have them.
package func short(_ value: Double, digits: Int = 3) -> String {
  guard value.isFinite else { return "\(value)" }
  if value == 0 { return "0" }
  let exponent = Int(Double.log10(abs(value)).rounded(.down))
  func rounded(_ value: Double, places: Int) -> Double {
    (value * Double.pow(10, places)).rounded() / Double.pow(10, places)
  }
  if exponent >= -5, exponent < 6 {
    let result = rounded(value, places: max(0, digits - 1 - exponent))
    return result == result.rounded() ? "\(Int(result))" : plain(result)
  }
  let mantissa = rounded(value / Double.pow(10, exponent), places: digits - 1)
  let text = mantissa == mantissa.rounded() ? "\(Int(mantissa))" : "\(mantissa)"
  return "\(text)e\(exponent)"
}

/// Without an exponent, which Swift writes below 1e-4.
private func plain(_ value: Double) -> String {
  let text = "\(value)"
  guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...])
  else { return text }
  let sign = value < 0 ? "-" : ""
  let digits = text[..<mark].filter(\.isNumber)
  return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
}
