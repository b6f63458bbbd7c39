/// Every pixel four times, and the sum of four gradients.
extension Pass {
  func enlarge(
    _ row: Int, _ from: NetworkLayout.Input, _ to: NetworkLayout.Place, _ imageWidth: Int
  ) {
    let (x, out) = (values(from.place, row: row), values(to, row: row))
    for line in 0..<lines(to) {
      let (y, column) = line.quotientAndRemainder(dividingBy: 2 * imageWidth)
      let source = x + (y / 2 * imageWidth + column / 2) * stride(from.place)
      (out + line * stride(to)).update(from: source, count: from.width)
    }
  }

  func reduce(
    _ row: Int, _ from: NetworkLayout.Input, _ to: NetworkLayout.Place, _ imageWidth: Int
  ) {
    let (dx, dy) = (gradient(from.place, row: row), gradient(to, row: row))
    let step = stride(to)
    for line in 0..<lines(from.place) {
      let (y, x) = line.quotientAndRemainder(dividingBy: imageWidth)
      let upper = dy + (4 * y * imageWidth + 2 * x) * step
      let lower = upper + 2 * imageWidth * step
      let target = dx + line * stride(from.place)
      for k in Swift.stride(from: 0, to: from.width, by: 16) {
        let count = from.width - k
        let sum =
          (Vector(at: upper + k, count: count) + Vector(at: upper + step + k, count: count))
          + (Vector(at: lower + k, count: count) + Vector(at: lower + step + k, count: count))
        from.need.keep(sum, at: target + k, count: count)
      }
    }
  }
}
