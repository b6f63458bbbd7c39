import RealModule

/// Rotates the columns of a matrix G until they are orthogonal: `G V = U Sigma`, its singular value
/// decomposition. Small singular values of graded matrices keep their relative accuracy.
///
/// *Reference*: Demmel and Veselic (1992); Golub and Van Loan, section 8.6.
struct OneSidedJacobi {
  /// G, then `U Sigma`.
  private(set) var columns: [[Double]]

  init(columns: [[Double]]) { self.columns = columns }

  /// Every rotation of columns a and b is reported, so that V can be built where it is needed.
  mutating func orthogonalise(
    onRotation: (_ a: Int, _ b: Int, _ cosine: Double, _ sine: Double) -> Void = { _, _, _, _ in }
  ) {
    func dot(_ a: [Double], _ b: [Double]) -> Double { blockedSum(a.count) { a[$0] * b[$0] } }
    let count = columns.count
    for _ in 0..<60 {
      var rotated = false
      for a in 0..<count {
        for b in (a + 1)..<max(count, a + 1) {
          let aa = dot(columns[a], columns[a])
          let bb = dot(columns[b], columns[b])
          let ab = dot(columns[a], columns[b])
          guard abs(ab) > 0x1p-53 * (aa * bb).squareRoot() else { continue }
          rotated = true
          let zeta = (bb - aa) / (2 * ab)
          let tangent = (zeta < 0 ? -1 : 1) / (abs(zeta) + Double.hypot(1, zeta))
          let cosine = 1 / Double.hypot(1, tangent)
          let sine = cosine * tangent
          Self.rotate(&columns, a, b, cosine, sine)
          onRotation(a, b, cosine, sine)
        }
      }
      if !rotated { return }
    }
  }

  /// Columns a and b become `cosine a - sine b` and `sine a + cosine b`.
  static func rotate(
    _ columns: inout [[Double]], _ a: Int, _ b: Int, _ cosine: Double, _ sine: Double
  ) {
    for i in columns[a].indices {
      let left = columns[a][i]
      let right = columns[b][i]
      columns[a][i] = cosine * left - sine * right
      columns[b][i] = sine * left + cosine * right
    }
  }
}

extension OneSidedJacobi {
  /// Whether unit vectors span the whole space, to the accuracy that vectors have whose numbers are
  /// rounded.
  static func spans(_ vectors: [[Double]], _ dimension: Int) -> Bool {
    guard vectors.count >= dimension else { return false }
    // The rows of the matrix of the vectors: they are independent if and only if the vectors span.
    var rows = OneSidedJacobi(columns: (0..<dimension).map { i in vectors.map { $0[i] } })
    rows.orthogonalise()
    let noise = Double(dimension) * 0x1p-50
    return rows.columns.allSatisfy { row in
      blockedSum(row.count) { row[$0] * row[$0] }.squareRoot() > noise
    }
  }
}
