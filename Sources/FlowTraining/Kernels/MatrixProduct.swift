import CVectorUnit

/// What becomes of finished sums.
protocol ProductEpilogue {
  func finish(_ sums: FinishedSums)
}

/// A tile of a product.
struct FinishedSums {
  /// The place of its first number in the product.
  let row: Int
  let column: Int
  let rows: Int
  /// How many of its columns exist.
  let columns: Int
  /// Floats from row to row: 16 or 32.
  let stride: Int
  let start: UnsafePointer<Float>

  /// Every vector with its place; the first `count` of its lanes exist.
  @inline(__always)
  func forEach(_ body: (_ row: Int, _ column: Int, _ count: Int, _ sums: Vector) -> Void) {
    for k in Swift.stride(from: 0, to: columns, by: 16) {
      let count = min(16, columns - k)
      for i in 0..<rows { body(row + i, column + k, count, Vector(at: start + i * stride + k)) }
    }
  }
}

/// Products of a matrix with row stride and a matrix in panels.
///
/// A *panel* holds 32 columns: for every term k of the sum, 32 floats side by side. The last panel is
/// filled up with zeros. `C[row, c] = start + sum over k of A[row, k] B[k, c]`, every sum one chain in the
/// order of k: the result does not depend on the tile's shape, the number of rows or threads, nor on
/// where a sum is left and taken up again.
enum MatrixProduct {
  /// Columns of a panel.
  static let panelWidth = 32

  /// The number of panels that hold `columns`.
  static func panels(_ columns: Int) -> Int { (columns + panelWidth - 1) / panelWidth }

  /// `rows` rows of the product of `a` with all panels, handed to `epilogue` as they are finished. The
  /// sums of a column start with its bias, of which there are whole panels, or with zero.
  static func run(
    rows: Int, depth: Int, columns: Int,
    a: UnsafePointer<Float>, aStride: Int, panels: UnsafePointer<Float>,
    biases: UnsafePointer<Float>? = nil, scratch: Scratch, epilogue: some ProductEpilogue
  ) {
    for panel in 0..<Self.panels(columns) {
      let first = panel * panelWidth
      let block = Block(
        rows: rows, depth: depth, column: first, count: min(panelWidth, columns - first), a: a,
        aStride: aStride, aStep: 1, b: panels + panel * panelWidth * depth,
        start: biases.map { $0 + first } ?? scratch.zeros, startStride: 0, tile: scratch.tile)
      block.run(epilogue)
    }
  }
}

/// The block that is kept in registers.
enum Tile {
  case eightByThirtyTwo, sixBySixteen, threeBySixteen

  /// Known to the compiler, which leaves the others out.
  @inline(__always)
  static var ofThisMachine: Tile {
    let rows = Int(FLOW_TILE_ROWS)
    return rows == 8 ? .eightByThirtyTwo : rows == 6 ? .sixBySixteen : .threeBySixteen
  }
}

/// A product with one panel.
struct Block {
  let rows: Int
  let depth: Int
  /// The first column and how many exist, at most 32.
  let column: Int
  let count: Int
  /// `A[row, k]` is at `a[row * aStride + k * aStep]`.
  let a: UnsafePointer<Float>
  let aStride: Int
  let aStep: Int
  let b: UnsafePointer<Float>
  /// The sums of a row start with the 32 floats at `start + row * startStride`.
  let start: UnsafePointer<Float>
  let startStride: Int
  /// Where a tile's sums go.
  let tile: UnsafeMutablePointer<Float>

  /// With the tile that fits the machine.
  @inline(__always)
  func run(_ epilogue: some ProductEpilogue) {
    switch Tile.ofThisMachine {
    case .eightByThirtyTwo: run(EightRows<WideColumns>.self, epilogue)
    case .sixBySixteen: run(SixRows<NarrowColumns>.self, epilogue)
    case .threeBySixteen: run(ThreeRows<NarrowColumns>.self, epilogue)
    }
  }

  /// With a tile of a given shape. A half panel without columns is left out.
  @inline(__always)
  func run<Tall: TileRows>(_: Tall.Type, _ epilogue: some ProductEpilogue) {
    if Tall.Columns.count == 32, count <= 16 {
      // A narrow panel: as many rows of half the width.
      half(offset: 0, TwelveRows<NarrowColumns>.self, epilogue)
    } else {
      half(offset: 0, Tall.self, epilogue)
      if Tall.Columns.count == 16, count > 16 { half(offset: 16, Tall.self, epilogue) }
    }
  }

  @inline(__always)
  private func half<Tall: TileRows>(
    offset: Int, _: Tall.Type, _ epilogue: some ProductEpilogue
  ) {
    var row = 0
    while rows - row >= Tall.count {
      tile(Tall.self, row, offset, epilogue)
      row += Tall.count
    }
    while rows - row >= 6 {
      tile(SixRows<Tall.Columns>.self, row, offset, epilogue)
      row += 6
    }
    while rows - row >= 2 {
      tile(TwoRows<Tall.Columns>.self, row, offset, epilogue)
      row += 2
    }
    if row < rows { tile(OneRow<Tall.Columns>.self, row, offset, epilogue) }
  }

  /// Sums in registers, then through `tile` (in the nearest cache) to the epilogue.
  @inline(__always)
  private func tile<Rows: TileRows>(
    _: Rows.Type, _ row: Int, _ offset: Int, _ epilogue: some ProductEpilogue
  ) {
    var sums = Rows(start + row * startStride + offset, rowStride: startStride)
    var a = a + row * aStride
    var b = b + offset
    for _ in 0..<depth {
      sums.add(a, rowStride: aStride, times: Rows.Columns(b))
      a += aStep
      b += MatrixProduct.panelWidth
    }
    let width = Rows.Columns.count
    sums.forEach(from: 0) { i, columns in
      columns.forEach { k, vector in vector.store(to: tile + i * width + k) }
    }
    epilogue.finish(
      FinishedSums(
        row: row, column: column + offset, rows: Rows.count, columns: min(width, count - offset),
        stride: width, start: tile))
  }
}
