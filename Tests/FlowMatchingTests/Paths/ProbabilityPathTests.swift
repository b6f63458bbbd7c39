import FlowMatching
import Testing

@Suite struct ProbabilityPathTests {
  @Test(arguments: EveryPath.kinds)
  func everyPathIsNamedAsInTheProtocol(kind: String) throws {
    #expect(try EveryPath.make(kind, seed: 0).path.kind == kind)
  }

  @Test(arguments: EveryPath.kinds, 0...6)
  func timeAtLogSNRInvertsTheLogSNR(kind: String, seed: Int) throws {
    let path = try EveryPath.make(kind, seed: seed).path
    var random = SplitMix(seed: 1000 + seed)
    for _ in 0..<300 {
      let time = try random.time()
      // The log-SNR is rounded, and a time moves by dt = d logSNR / logSNR'.
      let near = min(time.t, time.remaining)
      let slack = abs(path.logSNR(at: time)) / path.logSNRDot(at: time)
      let u = 0x1p-53
      guard 64 * u * slack < 0.1 * near else { continue }
      let back = try path.time(atLogSNR: path.logSNR(at: time))
      let error = time.t < 0.5 ? abs(back.t - time.t) : abs(back.remaining - time.remaining)
      // Parameters of order one enter the inverse by at most their own logarithm's rounding.
      #expect(error <= 32 * u * (near + slack + 1 / path.logSNRDot(at: time)), "\(time)")
    }
  }

  @Test(arguments: EveryPath.kinds, 0...6)
  func logSNRIncreases(kind: String, seed: Int) throws {
    let path = try EveryPath.make(kind, seed: seed).path
    var last = -Double.infinity
    for step in 0...200 {
      let logSNR = path.logSNR(at: try Time(Double(step) / 200))
      #expect(logSNR > last || logSNR == last && !logSNR.isFinite, "t = \(step)/200")
      last = logSNR
    }
  }

  @Test(arguments: EveryPath.kinds)
  func logSNRsOutsideTheRangeAreRefused(kind: String) throws {
    let path = try EveryPath.make(kind, seed: 0).path
    let (first, last) = (path.logSNR(at: .start), path.logSNR(at: .end))
    if first.isFinite {
      #expect(failure { try path.time(atLogSNR: first - 0.01) }?.code == .outOfDomain)
      #expect(abs(try path.time(atLogSNR: first + 1e-9).t) < 1e-7)
    }
    if last.isFinite {
      #expect(failure { try path.time(atLogSNR: last + 0.01) }?.code == .outOfDomain)
      #expect(abs(try path.time(atLogSNR: last - 1e-9).remaining) < 1e-7)
    }
    for bad in [Double.nan, .infinity, -.infinity] {
      #expect(failure { try path.time(atLogSNR: bad) }?.code == .nonFinite)
    }
  }

  @Test(arguments: EveryPath.kinds, 0...3)
  func theVarianceIsTheSquareOfSigma(kind: String, seed: Int) throws {
    let path = try EveryPath.make(kind, seed: seed).path
    var random = SplitMix(seed: seed)
    for _ in 0..<300 {
      let schedule = path.schedule(at: try random.time())
      let square = schedule.sigma * schedule.sigma
      #expect(abs(schedule.variance - square) <= 4 * 0x1p-53 * square)
      let slope = 2 * schedule.sigma * schedule.sigmaDot
      #expect(abs(schedule.varianceDot - slope) <= 16 * 0x1p-53 * abs(slope))
    }
  }

  @Test func logSNRAndItsSlopeAreInfiniteWhereAlphaOrSigmaIsZero() throws {
    let path = try OptimalTransportPath()
    #expect(path.logSNR(at: .start) == -.infinity)
    #expect(path.logSNR(at: .end) == .infinity)
    #expect(path.logSNRDot(at: .start) == .infinity)
    #expect(path.logSNRDot(at: .end) == .infinity)
    #expect(path.schedule(at: .start).determinant == 1)
    #expect(path.schedule(at: .end).determinant == 1)
  }

  @Test(arguments: ["vp", "ve", "linear_vp", "schrodinger_bridge"])
  func theSlopeOfSigmaIsInfiniteAtTheDataWhereSigmaIsARootButThatOfItsSquareIsNot(
    kind: String
  ) throws {
    let end = try EveryPath.make(kind, seed: 0).path.schedule(at: .end)
    #expect(end.sigma == 0)
    #expect(end.sigmaDot == -.infinity)
    #expect(end.varianceDot < 0 && end.varianceDot.isFinite)
  }

  @Test(arguments: EveryPath.kinds)
  func noNumberOfAScheduleIsNaNAtTheEnds(kind: String) throws {
    for seed in 0...6 {
      let path = try EveryPath.make(kind, seed: seed).path
      for time in [Time.start, Time.end] {
        let s = path.schedule(at: time)
        let numbers = [
          s.alpha, s.sigma, s.variance, s.alphaDot, s.sigmaDot, s.varianceDot,
          path.logSNR(at: time), path.logSNRDot(at: time),
        ]
        #expect(!numbers.contains { $0.isNaN }, "\(s)")
      }
    }
  }

