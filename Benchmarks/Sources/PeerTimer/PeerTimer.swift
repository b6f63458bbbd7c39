import Foundation

/// Times this library on points from files, for the comparison with other programs:
///
///     PeerTimer field DIMENSION STD T RUNS QUANTITY MEANS QUERIES VALUES
///     PeerTimer flow DIMENSION STD TOLERANCE RUNS SOLVER MEANS STARTS ENDS
///     PeerTimer peak
///
/// The target is a mixture of equal Gaussians with standard deviation STD, 0 for a point cloud, and
/// the path is `ot`. Files hold raw doubles, rows of DIMENSION; the last one is written. QUANTITY
/// may also be `velocity_and_divergence`. Prints one JSON object.
@main
struct PeerTimer {
  static func main() {
    do {
      print(try report(Array(CommandLine.arguments.dropFirst())))
    } catch Trouble.usage(let words) {
      end(64, words + "\nusage: \(usage)")
    } catch Trouble.failed(let words) {
      end(2, words)
    } catch {
      end(2, "\(error)")
    }
  }

  private static let usage = """
    PeerTimer field DIMENSION STD T RUNS QUANTITY MEANS QUERIES VALUES
           PeerTimer flow DIMENSION STD TOLERANCE RUNS SOLVER MEANS STARTS ENDS
           PeerTimer peak
    """

  private static func report(_ words: [String]) throws -> String {
    switch words.first {
    case "field": try FieldRun(words).report()
    case "flow": try FlowRun(words).report()
    case "peak": PeakRun().report()
    default: throw Trouble.usage("no command \(words.first ?? "was given")")
    }
  }

  private static func end(_ code: Int32, _ words: String) -> Never {
    FileHandle.standardError.write(Data("PeerTimer: \(words)\n".utf8))
    exit(code)
  }
}

enum Trouble: Error { case usage(String), failed(String) }

/// What both kinds of run have in common.
struct Work {
  let dimension: Int
  let std: Double
  /// The time, or the tolerance.
  let number: Double
  let runs: Int
  /// The quantity, or the solver.
  let name: String
  let means: [Double]
  let points: [Double]
  let output: URL

  init(_ words: [String]) throws {
    guard words.count == 9, let dimension = Int(words[1]), let std = Double(words[2]),
      let number = Double(words[3]), let runs = Int(words[4]), runs > 0
    else {
      throw Trouble.usage("these are not eight fitting arguments: \(words.joined(separator: " "))")
    }
    (self.dimension, self.std, self.number, self.runs) = (dimension, std, number, runs)
    name = words[5]
    means = try Self.doubles(words[6])
    points = try Self.doubles(words[7])
    output = URL(filePath: words[8])
  }

  private static func doubles(_ path: String) throws -> [Double] {
    let data = try Data(contentsOf: URL(filePath: path))
    return [Double](unsafeUninitializedCapacity: data.count / 8) { buffer, count in
      count = data.copyBytes(to: buffer) / 8
    }
  }

  func write(_ values: [Double]) throws {
    try values.withUnsafeBytes { try Data($0).write(to: output) }
  }

  /// The seconds of every run of `body` after one to warm up, and the mean of what a run takes of all
  /// cores together.
  func seconds(_ body: () throws -> Void) rethrows -> (wall: [Double], cores: Double) {
    let clock = ContinuousClock()
    try body()
    let before = Self.coreSeconds()
    let wall = try (0..<runs).map { _ in try clock.measure(body) / .seconds(1) }
    return (wall, (Self.coreSeconds() - before) / Double(runs))
  }

  private static func coreSeconds() -> Double {
    let usage = resources()
    func seconds(_ time: timeval) -> Double {
      Double(time.tv_sec) + 1e-6 * Double(time.tv_usec)
    }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// What this process has used so far.
  static func resources() -> rusage {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
      getrusage(RUSAGE_SELF, &usage)
    #endif
    return usage
  }
}
