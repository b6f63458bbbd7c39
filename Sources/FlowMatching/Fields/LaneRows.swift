/// Up to eight rows of `dimension` numbers, and the same numbers as one `Lanes` per axis.
struct LaneRows {
  let count: Int
  let dimension: Int

  /// A short table repeats its last row in the lanes left over.
  @inline(__always)
  func load(_ rows: UnsafePointer<Double>, into lanes: UnsafeMutablePointer<Lanes>) {
    if count == Lanes.count, dimension == 2 {
      let both = UnsafeRawPointer(rows).loadUnaligned(as: SIMD16<Double>.self)
      lanes[0] = Lanes(storage: both.evenHalf)
      lanes[1] = Lanes(storage: both.oddHalf)
      return
    }
    for i in 0..<dimension {
      for lane in 0..<Lanes.count { lanes[i][lane] = rows[min(lane, count - 1) * dimension + i] }
    }
  }

  @inline(__always)
  func store(_ lanes: UnsafePointer<Lanes>, into rows: UnsafeMutablePointer<Double>) {
    if count == Lanes.count, dimension == 2 {
      var both = SIMD16<Double>()
      both.evenHalf = lanes[0].storage
      both.oddHalf = lanes[1].storage
      UnsafeMutableRawPointer(rows).storeBytes(of: both, as: SIMD16<Double>.self)
      return
    }
    for i in 0..<dimension {
      for lane in 0..<count { rows[lane * dimension + i] = lanes[i][lane] }
    }
  }

  /// One number per row.
  @inline(__always)
  func store(_ lanes: Lanes, into numbers: UnsafeMutablePointer<Double>) {
    if count == Lanes.count {
      UnsafeMutableRawPointer(numbers).storeBytes(of: lanes.storage, as: SIMD8<Double>.self)
      return
    }
    for lane in 0..<count { numbers[lane] = lanes[lane] }
  }
}