  /// At t = 1e-9 beta is 2e-8, which `beta_min + r (beta_max - beta_min)` has only half the digits of, and
  /// at t = 4.5e-19 nothing. Values to 20 digits: `alpha beta/2` and `-beta alpha^2`.
  @Test func aBetaThatFallsToZeroAtTheNoiseKeepsItsDigitsThere() throws {
    let path = try VariancePreservingPath(betaMin: 20, betaMax: 0)
    let s = path.schedule(at: try Time(1e-9))
    #expect(abs(s.alphaDot / 6.73794699908546755e-11 - 1) <= 4 * 0x1p-53)
    #expect(abs(s.varianceDot / -9.0799859524969717e-13 - 1) <= 4 * 0x1p-53)
    let earlier = path.schedule(at: try Time(4.5e-19))
    #expect(abs(earlier.alphaDot / 3.0320761495884604e-20 - 1) <= 4 * 0x1p-53)
    // The second derivative too: d alpha'/dt = (beta'/2 + beta^2/4) alpha.
    let moving = path.schedule(at: try Time(1e-9).differentiated)
    let slope = (10 + 1e-16) * s.alpha
    #expect(abs(moving.alphaDot.derivative / slope - 1) <= 8 * 0x1p-53)
  }

  @Test func logSNRAndItsSlopeExistWhereAlphaOrTheVarianceUnderflows() throws {
    let steep = try PolynomialPath(exponent: 1000)
    let quarter = try Time(0.25)
    #expect(abs(steep.logSNR(at: quarter) / -1386.2943611198906188 - 1) <= 4 * 0x1p-53)
    #expect(steep.logSNRDot(at: quarter) == 4000)
    let late = try Time(remaining: 1e-200)
    #expect(abs(try OptimalTransportPath().logSNRDot(at: late) / 1e200 - 1) <= 4 * 0x1p-53)
  }

  @Test func aBetaThatVanishesAtTheDataGivesALinearSigmaThere() throws {
    let path = try VariancePreservingPath(betaMin: 0, betaMax: 20)
    let end = path.schedule(at: .end)
    #expect(end.sigma == 0 && end.varianceDot == 0)
    let before = path.schedule(at: try Time(remaining: 1e-9))
    #expect(abs(end.sigmaDot - before.sigmaDot) <= 1e-12)
  }

  #if arch(x86_64)
    @Test(arguments: EveryPath.kinds, 0...6)
    func schedulesMatchTheirFormulasInExtendedPrecision(kind: String, seed: Int) throws {
      let (path, numbers) = try EveryPath.make(kind, seed: seed)
      var random = SplitMix(seed: 2000 + seed)
      for _ in 0..<400 {
        let time = try random.time()
        let schedule = path.schedule(at: time)
        func check(
          _ name: String, _ got: Double, _ part: @escaping (PathNumbers) -> Float80
        ) {
          let error = Precise.error(of: got, budget: 4, at: time, numbers) { t, r, z in
            part(PathNumbers(kind, t, r, z))
          }
          #expect(error <= 1, "\(name) at \(time), parameters \(numbers)")
        }
        check("alpha", schedule.alpha) { $0.alpha }
        check("variance", schedule.variance) { $0.variance }
        check("sigma", schedule.sigma) { $0.sigma }
        check("alphaDot", schedule.alphaDot) { $0.alphaDot }
        check("varianceDot", schedule.varianceDot) { $0.varianceDot }
        check("sigmaDot", schedule.sigmaDot) { $0.varianceDot / (2 * $0.sigma) }
      }
    }

    @Test(arguments: 0...6)
    func theExponentOfTheVariancePreservingPathDoesNotMagnifyItsRounding(seed: Int) throws {
      let (path, numbers) = try EveryPath.make("vp", seed: seed)
      // Times at which 1 - t is exact.
      for step in 0..<256 {
        let time = try Time(Double(step) / 256)
        let (t, r) = Precise.both(time)
        let truth = PathNumbers("vp", t, r, numbers.map { Float80($0) }).alpha
        let error = abs(Float80(path.schedule(at: time).alpha) - truth)
        #expect(error <= 2.5 * 0x1p-53 * truth, "t = \(step)/256, \(numbers)")
      }
    }

    @Test(arguments: EveryPath.kinds)
    func thePathsOwnCodeInExtendedPrecisionAgreesNearBothEnds(kind: String) throws {
      func check(_ path: some AffinePath, _ time: Time<Double>) {
        let (t, r) = Precise.both(time)
        let precise = path.derivedSchedule(
          at: Time<Dual<Float80>>(t: Dual(t, 1), remaining: Dual(r, -1)))
        let plain = path.schedule(at: time)
        let near = min(t, r)
        for (got, truth) in [
          (plain.alpha, precise.alpha), (plain.sigma, precise.sigma),
          (plain.variance, precise.variance), (plain.alphaDot, precise.alphaDot),
          (plain.varianceDot, precise.varianceDot),
        ] {
          let sensitivity = near * abs(truth.derivative)
          let allowance = 4 * 0x1p-53 * (abs(truth.value) + sensitivity)
          // Twice more: next to t = 0 the engine's 1 - t is rounded.
          #expect(abs(Float80(got) - truth.value) <= 3 * allowance, "\(time)")
        }
      }
      for exponent in stride(from: -50, through: -2, by: 4) {
        let distance = Double(sign: .plus, exponent: exponent, significand: 1.37)
        let path = try EveryPath.make(kind, seed: 0).path
        check(path, try Time(distance))
        check(path, try Time(remaining: distance))
      }
    }
  #endif
}
