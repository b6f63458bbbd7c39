// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CFlowReference
import FlowIntegration
import FlowMatching

@c @implementation
public func flowref_exact_flow(
  _ field: OpaquePointer?, _ t0: Double, _ t1: Double, _ points: UnsafePointer<Double>?,
  _ count: Int, _ ends: UnsafeMutablePointer<Double>?,
  _ uncertainties: UnsafeMutablePointer<Double>?, _ averages: UnsafeMutablePointer<Double>?,
  _ jacobians: UnsafeMutablePointer<Double>?, _ logDeterminants: UnsafeMutablePointer<Double>?,
  _ run: UnsafePointer<flowref_run>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let query = try FieldQuery(field, [0], 1, 0, points, count, run)
    let d = query.field.dimension
    let flow = try QuantileFlow(of: query.field)
    func time(_ t: Double, _ name: String) throws -> Time<Double> {
      try FlowError.check(t, name, in: 0...1)
      return try Time(t)
    }
    let (start, end) = (try time(t0, "t0"), try time(t1, "t1"))
    try query.slices(factor: 400) { first, _, points in
      if ends != nil || uncertainties != nil {
        for (row, found) in try flow.ends(from: start, to: end, at: points).enumerated() {
          if let ends { Arrays.write(found.x, to: ends, at: (first + row) * d) }
          if let uncertainties {
            Arrays.write(found.uncertainty, to: uncertainties, at: (first + row) * d)
          }
        }
      }
      if let averages {
        Arrays.write(
          try flow.averageVelocities(from: start, to: end, at: points), to: averages, at: first * d)
      }
      if let jacobians {
        Arrays.write(
          try flow.jacobians(from: start, to: end, at: points), to: jacobians, at: first * d * d)
      }
      if let logDeterminants {
        Arrays.write(
          try flow.logDeterminants(from: start, to: end, at: points), to: logDeterminants,
          at: first)
      }
    }
  }
}
