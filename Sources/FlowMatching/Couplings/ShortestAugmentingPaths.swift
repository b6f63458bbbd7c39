/// The assignment problem solved row by row: the cheapest alternating path from a free row to a free
/// column, by reduced costs `cost(i, j) - v_j - (what row i pays now)`, as Dijkstra finds it; then
/// the prices v_j are lowered along it, so that reduced costs stay non-negative.
///
/// Only column prices are kept: what a row pays is read off its column, so that the rows' own
/// optimality holds to one rounding whatever was done before.
struct ShortestAugmentingPaths {
  private static let free = -1

  private let n: Int
  private let costs: [Double]
  private(set) var columnOfRow: [Int]
  private var rowOfColumn: [Int]
  private(set) var prices: [Double]

  // Per column: the cheapest known path to it and the row before it on that path.
  private var distance: [Double]
  private var rowBefore: [Int]
  // The columns: settled ones (distance final) first, in order of settling, then the others.
  private var order: [Int]

  init(_ costs: CostMatrix) {
    n = costs.rows
    self.costs = costs.values
    columnOfRow = [Int](repeating: Self.free, count: n)
    rowOfColumn = [Int](repeating: Self.free, count: n)
    prices = [Double](repeating: 0, count: n)
    distance = [Double](repeating: 0, count: n)
    rowBefore = [Int](repeating: 0, count: n)
    order = Array(0..<n)
  }

  /// - Throws: what the ``Budget`` says.
  mutating func assignAll() throws(FlowError) {
    let budget = Budget.current
    reduceColumns()
    for _ in 0..<2 {
      try budget?.check()
      reduceRows()
    }
    for row in 0..<n where columnOfRow[row] == Self.free {
      try budget?.check()
      assign(row)
    }
  }

  /// Every column's price is its least cost; its row gets it if still free.
  private mutating func reduceColumns() {
    var least = [Int](repeating: 0, count: n)
    for j in 0..<n { prices[j] = costs[j] }
    for i in 1..<max(n, 1) {
      for j in 0..<n where costs[i * n + j] < prices[j] {
        prices[j] = costs[i * n + j]
        least[j] = i
      }
    }
    for j in (0..<n).reversed() where columnOfRow[least[j]] == Self.free {
      columnOfRow[least[j]] = j
      rowOfColumn[j] = least[j]
    }
  }

  /// Every free row bids for its cheapest column, lowering its price to where the second cheapest is
  /// as good, and drives out the row that had it. Most rows are settled by this, cheaply; how many
  /// bids are made is bounded, since equal offers could go back and forth.
  private mutating func reduceRows() {
    var waiting = (0..<n).filter { columnOfRow[$0] == Self.free }
    var bids = 8 * n
    while let row = waiting.popLast(), bids > 0 {
      bids -= 1
      var (best, second) = (Double.infinity, Double.infinity)
      var (column, other) = (0, 0)
      for j in 0..<n {
        let offer = costs[row * n + j] - prices[j]
        if offer < second {
          if offer < best {
            (second, other) = (best, column)
            (best, column) = (offer, j)
          } else {
            (second, other) = (offer, j)
          }
        }
      }
      let isStrict = best < second && second.isFinite
      if isStrict {
        prices[column] -= second - best
      } else if rowOfColumn[column] != Self.free, second.isFinite {
        column = other
      }
      let driven = rowOfColumn[column]
      rowOfColumn[column] = row
      columnOfRow[row] = column
      guard driven != Self.free else { continue }
      columnOfRow[driven] = Self.free
      // One that was driven out without a lower price waits for the shortest paths.
      if isStrict { waiting.append(driven) }
    }
  }

  /// Gives `start` a column, moving others along the cheapest path.
  private mutating func assign(_ start: Int) {
    var settled = 0
    var reached = 0.0
    var row = start
    var paid = 0.0
    var column = Self.free
    for j in 0..<n { distance[j] = .infinity }
    while true {
      column = relax(row, paid: paid, reached: reached, settled: settled)
      reached = distance[column]
      guard rowOfColumn[column] != Self.free else { break }
      settled += 1
      row = rowOfColumn[column]
      paid = costs[row * n + column] - prices[column]
    }
    for place in 0..<settled {
      let j = order[place]
      prices[j] += distance[j] - reached
    }
    while true {
      let i = rowBefore[column]
      rowOfColumn[column] = i
      (column, columnOfRow[i]) = (columnOfRow[i], column)
      if i == start { return }
    }
  }

  /// Paths through `row`; then the nearest open column, a free one among equals, is put at the place
  /// `settled` of the order.
  private mutating func relax(_ row: Int, paid: Double, reached: Double, settled: Int) -> Int {
    var nearest = Double.infinity
    var place = settled
    let base = row * n
    for position in settled..<n {
      let j = order[position]
      let through = reached + (costs[base + j] - prices[j] - paid)
      if through < distance[j] {
        distance[j] = through
        rowBefore[j] = row
      }
      let known = distance[j]
      if known < nearest || (known == nearest && rowOfColumn[j] == Self.free) {
        nearest = known
        place = position
      }
    }
    let column = order[place]
    order.swapAt(settled, place)
    return column
  }
}
