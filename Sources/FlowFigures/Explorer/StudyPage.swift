import FlowFiles

/// The page of a study: the explorer, the figures and the tables. It holds everything that it shows; the files beside
/// it, which it names, are the same to work with.
package struct StudyPage {
  package let title: String
  /// Paragraphs of plain text under the title.
  package let introduction: [String]
  /// Of a field in the plane; `nil` for none.
  package let explorer: Explorer?
  package let figures: [any Figure]
  package let tables: [StudyTable]
  /// The figures that were drawn, by the name of the file: of a figure NAME, `NAME.svg` or `NAME.png` and perhaps
  /// `NAME-narrow.svg`.
  package let pictures: [String: [UInt8]]

  package init(
    title: String, introduction: [String], explorer: Explorer?, figures: [any Figure],
    tables: [StudyTable], pictures: [String: [UInt8]]
  ) {
    self.title = title
    self.introduction = introduction
    self.explorer = explorer
    self.figures = figures
    self.tables = tables
    self.pictures = pictures
  }

  /// The whole of `index.html`.
  package var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(title.escaped)</title>
    <link rel="icon" href="data:,">
    <style>
    \(String(decoding: PackageResources.page_css, as: UTF8.self))</style>
    </head>
    <body>
    <h1>\(title.escaped)</h1>
    \(explorer.map(explorerPart) ?? "")
    \(introduction.map { "<p>\($0.escaped)</p>" }.joined(separator: "\n"))
    \(figurePart)
    \(tablePart)
    \(explorer.map(script) ?? "")
    </body>
    </html>

    """
  }

  private func options(_ names: [String]) -> String {
    names.enumerated().map { "<option value=\"\($0)\">\($1.escaped)</option>" }.joined()
  }

  private func script(_ explorer: Explorer) -> String {
    """
    <script id="explorer-data" type="application/json">\(explorer.json)</script>
    <script>
    \(String(decoding: PackageResources.explorer_js, as: UTF8.self))</script>
    """
  }

  private func explorerPart(_ explorer: Explorer) -> String {
    let points = explorer.points.map { "(\(short($0[0])), \(short($0[1])))" }
    let values = [
      ("value-t", "t"), ("value-x", "x<sub>1</sub>"), ("value-y", "x<sub>2</sub>"),
      ("value-logp", "log p<sub>t</sub>(x), nats"), ("value-p", "p<sub>t</sub>(x)"),
      ("value-u1", "u<sub>1</sub>"), ("value-u2", "u<sub>2</sub>"), ("value-size", "|u|"),
      ("value-c1", "u<sub>1</sub> given x1"), ("value-c2", "u<sub>2</sub> given x1"),
    ]
    let rows = values.map { "<tr><th scope=\"row\">\($1)</th><td id=\"\($0)\"></td></tr>" }
    return """
      <div class="explorer">
      <div class="picture">
      <div class="time">
      <button id="play" aria-pressed="false">Play</button>
      <input id="time" type="range" min="0" max="\(explorer.times.count - 1)" step="1"
        aria-label="Time, from noise to data">
      <output id="time-text" for="time"></output>
      </div>
      <canvas id="plane" width="1000" height="1000" tabindex="0" role="img"
        aria-label="Density and velocity in the plane. Arrow keys move the cross-hair, Enter releases a
        particle."></canvas>
      <div class="legend">
      <span>density 0 <span class="bar"></span> <span id="density-top"></span> (colour by its root)</span>
      <span><span class="arrow">⟶</span> longest arrow |u| = <span id="arrow-length"></span></span>
      <span><span class="sample">●</span> samples on their way</span>
      </div>
      <p id="note" role="status"></p>
      </div>
      <div class="controls">
      <label>\(explorer.selector.escaped) <select id="field">\(options(explorer.fields.map(\.name)))\
      </select></label>
      <label>Velocity <select id="kind">
      <option value="marginal">marginal, u(x)</option>
      <option value="conditional">conditional, u(x | x1)</option>
      <option value="both">both</option></select></label>
      <label>Data point x1 <select id="given">\(options(points))</select></label>
      <fieldset><legend>Show</legend>
      <label><input type="checkbox" id="density" checked> density</label>
      <label><input type="checkbox" id="arrows" checked> arrows</label>
      <label><input type="checkbox" id="samples" checked> samples</label>
      </fieldset>
      <p><button id="clear">Remove particles</button> <span id="particle-count">0</span> released</p>
      <table class="values"><caption>Values at the square, the lattice point nearest to the pointer
      </caption>\(rows.joined())</table>
      <p class="quiet">Click, or press Enter with the picture in focus, to release a particle that
      follows the shown field; arrow keys move the square (with Shift, five steps). The circle of the
      conditional field is one sigma around alpha x1. Values are the engine's, in float32; the
      picture and the particles between lattice points and frames are interpolated.</p>
      </div>
      </div>
      """
  }

  private var figurePart: String {
    let items = figures.map { figure -> String in
      let wide = ["svg", "png"].compactMap { kind in
        pictures["\(figure.name).\(kind)"].map { Self.source($0, kind) }
      }.first
      let picture =
        wide.map { self.picture(of: figure, $0) } ?? "<p>Not drawn: gnuplot was not found.</p>"
      let files = (wide != nil ? ["svg", "png"] : []) + ["dat", "gp"]
      let links = files.map { "<a href=\"\(figure.name).\($0)\">\(figure.name).\($0)</a>" }
      let isWide = figure.size.width > 560 && pictures["\(figure.name)-narrow.svg"] == nil
      return
        "<figure\(isWide ? " class=\"wide\" tabindex=\"0\"" : "")>\(picture)<figcaption>\(figure.caption.escaped) "
        + "\(links.joined(separator: " "))</figcaption></figure>"
    }
    return "<h2>Figures</h2>\n" + items.joined(separator: "\n")
  }

  private static func source(_ bytes: [UInt8], _ kind: String) -> String {
    "data:image/\(kind == "svg" ? "svg+xml" : kind);base64,\(Base64.text(bytes))"
  }

  private func picture(of figure: any Figure, _ wide: String) -> String {
    let narrow = pictures["\(figure.name)-narrow.svg"].map {
      "<source media=\"(max-width: 700px)\" srcset=\"\(Self.source($0, "svg"))\">"
    }
    return "<picture>\(narrow ?? "")<img src=\"\(wide)\" width=\"\(figure.size.width)\" "
      + "height=\"\(figure.size.height)\" alt=\"\(figure.caption.escaped)\"></picture>"
  }

  /// Rows from which on a table is for programs: the page only names its file.
  private static let longest = 1000

  private var tablePart: String {
    let items = tables.map { table -> String in
      let file = "<a href=\"\(table.name).csv\">\(table.name).csv</a>"
      guard table.rows.count < Self.longest else {
        return "<p>\(table.caption.escaped) \(table.rows.count) rows: \(file)</p>"
      }
      let head = table.columns.map { "<th scope=\"col\">\($0.escaped)</th>" }.joined()
      let rows = table.rows.map { row in
        "<tr>" + row.map { "<td>\($0.escaped)</td>" }.joined() + "</tr>"
      }
      return
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(table.name.escaped)\">"
        + "<table><caption>\(table.caption.escaped) \(file)"
        + "</caption><thead><tr>\(head)</tr></thead><tbody>\(rows.joined())</tbody></table></div>"
    }
    return "<h2>Tables</h2>\n" + items.joined(separator: "\n")
  }
}

extension String {
  /// Text that may stand in HTML and between its quotes.
  fileprivate var escaped: String {
    map { character -> String in
      switch character {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      default: String(character)
      }
    }.joined()
  }
}
