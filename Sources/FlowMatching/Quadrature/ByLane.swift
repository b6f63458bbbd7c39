/// Eight queries one after the other, for targets whose quadrature nodes differ from query to query.
/// A lane that repeats its neighbour's query repeats its answer.
func byLane(
  _ x: [Lanes], _ schedule: Schedule<Lanes>,
  _ query: ([Double], Schedule<Double>) throws(FlowError) -> Posterior<Double>
) throws(FlowError) -> Posterior<Lanes> {
  var answers: [Posterior<Double>] = []
  var previous: [Double] = []
  for lane in 0..<Lanes.count {
    let point = x.map { $0[lane] }
    let own = schedule.mapped { $0[lane] }
    let inputs = point + [own.alpha, own.sigma, own.variance]
    let answer = inputs == previous ? answers[lane - 1] : try query(point, own)
    answers.append(answer)
    previous = inputs
  }
  return Posterior.side(answers)
}

/// The same with a derivative.
func byLane(
  _ x: [Dual<Lanes>], _ schedule: Schedule<Dual<Lanes>>,
  _ query: ([Dual<Double>], Schedule<Dual<Double>>) throws(FlowError) -> Posterior<Dual<Double>>
) throws(FlowError) -> Posterior<Dual<Lanes>> {
  var answers: [Posterior<Dual<Double>>] = []
  var previous: [Double] = []
  for lane in 0..<Lanes.count {
    func own(_ x: Dual<Lanes>) -> Dual<Double> { Dual(x.value[lane], x.derivative[lane]) }
    let (point, schedule) = (x.map(own), schedule.mapped(own))
    let numbers = point + [schedule.alpha, schedule.sigma, schedule.variance]
    let inputs = numbers.map(\.value) + numbers.map(\.derivative)
    let answer = inputs == previous ? answers[lane - 1] : try query(point, schedule)
    answers.append(answer)
    previous = inputs
  }
  return Posterior.side(answers)
}

extension Posterior where S == Lanes {
  /// Eight posteriors side by side.
  static func side(_ answers: [Posterior<Double>]) -> Posterior {
    answers.gathered { numbers in
      var lanes = Lanes(0.0)
      for lane in 0..<Lanes.count { lanes[lane] = numbers[lane] }
      return lanes
    }
  }
}

extension Posterior where S == Dual<Lanes> {
  /// Eight posteriors side by side.
  static func side(_ answers: [Posterior<Dual<Double>>]) -> Posterior {
    answers.gathered { numbers in
      var result = Dual<Lanes>(0.0)
      for lane in 0..<Lanes.count {
        result.value[lane] = numbers[lane].value
        result.derivative[lane] = numbers[lane].derivative
      }
      return result
    }
  }
}

extension Array {
  /// Eight posteriors side by side.
  fileprivate func gathered<S: Scalar, W: Scalar>(_ join: ([S]) -> W) -> Posterior<W>
  where Element == Posterior<S> {
    func one(_ part: (Posterior<S>) -> S) -> W { join(map(part)) }
    func many(_ part: (Posterior<S>) -> [S]) -> [W] {
      part(self[0]).indices.map { i in join(map { part($0)[i] }) }
    }
    var result = Posterior<W>()
    result.logDensity = one(\.logDensity)
    result.denoiser = many(\.denoiser)
    result.negativeScore = many(\.negativeScore)
    result.denoiserTrace = one(\.denoiserTrace)
    result.negativeScoreTrace = one(\.negativeScoreTrace)
    result.covarianceTraceOverVariance = one(\.covarianceTraceOverVariance)
    result.denoiserJacobian = many(\.denoiserJacobian)
    result.negativeScoreJacobian = many(\.negativeScoreJacobian)
    result.covariance = many(\.covariance)
    result.alphaRate = one(\.alphaRate)
    result.varianceRate = one(\.varianceRate)
    result.weights = many(\.weights)
    return result
  }
}
