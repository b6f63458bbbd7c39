import RealModule

/// The density along the second axis at one place of the first.
struct PlaneSlice: LineDensity {
  let axis: AxisMarks
  let formula: PlaneTarget.Formula
  let first: Double

  var marks: [DensityMark] { axis.marks }
  var center: Int { axis.center }
  var scale: Double { axis.scale }
  var mean: Double? { nil }
  var variance: Double? { nil }
  var hasSlope: Bool { false }

  func jet(at distances: Distances, slope: Double) -> DensityJet {
    var log = Lanes(0.0)
    let origin = axis.marks[0].position
    for lane in 0..<Lanes.count { log[lane] = formula(first, origin + distances.first[lane]) }
    return DensityJet(log: log, slope: .zero, curved: .zero)
  }
}

/// The first axis: at every place the integral over the second, with the kernel of the query.
struct PlaneSlices: LineDensity {
  let first: AxisMarks
  let second: AxisMarks
  let formula: PlaneTarget.Formula
  /// The query along the second axis.
  let x: Double
  let schedule: Schedule<Double>
  let limits: QuadratureLimits

  var marks: [DensityMark] { first.marks }
  var center: Int { first.center }
  var scale: Double { first.scale }
  var mean: Double? { nil }
  var variance: Double? { nil }
  var hasSlope: Bool { false }

  init(
    first: AxisMarks, second: AxisMarks, formula: @escaping PlaneTarget.Formula, x: Double,
    _ schedule: Schedule<Double>, _ limits: QuadratureLimits
  ) {
    (self.first, self.second, self.formula) = (first, second, formula)
    (self.x, self.schedule, self.limits) = (x, schedule, limits)
  }

  /// What the second axis gives at one place of the first: `log` of the integral, the mean and the
  /// variance of y; minus infinity where there is no mass or no convergence.
  func inner(_ place: Double) -> (log: Double, mean: Double, variance: Double, evaluations: Int) {
    let slice = PlaneSlice(axis: second, formula: formula, first: place)
    do throws(FlowError) {
      if schedule.alpha == 0 {
        let prior = try LinePrior(slice, limits: limits)
        return (
          prior.logMass, prior.mean ?? .nan, prior.variance ?? .nan, prior.result.evaluations
        )
      }
      let query = try LineQuery(slice, x: x, schedule, .traces, limits: limits)
      let forms = query.forms
      return (
        query.moments.logDensity, query.moments.denoiser(forms),
        schedule.variance * query.moments.covarianceOverVariance(forms), query.result.evaluations
      )
    } catch {
      return (-.infinity, 0, 0, 0)
    }
  }

  func jet(at distances: Distances, slope: Double) -> DensityJet {
    var log = Lanes(0.0)
    let origin = first.marks[0].position
    for lane in 0..<Lanes.count { log[lane] = inner(origin + distances.first[lane]).log }
    return DensityJet(log: log, slope: .zero, curved: .zero)
  }
}
