/// Some rows of a block of a matrix product, kept in registers while the sum runs:
/// `C[row, column] += a[row] b[column]` for one term of the sum at a time.
///
/// Blocks of any height are stacked from single rows, so that the compiler sees straight code with one
/// named register per vector.
protocol TileRows {
  /// One row of `b`: one or two vectors.
  associatedtype Columns: TileColumns
  /// How many rows.
  static var count: Int { get }
  /// Sums that start with `start[row * rowStride]`.
  init(_ start: UnsafePointer<Float>, rowStride: Int)
  /// Adds `a[row * rowStride] * b` to every row.
  mutating func add(_ a: UnsafePointer<Float>, rowStride: Int, times b: Columns)
  /// Hands every finished row to `body` with its number.
  func forEach(from first: Int, _ body: (Int, Columns) -> Void)
}

/// A row of a block.
protocol TileColumns {
  /// How many floats.
  static var count: Int { get }
  init(_ start: UnsafePointer<Float>)
  mutating func add(_ a: Float, times b: Self)
  func forEach(_ body: (Int, Vector) -> Void)
}

/// Sixteen columns.
struct NarrowColumns: TileColumns {
  var first: Vector
  @inline(__always) static var count: Int { 16 }
  @inline(__always) init(_ start: UnsafePointer<Float>) { first = Vector(at: start) }
  @inline(__always) mutating func add(_ a: Float, times b: Self) {
    first = fused(first, Vector(repeating: a), b.first)
  }
  @inline(__always) func forEach(_ body: (Int, Vector) -> Void) { body(0, first) }
}

/// Thirty-two columns.
struct WideColumns: TileColumns {
  var first: Vector
  var second: Vector
  @inline(__always) static var count: Int { 32 }
  @inline(__always) init(_ start: UnsafePointer<Float>) {
    first = Vector(at: start)
    second = Vector(at: start + 16)
  }
  @inline(__always) mutating func add(_ a: Float, times b: Self) {
    first = fused(first, Vector(repeating: a), b.first)
    second = fused(second, Vector(repeating: a), b.second)
  }
  @inline(__always) func forEach(_ body: (Int, Vector) -> Void) {
    body(0, first)
    body(16, second)
  }
}

/// One row.
struct OneRow<Columns: TileColumns>: TileRows {
  var sum: Columns

  @inline(__always) static var count: Int { 1 }
  @inline(__always)
  init(_ start: UnsafePointer<Float>, rowStride: Int) { sum = Columns(start) }

  @inline(__always)
  mutating func add(_ a: UnsafePointer<Float>, rowStride: Int, times b: Columns) {
    sum.add(a.pointee, times: b)
  }

  @inline(__always)
  func forEach(from first: Int, _ body: (Int, Columns) -> Void) { body(first, sum) }
}

/// Some rows above some others.
struct Stack<Upper: TileRows, Lower: TileRows>: TileRows where Upper.Columns == Lower.Columns {
  var upper: Upper
  var lower: Lower

  @inline(__always) static var count: Int { Upper.count + Lower.count }

  @inline(__always)
  init(_ start: UnsafePointer<Float>, rowStride: Int) {
    upper = Upper(start, rowStride: rowStride)
    lower = Lower(start + Upper.count * rowStride, rowStride: rowStride)
  }

  @inline(__always)
  mutating func add(_ a: UnsafePointer<Float>, rowStride: Int, times b: Upper.Columns) {
    upper.add(a, rowStride: rowStride, times: b)
    lower.add(a + Upper.count * rowStride, rowStride: rowStride, times: b)
  }

  @inline(__always)
  func forEach(from first: Int, _ body: (Int, Upper.Columns) -> Void) {
    upper.forEach(from: first, body)
    lower.forEach(from: first + Upper.count, body)
  }
}

typealias TwoRows<C: TileColumns> = Stack<OneRow<C>, OneRow<C>>
typealias ThreeRows<C: TileColumns> = Stack<TwoRows<C>, OneRow<C>>
typealias SixRows<C: TileColumns> = Stack<ThreeRows<C>, ThreeRows<C>>
typealias EightRows<C: TileColumns> = Stack<SixRows<C>, TwoRows<C>>
typealias TwelveRows<C: TileColumns> = Stack<SixRows<C>, SixRows<C>>
