import FlowMatching
import Testing

/// The representable numbers from one to the other; NaN is at distance 0 from NaN.
func ulps(from a: Double, to b: Double) -> Int {
  func place(_ x: Double) -> Int64 {
    let bits = Int64(bitPattern: x.bitPattern)
    return bits < 0 ? Int64.min - bits : bits
  }
  if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? 0 : .max }
  let (distance, overflow) = place(a).subtractingReportingOverflow(place(b))
  return overflow ? .max : Int(distance.magnitude)
}

/// The largest `|a - b|/(|b| + floor)` over two vectors.
func relativeError(_ a: [Double], _ b: [Double], floor: Double = 0) -> Double {
  precondition(a.count == b.count, "\(a.count) numbers against \(b.count)")
  return zip(a, b).reduce(0) { worst, pair in
    pair.0 == pair.1 ? worst : max(worst, abs(pair.0 - pair.1) / (abs(pair.1) + floor))
  }
}

/// The error that `body` throws; nil when it throws none.
func failure(_ body: () throws -> some Any) -> FlowError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? FlowError
  }
}

func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }

/// The engine's own functions on a plain number, reached through the protocol as its formulas do.
enum Plain<S: Scalar> {
  static func exp(_ x: S) -> S { S.exp(x) }
  static func expMinusOne(_ x: S) -> S { S.expMinusOne(x) }
  static func log(_ x: S) -> S { S.log(x) }
  static func log(onePlus x: S) -> S { S.log(onePlus: x) }
  static func sqrt(_ x: S) -> S { S.sqrt(x) }
  static func power(_ x: S, _ n: Double) -> S { S.power(x, n) }
  static func powerMinusOne(_ x: S, _ n: Double) -> S { S.powerMinusOne(x, n) }
  static func sinPi(_ x: S) -> S { S.sinPi(x) }
  static func cosPi(_ x: S) -> S { S.cosPi(x) }
  static func erfc(_ x: S) -> S { S.erfc(x) }
}
