import FlowMatching
import Foundation

/// One exact field at one time.
struct FieldRun {
  private let work: Work
  private let time: Time<Double>

  init(_ words: [String]) throws {
    work = try Work(words)
    time = try Time(work.number)
  }

  /// The seconds of every run, of all cores together and of the preparation of the target, and the
  /// largest resident size in bytes before and after the runs.
  func report() throws -> String {
    var prepared: MarginalField?
    let preparation = try ContinuousClock().measure {
      prepared = MarginalField(
        path: try OptimalTransportPath(),
        target: try GaussianMixture(
          dimension: work.dimension, means: work.means, stds: [work.std]))
    }
    let field = prepared!
    let before = largestResidentSize()
    var values: [Double] = []
    let seconds = try work.seconds {
      if work.name == "velocity_and_divergence" {
        values = try field.divergences(at: [time], of: work.points).divergences
      } else {
        guard let quantity = MarginalQuantity(rawValue: work.name) else {
          throw Trouble.usage("there is no quantity \(work.name)")
        }
        values = try field.values(of: quantity, at: [time], of: work.points)
      }
    }
    let after = largestResidentSize()
    try work.write(values)
    return "{\"seconds\": \(seconds.wall), \"core_seconds\": \(seconds.cores), "
      + "\"preparation\": \(preparation / .seconds(1)), "
      + "\"resident_before\": \(before), \"resident\": \(after)}"
  }

  private func largestResidentSize() -> Int {
    #if os(Linux)
      Work.resources().ru_maxrss * 1024
    #else
      Work.resources().ru_maxrss
    #endif
  }
}
