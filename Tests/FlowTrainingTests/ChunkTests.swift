import Testing

@testable import FlowTraining

@Suite struct ChunkTests {
  /// Every row once, in chunks of the most useful size, and no worker has to do more than another but
  /// for one tile.
  @Test(arguments: [1, 7, 24, 96, 256, 488, 500, 512], [1, 2, 3, 8])
  func everyRowIsInOneChunkAndSharesAreEqual(rows: Int, workers: Int) {
    let chunks = LossGradient.chunks(rows, workers: workers, size: 24, tile: 8)
    #expect(chunks.flatMap { Array($0) }.sorted() == Array(0..<rows))
    #expect(chunks.allSatisfy { !$0.isEmpty && $0.count <= 24 })
    // Whoever is free takes the next.
    var loads = [Int](repeating: 0, count: workers)
    for chunk in chunks {
      loads[loads.firstIndex(of: loads.min()!)!] += chunk.count
    }
    #expect(loads.max()! <= (rows + workers - 1) / workers + 24)
    if rows == 256, workers == 2 { #expect(loads == [128, 128]) }
    if rows == 512, workers == 2 { #expect(loads == [256, 256]) }
  }
}
