#if arch(x86_64)
  import Testing

  @testable import FlowMatching

  /// Sums over many blocks keep their digits, however many there are.
  @Suite struct RunningSumTests {
    @Test(arguments: 1...4)
    func aHundredThousandTermsErrByOneRounding(seed: Int) {
      var random = SplitMix(seed: seed)
      var sum = RunningSum<Lanes>()
      var exact = Float80(0)
      for _ in 0..<100_000 {
        let term = random.uniform(0.1...1)
        sum.add(Lanes(term))
        exact += Float80(term)
      }
      #expect(abs(Float80(sum.value[0]) - exact) <= exact * 0x1p-53)
      sum.scale(by: Lanes(0x1p-900))
      #expect(abs(Float80(sum.value[0]) - exact * 0x1p-900) <= exact * 0x1p-953)
    }

    @Test func whatCancelsLaterIsNotLost() {
      var sum = RunningSum<Lanes>()
      for term in [1, 1e17, 3, -1e17] { sum.add(Lanes(term)) }
      #expect(sum.value[0] == 4)
    }

    private func exponential<S: Scalar>(_ x: S) -> S { S.exp(x) }

    /// 800 blocks; the allowance counts only what a mean's own share gives to the sensitivity.
    @Test(arguments: [0.0, 0.1, 0.3])
    func theMeanOfFiftyThousandPointsKeepsItsPromise(t: Double) throws {
      let means = RandomStream(seed: 9, stream: 0).normals(100_000, at: 0)
      let field = MarginalField(
        path: try OptimalTransportPath(),
        target: try PointCloud.target(dimension: 2, points: means))
      let points = [0.3, -0.2, 1.5, 2.5, -2, 0.1, 0.05, -3].map { $0 * (1 - 0.5 * t) }
      let got = try field.values(of: .denoiser, at: [Time(t)], of: points)
      for row in 0..<4 {
        let x = (Float80(points[2 * row]), Float80(points[2 * row + 1]))
        let (alpha, v) = (Float80(t), (1 - Float80(t)) * (1 - Float80(t)))
        var (total, sum, size) = (
          Float80(0), [Float80](repeating: 0, count: 2), [Float80](repeating: 0, count: 2)
        )
        for k in 0..<50_000 {
          let m = (Float80(means[2 * k]), Float80(means[2 * k + 1]))
          let away = (x.0 - alpha * m.0, x.1 - alpha * m.1)
          let share = exponential(-(away.0 * away.0 + away.1 * away.1) / (2 * v))
          total += share
          for (i, mean) in [m.0, m.1].enumerated() {
            sum[i] += share * mean
            size[i] += share * abs(mean)
          }
        }
        for i in 0..<2 {
          let error = abs(Float80(got[2 * row + i]) - sum[i] / total)
          #expect(error <= 8 * 0x1p-53 * (abs(sum[i]) + size[i]) / total, "row \(row), axis \(i)")
        }
      }
    }
  }
#endif
