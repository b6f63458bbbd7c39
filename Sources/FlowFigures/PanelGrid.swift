/// Square panels in rows, with room on the left for an axis and on the right for a colour bar or a key.
struct PanelGrid {
  var rows = 1
  var columns: Int
  /// The side of a panel in pixels.
  var side = 230
  var left = 62
  var right = 100
  var top = 34
  var bottom = 50
  var gap = 18
  /// Between rows: room for titles.
  var rowGap = 34

  var size: (width: Int, height: Int) {
    (
      left + columns * side + (columns - 1) * gap + right,
      top + rows * side + (rows - 1) * rowGap + bottom
    )
  }

  /// Places the next plot; `hasLabels` says whether numbers stand under it (default: in the lowest row).
  func place(row: Int, column: Int, hasLabels: Bool? = nil) -> String {
    let (width, height) = (Double(size.width), Double(size.height))
    let x = Double(left + column * (side + gap))
    let y = Double(bottom + (rows - 1 - row) * (side + rowGap))
    let isLeft = column == 0
    return """
      set lmargin at screen \(x / width)
      set rmargin at screen \((x + Double(side)) / width)
      set bmargin at screen \(y / height)
      set tmargin at screen \((y + Double(side)) / height)
      set format y \(isLeft ? "\"%g\"" : "\"\"")
      set format x \(hasLabels ?? (row == rows - 1) ? "\"%g\"" : "\"\"")
      """
  }

  /// Where a colour bar stands, to the right of a row.
  func colourBar(row: Int = 0) -> String {
    let (width, height) = (Double(size.width), Double(size.height))
    let x = Double(left + columns * side + (columns - 1) * gap + 12)
    let y = Double(bottom + (rows - 1 - row) * (side + rowGap))
    return """
      set colorbox user origin screen \(x / width), screen \(y / height) \\
        size screen \(12 / width), screen \(Double(side) / height)
      """
  }
}
