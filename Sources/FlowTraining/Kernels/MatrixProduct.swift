import CVectorUnit

/// What becomes of a finished row of sums.
protocol ProductEpilogue {
  /// `sums` belongs to the row and to the columns from `column` on, the first `count` of which exist.
  func finish(row: Int, column: Int, count: Int, sums: Vector)
}

/// Products of a matrix with row stride and a matrix in panels.
///
/// A *panel* holds 32 columns: for every term k of the sum, 32 floats side by side. The last panel is
/// filled up with zeros. `C[row, c] = sum over k of A[row, k] B[k, c]`, every sum one chain in the
/// order of k: the result does not depend on the tile's shape, the number of rows or threads.
enum MatrixProduct {
  /// Columns of a panel.
  static let panelWidth = 32

  /// The number of panels that hold `columns`.
  static func panels(_ columns: Int) -> Int { (columns + panelWidth - 1) / panelWidth }

  /// `rows` rows of the product of `a` with all panels, handed to `epilogue` as they are finished.
  /// `scratch` has room for 12 rows of 32 floats.
  static func run(
    rows: Int, depth: Int, columns: Int,
    a: UnsafePointer<Float>, aStride: Int, panels: UnsafePointer<Float>,
    scratch: UnsafeMutablePointer<Float>, epilogue: some ProductEpilogue
  ) {
    for panel in 0..<Self.panels(columns) {
      let first = panel * panelWidth
      let block = Block(
        rows: rows, depth: depth, column: first, count: min(panelWidth, columns - first), a: a,
        aStride: aStride, aStep: 1, b: panels + panel * panelWidth * depth, scratch: scratch)
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
  let scratch: UnsafeMutablePointer<Float>

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

  /// Sums in registers, then through `scratch` (in the nearest cache) to the epilogue.
  @inline(__always)
  private func tile<Rows: TileRows>(
    _: Rows.Type, _ row: Int, _ offset: Int, _ epilogue: some ProductEpilogue
  ) {
    var sums = Rows()
    var a = a + row * aStride
    var b = b + offset
    for _ in 0..<depth {
      sums.add(a, rowStride: aStride, times: Rows.Columns(b))
      a += aStep
      b += MatrixProduct.panelWidth
    }
    let width = Rows.Columns.count
    sums.forEach(from: 0) { i, columns in
      columns.forEach { k, vector in vector.store(to: scratch + i * width + k) }
    }
    for i in 0..<Rows.count {
      for k in stride(from: 0, to: width, by: 16) where offset + k < count {
        epilogue.finish(
          row: row + i, column: column + offset + k, count: min(16, count - offset - k),
          sums: Vector(at: scratch + i * width + k))
      }
    }
  }
}
