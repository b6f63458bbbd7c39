/// Group norm, scale and shift, activation.
///
///     y = f (x - mean) r + g        mean and r = 1/sqrt(variance + epsilon) of a group, over its lines
///     u = (1 + s) y + b             out = activation(u)
///
/// *Reference*: Wu and He (2018), equation 1.
extension Pass {
  func normalise(
    _ norm: NetworkLayout.Norm, _ row: Int, _ from: NetworkLayout.Place,
    _ by: NetworkLayout.Place?, _ to: NetworkLayout.Place, _ activation: Activation
  ) {
    let (x, out, slopes) = (values(from, row: row), values(to, row: row), gradient(to, row: row))
    let (xStride, outStride, lines) = (stride(from), stride(to), lines(from))
    let means = values(NetworkLayout.Place(buffer: norm.moments), row: row)
    let scales = means + norm.channels
    moments(norm, x, xStride, lines, means, scales)
    let (factors, summands, shifts) = factors(norm, row, by)
    for k in Swift.stride(from: 0, to: norm.channels, by: 16) {
      let count = norm.channels - k
      let mean = Vector(at: means + k, count: count)
      let more = shifts.map { Vector(at: $0 + k, count: count) + 1 } ?? Vector(repeating: 1)
      let shift =
        shifts.map { Vector(at: $0 + norm.channels + k, count: count) } ?? Vector(repeating: 0)
      let a = more * Vector(at: factors + k, count: count) * Vector(at: scales + k, count: count)
      let b = fused(shift, more, Vector(at: summands + k, count: count))
      for line in 0..<lines {
        let u = fused(b, a, Vector(at: x + line * xStride + k, count: count) - mean)
        if activation == .identity {
          u.store(to: out + line * outStride + k, count: count)
        } else {
          let (value, slope) = activation(u)
          value.store(to: out + line * outStride + k, count: count)
          slope.store(to: slopes + line * outStride + k, count: count)
        }
      }
    }
  }

  /// Factors and summands of a norm, and where scales and then shifts stand.
  private func factors(
    _ norm: NetworkLayout.Norm, _ row: Int, _ by: NetworkLayout.Place?
  ) -> (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>?) {
    let parameters = UnsafePointer(network.parameters.base)
    return (
      parameters + norm.factors, parameters + norm.summands,
      by.map { UnsafePointer(values($0, row: row)) }
    )
  }

  /// Means and reciprocal deviations of every channel's group, in two passes: no difference of large squares.
  private func moments(
    _ norm: NetworkLayout.Norm, _ x: UnsafePointer<Float>, _ stride: Int, _ lines: Int,
    _ means: UnsafeMutablePointer<Float>, _ scales: UnsafeMutablePointer<Float>
  ) {
    for k in Swift.stride(from: 0, to: norm.channels, by: 16) {
      let count = norm.channels - k
      var sum = Vector(repeating: 0)
      for line in 0..<lines { sum += Vector(at: x + line * stride + k, count: count) }
      sum.store(to: means + k, count: count)
    }
    let size = Float(norm.channels / norm.groups * lines)
    norm.average(means) { $0 / size }
    for k in Swift.stride(from: 0, to: norm.channels, by: 16) {
      let count = norm.channels - k
      let mean = Vector(at: means + k, count: count)
      var sum = Vector(repeating: 0)
      for line in 0..<lines {
        let difference = Vector(at: x + line * stride + k, count: count) - mean
        sum = fused(sum, difference, difference)
      }
      sum.store(to: scales + k, count: count)
    }
    norm.average(scales) { 1 / ($0 / size + Float(GroupNorm.epsilon)).squareRoot() }
  }

