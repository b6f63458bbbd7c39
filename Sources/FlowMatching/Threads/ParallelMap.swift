/// `[body(0), ..., body(count - 1)]`, evaluated on as many threads as ``Parallel/threads`` allows. The order of the result is that of the numbers,
/// whichever thread comes first, so that sums over it have the same bits for every number of threads.
package func parallelMap<T: Sendable>(
  _ count: Int, _ body: @Sendable (Int) -> T
) -> [T] {
  [T](unsafeUninitializedCapacity: count) { results, filled in
    // Each iteration writes its own place.
    nonisolated(unsafe) let start = results.baseAddress
    if count == 1 {
      start!.initialize(to: body(0))
    } else {
      Parallel.perform(count) { index in
        (start! + index).initialize(to: body(index))
      }
    }
    filled = count
  }
}
