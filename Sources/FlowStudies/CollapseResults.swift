package import FlowFigures
package import FlowMatching
import RealModule

/// The collapse of a data set and of samples of its Gaussian twin, by number of points, path and sigma_min.
package struct CollapseResults: Sendable {
  /// A path, the name that figures give it, and its sigma_min where it has one.
  package struct PathCase: Sendable {
    package let name: String
    package let sigmaMin: Double?
    package let path: any ProbabilityPath

    package init(name: String, sigmaMin: Double? = nil, path: any ProbabilityPath) {
      self.name = name
      self.sigmaMin = sigmaMin
      self.path = path
    }
  }

  package let figure: CollapseFigure
  package let table: StudyTable

  /// The parts of the work, for a progress bar.
  package static func parts(counts: [Int], paths: [PathCase]) -> Int {
    counts.count + 1 + paths.count
  }

  /// - Parameters:
  ///   - name: of the data.
  ///   - counts: sizes of subsets; the first points are taken after a shuffle.
  /// - Throws: what the fields throw.
  package init(
    name: String, dimension d: Int, points: [Double], counts: [Int], paths: [PathCase],
    samples: Int, seed: UInt64, progress: () -> Void
  ) throws(FlowError) {
    let whole = try CollapseStudy(dimension: d, points: points, samples: samples, seed: seed)
    let twin = try whole.twin()
    let reference = try OptimalTransportPath()
    let shuffled = Self.shuffled(points, d, seed)
    var rows: [[String]] = []
    var bySize: [CollapseFigure.Curve] = []
    var byPath: [CollapseFigure.Curve] = []

    func row(
      _ study: CollapseStudy, _ data: String, _ path: PathCase
    ) throws(FlowError) -> Double {
      let half = try study.logSNR(ofOwnedShare: 0.5, on: path.path)
      let most = try study.logSNR(ofOwnedShare: 0.9, on: path.path)
      let gaussian = try study.gaussianTheory(twin)
      let isotropic = try study.isotropicTheory(twin)
      func time(_ logSNR: Double?) -> String {
        guard let logSNR, let time = try? path.path.time(atLogSNR: logSNR) else { return "never" }
        return TargetStudy.fixed(time.t, places: 4)
      }
      func text(_ value: Double?) -> String {
        value.map { TargetStudy.fixed($0, places: 4) } ?? "never"
      }
      let row = [
        data, "\(study.count)", path.name, path.sigmaMin.map { "\($0)" } ?? "",
        text(half?.value), text(half?.standardError), time(half?.value), text(most?.value),
        time(most?.value), text(gaussian), time(gaussian),
        text(isotropic), time(isotropic),
      ]
      // The whole data on ot comes up twice.
      if !rows.contains(row) { rows.append(row) }
      return gaussian
    }

    let ot = PathCase(name: "ot", sigmaMin: 0, path: reference)
    var sets: [(String, [Double])] = counts.map {
      // The whole as it stands: the same pairs as in the comparison of paths.
      (name, $0 * d == points.count ? points : Array(shuffled.prefix($0 * d)))
    }
    sets.append(
      (
        "Gaussian twin",
        twin.samples(whole.count, from: RandomStream(seed: seed, stream: 5))
      ))
    for (data, points) in sets {
      let study = try CollapseStudy(dimension: d, points: points, samples: samples, seed: seed)
      let theory = try row(study, data, ot)
      var curve: [(x: Double, share: Double)] = []
      for k in 0...60 {
        let logSNR = -2 + 0.05 * Double(k)
        curve.append(
          (
            logSNR,
            try study.ownedShare(at: try reference.time(atLogSNR: logSNR), on: reference)
          ))
      }
      bySize.append(
        CollapseFigure.Curve(title: "\(data), n = \(study.count)", points: curve, theory: theory))
      progress()
    }
    for path in paths {
      let theory = try row(whole, name, path)
      var curve: [(x: Double, share: Double)] = []
      for k in 0...50 {
        // Not the very ends, where sigma may be zero.
        let t = min(max(Double(k) / 50, 1e-6), 1 - 1e-6)
        curve.append((t, try whole.ownedShare(at: try Time(t), on: path.path)))
      }
      byPath.append(
        CollapseFigure.Curve(
          title: path.name, points: curve,
          theory: (try? path.path.time(atLogSNR: theory)).map(\.t)))
      progress()
    }
    figure = CollapseFigure(
      name: "collapse",
      caption: """
        The share of x ~ p_t that one data point owns, its posterior weight being above 1/2 \
        (\(samples) pairs of a data point and noise). Left: against log(alpha/sigma), which is all that it depends on, for subsets of the \
        data and for as many samples of the Gaussian with its mean and covariance. Right: all \
        \(whole.count) points against time, by path. Dotted, in the curve's colour: where log n = \
        (1/2) log det(1 + (alpha/sigma)^2 C), the excess-entropy criterion for a Gaussian population.
        """,
      panels: [
        ("\(name), by number of points n", "log(alpha/sigma)", bySize),
        ("\(name), n = \(whole.count), by path", "t, from noise to data", byPath),
      ])
    table = StudyTable(
      name: "collapse",
      caption: """
        Where half and nine tenths of all x ~ p_t are owned by one data point, with the standard \
        error of the first, and where theory puts the collapse: for a Gaussian population with the data's covariance, and for one with equal \
        variances.
        """,
      columns: [
        "data", "n", "path", "sigma_min", "log_snr_half", "standard_error", "t_half", "log_snr_0.9",
        "t_0.9",
        "log_snr_theory", "t_theory", "log_snr_isotropic", "t_isotropic",
      ], rows: rows)
  }

  /// The rows in a random order.
  private static func shuffled(_ points: [Double], _ d: Int, _ seed: UInt64) -> [Double] {
    let random = RandomStream(seed: seed, stream: 6)
    let order = (0..<points.count / d).map { ($0, random.bits(at: UInt64($0)).0) }
      .sorted { $0.1 < $1.1 }
    return order.flatMap { points[$0.0 * d..<($0.0 + 1) * d] }
  }
}
