import RealModule

/// A vector field as arrows that are centred on the points of a lattice.
struct Arrows {
  private let rows: [[Double]]
  /// The size of the longest vector; zero where there is none.
  let longest: Double
  private let spacing: Double

  /// - Parameter vectors: two numbers per point of the lattice; NaN where there is no arrow.
  init(_ vectors: [Double], on lattice: PlotGrid) {
    rows = lattice.rows(vectors).filter { $0[2].isFinite && $0[3].isFinite }
    longest = rows.reduce(0) { max($0, Double.hypot($1[2], $1[3])) }
    spacing = lattice.spacing
  }

  /// Rows of tail and components as gnuplot's `vectors` take them. A vector of the size `unit` fills
  /// the distance between two points; none are drawn for the unit zero.
  func rows(unit: Double) -> [[Double]] {
    guard unit > 0 else { return [] }
    let factor = 0.95 * spacing / unit
    return rows.map { row in
      let (u, v) = (row[2] * factor, row[3] * factor)
      return [row[0] - u / 2, row[1] - v / 2, u, v]
    }
  }

  /// gnuplot's arrow style 1.
  static func style(size: Double, colour: String) -> String {
    "set style arrow 1 head size screen \(size),20,60 filled lc rgb \"\(colour)\" lw 1"
  }
}
