/// An order of the rows in which every `leaf` consecutive ones lie close together: the rows are split
/// in two at the median of their widest axis, and each half again, down to `leaf` rows.
///
/// Sizes are cut at whole multiples of `leaf`, so that only the last piece can be short.
///
/// *Reference*: Bentley (1975), k-d trees.
func compactOrder(_ rows: [Double], dimension d: Int, leaf: Int) -> [Int] {
  var order = Array(0..<rows.count / d)
  var pieces = [0..<order.count]
  while let piece = pieces.popLast() {
    guard piece.count > leaf else { continue }
    let middle = piece.lowerBound + (piece.count / leaf + 1) / 2 * leaf
    guard middle < piece.upperBound else { continue }
    let axis = widestAxis(rows, d, order[piece])
    partition(&order, piece, at: middle) { rows[$0 * d + axis] }
    pieces.append(piece.lowerBound..<middle)
    pieces.append(middle..<piece.upperBound)
  }
  return order
}

private func widestAxis(_ rows: [Double], _ d: Int, _ chosen: ArraySlice<Int>) -> Int {
  let first = chosen.first! * d
  var lower = Array(rows[first..<first + d])
  var upper = lower
  for row in chosen {
    for i in 0..<d {
      let value = rows[row * d + i]
      lower[i] = min(lower[i], value)
      upper[i] = max(upper[i], value)
    }
  }
  return (0..<d).max { upper[$0] - lower[$0] < upper[$1] - lower[$1] }!
}

/// Moves the rows with the smallest keys of `range` before `middle`.
///
/// *Reference*: Hoare (1961), FIND.
private func partition(
  _ order: inout [Int], _ range: Range<Int>, at middle: Int, key: (Int) -> Double
) {
  var (low, high) = (range.lowerBound, range.upperBound - 1)
  while low < high {
    let pivot = key(order[(low + high) / 2])
    var (i, j) = (low, high)
    while i <= j {
      while key(order[i]) < pivot { i += 1 }
      while pivot < key(order[j]) { j -= 1 }
      if i <= j {
        order.swapAt(i, j)
        i += 1
        j -= 1
      }
    }
    if middle <= j {
      high = j
    } else if middle >= i {
      low = i
    } else {
      return
    }
  }
}
