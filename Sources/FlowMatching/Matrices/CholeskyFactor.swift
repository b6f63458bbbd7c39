/// L with `L L^T = S` for a symmetric positive semidefinite matrix S, by elimination with the largest
/// pivot that is left: rows of very different scales keep their own digits.
///
/// *Reference*: Golub and Van Loan, section 4.2.8; Demmel and Veselic (1992).
struct CholeskyFactor {
  /// The columns of L, as many as S has ranks; column a is 0 in the rows `order[0..<a]`.
  let columns: [[Double]]
  /// The rows in the order of their pivots, those without one left out.
  let order: [Int]

  var rank: Int { order.count }

  /// How different the scales of the axes are: the largest pivot over the smallest.
  var grading: Double {
    let pivots = order.indices.map { columns[$0][order[$0]] }
    return (pivots.max() ?? 1) / (pivots.min() ?? 1)
  }

  /// - Throws: `outOfDomain` for a matrix with a negative direction beyond rounding.
  init(_ entries: [Double], dimension d: Int, field: String) throws(FlowError) {
    var rest = entries
    var columns: [[Double]] = []
    var order: [Int] = []
    var open = Array(0..<d)
    for _ in 0..<d {
      let position = open.indices.max { rest[open[$0] * (d + 1)] < rest[open[$1] * (d + 1)] }!
      let pivot = open[position]
      let value = rest[pivot * (d + 1)]
      // What is left of the diagonal after exact arithmetic would be zero: rounding of the entries.
      let noise = Double(d) * 0x1p-52 * entries[pivot * (d + 1)]
      if value <= noise {
        for i in open where rest[i * (d + 1)] < -Double(d) * 0x1p-52 * abs(entries[i * (d + 1)]) {
          throw FlowError.outOfDomain(
            field, "a matrix with the pivot \(rest[i * (d + 1)])",
            accepted: "positive semidefinite matrices")
        }
        if let bad = Self.leftover(rest, entries, open, d) {
          throw FlowError.outOfDomain(
            field, "a matrix with the minor \(bad)", accepted: "positive semidefinite matrices")
        }
        break
      }
      open.remove(at: position)
      let root = value.squareRoot()
      var column = [Double](repeating: 0, count: d)
      column[pivot] = root
      for i in open { column[i] = rest[i * d + pivot] / root }
      for i in open { for j in open { rest[i * d + j] -= column[i] * column[j] } }
      columns.append(column)
      order.append(pivot)
    }
    (self.columns, self.order) = (columns, order)
  }

  /// An off-diagonal entry that cannot stand beside zero diagonals.
  private static func leftover(
    _ rest: [Double], _ entries: [Double], _ open: [Int], _ d: Int
  ) -> Double? {
    for i in open {
      for j in open where i != j {
        let scale = (entries[i * (d + 1)] * entries[j * (d + 1)]).squareRoot()
        if abs(rest[i * d + j]) > 2 * Double(d) * 0x1p-52 * scale { return rest[i * d + j] }
      }
    }
    return nil
  }

  /// The z with `L^T z = y`, for a matrix S of full rank.
  func solvedTransposed(_ y: [Double]) -> [Double] {
    var z = [Double](repeating: 0, count: y.count)
    for a in (0..<rank).reversed() {
      var rest = y[a]
      for b in (a + 1)..<max(rank, a + 1) {
        rest = rest.addingProduct(-columns[a][order[b]], z[order[b]])
      }
      z[order[a]] = rest / columns[a][order[a]]
    }
    return z
  }
}
