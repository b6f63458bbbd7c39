extension Lanes {
  /// Some rows of a table side by side, one `Lanes` per column; up to eight, the last repeated in the lanes
  /// left over.
  static func columns(of table: [Double], _ rows: ArraySlice<Int>, dimension d: Int) -> [Lanes] {
    [Lanes](unsafeUninitializedCapacity: d) { x, count in
      for i in 0..<d {
        var lanes = Lanes(table[rows.last! * d + i])
        for (lane, row) in rows.enumerated() { lanes[lane] = table[row * d + i] }
        x.initializeElement(at: i, to: lanes)
      }
      count = d
    }
  }
}
