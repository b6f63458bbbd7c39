import Testing

@testable import FlowTraining

@Suite struct MatrixProductTests {
  /// Keeps every sum.
  private struct Keep: ProductEpilogue {
    let target: UnsafeMutablePointer<Float>
    let stride: Int

    func finish(_ sums: FinishedSums) {
      sums.forEach { row, column, count, sums in
        for lane in 0..<count { target[row * stride + column + lane] = sums[lane] }
      }
    }
  }

  /// A case's product by a tile, or by the machine's.
  private func product(
    _ rows: Int, _ depth: Int, _ columns: Int, _ a: [Float], _ b: [Float],
    tile: ((Block, Keep) -> Void)? = nil
  ) -> [Float] {
    let width = MatrixProduct.panelWidth
    let panels = AlignedFloats(MatrixProduct.panels(columns) * width * depth)
    for k in 0..<depth {
      for c in 0..<columns {
        panels.base[Panels.index(c, k, inputs: depth)] = b[k * columns + c]
      }
    }
    let scratch = Scratch()
    var result = [Float](repeating: .nan, count: rows * columns)
    result.withUnsafeMutableBufferPointer { result in
      a.withUnsafeBufferPointer { a in
        let keep = Keep(target: result.baseAddress!, stride: columns)
        guard let tile else {
          MatrixProduct.run(
            rows: rows, depth: depth, columns: columns, a: a.baseAddress!, aStride: depth,
            panels: panels.base, scratch: scratch, epilogue: keep)
          return
        }
        for panel in 0..<MatrixProduct.panels(columns) {
          let block = Block(
            rows: rows, depth: depth, column: panel * width,
            count: min(width, columns - panel * width), a: a.baseAddress!, aStride: depth, aStep: 1,
            b: panels.base + panel * width * depth, start: scratch.zeros, startStride: 0,
            tile: scratch.tile)
          tile(block, keep)
        }
      }
    }
    return result
  }

  /// A sum of n products of floats, each chain of n roundings: |error| <= n u sum |a b|.
  @Test(arguments: 0..<40)
  func everyProductIsWithinTheBoundOfItsRoundings(seed: UInt64) {
    var random = SplitMix(seed)
    let (rows, depth, columns) = (
      Int.random(in: 1...40, using: &random), Int.random(in: 1...70, using: &random),
      Int.random(in: 1...100, using: &random)
    )
    let a = random.floats(rows * depth)
    let b = random.floats(depth * columns)
    let c = product(rows, depth, columns, a, b)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        var size = 0.0
        for k in 0..<depth {
          let term = Double(a[row * depth + k]) * Double(b[k * columns + column])
          sum += term
          size += abs(term)
        }
        let error = abs(Double(c[row * columns + column]) - sum)
        #expect(
          error <= 0x1p-24 * 2 * Double(depth) * size, "seed \(seed), row \(row), column \(column)")
      }
    }
  }

  /// A product with the first terms of its sums, taken up where they were left.
  @Test(arguments: 0..<20)
  func sumsGoOnFromWhereTheyWereLeft(seed: UInt64) {
    var random = SplitMix(seed)
    let (rows, depth) = (Int.random(in: 1...40, using: &random), 64)
    let columns = Int.random(in: 17...32, using: &random)
    let a = random.floats(rows * depth)
    let b = random.floats(depth * columns)
    let expected = product(rows, depth, columns, a, b)
    let half = depth / 2
    let left = (0..<rows).flatMap { a[$0 * depth..<$0 * depth + half] }
    let first = product(rows, half, columns, left, Array(b[..<(half * columns)]))
    let width = MatrixProduct.panelWidth
    var start = [Float](repeating: 0, count: rows * width)
    for row in 0..<rows {
      for c in 0..<columns { start[row * width + c] = first[row * columns + c] }
    }
    let right = (0..<rows).flatMap { a[$0 * depth + half..<($0 + 1) * depth] }
    let found = start.withUnsafeBufferPointer { start in
      product(rows, half, columns, right, Array(b[(half * columns)...])) { block, keep in
        Block(
          rows: block.rows, depth: block.depth, column: block.column, count: block.count,
          a: block.a, aStride: block.aStride, aStep: block.aStep, b: block.b,
          start: start.baseAddress!, startStride: width, tile: block.tile
        ).run(keep)
      }
    }
    #expect(found == expected)
  }

  @Test(arguments: 0..<20)
  func tilesOfEveryShapeGiveTheSameBits(seed: UInt64) {
    var random = SplitMix(seed)
    let (rows, depth, columns) = (
      Int.random(in: 1...40, using: &random), Int.random(in: 1...70, using: &random),
      Int.random(in: 1...100, using: &random)
    )
    let a = random.floats(rows * depth)
    let b = random.floats(depth * columns)
    let expected = product(rows, depth, columns, a, b)
    #expect(
      product(rows, depth, columns, a, b) { $0.run(TwelveRows<WideColumns>.self, $1) } == expected)
    #expect(
      product(rows, depth, columns, a, b) { $0.run(SixRows<NarrowColumns>.self, $1) } == expected)
    #expect(
      product(rows, depth, columns, a, b) { $0.run(ThreeRows<NarrowColumns>.self, $1) } == expected)
    #expect(
      product(rows, depth, columns, a, b) { $0.run(OneRow<WideColumns>.self, $1) } == expected)
  }
}