  /// With `h = (x - mean) r`, `w = (1 + s) f` and averages over a group:
  ///
  ///     dx = r (w du - average(w du) - h average(w du h))
  ///     ds = sum of (f h + g) du,  db = sum of du,  df = (1 + s) sum of h du,  dg = (1 + s) sum of du
  func unnormalise(
    _ norm: NetworkLayout.Norm, _ row: Int, _ from: NetworkLayout.Input,
    _ by: NetworkLayout.Place?, _ to: NetworkLayout.Place
  ) {
    let (x, du, dx) = (
      values(from.place, row: row), gradient(to, row: row), gradient(from.place, row: row)
    )
    let (xStride, duStride, lines) = (stride(from.place), stride(to), lines(to))
    let place = NetworkLayout.Place(buffer: norm.moments)
    let means = values(place, row: row)
    let scales = means + norm.channels
    let along = gradient(place, row: row)
    let plain = along + norm.channels
    for k in Swift.stride(from: 0, to: norm.channels, by: 16) {
      let count = norm.channels - k
      let mean = Vector(at: means + k, count: count)
      var (product, sum) = (Vector(repeating: 0), Vector(repeating: 0))
      for line in 0..<lines {
        let d = Vector(at: du + line * duStride + k, count: count)
        product = fused(product, d, Vector(at: x + line * xStride + k, count: count) - mean)
        sum += d
      }
      (product * Vector(at: scales + k, count: count)).store(to: along + k, count: count)
      sum.store(to: plain + k, count: count)
    }
    let (factors, summands, shifts) = factors(norm, row, by)
    if let by {
      let target = gradient(by, row: row)
      for k in Swift.stride(from: 0, to: norm.channels, by: 16) {
        let count = norm.channels - k
        let (p, q) = (Vector(at: along + k, count: count), Vector(at: plain + k, count: count))
        fused(
          p * Vector(at: factors + k, count: count), q, Vector(at: summands + k, count: count)
        ).store(to: target + k, count: count)
        q.store(to: target + norm.channels + k, count: count)
      }
    }
    // (1 + s) sums, which are the parameters' part; times f their averages.
    if let shifts {
      for k in Swift.stride(from: 0, to: norm.channels, by: 16) {
        let count = norm.channels - k
        let more = Vector(at: shifts + k, count: count) + 1
        (more * Vector(at: along + k, count: count)).store(to: along + k, count: count)
        (more * Vector(at: plain + k, count: count)).store(to: plain + k, count: count)
      }
    }
    let share = norm.channels / norm.groups
    let size = Float(share * lines)
    let averages = scales + norm.channels
    for group in 0..<norm.groups {
      let first = group * share
      var (a, b): (Float, Float) = (0, 0)
      for c in first..<first + share {
        a += factors[c] * along[c]
        b += factors[c] * plain[c]
      }
      let (alongMean, plainMean) = (a / size, b / size)
      for c in first..<first + share {
        averages[c] = alongMean
        averages[norm.channels + c] = plainMean
      }
    }
    for k in Swift.stride(from: 0, to: norm.channels, by: 16) {
      let count = norm.channels - k
      let mean = Vector(at: means + k, count: count)
      let r = Vector(at: scales + k, count: count)
      let more = shifts.map { Vector(at: $0 + k, count: count) + 1 } ?? Vector(repeating: 1)
      let a = r * more * Vector(at: factors + k, count: count)
      let b = -(r * r * Vector(at: averages + k, count: count))
      let c = -(r * Vector(at: averages + norm.channels + k, count: count))
      for line in 0..<lines {
        let d = Vector(at: du + line * duStride + k, count: count)
        let y = Vector(at: x + line * xStride + k, count: count) - mean
        from.need.keep(fused(fused(c, b, y), a, d), at: dx + line * xStride + k, count: count)
      }
    }
  }
}

extension NetworkLayout.Norm {
  /// Replaces every channel's number by what `body` makes of the sum over its group.
  fileprivate func average(_ numbers: UnsafeMutablePointer<Float>, _ body: (Float) -> Float) {
    let share = channels / groups
    for group in 0..<groups {
      var sum: Float = 0
      for c in group * share..<(group + 1) * share { sum += numbers[c] }
      let value = body(sum)
      for c in group * share..<(group + 1) * share { numbers[c] = value }
    }
  }
}
