import FlowMatching

/// The memory of the engine: lanes of states, slopes and times for some groups of eight trajectories.
///
/// Raw memory, because the loops over stages and axes go through it for every evaluation: arrays
/// inside a class would be checked for exclusive access and for bounds each time.
final class LaneBuffers {
  let width: Int
  let groups: Int
  /// One `Lanes` per group: the time, the end of the step, its size, the time of a stage.
  let t, next, h, stageTime: UnsafeMutablePointer<Lanes>
  /// `width` `Lanes` per group.
  let y, candidate, argument, closing: UnsafeMutablePointer<Lanes>
  /// One such block per stage.
  let k: UnsafeMutablePointer<Lanes>
  /// One row, for lanes that are asked alone.
  let aloneState, aloneSlope: UnsafeMutablePointer<Lanes>
  private let storage: UnsafeMutablePointer<Lanes>

  init(width: Int, groups: Int, stages: Int) {
    self.width = width
    self.groups = groups
    let block = groups * width
    let total = 4 * groups + (4 + stages) * block + 2 * width
    storage = UnsafeMutablePointer<Lanes>.allocate(capacity: total)
    storage.initialize(repeating: Lanes(0.0), count: total)
    var place = storage
    func take(_ count: Int) -> UnsafeMutablePointer<Lanes> {
      defer { place += count }
      return place
    }
    (t, next, h, stageTime) = (take(groups), take(groups), take(groups), take(groups))
    (y, candidate, argument, closing) = (take(block), take(block), take(block), take(block))
    k = take(stages * block)
    (aloneState, aloneSlope) = (take(width), take(width))
  }

  deinit { storage.deallocate() }

  /// The slopes of a stage.
  func slopes(_ stage: Int) -> UnsafeMutablePointer<Lanes> { k + stage * groups * width }

  /// One trajectory's numbers among eight.
  func row(_ block: UnsafePointer<Lanes>, _ lane: Int) -> [Double] {
    let start = block + lane / Lanes.count * width
    return (0..<width).map { start[$0][lane % Lanes.count] }
  }

  /// Writes one trajectory's numbers.
  func write(
    _ row: some Sequence<Double>, to block: UnsafeMutablePointer<Lanes>, _ lane: Int
  ) {
    let start = block + lane / Lanes.count * width
    for (place, number) in row.enumerated() { start[place][lane % Lanes.count] = number }
  }

  /// Copies one trajectory's numbers over another's.
  func copy(_ from: Int, over to: Int, in block: UnsafeMutablePointer<Lanes>) {
    let (source, target) = (
      block + from / Lanes.count * width, block + to / Lanes.count * width
    )
    for place in 0..<width {
      target[place][to % Lanes.count] = source[place][from % Lanes.count]
    }
  }

  /// `h sum weight k` of one `Lanes`.
  @inline(__always)
  func combination(
    _ terms: [ExplicitCoefficients.Term], _ place: Int
  ) -> Lanes {
    var sum = Lanes(0.0)
    let stride = groups * width
    for term in terms {
      sum = sum.addingProduct(k[term.stage * stride + place], constant: term.weight)
    }
    return sum
  }
}
